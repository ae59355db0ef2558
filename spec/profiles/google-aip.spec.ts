import { describe, expect, it } from '@jest/globals';
import { checkGoogle, googleAip, googleAipSearch } from 'pagewise/profiles';
import { imitation } from '../docs/imitations/google-aip.js';
import { json, serve } from '../support/server.js';
import { answer, itemsOf, rejection } from '../support/walks.js';
import { sent, queries, serveSpoiled, walkPages } from './walk.js';

interface Topic {
  name: string;
}
const path = '/v1/projects/p/topics';
const names = (key: string) => Array.from({ length: 250 }, (_, number) => `projects/p/${key}/${number}`);
const token = (offset: number) => Buffer.from(`at:${offset}`).toString('base64');
const error = (code: number, more: object, headers?: Record<string, string>) =>
  checkGoogle(answer({ error: { code, message: 'No', ...more } }, code, headers), {});

describe('the Google profile', () => {
  it('follows page tokens, through an empty page that omits its list', async () => {
    const server = await serve(imitation.start());
    const pages = await walkPages({ url: server.origin + path }, googleAip<Topic>({ items: 'topics', size: 100 }));
    expect(itemsOf(pages).map(({ name }) => name)).toEqual(names('topics'));
    expect(pages.map(({ items }) => items.length)).toEqual([100, 0, 100, 50]);
    const asked = [undefined, token(100), `${token(100)}=`, token(200)];
    expect(queries(server)).toEqual(
      asked.map((pageToken) => `?pageSize=100${pageToken === undefined ? '' : `&pageToken=${pageToken}`}`),
    );
  });

  it('finds the only list; `unreachable` does not count', async () => {
    const server = await serve((_seen, response, index) =>
      json(response, { unreachable: ['us-east1'], disks: [index], ...(index < 1 ? { nextPageToken: 'x' } : {}) }),
    );
    expect(itemsOf(await walkPages({ url: server.url }, googleAip<number>()))).toEqual([0, 1]);
  });

  it('pages POST methods in the body', async () => {
    const server = await serve(imitation.start());
    const request = { method: 'POST', url: `${server.origin}/v2/entries:list`, body: { filter: 'severity>=ERROR' } };
    const pages = await walkPages(request, googleAipSearch<Topic>({ items: 'entries' }));
    expect(itemsOf(pages).map(({ name }) => name)).toEqual(names('entries'));
    expect(sent(server)[3]).toEqual({ filter: 'severity>=ERROR', pageToken: token(100) });
  });

  it('a name that matches none of the lists is an error, not an empty walk', async () => {
    const server = await serve(imitation.start());
    const { message } = await rejection(walkPages({ url: server.origin + path }, googleAip({ items: 'topic' })));
    expect(message).toMatch(/^Page 1 failed: items at topic: .*arrays are at 'topics'/);
  });

  it.each([
    [403, { errors: [{ reason: 'rateLimitExceeded' }] }],
    [403, { errors: [{ reason: 'userRateLimitExceeded' }] }],
    [403, { details: [{ reason: 'RATE_LIMIT_EXCEEDED' }] }],
    [429, { status: 'RESOURCE_EXHAUSTED' }],
  ])('%i %j is a rate limit', (code, more) => {
    expect(error(code, more)).toEqual({ retry: 'Google: No', throttled: true });
  });

  it('waits as long as the details say, unless a header does', () => {
    const details = [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '2.5s' }];
    expect(error(429, { details })).toMatchObject({ afterMs: 2500 });
    expect(error(503, { details })).toEqual({ retry: 'Google: No', afterMs: 2500 });
    expect(error(429, { details }, { 'retry-after': '1' })).toEqual({ retry: 'Google: No', throttled: true });
  });

  it('a token that is no longer accepted is an expired position', async () => {
    expect(error(400, { errors: [{ reason: 'invalidPageToken' }] })).toEqual({
      expired: 'Google: the page token is no longer accepted',
    });
    const server = await serve(imitation.start());
    const profile = googleAip({ items: 'topics' });
    const strategy = { ...profile.strategy, first: { cursor: 'stale' } };
    const { name, message } = await rejection(walkPages({ url: server.origin + path }, { ...profile, strategy }));
    expect([name, message]).toEqual([
      'PositionExpiredError',
      expect.stringContaining('the page token is no longer accepted'),
    ]);
  });

  it('leaves the rest to the status', () => {
    expect(error(403, { errors: [{ reason: 'dailyLimitExceeded' }] })).toBeUndefined();
    expect(error(400, { message: 'Invalid filter' })).toBeUndefined();
    expect(error(500, {})).toBeUndefined();
    expect(checkGoogle(answer('<html>', 502), {})).toBeUndefined();
    expect(checkGoogle(answer({ topics: [] }), {})).toBeUndefined();
  });

  it('a rate limited request is retried, and a failed answer is never the end', async () => {
    const limited = { error: { code: 403, errors: [{ reason: 'rateLimitExceeded' }], message: 'slow down' } };
    const busy = await serveSpoiled(
      imitation,
      (response, index) => index === 1 && (json(response, limited, 403), true),
    );
    expect(itemsOf(await walkPages({ url: busy.origin + path }, googleAip({ items: 'topics' })))).toHaveLength(250);
    for (const [status, body, message] of [
      [500, {}, /^Page 2 failed: 500 .* after 3 attempts/],
      [403, limited, /^Page 2 failed: Google: slow down after 3 attempts/],
      [403, { error: { code: 403, message: 'forbidden' } }, /^Page 2 failed: 403 /],
      [200, 'maintenance', /^Page 2 failed: items at topics: /],
    ] as const) {
      const server = await serveSpoiled(
        imitation,
        (response, index) => index > 0 && (json(response, body, status), true),
      );
      expect(
        (await rejection(walkPages({ url: server.origin + path }, googleAip({ items: 'topics' })))).message,
      ).toMatch(message);
    }
  });
});
