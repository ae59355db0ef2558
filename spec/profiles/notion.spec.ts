import { describe, expect, it } from '@jest/globals';
import { CheckError, ExtractError, PositionExpiredError } from 'pagewise';
import { checkNotion, notionList, notionQuery } from 'pagewise/profiles';
import { imitation } from '../docs/imitations/notion.js';
import { json, rows, serve } from '../support/server.js';
import { answer, rejection, thrown } from '../support/walks.js';
import { asked, sent, serveExcept, walk } from './walk.js';

interface Page {
  id: string;
}
const headers = { authorization: 'Bearer ntn_x', 'notion-version': '2025-09-03' };
const ids = rows(250).map((number) => `59833787-${number}`);
const query = (origin: string) => ({
  url: `${origin}/v1/data_sources/897e5a76/query`,
  method: 'POST',
  headers,
  body: { sorts: [{ timestamp: 'created_time', direction: 'ascending' }] },
});
const list = (origin: string) => ({ url: `${origin}/v1/blocks/b55c9c91/children`, headers });
const refused = (code: string, message = '', status = 400) =>
  answer({ object: 'error', status, code, message }, status);

describe('the Notion profiles', () => {
  it('query with POST: both parameters in the body', async () => {
    const server = await serve(imitation.start());
    expect((await walk(notionQuery<Page>({ size: 100 }), query(server.origin))).map(({ id }) => id)).toEqual(ids);
    const { body } = query('');
    expect(sent(server)).toEqual([
      { ...body, page_size: 100 },
      { ...body, page_size: 100, start_cursor: 'fe2cc560-100' },
      { ...body, page_size: 100, start_cursor: 'fe2cc560-200' },
    ]);
  });

  it('list with GET: both parameters in the query', async () => {
    const server = await serve(imitation.start());
    expect((await walk(notionList<Page>(), list(server.origin))).map(({ id }) => id)).toEqual(ids);
    expect(asked(server)).toEqual([
      '/v1/blocks/b55c9c91/children',
      '/v1/blocks/b55c9c91/children?start_cursor=fe2cc560-100',
      '/v1/blocks/b55c9c91/children?start_cursor=fe2cc560-200',
    ]);
  });

  it('a conflict is retried, other errors are judged by their status', () => {
    expect(checkNotion(refused('conflict_error', 'Conflict', 409), {})).toEqual({
      retry: 'Notion: conflict_error Conflict',
    });
    expect(checkNotion(refused('rate_limited', '', 429), {})).toBeUndefined();
    expect(checkNotion(refused('object_not_found', '', 404), {})).toBeUndefined();
    expect(checkNotion(answer('<html>', 502), {})).toBeUndefined();
    expect(checkNotion(answer({ object: 'list', results: [] }), {})).toBeUndefined();
  });

  it('a start_cursor that Notion no longer knows has expired', async () => {
    const server = await serve(imitation.start());
    const profile = notionQuery();
    const strategy = { ...profile.strategy, first: { cursor: 'gone' } };
    const error = await rejection(walk({ ...profile, strategy }, query(server.origin)));
    expect(error).toBeInstanceOf(PositionExpiredError);
    const invalid = refused('validation_error', 'The start_cursor provided is invalid: x');
    expect(checkNotion(invalid, {})).toBeUndefined();
    expect(checkNotion(refused('validation_error', 'page_size'), { cursor: 'x' })).toBeUndefined();
  });

  it('a query that stops at its limit is incomplete, not at its end, and the pages before are delivered', async () => {
    const incomplete = { type: 'incomplete', incomplete_reason: 'query_result_limit_reached' };
    const page = { object: 'list', results: [{}], has_more: true, next_cursor: 'x', request_status: incomplete };
    expect(checkNotion(answer(page), {})).toBeUndefined();
    const server = await serveExcept(imitation, 1, (_seen, response) =>
      json(response, { ...page, has_more: false, next_cursor: null }),
    );
    const error = await rejection(walk(notionQuery({ size: 100 }), query(server.origin)));
    expect(error).toBeInstanceOf(CheckError);
    expect(error.message).toMatch(
      /^Page 2 failed: Notion: .*incomplete \(query_result_limit_reached\)\. Narrow the query/,
    );
    const complete = { ...page, has_more: false, request_status: { type: 'complete' } };
    expect(checkNotion(answer(complete), {})).toBeUndefined();
  });

  it('retries after a conflict and after 429, and never takes another answer for the end', async () => {
    for (const [status, code] of [
      [409, 'conflict_error'],
      [429, 'rate_limited'],
    ] as const) {
      const server = await serveExcept(imitation, 1, (_seen, response) =>
        json(response, { object: 'error', status, code, message: '' }, status, { 'retry-after': '0' }),
      );
      expect(await walk(notionQuery({ size: 100 }), query(server.origin))).toHaveLength(250);
      expect(server.seen).toHaveLength(4);
    }
    const odd = await serve((_seen, response) => json(response, { object: 'list', results: [{}] }));
    expect(await rejection(walk(notionList(), list(odd.origin)))).toBeInstanceOf(ExtractError);
    const without = await serve((_seen, response) =>
      json(response, { object: 'list', results: [{}], has_more: true, next_cursor: null }),
    );
    expect(await rejection(walk(notionList(), list(without.origin)))).toBeInstanceOf(ExtractError);
  });

  it('refuse a size above 100', () => {
    expect(thrown(() => notionQuery({ size: 101 })).message).toContain('maximum of 100');
    expect(thrown(() => notionList({ size: 101 })).message).toContain('maximum of 100');
  });
});
