import { describe, expect, it } from '@jest/globals';
import { ExtractError, PositionExpiredError } from 'pagewise';
import { checkSlack, slack } from 'pagewise/profiles';
import { imitation } from '../docs/imitations/slack.js';
import { json, rows, serve } from '../support/server.js';
import { answer, rejection, thrown } from '../support/walks.js';
import { asked, serveExcept, walk } from './walk.js';

interface Channel {
  id: string;
}
const headers = { authorization: 'Bearer xoxb-x' };
const list = (origin: string) => ({ url: `${origin}/api/conversations.list`, headers });
const verdict = (body: object, cursor?: string, status = 200) =>
  checkSlack(answer(body, status), cursor === undefined ? {} : { cursor });

describe('the Slack profile', () => {
  it('follows the cursor over short and empty pages, up to the empty cursor', async () => {
    const server = await serve(imitation.start());
    const found = await walk(slack<Channel>({ size: 200 }), list(server.origin));
    const open = rows(500).filter((number) => number % 5 !== 0 && (number < 200 || number >= 400));
    expect(found.map(({ id }) => id)).toEqual(open.map((number) => `C${number}`));
    expect(asked(server)).toEqual([
      '/api/conversations.list?limit=200',
      '/api/conversations.list?limit=200&cursor=dGVhbTpDMjAw',
      '/api/conversations.list?limit=200&cursor=dGVhbTpDNDAw',
    ]);
  });

  it('sends a cursor with padding as it is', async () => {
    const server = await serve(imitation.start());
    expect(await walk(slack({ items: 'channels', size: 40 }), list(server.origin))).toHaveLength(240);
    expect(server.seen[1]!.url.searchParams.get('cursor')).toBe('dGVhbTpDNDA=');
    expect(server.seen).toHaveLength(13);
  });

  it.each(['ratelimited', 'rate_limited'])('%s is a rate limit, whatever the status', (error) => {
    expect(verdict({ ok: false, error })).toEqual({ retry: `Slack: ${error}`, throttled: true });
    expect(verdict({ ok: false, error }, undefined, 429)).toEqual({ retry: `Slack: ${error}`, throttled: true });
  });

  it.each(['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout', 'team_added_to_org'])(
    '%s is retried',
    (error) => {
      expect(verdict({ ok: false, error })).toEqual({ retry: `Slack: ${error}` });
    },
  );

  it('other errors are failures, with the missing scope', () => {
    expect(verdict({ ok: false, error: 'invalid_auth' })).toEqual({ fail: 'Slack: invalid_auth' });
    expect(verdict({ ok: false, error: 'missing_scope', needed: 'channels:read' })).toEqual({
      fail: 'Slack: missing_scope, needs the scope channels:read',
    });
    expect(verdict({ ok: true, channels: [] })).toBeUndefined();
    expect(verdict({ ok: false, error: 'unheard_of' }, undefined, 503)).toBeUndefined();
    expect(checkSlack(answer('<html>', 502), {})).toBeUndefined();
  });

  it('a cursor that Slack no longer knows has expired', async () => {
    expect(verdict({ ok: false, error: 'invalid_cursor' })).toEqual({ fail: 'Slack: invalid_cursor' });
    const server = await serve(imitation.start());
    const profile = slack();
    const strategy = { ...profile.strategy, first: { cursor: 'gone' } };
    expect(await rejection(walk({ ...profile, strategy }, list(server.origin)))).toBeInstanceOf(PositionExpiredError);
  });

  it('retries after a rate limit with HTTP 200, and fails on an error with HTTP 200', async () => {
    const limited = await serveExcept(imitation, 1, (_seen, response) =>
      json(response, { ok: false, error: 'ratelimited' }),
    );
    expect(await walk(slack({ size: 200 }), list(limited.origin))).toHaveLength(240);
    expect(limited.seen).toHaveLength(4);
    const failing = await serveExcept(imitation, 1, (_seen, response) =>
      json(response, { ok: false, error: 'token_revoked', channels: [] }),
    );
    const error = await rejection(walk(slack({ size: 200 }), list(failing.origin)));
    expect(error.message).toMatch(/^Page 2 failed: Slack: token_revoked, GET /);
    expect(failing.seen).toHaveLength(2);
  });

  it.each([
    ['a history with has_more', { ok: true, messages: [1], has_more: true }],
    ['a method that pages by number', { ok: true, files: [1], paging: { count: 100, total: 120, page: 1, pages: 2 } }],
    ['an answer without a list', { ok: true, response_metadata: { next_cursor: '' } }],
    ['an answer with two lists', { ok: true, a: [], b: [] }],
  ])('%s and no cursor is an error and not the end', async (_title, body) => {
    const server = await serve((_seen, response) => json(response, body));
    expect(await rejection(walk(slack(), list(server.origin)))).toBeInstanceOf(ExtractError);
  });

  it.each([
    [{ ok: true, messages: [1], has_more: false }],
    [{ ok: true, members: [1], response_metadata: { next_cursor: null } }],
    [{ ok: true, files: [1], paging: { page: 1, pages: 1 } }],
  ])('%j is the last page', async (body) => {
    const server = await serve((_seen, response) => json(response, body));
    expect(await walk(slack(), list(server.origin))).toEqual([1]);
  });

  it('refuses a size above 999', () => {
    expect(thrown(() => slack({ size: 1000 })).message).toContain('maximum of 999');
  });
});
