import { describe, expect, it } from '@jest/globals';
import { lastValueFrom, toArray } from 'rxjs';
import { items, paginate, retryRequests } from 'pagewise';
import { checkClarifai, clarifaiList, clarifaiLogEntries, clarifaiSearch, clarifaiStream } from 'pagewise/profiles';
import { json, rows, serve } from '../support/server.js';
import { answer, itemsOf, rejection, thrown } from '../support/walks.js';
import { queries, walkPages } from './walk.js';

const ok = { code: 10000, description: 'Ok', req_id: 'x' };
const verdict = (status: unknown, http = 200, headers: Record<string, string> = {}) =>
  checkClarifai(answer({ status }, http, headers), {});

describe('the Clarifai profile', () => {
  it('lists with GET: page and per_page in the query', async () => {
    const server = await serve(({ url }, response) => {
      const page = Number(url.searchParams.get('page'));
      json(response, { status: ok, ...(page < 4 ? { inputs: rows(300).slice((page - 1) * 128, page * 128) } : {}) });
    });
    const { strategy, check } = clarifaiList<number>({ items: 'inputs' });
    const request = { url: `${server.origin}/v2/users/u/apps/a/inputs`, headers: { authorization: 'Key PAT' } };
    expect(await lastValueFrom(paginate(request, strategy, { check }).pipe(items(), toArray()))).toEqual(rows(300));
    expect(server.seen.map(({ url }) => url.search)).toEqual([1, 2, 3, 4].map((page) => `?page=${page}&per_page=128`));
  });

  it('searches with POST: both in the body under pagination', async () => {
    const server = await serve(({ body }, response) => {
      const { page, per_page: size } = (JSON.parse(body) as { pagination: { page: number; per_page: number } })
        .pagination;
      json(response, { status: ok, hits: rows(45).slice((page - 1) * size, page * size) });
    });
    const { strategy, check } = clarifaiSearch<number>({ size: 20 });
    const request = { url: `${server.origin}/v2/annotations/searches`, method: 'POST', body: { searches: [{}] } };
    expect(await lastValueFrom(paginate(request, strategy, { check }).pipe(items(), toArray()))).toEqual(rows(45));
    expect(JSON.parse(server.seen[1]!.body)).toEqual({ searches: [{}], pagination: { page: 2, per_page: 20 } });
  });

  it('finds the only list of an answer, whatever its key, and refuses to choose among several', () => {
    const { strategy } = clarifaiList();
    const read = (body: unknown) => strategy.items(body, answer(body));
    expect(read({ status: ok, bulk_operation: [1] })).toEqual([1]);
    expect(read({ status: ok })).toEqual([]);
    expect(thrown(() => read({ status: ok, a: [], b: [] })).message).toContain(
      'several lists, a and b; name one with items',
    );
  });

  it.each([10000, 10010])('%i is a usable page, whatever the HTTP status', (code) => {
    expect(verdict({ code }, code === 10010 ? 207 : 200)).toBe('ok');
  });

  it.each([11003, 10020, 10030, 40030, 40031, 40032, 41000, 21354])('%i is retried', (code) => {
    expect(verdict({ code, description: 'Busy' })).toEqual({ retry: `Clarifai ${code} Busy` });
  });

  it.each([11005, 'CONN_THROTTLED'])(
    '%s is throttled: the documented wait, or the one that the answer names',
    (code) => {
      expect(verdict({ code }, 429)).toMatchObject({ throttled: true, afterMs: 15_000 });
      expect(verdict({ code }, 429, { 'retry-after': '1' })).toEqual({ retry: `Clarifai ${code}`, throttled: true });
    },
  );

  it.each([11001, 11004, 11009, 11100, 11102, 40001, 40004, 21201])('%i is not', (code) => {
    expect(verdict({ code, description: 'No' }, 401)).toEqual({ fail: `Clarifai ${code} No` });
  });

  it("an answer that is not Clarifai's is judged by its HTTP status", () => {
    expect(checkClarifai(answer('<html>', 502), {})).toBeUndefined();
    expect(checkClarifai(answer({ status: 'x' }, 200), {})).toBeUndefined();
  });

  it('reports the search window as such', () => {
    const found = verdict({ code: 11102, description: 'Invalid', details: 'page * perPage cannot exceed 10000' }, 400);
    expect(found).toMatchObject({
      fail: expect.stringMatching(/^the search window ends here: .*Narrow the search/) as unknown,
    });
  });

  it('retries after a throttled answer with HTTP 200, and fails immediately on a bad key', async () => {
    const server = await serve((_seen, response, index) =>
      json(response, { status: index === 0 ? { code: 11003 } : ok, inputs: [] }),
    );
    const { strategy, check } = clarifaiList();
    await lastValueFrom(paginate({ url: server.url }, strategy, { check, policy: retryRequests({ base: 1 }) }));
    expect(server.seen).toHaveLength(2);
    const refusing = await serve((_seen, response) =>
      json(response, { status: { code: 11102, description: 'Invalid key' } }, 401),
    );
    const error = await rejection(lastValueFrom(paginate({ url: refusing.url }, strategy, { check })));
    expect(error.message).toMatch(/^Page 1 failed: Clarifai 11102 Invalid key, GET /);
    expect(refusing.seen).toHaveLength(1);
  });

  it('streams inputs: after the last id, to the first empty page', async () => {
    const server = await serve(({ url }, response) => {
      const from = Number(url.searchParams.get('last_id')?.slice(1) ?? 0);
      const inputs = rows(45)
        .slice(from, from + Number(url.searchParams.get('per_page')))
        .map((number) => ({ id: `i${number + 1}` }));
      json(response, { status: ok, ...(inputs.length === 0 ? {} : { inputs }) });
    });
    const request = { url: `${server.origin}/v2/users/u/apps/a/inputs/stream?descending=false` };
    const pages = await walkPages(request, clarifaiStream<{ id: string }>());
    expect(itemsOf(pages).map(({ id }) => id)).toEqual(rows(45).map((number) => `i${number + 1}`));
    expect(queries(server)).toEqual(
      ['', '&last_id=i20', '&last_id=i40', '&last_id=i45'].map((last) => `?descending=false&per_page=20${last}`),
    );
  });

  const logs = (count: (index: number) => number, echo: boolean) =>
    serve(({ url }, response, index) => {
      const last = Math.max(1, Math.ceil(count(index) / 32));
      const page = Math.min(last, Number(url.searchParams.get('page') ?? last));
      const entries = rows(count(index)).slice((page - 1) * 32, page * 32);
      json(response, { status: ok, log_entries: entries, ...(echo ? { page, per_page: 32 } : {}) });
    });

  it.each([true, false])(
    'lists log entries from page 1, each once, whether pages are echoed (%j) or not',
    async (echo) => {
      for (const total of [0, 1, 32, 64, 100]) {
        const server = await logs(() => total, echo);
        expect(itemsOf(await walkPages({ url: `${server.origin}/logs` }, clarifaiLogEntries<number>()))).toEqual(
          rows(total),
        );
        const asked = total === 0 ? 1 : Math.ceil(total / 32) + 1;
        expect(queries(server).slice(0, asked)).toEqual(rows(asked).map((page) => `?page=${page + 1}&per_page=32`));
      }
    },
  );

  it('lists no log entry twice if the last page has grown since it was read', async () => {
    const server = await logs((index) => (index < 2 ? 40 : 50), true);
    const pages = await walkPages({ url: `${server.origin}/logs` }, clarifaiLogEntries<number>());
    expect(itemsOf(pages)).toEqual(rows(40));
    expect(pages.at(-1)).toMatchObject({ items: [], next: undefined });
  });

  it.each([clarifaiStream, clarifaiLogEntries])(
    'a failed answer of $name is an error and never the end',
    async (make) => {
      for (const [body, message] of [
        [{ status: { code: 10020 } }, /^Page 2 failed: Clarifai 10020 after 3 attempts/],
        [{ status: { code: 40001, description: 'No' }, page: 1 }, /^Page 2 failed: Clarifai 40001 No/],
      ] as const) {
        const server = await serve((_seen, response, index) =>
          json(response, index === 0 ? { status: ok, inputs: [{ id: 'a' }], log_entries: [1], page: 1 } : body),
        );
        expect((await rejection(walkPages({ url: server.url }, make()))).message).toMatch(message);
      }
    },
  );

  it("its size is checked against the API's maximum", () => {
    for (const make of [clarifaiList, clarifaiSearch, clarifaiStream, clarifaiLogEntries])
      expect(thrown(() => make({ size: 1001 })).message).toContain('maximum of 1000');
  });
});
