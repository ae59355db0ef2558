import { describe, expect, it } from '@jest/globals';
import type { ServerResponse } from 'node:http';
import { lastValueFrom, of } from 'rxjs';
import {
  afterPages,
  contentRange,
  cursor,
  fetchTransport,
  functionTransport,
  offset,
  pageNumber,
  paginate,
  retryRequests,
  type OffsetPosition,
  type PageNumberPosition,
  type PaginateOptions,
  type Strategy,
} from 'pagewise';
import { json, numbered, rows, serve, until, type Seen } from './support/server.js';
import { counting, itemsOf, rejection, thrown, walked as wholeWalk } from './support/walks.js';

const byNumber = pageNumber<number>({ items: 'items', size: 10 });
const policy = retryRequests({ retries: 1, base: 0 });
type Handler = (seen: Seen, response: ServerResponse) => void;

/** 50 rows; these pages fail, with what a poison page answers. */
function poisoned(pages: Set<number>, poison: Handler = (_seen, response) => json(response, {}, 500)) {
  const page = numbered(50);
  return serve((seen, response) => {
    (pages.has(Number(seen.url.searchParams.get('page'))) ? poison : page)(seen, response);
  });
}

/** Walks to the end, whatever it is. */
const walked = (
  url: string,
  strategy: Strategy<number, never>,
  options: PaginateOptions<number> = { skipFailedPages: { max: 3 } },
) => wholeWalk(url, strategy, { policy, ...options });
const numbers = byNumber as Strategy<number, never>;
const without = (...missing: number[]) => rows(50).filter((row) => !missing.includes(Math.floor(row / 10) + 1));

describe('guess', () => {
  it('of pageNumber is the next number', () => {
    const position: PageNumberPosition = { page: 7, size: 20 };
    expect(byNumber.guess?.(position)).toEqual({ page: 8, size: 20 });
    expect(pageNumber({ items: 'items' }).guess?.({ page: 0 })).toEqual({ page: 1 });
    expect(position).toEqual({ page: 7, size: 20 });
  });

  it('of offset advances by the size, or by the received count if the server gives fewer', () => {
    const byOffset = offset<number>({ items: 'items', size: 50 });
    const position: OffsetPosition = { offset: 100, size: 50 };
    const seen = (count: number) => ({ items: rows(count) }) as never;
    expect(byOffset.guess?.(position)).toEqual({ offset: 150, size: 50 });
    expect(byOffset.guess?.(position, seen(25))).toEqual({ offset: 125, size: 50 });
    expect(byOffset.guess?.(position, seen(0))).toEqual({ offset: 150, size: 50 });
    const bySize = offset<number>({ items: 'items', size: 50, advanceBy: 'size', total: 'total' });
    expect(bySize.guess?.(position, seen(25))).toEqual({ offset: 150, size: 50 });
  });

  it('does not exist for offset without a size, nor for other strategies', () => {
    expect(offset({ items: 'items' }).guess?.({ offset: 100 })).toBeUndefined();
    expect(cursor({ items: 'items', next: 'next', cursorParam: 'cursor' }).guess).toBeUndefined();
  });
});

describe('skipFailedPages', () => {
  it('skips pages that keep failing, after the policy, and reports each', async () => {
    const server = await poisoned(new Set([2, 4]));
    const { pages, items, error, gaps, end, notices } = await walked(server.url, numbers);
    expect(error).toBeUndefined();
    expect(items).toEqual(without(2, 4));
    expect(pages.map(({ index, itemsBefore }) => [index, itemsBefore])).toEqual([
      [0, 0], [2, 10], [4, 20], [5, 30],
    ]); // prettier-ignore
    expect(gaps).toMatchObject([
      { type: 'gap', pageIndex: 1, error: { name: 'HttpError', status: 500, attempts: 2, pageIndex: 1 } },
      { type: 'gap', pageIndex: 3 },
    ]);
    expect(end).toMatchObject({ reason: 'last-page', pages: 4, items: 30, received: 30, gaps });
    expect(end.gaps).toHaveLength(2);
    expect(JSON.stringify([gaps, end])).not.toContain('position');
    expect(notices).toEqual([]);
    // The error of a gap requests that page again.
    const resumeFrom = gaps[0]!.error.resume;
    const again = await walked(server.url, numbers, { resumeFrom, until: afterPages(1), policy });
    expect(again.error).toMatchObject({ pageIndex: 1, status: 500 });
  });

  it('is off by default', async () => {
    const server = await poisoned(new Set([2]));
    const { error, items, end } = await walked(server.url, numbers, {});
    expect([error, items, end.gaps]).toMatchObject([{ status: 500, pageIndex: 1 }, rows(10), undefined]);
  });

  it.each<[string, Handler, string]>([
    ['404', (_seen, response) => json(response, {}, 404), 'HttpError'],
    ['a body that is no JSON', (_seen, response) => void response.end('<html>'), 'ParseError'],
    ['a body that is cut off', (_seen, response) => (response.writeHead(200, { 'content-length': '9' }), response.write('{'), void response.destroy()), 'TransportError'],
    ['silence', () => undefined, 'AttemptTimeoutError'],
    ['too much', (_seen, response) => json(response, 'x'.repeat(5000)), 'ResponseTooLargeError'],
  ])('skips a page that answers %s', async (_poison, handle, name) => {
    const server = await poisoned(new Set([3]), handle);
    const { items, gaps } = await walked(server.url, numbers, {
      skipFailedPages: { max: 1 },
      transport: fetchTransport({ attemptTimeout: 300, maxResponseBytes: 4000 }),
    });
    expect(items).toEqual(without(3));
    expect(gaps).toMatchObject([{ pageIndex: 2, error: { name } }]);
  }); // prettier-ignore

  it('skips a page that a check fails, and one that ran into totalTimeout', async () => {
    const server = await poisoned(new Set([3]), (_seen, response) => json(response, { items: [], broken: true }));
    const checked = await walked(server.url, numbers, {
      skipFailedPages: { max: 1 },
      check: ({ body }) => ((body as { broken?: boolean }).broken ? { fail: 'broken' } : undefined),
    });
    expect(checked.items).toEqual(without(3));
    const silent = await poisoned(new Set([3]), () => undefined);
    const timed = await walked(silent.url, numbers, { skipFailedPages: { max: 1 }, totalTimeout: 300 });
    expect(timed.items).toEqual(without(3));
    expect(timed.gaps).toMatchObject([{ error: { name: 'PageTimeoutError' } }]);
    await until('the socket is free', () => silent.inFlight() === 0);
  });

  it.each<[string, Handler, string, PaginateOptions<number>]>([
    ['401', (_seen, response) => json(response, {}, 401), 'HttpError', {}],
    ['403', (_seen, response) => json(response, {}, 403), 'HttpError', {}],
    ['429', (_seen, response) => json(response, {}, 429), 'HttpError', {}],
    ['429 with a long Retry-After', (_seen, response) => json(response, {}, 429, { 'retry-after': '9999' }), 'RateLimitError', {}],
    ['500, when the retry budget is used up', (_seen, response) => json(response, {}, 500), 'RetryBudgetError', { policy: retryRequests({ budget: 0 }) }],
    ['410: the position is gone', (_seen, response) => json(response, {}, 410), 'PositionExpiredError', {}],
    ['a redirect to another origin', (_seen, response) => (response.writeHead(302, { location: 'http://evil.test/' }), void response.end()), 'CrossOriginError', {}],
    ['no list where items are', (_seen, response) => json(response, {}), 'ExtractError', {}],
    ['a function that throws', (_seen, response) => json(response, {}, 500), 'CallbackError', { check: ({ status }) => { if (status === 500) throw new Error('mine'); return undefined; } }],
  ])('does not skip a page that answers %s', async (_poison, handle, name, options) => {
    const server = await poisoned(new Set([3]), handle);
    const { items, error, gaps } = await walked(server.url, numbers, { skipFailedPages: { max: 3 }, ...options });
    expect(error).toMatchObject({ name, pageIndex: 2 });
    expect([items, gaps]).toEqual([rows(20), []]);
  }); // prettier-ignore

  it("does not skip an error of the caller's transport that is not a network failure", async () => {
    const transport = functionTransport(({ body }) => {
      const { page } = body as { page: number };
      if (page === 2) throw new TypeError('bug');
      return of({ page });
    });
    const strategy = { ...counting(4), guess: (from: number) => from + 1 };
    const walk = paginate({ body: {} }, strategy, { transport, skipFailedPages: { max: 1 } });
    expect(await rejection(lastValueFrom(walk))).toMatchObject({ name: 'TransportError', pageIndex: 1 });
  });

  it('does not skip the very first page, but does skip the first page of a resumed run', async () => {
    const server = await poisoned(new Set([1]));
    const { error, gaps } = await walked(server.url, numbers);
    expect([error, gaps]).toMatchObject([{ pageIndex: 0, status: 500 }, []]);
    expect(server.seen).toHaveLength(2);

    const middle = await poisoned(new Set([3]));
    const stopped = await walked(middle.url, numbers, {});
    const { resume } = stopped.error!;
    const rest = await walked(middle.url, numbers, { resumeFrom: resume!, skipFailedPages: { max: 1 } });
    expect([...stopped.items, ...rest.items]).toEqual(without(3));
    expect(rest.pages[0]).toMatchObject({ index: 3, itemsBefore: 20 });
  });

  it('skips at most `max` pages per walk; then it fails, says so, and resumes at the first of those in a row', async () => {
    const down = new Set([2, 4, 5]);
    const server = await poisoned(down);
    const { error, items, gaps, notices, end } = await walked(server.url, numbers, { skipFailedPages: { max: 2 } });
    expect(error).toMatchObject({ status: 500, pageIndex: 4, resume: { position: { page: 4 }, index: 3, itemsBefore: 20 } });
    expect(error?.message).toMatch(/^Page 5 failed: 500/);
    expect(items).toEqual([...rows(10), ...rows(30).slice(20)]);
    expect(notices).toEqual(['Page 5 fails too, and 2 pages are already skipped, which is the limit; raise `skipFailedPages`.']);
    expect(end).toMatchObject({ reason: 'error', gaps: [{ pageIndex: 1 }, { pageIndex: 3 }] });
    expect(gaps[1]?.error.resume).toMatchObject({ position: { page: 4 } });
    down.clear();
    const rest = await walked(server.url, numbers, { resumeFrom: error!.resume!, gaps: 'keep' });
    expect([...items, ...rest.items]).toEqual(without(2));
    expect(rest.end.missing).toEqual([1]);
  }); // prettier-ignore

  it('tokens of later pages resume after them, and a token of an earlier page requests the gap again', async () => {
    const down = new Set([3]);
    const server = await poisoned(down);
    const { pages, items } = await walked(server.url, numbers);
    down.clear();
    for (const [i, page] of pages.entries()) {
      const rest = await walked(server.url, numbers, { resumeFrom: JSON.stringify(page.resume), gaps: 'keep' });
      const before = itemsOf(pages.slice(0, i + 1));
      expect([...before, ...rest.items]).toEqual(page.index < 2 ? rows(50) : items);
    }
  });

  it('a total ends offset as it would without gaps, and the end event reports what is missing', async () => {
    const cap = 20; // The server gives fewer items than the requested size.
    const server = await serve(({ url }, response) => {
      const from = Number(url.searchParams.get('offset'));
      if (from === 20) return json(response, {}, 500);
      json(response, { items: rows(100).slice(from, from + cap), total: 100 });
    });
    const byOffset = offset<number>({ items: 'items', size: 50, total: 'total' });
    const { items, end } = await walked(server.url, byOffset as Strategy<number, never>);
    expect(items).toEqual([...rows(20), ...rows(100).slice(40)]);
    expect(end).toMatchObject({ reason: 'last-page', total: 100, received: 80, gaps: [{ pageIndex: 1 }] });
    expect(server.seen.filter(({ url }) => url.searchParams.get('offset') === '100')).toHaveLength(0);
  });

  it('a total of items ends pageNumber at the second empty page (P14): neither early nor never', async () => {
    const server = await serve(({ url }, response) => {
      const page = Number(url.searchParams.get('page'));
      if (page === 3) return json(response, {}, 500);
      json(response, { items: rows(50).slice((page - 1) * 10, page * 10), total: 50 });
    });
    const byTotal = pageNumber<number>({ items: 'items', size: 10, total: 'total' });
    const { items, end, pages } = await walked(server.url, byTotal as Strategy<number, never>);
    expect(items).toEqual(without(3));
    expect(end).toMatchObject({ reason: 'last-page', total: 50, received: 40, gaps: [{ pageIndex: 2 }] });
    expect(pages.at(-1)).toMatchObject({ position: { page: 7 }, items: [], next: undefined });
  });

  it('a page count and has-more end it as without gaps', async () => {
    for (const options of [{ totalPages: 'pages' }, { hasMore: 'more' }]) {
      const server = await serve(({ url }, response) => {
        const page = Number(url.searchParams.get('page'));
        if (page === 3) return json(response, {}, 500);
        json(response, { items: rows(50).slice((page - 1) * 10, page * 10), pages: 5, more: page < 5 });
      });
      const strategy = pageNumber<number>({ items: 'items', size: 10, ...options }) as Strategy<number, never>;
      const { items, pages } = await walked(server.url, strategy);
      expect([items, pages.at(-1)?.position]).toEqual([without(3), { page: 5, size: 10 }]);
    }
  });

  it('a last page that fails is a gap too', async () => {
    const server = await poisoned(new Set([5]));
    const { items, end } = await walked(server.url, numbers);
    expect([items, end]).toMatchObject([without(5), { reason: 'last-page', gaps: [{ pageIndex: 4 }] }]);
  });

  it('a strategy with nothing to guess from ends with the error', async () => {
    const server = await poisoned(new Set([3]));
    const strategy = { ...byNumber, guess: ({ page }: PageNumberPosition) => (page < 3 ? { page: page + 1 } : undefined) };
    const { error, gaps } = await walked(server.url, strategy as unknown as Strategy<number, never>);
    expect([error, gaps]).toMatchObject([{ pageIndex: 2, status: 500 }, []]);
  }); // prettier-ignore

  it('unsubscribing during a page after a gap frees its socket', async () => {
    const page = numbered(50);
    const server = await serve((seen, response) => {
      const number = seen.url.searchParams.get('page');
      if (number === '2') json(response, {}, 404);
      else if (number === '1') page(seen, response);
    });
    const walk = paginate({ url: server.url }, byNumber, { skipFailedPages: { max: 1 } }).subscribe();
    await until('page 3 is requested', () => server.seen.length === 3);
    walk.unsubscribe();
    await until('the server sees the close', () => server.aborted() === 1);
    expect([server.seen.length, server.inFlight()]).toEqual([3, 0]);
  });

  it('refuses strategies without a guess, and invalid numbers, when the stream is built', () => {
    const url = 'https://api.example.com/items';
    const refused = (strategy: Strategy, skipFailedPages: unknown = { max: 1 }) =>
      thrown(() => paginate({ url }, strategy as Strategy<unknown, never>, { skipFailedPages } as never));
    const message = (name: string) =>
      `paginate: skipFailedPages needs a strategy that can guess the next position without an answer: \`pageNumber\`, or \`offset\` with a size; "${name}" can't (it has no guess, or none without a size)`;
    const byCursor = cursor({ items: 'items', next: 'next', cursorParam: 'cursor' });
    expect(refused(byCursor as Strategy)).toMatchObject({ name: 'ConfigError', message: message('cursor') });
    expect(refused(offset({ items: 'items' }) as Strategy).message).toBe(message('offset'));
    for (const max of [0, -1, 1.5, Infinity, '3', undefined])
      expect(refused(byNumber as Strategy, { max }).message).toContain(
        'skipFailedPages.max must be a whole number of at least 1',
      );
    expect(refused(byNumber as Strategy, { maximum: 1 }).message).toContain(
      'unknown option "maximum"; expected one of max',
    );
    expect(refused(byNumber as Strategy, 3).message).toContain('paginate: skipFailedPages: options must be an object');
  });
});

describe('P17 the end after a skipped page', () => {
  /** The pages of `rows`; `down` fail with 500, and those past the end with 404. */
  const refusing = (down: Set<number>, holes: Set<number> = new Set()) => {
    const page = numbered(50);
    return serve((seen, response) => {
      const number = Number(seen.url.searchParams.get('page'));
      if (down.has(number)) json(response, {}, 500);
      else if (number > 5 || holes.has(number)) json(response, {}, 404);
      else page(seen, response);
    });
  };

  it('a broken last page is the only one that is missing if the API refuses the pages after it', async () => {
    const down = new Set([4, 5]);
    const server = await refusing(down);
    const first = await walked(server.url, numbers);
    expect([first.error, first.items, first.end.missing]).toEqual([undefined, rows(30), [3, 4]]);
    expect(first.notices).toEqual([
      'Page 6 and the page after it are refused (404), and the page before them was skipped: the walk ends there. A resumed run begins at the skipped page.',
    ]);
    expect(server.seen.map(({ url }) => url.searchParams.get('page')).join()).toBe('1,2,3,4,4,5,5,6,7');
    // Not done: what the skipped pages say of the end is not known.
    const { resume } = first.pages.at(-1)!;
    expect(resume.position).toEqual({ page: 4, size: 10 });
    down.clear();
    const ends = pageNumber<number>({ items: 'items', size: 10, endStatuses: [404] }) as Strategy<number, never>;
    expect((await walked(server.url, ends, { resumeFrom: resume })).items).toEqual(rows(50).slice(30));
  });

  it('with concurrency too', async () => {
    const server = await refusing(new Set([5]));
    const { error, items, end } = await walked(server.url, numbers, { skipFailedPages: { max: 3 }, concurrency: 3 });
    expect([error, items, end.missing]).toEqual([undefined, rows(40), [4]]);
  });

  it('one page that is not there is a gap like any other', async () => {
    const server = await refusing(new Set([2]), new Set([3]));
    const ends = pageNumber<number>({ items: 'items', size: 10, total: () => 50 }) as Strategy<number, never>;
    const found = await walked(server.url, ends);
    expect(found.items.slice(0, 30)).toEqual(without(2, 3));
    expect(found.gaps.map(({ pageIndex }) => pageIndex).slice(0, 2)).toEqual([1, 2]);
  });

  it('the announced total is accounted for by what came and what was skipped: a refusal after it is the end', async () => {
    const down = new Set([2]);
    const server = await refusing(down);
    const totals = pageNumber<number>({ items: 'items', size: 10, total: () => 50 }) as Strategy<number, never>;
    const first = await walked(server.url, totals);
    expect([first.error, first.end.missing]).toEqual([undefined, [1]]);
    const { resume } = first.pages.at(-1)!;
    expect(resume).toMatchObject({ done: true, itemsBefore: 40, total: 50 });
    expect(server.seen).toHaveLength(7);
    down.clear();
    expect((await walked(server.url, totals, { resumeFrom: resume })).items).toEqual(rows(20).slice(10));

    // Filled, before the page after the last one was requested.
    const stopped = await walked(server.url, totals, { resumeFrom: { ...first.pages[3]!.resume, itemsBefore: 50, gaps: [] } });
    expect([stopped.error, stopped.items, stopped.end.received]).toEqual([undefined, [], 50]);
  }); // prettier-ignore

  it('a page past the total that failed, and is refused when it is requested again, is no gap any more', async () => {
    const down = new Set([2, 6]);
    const server = await refusing(down);
    const totals = pageNumber<number>({ items: 'items', size: 10, total: () => 50 }) as Strategy<number, never>;
    const first = await walked(server.url, totals, { skipFailedPages: { max: 5 } });
    expect([first.error, first.items, first.end.missing]).toEqual([undefined, without(2), [1, 5]]);
    down.clear();
    const second = await walked(server.url, totals, { resumeFrom: first.pages.at(-1)!.resume });
    expect([second.error, second.items, second.end.missing]).toEqual([undefined, rows(20).slice(10), undefined]);
  });

  it('a last page that stays broken stays missing, with whichever status: nothing shows that it is past the end', async () => {
    for (const status of [400, 404, 416, 500]) {
      const page = numbered(50);
      const server = await serve((seen, response) => {
        if (seen.url.searchParams.get('page') === '5') json(response, {}, status);
        else page(seen, response);
      });
      const first = await walked(server.url, numbers);
      expect([first.items, first.end.missing]).toEqual([rows(40), [4]]);
      const options = { resumeFrom: first.pages.at(-1)!.resume, skipFailedPages: { max: 3 } };
      expect((await walked(server.url, numbers, options)).end.missing).toEqual([4]);
    }
  });

  it.each([
    ['an estimate', pageNumber<number>({ items: 'items', size: 10, total: () => 10, totalIs: 'estimate' }), 404],
    ['a count of the page, with a cursor', cursor<number>({ items: 'items', next: () => '2', cursorParam: 'page', total: () => 10 }), 404],
    ['a count of the page, with a cursor that is refused', cursor<number>({ items: 'items', next: () => '2', cursorParam: 'page', total: () => 10 }), 400],
    ['a total that has-more overrules, and a bad request', pageNumber<number>({ items: 'items', size: 10, total: () => 10, hasMore: () => true }), 400],
  ])('a total that is reached makes no error the end: %s', async (_name, strategy, status) => {
    const page = numbered(50);
    const server = await serve((seen, response) => {
      if (seen.url.searchParams.get('page') === '2') json(response, {}, status);
      else page(seen, response);
    });
    const { error, items } = await walked(server.url, strategy as Strategy<number, never>, {});
    expect([error?.name, items]).toEqual(['HttpError', rows(10)]);
  }); // prettier-ignore

  it('the limit holds for such a page', async () => {
    const server = await refusing(new Set([2]), new Set([3]));
    const { error, items } = await walked(server.url, numbers, { skipFailedPages: { max: 1 } });
    expect(error?.message).toMatch(/^Page 3 failed: 404/);
    expect([items, error?.resume?.position]).toEqual([rows(10), { page: 2, size: 10 }]);
  });

  it('pages that are all refused are skipped up to the limit, as before', async () => {
    const server = await refusing(new Set(), new Set([2, 3]));
    const { gaps, items } = await walked(server.url, numbers);
    expect(items).toEqual(without(2, 3));
    expect(gaps.map(({ pageIndex }) => pageIndex).slice(0, 2)).toEqual([1, 2]);
  });
});

describe('P17 a gap ends where the page after it begins', () => {
  it.each([
    ['offset', offset<number>({ items: 'items', size: 10 }), 'offset', 'limit'],
    ['contentRange', contentRange<number>({ items: 'items', size: 10 }), '', ''],
  ])('%s: a page that was short makes the step smaller, and filling the gap repeats nothing', async (_name, strategy, from, size) => {
    let down = true;
    // Rows 10 to 14 come alone; later pages are full. The page at 15 fails.
    const server = await serve(({ url, headers }, response) => {
      const [, first = '0', last = '9'] = /items=(\d+)-(\d+)/.exec(String(headers['range'])) ?? [];
      const start = from === '' ? Number(first) : Number(url.searchParams.get(from));
      const count = from === '' ? Number(last) - Number(first) + 1 : Number(url.searchParams.get(size));
      if (down && start === 15) json(response, {}, 500);
      else {
        const items = rows(50).slice(start, start === 10 ? 15 : start + count);
        if (from === '') {
          const range = items.length === 0 ? 'items */50' : `items ${String(start)}-${String(start + items.length - 1)}/50`;
          json(response, { items }, items.length === 0 ? 416 : 206, { 'content-range': range });
        } else json(response, { items });
      }
    });
    const first = await walked(server.url, strategy as Strategy<number, never>);
    expect([first.error, first.end.missing]).toEqual([undefined, [2]]);
    expect(first.items).toEqual(rows(50).filter((row) => row < 15 || row >= 20));
    down = false;
    const second = await walked(server.url, strategy as Strategy<number, never>, { resumeFrom: first.pages.at(-1)!.resume });
    expect(second.items).toEqual([15, 16, 17, 18, 19]);
  }); // prettier-ignore
});
