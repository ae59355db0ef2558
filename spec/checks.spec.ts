import { describe, expect, it } from '@jest/globals';
import {
  CheckError, ConfigError, cursor, failIf, header, okIf, offset, paginate, pageNumber, relay, retryIf, retryRequests,
  type Check, type Page, type Strategy,
} from 'pagewise'; // prettier-ignore
import { json, serve } from './support/server.js';
import { answer, itemsOf, rejection, thrown } from './support/walks.js';
import { transports } from './support/transports.js';

type Answer = { body: unknown; status?: number; headers?: Record<string, string> };

/** A walk over answers in their order, with what it reports and how often it asks. */
async function walked(
  strategy: unknown,
  answers: readonly Answer[],
  check?: Check | readonly Check[],
  more: object = {},
  path = '',
) {
  const server = await serve((_seen, response, index) => {
    const { body, status = 200, headers = {} } = answers[Math.min(index, answers.length - 1)] ?? { body: {} };
    if (body === undefined) response.writeHead(status, headers).end();
    else json(response, body, status, headers);
  });
  const notices: string[] = [];
  const events = {
    next: (event: { type: string; message?: string }) =>
      void (event.type === 'notice' && notices.push(event.message ?? '')),
  };
  const pages: Page[] = [];
  const policy = retryRequests({ base: 1, retries: 2 });
  for await (const page of paginate({ url: server.url + path }, strategy as Strategy, {
    check,
    events,
    policy,
    ...more,
  }))
    pages.push(page);
  return { items: itemsOf(pages), notices, requests: server.seen.length };
}

const pages = pageNumber({ items: 'items' });
const verdict = (check: Check, body: unknown, status = 200) => check(answer(body, status), 1);

describe('failIf, retryIf and okIf', () => {
  it.each([
    [{ a: 1 }, true], [{ a: 'x' }, true], [{ a: true }, true], [{ a: [0] }, true], [{ a: { b: null } }, true], [{ a: '0' }, true],
    [{}, false], [{ a: null }, false], [{ a: false }, false], [{ a: 0 }, false], [{ a: '' }, false], [{ a: [] }, false], [{ a: {} }, false],
    [null, false], ['text', false], [undefined, false], [[], false],
  ])('a path alone, in %j: %j', (body, holds) => {
    expect(verdict(failIf('a'), body) !== undefined).toBe(holds);
  }); // prettier-ignore

  it.each<[unknown, string | number | boolean, boolean]>([
    ['error', 'error', true], ['Error', 'error', false], [5, '5', true], ['5', 5, true], [5n, 5, true], [true, 'true', true], [false, false, true],
    [0, 0, true], ['', '', true], [null, 'null', false], [undefined, 'undefined', false], [['error'], 'error', false], [{}, '[object Object]', false],
  ])('the value %p is compared as text with %p: %j', (found, value, holds) => {
    expect(verdict(retryIf('a.b', value), { a: { b: found } }) !== undefined).toBe(holds);
  }); // prettier-ignore

  it('give a reason, and leave other statuses to themselves', () => {
    expect(verdict(failIf('error.code'), { error: { code: 42 } })).toEqual({ fail: 'error.code is 42' });
    expect(verdict(failIf('error'), { error: 'x' }, 503)).toBeUndefined();
    expect(verdict(retryIf('error', 'busy'), { error: 'busy' }, 400)).toEqual({ retry: 'error is "busy"' });
    expect(verdict(okIf('items'), { items: [1] }, 404)).toBe('ok');
    expect(failIf(header('X-Error'))(answer({}, 200, { 'x-error': 'no' }), 1)).toEqual({ fail: 'header X-Error is "no"' });
    expect(thrown(() => failIf('a..b'))).toBeInstanceOf(ConfigError);
    expect(thrown(() => failIf(undefined as unknown as string))).toBeInstanceOf(ConfigError);
  }); // prettier-ignore

  it('several checks are asked in their order, and each must be a function', async () => {
    const busy = { body: { items: [], status: 'busy' } };
    const answers = [{ body: { items: [1] } }, busy, { body: { items: [2] } }, { body: { items: [] } }];
    const checks = [failIf('error'), retryIf('status', 'busy')];
    expect((await walked(pages, answers, checks)).items).toEqual([1, 2]);
    const error = await rejection(walked(pages, [{ body: { items: [1], error: 'no' } }], checks));
    expect([error.name, error.message]).toEqual(['CheckError', expect.stringContaining('failed: error is "no", GET')]);
    expect(thrown(() => paginate({}, pages, { check: [failIf('a'), 1 as unknown as Check] }))).toBeInstanceOf(
      ConfigError,
    );
  });
});

describe('failures inside a success', () => {
  it.each<[object, string, string]>([
    [{ success: false }, 'success is false', "okIf('success', 'false')"],
    [{ ok: false }, 'ok is false', "okIf('ok', 'false')"],
    [{ error: 'no' }, 'error is "no"', "okIf('error')"],
    [{ errors: [{ code: 1 }] }, 'errors is an array of 1', "okIf('errors')"],
    [{ errors: { id: ['is wrong'] } }, 'errors is an object with id', "okIf('errors')"],
    [{ status: 'ERROR' }, 'status is "ERROR"', "okIf('status')"],
    [{ status: 'failed' }, 'status is "failed"', "okIf('status')"],
    [{ meta: { error_message: 'no' } }, 'meta.error_message is "no"', "okIf('meta.error_message')"],
    [{ _shards: { total: 5, failed: 2 } }, '_shards.failed is 2', "okIf('_shards.failed')"],
    [{ timed_out: true }, 'timed_out is true', "okIf('timed_out')"],
    [{ success: 0 }, 'success is 0', "okIf('success', '0')"],
    [{ jobComplete: false }, 'jobComplete is false', "okIf('jobComplete', 'false')"],
    [{ hasErrors: true }, 'hasErrors is true', "okIf('hasErrors')"],
    [{ incomplete_results: true }, 'incomplete_results is true', "okIf('incomplete_results')"],
    [{ responseHeader: { partialResults: true } }, 'responseHeader.partialResults is true', "okIf('responseHeader.partialResults')"],
    [{ errcode: 40001, errmsg: 'no' }, 'errcode is 40001', "okIf('errcode')"],
    [{ status: { error_code: '1008' } }, 'status.error_code is "1008"', "okIf('status.error_code')"],
    [{ fault: { faultstring: 'no' } }, 'fault is an object with faultstring', "okIf('fault')"],
    [{ stat: 'fail' }, 'stat is "fail"', "okIf('stat')"],
    [{ status: 503 }, 'status is 503', "okIf('status')"],
    [{ meta: { code: '429' } }, 'meta.code is "429"', "okIf('meta.code')"],
  ])('an empty page with %j that would end the walk is an error', async (more, what, accept) => {
    const answers = [{ body: { items: [1] } }, { body: { items: [], ...more } }];
    for (const strategy of [pages, offset({ items: 'items' })]) {
      const error = await rejection(walked(strategy, answers));
      expect(error).toBeInstanceOf(CheckError);
      expect(error['pageIndex']).toBe(1);
      expect(error.message).toContain(
        `an empty page would be the last one, but ${what}; if that is not a failure, accept it with the check \`${accept}`,
      );
    }
    expect((await walked(pages, answers, () => 'ok')).items).toEqual([1]);
  }); // prettier-ignore

  it.each<[string, object]>([
    ['no error', { error: null, errors: [], success: true, status: 'ok' }],
    ['an empty error', { error: '', errors: {}, error_message: '' }],
    ['an error of 0 or false', { error: 0, errors: false }],
    ['a status code', { status: 200, code: 0 }],
    ['a status of something in it', { lastRun: { status: 'failed', error: 'x' } }],
    ['an error that is none', { error: 'No error', errorMessage: 'Success', err: '0', exception: 'none', error_code: '0' }],
    ['an error object that says nothing', { error: { code: 0, message: 'OK' }, errors: { fields: [], reason: null } }],
    ['a status that is none of a failure', { status: 404, code: 10000, failed: 3, success: 'Found', partial: false }],
    ['whole shards', { timed_out: false, _shards: { total: 5, successful: 5, failed: 0 } }],
    ['nothing', {}],
  ])('an empty page with %s is the end', async (_name, more) => {
    const found = await walked(pages, [{ body: { items: [1] } }, { body: { items: [], ...more } }]);
    expect([found.items, found.notices]).toEqual([[1], []]);
  }); // prettier-ignore

  it('what the request asked for, or holds the items, is none', async () => {
    const answers = (items: unknown[]) => ({ body: { status: 'failed', errors: { count: 9, nodes: items } } });
    const strategy = pageNumber({ items: 'errors.nodes' });
    const found = await walked(strategy, [answers([1]), answers([])], undefined, {}, '/runs?status=failed');
    expect([found.items, found.notices]).toEqual([[1], []]);
    const error = await rejection(walked(strategy, [answers([1]), answers([])], undefined, {}, '/?status=failed2'));
    expect(error.message).toContain('status is "failed"');
  });

  it('one notice, if the pages have items or the walk goes on', async () => {
    const failing = (items: number[], next?: string) => ({ body: { items, errors: ['partial'], next } });
    const strategy = cursor({ items: 'items', next: 'next' });
    const found = await walked(strategy, [failing([1], 'a'), failing([], 'b'), failing([2])]);
    expect(found.items).toEqual([1, 2]);
    expect(found.notices).toEqual([
      "Page 1 is used, but errors is an array of 1, so items may be missing. If that is a failure, reject it with the check `failIf('errors')`.",
      'The walk ended at its first page: there is nothing at next. If there are more pages, check the value of next.',
    ].slice(0, 1)); // prettier-ignore
  });

  it('partial answers of GraphQL that are accepted stay accepted', async () => {
    const connection = { nodes: [], pageInfo: { hasNextPage: false, endCursor: null } };
    const strategy = relay({ connection: 'data.all', partial: 'accept', place: (request) => request });
    const found = await walked(strategy, [{ body: { data: { all: connection }, errors: [{ message: 'x' }] } }]);
    expect([found.items, found.notices]).toEqual([[], []]);
  });

  it.each(transports)('202 with Retry-After is asked again after that time: %s', async (_name, make) => {
    const strategy = cursor({ items: 'items', next: 'next' });
    for (const body of [{ status: 'running' }, { items: [] }, undefined]) {
      const answers = [
        { body: { items: [1], next: 'a' } },
        { body, status: 202, headers: { 'retry-after': '0' } },
        { body: { items: [2] } },
      ];
      const found = await walked(strategy, answers, undefined, { transport: make() });
      expect([found.items, found.requests]).toEqual([[1, 2], 3]);
    }
    const never = [{ body: { items: [1], next: 'a' } }, { body: { items: [] }, status: 202, headers: { 'retry-after': '0' } }];
    const error = await rejection(walked(strategy, never, undefined, { transport: make() }));
    expect(error.message).toContain('status 202 without items: the page is not ready yet');
    expect((await walked(strategy, never, () => 'ok', { transport: make() })).items).toEqual([1]);
  }); // prettier-ignore

  it('202 without items is asked again without Retry-After too, and never the end by itself', async () => {
    const strategy = cursor({ items: 'items', next: 'next' });
    const first = { body: { items: [1], next: 'a' } };
    for (const body of [{}, { items: [] }, undefined]) {
      const found = await walked(strategy, [first, { body, status: 202 }, { body: { items: [2] } }]);
      expect([found.items, found.requests]).toEqual([[1, 2], 3]);
    }
    const never = [first, { body: { items: [] }, status: 202 }];
    expect((await rejection(walked(strategy, never))).message).toContain('if the API ends its lists with 202, set `endStatuses: [202]`');
    const ending = cursor({ items: 'items', next: 'next', endStatuses: [202] });
    expect((await walked(ending, never)).items).toEqual([1]);
  }); // prettier-ignore

  it('206 with a range of bytes is a part of a file, and no page; with another unit it is one', async () => {
    const strategy = cursor({ items: 'items', next: 'next' });
    const part = (range: string) => ({ body: { items: [1] }, status: 206, headers: { 'content-range': range } });
    const error = await rejection(walked(strategy, [part('bytes 0-99/1234')]));
    expect(error.message).toContain('status 206 with a range of bytes: part of a file is not a page');
    expect((await walked(strategy, [part('items 0-0/1')])).items).toEqual([1]);
  });

  it('202 with items is a page', async () => {
    const strategy = cursor({ items: 'items', next: 'next' });
    const page = { body: { items: [1] }, status: 202, headers: { 'retry-after': '5' } };
    expect((await walked(strategy, [page])).requests).toBe(1);
  });
});
