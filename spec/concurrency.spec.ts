import { afterEach, describe, expect, it, jest } from '@jest/globals';
import {
  afterPages,
  ConfigError,
  cursor,
  HttpError,
  linkHeader,
  offset,
  pageNumber,
  paginate,
  PaginationLoopError,
  retryRequests,
  throttleRequests,
  type Page,
  type PageResponse,
  type PaginateOptions,
  type Strategy,
  type Transport,
  type WalkEvent,
} from 'pagewise';
import { firstValueFrom, lastValueFrom, pipe, Subject, take, toArray, type Subscription } from 'rxjs';
import { json, numbered, rows, serve, settle, until, type Seen } from './support/server.js';
import { answer, counting, echo, itemsOf, plain, rejection, thrown } from './support/walks.js';

const strategy = pageNumber<number>({ items: 'items', size: 10 });
const pageOf = ({ url }: Seen) => Number(url.searchParams.get('page'));
const all = <Item>(pages: ReturnType<typeof paginate<Item, never>>) => lastValueFrom(pages.pipe(toArray()));

// A walk that stays open would keep the process alive.
let walking: Subscription | undefined;
afterEach(() => walking?.unsubscribe());

/** A transport whose answers the test releases. */
function byHand() {
  const asked = new Map<number, Subject<PageResponse>>();
  const aborted: number[] = [];
  const transport: PaginateOptions['transport'] = ({ body }, { signal }) => {
    const { page } = body as { page: number };
    const response = new Subject<PageResponse>();
    asked.set(page, response);
    signal.addEventListener('abort', () => aborted.push(page));
    return response;
  };
  const give = (page: number, response = answer({ page })) => {
    const open = asked.get(page)!;
    asked.delete(page);
    open.next(response);
    open.complete();
  };
  return { transport, give, aborted, open: () => [...asked.keys()].sort((a, b) => a - b) };
}
const guessing = (last: number): Strategy<number, number> => ({ ...counting(last), guess: (from) => from + 1 });

describe('E6 concurrency', () => {
  it('keeps up to n requests in flight, from the first page on', async () => {
    const { transport, give, open } = byHand();
    const seen: number[] = [];
    walking = paginate({ body: {} }, guessing(9), { transport, policy: plain, concurrency: 4 }).subscribe(({ items }) => seen.push(...items));
    expect(open()).toEqual([1, 2, 3, 4]);
    give(1);
    await settle(1);
    expect(open()).toEqual([2, 3, 4, 5]);
    give(3);
    give(4);
    await settle(1);
    expect([seen, open()]).toEqual([[1], [2, 5]]); // Two pages wait for page 2: no more than four are held.
    give(2);
    await settle(1);
    expect([seen, open()]).toEqual([[1, 2, 3, 4], [5, 6, 7, 8]]);
  }); // prettier-ignore

  it('sends a few requests at first, however many are allowed, and more with each page', async () => {
    const { transport, give, open } = byHand();
    const guessing = { ...counting(1e6), guess: (page: number) => page + 1 };
    walking = paginate({ body: {} }, guessing, { transport, policy: plain, concurrency: 100_000 }).subscribe();
    expect(open()).toHaveLength(64);
    give(1);
    await settle();
    expect(open()).toHaveLength(80);
  });

  it('emits in order whichever comes first, and discards pages past the end, errors too', async () => {
    const server = await serve(async (seen, response) => {
      await settle(pageOf(seen) % 3 === 1 ? 30 : 1);
      if (pageOf(seen) > 6) json(response, {}, 400);
      else numbered(55)(seen, response);
    });
    const byTotal = pageNumber<number>({ items: 'items', size: 10, hasMore: (body) => (body as { items: number[] }).items.length === 10 });
    const pages = await all(paginate({ url: server.url }, byTotal, { concurrency: 4 }));
    expect(itemsOf(pages)).toEqual(rows(55));
    expect(pages.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(server.seen.length).toBeLessThanOrEqual(6 + 3);
    await until('nothing is in flight', () => server.inFlight() === 0);
  }); // prettier-ignore

  it('gives the same pages as a sequential walk, tokens included', async () => {
    const server = await serve(numbered(95));
    const shown = (pages: readonly Page<number>[]) => pages.map(({ index, position, itemsBefore, items, next, resume }) => ({ index, position, itemsBefore, items, next, resume })); // prettier-ignore
    const one = await all(paginate({ url: server.url }, strategy));
    const many = await all(paginate({ url: server.url }, strategy, { concurrency: 5 }));
    expect(shown(many)).toEqual(shown(one));
    for (const page of many.slice(0, -1)) {
      const rest = await all(paginate({ url: server.url }, strategy, { concurrency: 3, resumeFrom: page.resume }));
      expect(itemsOf(rest)).toEqual(rows(95).slice(page.itemsBefore + page.items.length));
    }
  });

  it('repeats a request that was guessed wrong: an offset when the server caps the size', async () => {
    const server = await serve(({ url }, response) => {
      const from = Number(url.searchParams.get('offset'));
      json(response, { items: rows(330).slice(from, from + 25) });
    });
    const capped = offset<number>({ items: 'items', size: 100 });
    const pages = await all(paginate({ url: server.url }, capped, { concurrency: 6 }));
    expect(itemsOf(pages)).toEqual(rows(330));
    expect(server.seen.length).toBeLessThanOrEqual(15 + 5 + 5); // What was guessed before the cap showed, and past the end.
  });

  it('a strategy whose every guess is wrong costs requests and nothing else', async () => {
    const { transport } = { transport: ({ body }: { body?: unknown }) => [answer(body)] };
    const wrong = { ...counting(9), guess: (from: number) => from + 3 };
    const pages = await all(paginate({ body: {} }, wrong as never, { transport, concurrency: 3 }));
    expect(itemsOf(pages)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('sends no more speculative requests than the total allows', async () => {
    const server = await serve((seen, response) => {
      const page = pageOf(seen);
      json(response, { items: rows(40).slice((page - 1) * 10, page * 10), total: 40 });
    });
    const counted = pageNumber<number>({ items: 'items', size: 10, total: 'total' });
    const first = await all(paginate({ url: server.url }, counted, { concurrency: 2 }));
    expect(itemsOf(first)).toEqual(rows(40));
    expect(server.seen).toHaveLength(4);
  });

  it('is not fooled by a total that is the length of a page', async () => {
    const { transport, give, open } = byHand();
    const lying = { ...guessing(9), total: () => 1 };
    walking = paginate({ body: {} }, lying, { transport, policy: plain, concurrency: 3 }).subscribe();
    give(1);
    await settle(1);
    expect(open()).toEqual([2, 3, 4]);
  });

  it('E4 E8 an error comes after the pages before it, and its token resumes there', async () => {
    let broken = true;
    const server = await serve((seen, response) => (broken && pageOf(seen) === 4 ? json(response, {}, 404) : numbered(95)(seen, response)));
    const found: Page<number>[] = [];
    const error = await new Promise<HttpError>((resolve) => {
      paginate({ url: server.url }, strategy, { concurrency: 5 }).subscribe({ next: (page) => found.push(page), error: resolve });
    });
    expect(error).toBeInstanceOf(HttpError);
    expect([error.pageIndex, error.attempts, itemsOf(found)]).toEqual([3, 1, rows(30)]);
    await until('the pages after it are cancelled', () => server.inFlight() === 0);
    broken = false;
    const rest = await all(paginate({ url: server.url }, strategy, { concurrency: 5, resumeFrom: error.resume! }));
    expect(itemsOf(rest)).toEqual(rows(95).slice(30));
  }); // prettier-ignore

  it('E7 unsubscribing frees every request in flight', async () => {
    const server = await serve((seen, response) => (pageOf(seen) < 3 ? numbered(95)(seen, response) : undefined));
    walking = paginate({ url: server.url }, strategy, { concurrency: 4 }).subscribe();
    await until('four more are in flight', () => server.inFlight() === 4);
    walking.unsubscribe();
    await until('all are cancelled', () => server.inFlight() === 0);
    expect(server.aborted()).toBe(4);
  });

  it('take and until stop as they do without it', async () => {
    const server = await serve(numbered(95));
    const some = await lastValueFrom(
      paginate({ url: server.url }, strategy, { concurrency: 4 }).pipe(take(2), toArray()),
    );
    expect(itemsOf(some)).toEqual(rows(20));
    const cut = await all(paginate({ url: server.url }, strategy, { concurrency: 4, until: afterPages(3) }));
    expect([itemsOf(cut), cut.at(-1)?.next]).toEqual([rows(30), { page: 4, size: 10 }]);
    await until('nothing is in flight', () => server.inFlight() === 0);
  });

  it('E5 a slow loop has at most n pages fetched ahead', async () => {
    const server = await serve(numbered(195));
    let loops = 0;
    for await (const page of paginate({ url: server.url }, strategy, { concurrency: 3 })) {
      expect(page.index).toBe(loops++);
      await settle(10);
      expect(server.seen.length).toBeLessThanOrEqual(loops + 2);
    }
    expect(loops).toBe(21);
  });

  it('P11 a last page that comes again is still detected', async () => {
    const server = await serve((seen, response) => numbered(30)({ ...seen, url: new URL(`http://h/?page=${Math.min(3, pageOf(seen))}`) }, response));
    const found: Page<number>[] = [];
    const error = await new Promise((resolve) => {
      paginate({ url: server.url }, strategy, { concurrency: 4 }).subscribe({ next: (page) => found.push(page), error: resolve });
    });
    expect(error).toBeInstanceOf(PaginationLoopError);
    expect(itemsOf(found)).toEqual(rows(30));
  }); // prettier-ignore

  it('continues past a page that keeps failing, if skipFailedPages allows it', async () => {
    const server = await serve((seen, response) => (pageOf(seen) === 3 ? json(response, {}, 500) : numbered(55)(seen, response)));
    const gaps: WalkEvent[] = [];
    const pages = await all(
      paginate({ url: server.url }, strategy, {
        concurrency: 4,
        policy: retryRequests({ retries: 1, base: 1 }),
        skipFailedPages: { max: 1 },
        events: { next: (event) => (event.type === 'gap' ? gaps.push(event) : undefined) },
      }),
    );
    expect(itemsOf(pages)).toEqual(rows(55).filter((n) => n < 20 || n >= 30));
    expect(gaps).toMatchObject([{ pageIndex: 2 }]);
  }); // prettier-ignore

  it('a page that fails ahead of its turn fails the walk in its turn, after the pages before it', async () => {
    const failing: Transport = ({ body }) => (body as { page: number }).page === 2 ? [answer({}, 404)] : settle(5).then(() => [answer(body)]).then(([one]) => one!);
    const throwing = () => { let called = 0; return <T>(source: T) => { if (++called === 2) throw new Error('mine'); return source; }; };
    for (const [transport, policy, name] of [[failing, plain, 'HttpError'], [echo, throwing(), 'CallbackError']] as const) {
      const seen: unknown[] = [];
      const walk = paginate({ body: {} }, guessing(4), { transport, policy: policy, concurrency: 3 });
      const error = await rejection((async () => { for await (const { items } of walk) seen.push(...items); })());
      expect([seen, error]).toEqual([[1], expect.objectContaining({ name, pageIndex: 1 })]);
    }
  }); // prettier-ignore

  it('a rate limit holds back pages that were not requested yet', async () => {
    jest.useFakeTimers();
    try {
      const sent: number[] = [];
      const transport: Transport = async ({ body }) => {
        const { page } = body as { page: number };
        const isLimited = page === 4 && !sent.includes(page);
        sent.push(page);
        if (!isLimited) await new Promise((resolve) => setTimeout(resolve, 10));
        return isLimited ? answer({}, 429, { 'retry-after': '60' }) : answer(body);
      };
      const options = { transport, policy: retryRequests(), concurrency: 4 };
      const pages = lastValueFrom(paginate({ body: {} }, guessing(6), options).pipe(toArray()));
      await jest.advanceTimersByTimeAsync(59_000);
      expect(sent).toEqual([1, 2, 3, 4]);
      await jest.advanceTimersByTimeAsync(120_000);
      expect(itemsOf(await pages)).toEqual([1, 2, 3, 4, 5, 6]);
    } finally {
      jest.useRealTimers();
    }
  });

  it('of a gap that is requested again, no page after it is guessed', async () => {
    const sent: unknown[] = [];
    const transport: Transport = ({ body }) => (sent.push((body as { page: number }).page), [answer(body)]);
    const options = { transport, policy: plain, concurrency: 3 };
    const { resume } = await firstValueFrom(paginate({ body: {} }, guessing(6), { ...options, concurrency: 1 }));
    const resumeFrom = { ...resume, position: 5, index: 4, gaps: [{ position: 2, index: 1 }] };
    sent.length = 0;
    const rest = await all(paginate({ body: {} }, guessing(6), { ...options, resumeFrom, until: afterPages(2) }));
    expect([itemsOf(rest), sent.slice(0, 2)]).toEqual([[2, 5], [2, 5]]); // prettier-ignore
  });

  it('E1 is a separate walk for each subscription, also at the same time', async () => {
    const server = await serve(numbered(95));
    const pages = paginate({ url: server.url }, strategy, { concurrency: 4 });
    const [one, two] = await Promise.all([all(pages), all(pages)]);
    expect([itemsOf(one), itemsOf(two)]).toEqual([rows(95), rows(95)]);
  });

  it('linkHeader has more than one in flight if rel="last" shows how its links count', async () => {
    let most = 0;
    const server = await serve(async (seen, response) => {
      most = Math.max(most, server.inFlight());
      await settle(20);
      const page = Number(seen.url.searchParams.get('page') ?? 1);
      const link = (rel: string, to: number) => `<${server.origin}/items?q=a&page=${to}>; rel="${rel}"`;
      const links = page < 9 ? [link('next', page + 1), link('last', 9)] : [link('first', 1)];
      json(response, rows(45).slice((page - 1) * 5, page * 5), 200, { link: links.join(', ') });
    });
    const pages = await all(paginate({ url: `${server.url}?q=a` }, linkHeader<number>(), { concurrency: 4 }));
    expect(itemsOf(pages)).toEqual(rows(45));
    expect(server.seen).toHaveLength(9); // The last link is known: nothing is requested past it.
    expect(most).toBe(4);
  });

  const notices = async (make: Strategy<number, never>, url: string) => {
    const found: string[] = [];
    const events = { next: (event: WalkEvent) => void (event.type === 'notice' && found.push((event).message)) };
    const pages = await all(paginate({ url }, make, { concurrency: 4, events }));
    return { found, items: itemsOf(pages) };
  }; // prettier-ignore

  it('without a guess it is sequential, and says so', async () => {
    const server = await serve(async ({ url }, response) => {
      expect(server.inFlight()).toBe(1);
      await settle(5);
      const from = Number(url.searchParams.get('cursor') ?? 0);
      json(response, { items: [from], next: from < 4 ? from + 1 : null });
    });
    const { found, items } = await notices(cursor<number>({ items: 'items', next: 'next' }) as never, server.url);
    expect(items).toEqual([0, 1, 2, 3, 4]);
    expect(found).toEqual([expect.stringContaining('concurrency: 4')]);
  });

  it('also if there is nothing to guess from', async () => {
    const server = await serve(({ url }, response) => {
      const from = Number(url.searchParams.get('offset'));
      json(response, { items: rows(12).slice(from, from + 3) });
    });
    const { found, items } = await notices(offset<number>({ items: 'items' }) as never, server.url);
    expect(items).toEqual(rows(12));
    expect(found).toEqual([expect.stringContaining('concurrency: 4')]);
    const even = await serve(numbered(95));
    expect((await notices(strategy as never, even.url)).found).toEqual([]);
  });

  it('refuses an invalid number of requests, and nextWhen together with it', () => {
    for (const options of [{ concurrency: 0 }, { concurrency: 1.5 }, { concurrency: Infinity }, { concurrency: 2, nextWhen: () => [1] }])
      expect(thrown(() => paginate({ url: 'http://host.test/' }, strategy, options))).toBeInstanceOf(ConfigError);
    expect(() => paginate({ url: 'http://host.test/' }, strategy, { concurrency: 1, nextWhen: () => [1] })).not.toThrow();
  }); // prettier-ignore
});

describe('E6 R15 a rate limit and pages in flight', () => {
  it('a 429 that says how long to wait holds all of them back, with or without a throttle', async () => {
    for (const policy of [retryRequests(), pipe(throttleRequests({ limit: 1000 }), retryRequests())]) {
      let limitedAt = 0;
      const during: number[] = [];
      const server = await serve(async (seen, response) => {
        const now = performance.now();
        if (limitedAt > 0 && now - limitedAt < 950) during.push(pageOf(seen));
        await settle(10);
        if (limitedAt > 0 || pageOf(seen) !== 5) return numbered(155)(seen, response);
        limitedAt = performance.now();
        json(response, {}, 429, { 'retry-after': '1' });
      });
      const pages = await all(paginate({ url: server.url }, strategy, { policy, concurrency: 4 }));
      expect(itemsOf(pages)).toEqual(rows(155));
      // Requests already sent, or queued on a socket, when it came.
      expect(during.length).toBeLessThanOrEqual(3);
      await server.close();
    }
  });

  it('fewer are in flight after it, and more again once pages succeed', async () => {
    const { transport, give, open } = byHand();
    const options = { transport, policy: retryRequests({ base: 0 }), concurrency: 8 };
    walking = paginate({ body: {} }, guessing(1000), options).subscribe();
    expect(open()).toHaveLength(8);
    give(1, answer({}, 429));
    await until('it is requested again', () => open().includes(1));
    for (let page = 1; page <= 8; page++) give(page);
    await settle(5);
    expect(open().length).toBeLessThanOrEqual(5);
    for (let page = 9; page < 100; page++) {
      await until('it is requested', () => open().includes(page));
      give(page);
    }
    await until('all are in flight again', () => open().length === 8);
  });

  it('R3 each page has its own retries and its own attempts', async () => {
    const server = await serve((seen, response) => {
      const before = server.seen.filter((other) => pageOf(other) === pageOf(seen)).length;
      if (before < 3) json(response, {}, 503);
      else numbered(45)(seen, response);
    });
    const policy = retryRequests({ retries: 2, base: 1 });
    expect(itemsOf(await all(paginate({ url: server.url }, strategy, { policy, concurrency: 3 })))).toEqual(rows(45));
    const tired = retryRequests({ retries: 1, base: 1 });
    const other = await serve((_seen, response) => json(response, {}, 503));
    const error = await rejection(firstValueFrom(paginate({ url: other.url }, strategy, { policy: tired, concurrency: 3 })));
    expect(error).toMatchObject({ name: 'HttpError', pageIndex: 0, attempts: 2 });
  }); // prettier-ignore
});
