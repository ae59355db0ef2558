import { describe, expect, it } from '@jest/globals';
import {
  afterPages,
  checkpoint,
  cursor,
  keyset,
  offset,
  pageNumber,
  type PaginateOptions,
  type Strategy,
} from 'pagewise';
import { json, numbered, rows, serve } from './support/server.js';
import { itemsOf, walked } from './support/walks.js';

const sorted = (items: readonly number[]) => [...items].sort((a, b) => a - b);

const byNumber = pageNumber<number>({ items: 'items', size: 10 }) as Strategy<number, never>;

/** 50 rows on five pages; those in `down` fail. */
const fivePages = (down: Set<number>) => {
  const page = numbered(50);
  return serve((seen, response) =>
    down.has(Number(seen.url.searchParams.get('page'))) ? json(response, {}, 500) : page(seen, response),
  );
};
const skipFailedPages = { max: 5 };

describe('P15 P17 what a walk announced', () => {
  const total = pageNumber<number>({ items: 'items', size: 10, total: 'total' }) as Strategy<number, never>;

  it('a token of a finished walk holds the total that was not reached, and its end event says so again', async () => {
    const server = await serve(({ url }, response) => {
      const page = Number(url.searchParams.get('page'));
      json(response, { items: rows(25).slice((page - 1) * 10, page * 10), total: 40 });
    });
    const first = await walked(server.url, total);
    expect(first.end).toMatchObject({ total: 40, received: 25 });
    const { resume } = first.pages.at(-1)!;
    expect(resume).toMatchObject({ done: true, total: 40 });
    const second = await walked(server.url, total, { resumeFrom: JSON.stringify(resume) });
    expect(second.end).toMatchObject({ reason: 'last-page', total: 40, received: 25 });
    const estimate = pageNumber<number>({ items: 'items', size: 10, total: 'total', totalIs: 'estimate' });
    const third = await walked(server.url, estimate as Strategy<number, never>);
    expect(third.pages.at(-1)!.resume.total).toBeUndefined();
    expect((await walked(server.url, total, { resumeFrom: { ...resume, total: -1 } })).error?.message).toContain('damaged');
  }); // prettier-ignore

  it('a page that fills a gap announces a total too', async () => {
    let down = true;
    const server = await serve(({ url }, response) => {
      const page = Number(url.searchParams.get('page'));
      if (down && page === 2) json(response, {}, 500);
      else json(response, { items: rows(30).slice((page - 1) * 10, page * 10), total: down ? 30 : 35 });
    });
    const first = await walked(server.url, total, { skipFailedPages: { max: 1 } });
    down = false;
    const second = await walked(server.url, total, { resumeFrom: first.pages.at(-1)!.resume });
    expect(second.pages.map((page) => page.total)).toEqual([35]);
    expect(second.end).toMatchObject({ total: 35, received: 30 });
    expect(second.pages[0]!.resume).toMatchObject({ done: true, total: 35, itemsBefore: 30 });
  });

  it('a walk that starts over at an expired position has no gaps of before: its pages come again', async () => {
    let down = true;
    const server = await serve(({ url }, response, index) => {
      const page = Number(url.searchParams.get('page'));
      if (down && page === 2) json(response, {}, 500);
      else if (page === 4 && index < 6) json(response, {}, 410);
      else json(response, { items: rows(50).slice((page - 1) * 10, page * 10) });
      if (page === 4) down = false;
    });
    const strategy = { ...pageNumber<number>({ items: 'items', size: 10 }), onExpired: 'restart' } as unknown as Strategy<number, never>; // prettier-ignore
    const { items, end, error } = await walked(server.url, strategy, { skipFailedPages: { max: 1 } });
    expect([error, items.slice(20)]).toEqual([undefined, rows(50)]);
    expect(end.missing).toBeUndefined();
  });
});

describe('P17 a page that was skipped is missing until it has been fetched', () => {
  it('a resumed run asks for its gaps first, and goes on where the run before it stopped', async () => {
    const down = new Set([2, 3]);
    const server = await fivePages(down);
    const first = await walked(server.url, byNumber, { skipFailedPages, until: afterPages(2) });
    expect(first.items).toEqual([...rows(10), ...rows(40).slice(30)]);
    expect(first.end.missing).toEqual([1, 2]);
    down.delete(2);
    const token = JSON.stringify(first.pages.at(-1)!.resume);
    const second = await walked(server.url, byNumber, { skipFailedPages, resumeFrom: token });
    expect(second.pages.map(({ index }) => index)).toEqual([1, 4, 5]);
    expect(second.end).toMatchObject({ reason: 'last-page', missing: [2], received: 40 });
    down.clear();
    // The walk has reached its end, and its token still asks for the gap.
    const { resume } = second.pages.at(-1)!;
    expect(resume).toMatchObject({ done: true, gaps: [{ index: 2, position: { page: 3 } }] });
    const third = await walked(server.url, byNumber, { resumeFrom: resume });
    expect(third.pages.map(({ index, next }) => [index, next])).toEqual([[2, undefined]]);
    expect(third.end).toMatchObject({ reason: 'last-page', received: 50 });
    expect(third.end.missing).toBeUndefined();
    expect(sorted([...first.items, ...second.items, ...third.items])).toEqual(rows(50));
    const fourth = await walked(server.url, byNumber, { resumeFrom: third.pages[0]!.resume });
    expect([fourth.items, fourth.error]).toEqual([[], undefined]);
  });

  it.each([404, 416])('a page that is refused with %i, with as many items as announced beside it, stays missing', async (status) => {
    let answer = 500;
    const server = await serve(({ url }, response) => {
      const page = Number(url.searchParams.get('page'));
      if (page === 2) json(response, {}, answer);
      else json(response, { items: rows(30).slice((page - 1) * 10, page * 10), total: 20, more: page < 3 });
    });
    const strategy = pageNumber<number>({ items: 'items', size: 10, total: 'total', hasMore: 'more' }) as Strategy<number, never>;
    const first = await walked(server.url, strategy, { skipFailedPages });
    expect([first.error, first.items, first.end.missing]).toEqual([undefined, [...rows(10), ...rows(30).slice(20)], [1]]);
    answer = status;
    const second = await walked(server.url, strategy, { skipFailedPages, resumeFrom: first.pages.at(-1)!.resume });
    expect([second.error, second.items, second.end.missing]).toEqual([undefined, [], [1]]);
  }); // prettier-ignore

  it('every token on the way leads to each item once', async () => {
    const down = new Set([2, 4]);
    const server = await fivePages(down);
    const first = await walked(server.url, byNumber, { skipFailedPages });
    down.clear();
    for (const [i, { resume }] of first.pages.entries()) {
      const rest = await walked(server.url, byNumber, { resumeFrom: JSON.stringify(resume) });
      expect(sorted([...itemsOf(first.pages.slice(0, i + 1)), ...rest.items])).toEqual(rows(50));
      // Nor does it matter where that run is cut.
      for (const [j, page] of rest.pages.entries()) {
        const last = await walked(server.url, byNumber, { resumeFrom: page.resume });
        const all = [...first.pages.slice(0, i + 1), ...rest.pages.slice(0, j + 1), ...last.pages];
        expect(sorted(itemsOf(all))).toEqual(rows(50));
      }
    }
  });

  it('a gap that fails without skipFailedPages fails the run, whose error still has all gaps', async () => {
    const down = new Set([2, 3]);
    const server = await fivePages(down);
    const first = await walked(server.url, byNumber, { skipFailedPages, until: afterPages(2) });
    const { resume } = first.pages.at(-1)!;
    const second = await walked(server.url, byNumber, { resumeFrom: resume });
    expect(second.error).toMatchObject({ status: 500, pageIndex: 1, resume: { position: { page: 5 } } });
    expect(second.end.missing).toEqual([1, 2]);
    down.clear();
    const third = await walked(server.url, byNumber, { resumeFrom: second.error!.resume! });
    expect(sorted([...first.items, ...third.items])).toEqual(rows(50));
  });

  it("gaps: 'keep' does not ask for them, and does not forget them", async () => {
    const down = new Set([2]);
    const server = await fivePages(down);
    const first = await walked(server.url, byNumber, { skipFailedPages, until: afterPages(2) });
    down.clear();
    const { resume } = first.pages.at(-1)!;
    const second = await walked(server.url, byNumber, { resumeFrom: resume, gaps: 'keep' });
    expect(second.pages.map(({ index }) => index)).toEqual([3, 4, 5]);
    expect(second.end.missing).toEqual([1]);
    expect(second.pages.at(-1)!.resume).toMatchObject({ done: true, gaps: [{ index: 1 }] });
    const third = await walked(server.url, byNumber, { resumeFrom: second.pages.at(-1)!.resume, gaps: 'keep' });
    expect([third.items, third.end.missing, third.notices.length]).toEqual([[], [1], 1]);
  });

  it('with concurrency, and with a checkpoint', async () => {
    const down = new Set([2, 4]);
    const server = await fivePages(down);
    const store = new Map<string, string>();
    const runs = [];
    for (const again of [down, new Set<number>()]) {
      if (again.size === 0) down.clear();
      const options = { skipFailedPages, concurrency: 3, checkpoint: checkpoint(store, 'job') };
      runs.push(await walked(server.url, byNumber, options));
    }
    expect(runs.map(({ end }) => end.missing)).toEqual([[1, 3], undefined]);
    expect(sorted(runs.flatMap(({ items }) => items))).toEqual(rows(50));
  });
});

describe('P18 a gap names exactly what is missing', () => {
  /** 50 rows by offset, at most `cap` a page; requests that need one of `poison` fail. */
  const capped = (cap: number, poison: Set<number>) =>
    serve(({ url }, response) => {
      const from = Number(url.searchParams.get('offset'));
      const size = Math.min(cap, Number(url.searchParams.get('limit')));
      const page = rows(50).slice(from, from + size);
      if (page.some((row) => poison.has(row))) json(response, {}, 500);
      else json(response, { items: page });
    });
  const byOffset = offset<number>({ items: 'items', size: 7 }) as Strategy<number, never>;

  it.each([4, 7, 100])('in one run and in a resumed one, with a server that caps sizes at %i', async (cap) => {
    const poison = new Set([37]);
    const server = await capped(cap, poison);
    const whole = await walked(server.url, byOffset, { skipFailedPages });
    const size = Math.min(cap, 7);
    const from = Math.floor(37 / size) * size;
    const missing = rows(50).filter((row) => row >= from && row < from + size);
    expect(whole.items).toEqual(rows(50).filter((row) => !missing.includes(row)));
    // Cut at any page before it: the rest misses the same rows, and asking for the gap brings exactly these.
    for (const { resume, index, itemsBefore, items } of whole.pages.filter((page) => page.itemsBefore < from)) {
      poison.add(37);
      const rest = await walked(server.url, byOffset, { skipFailedPages, resumeFrom: JSON.stringify(resume) });
      expect([...rows(itemsBefore + items.length), ...rest.items]).toEqual(whole.items);
      poison.clear();
      const filled = await walked(server.url, byOffset, { resumeFrom: rest.pages.at(-1)!.resume });
      expect([index, filled.items]).toEqual([index, missing]);
    }
  });

  it('with sizes that adapt: the gap is as small as the page was', async () => {
    const poison = new Set([20]);
    const server = await capped(100, poison);
    const tooHeavy = ({ status }: { status: number }) =>
      status === 500 ? { fail: 'heavy', tooHeavy: true } : undefined;
    const options = { skipFailedPages, adaptiveSize: true, check: tooHeavy };
    const whole = await walked(server.url, byOffset, options);
    expect(whole.items).toEqual(rows(50).filter((row) => row !== 20));
    poison.clear();
    const filled = await walked(server.url, byOffset, { ...options, resumeFrom: whole.pages.at(-1)!.resume });
    expect(filled.items).toEqual([20]);
  });

  it('a size that grows and fails is no gap of that size: the server may cap it', async () => {
    let heavy = 1;
    const poison = new Set([10]);
    const server = await serve(({ url }, response) => {
      const from = Number(url.searchParams.get('offset'));
      if (heavy-- > 0) json(response, {}, 502);
      else if (poison.has(from)) json(response, {}, 500);
      else json(response, { items: rows(30).slice(from, from + 1) });
    });
    const two = offset<number>({ items: 'items', size: 2 }) as Strategy<number, never>;
    const whole = await walked(server.url, two, { skipFailedPages, adaptiveSize: true });
    expect(whole.items).toEqual(rows(30).filter((row) => row !== 10));
    poison.clear();
    const filled = await walked(server.url, two, { resumeFrom: whole.pages.at(-1)!.resume });
    expect(filled.items).toEqual([10]);
  });
});

describe('H7 a finished job does what whenDone says', () => {
  let list: number[] = [];
  const growing = () =>
    serve(({ url }, response) => {
      const page = Number(url.searchParams.get('page') ?? 0);
      const from =
        url.searchParams.get('after') === null
          ? (page > 0 ? page - 1 : Number(url.searchParams.get('cursor') ?? 0)) * 10
          : list.filter((id) => id <= Number(url.searchParams.get('after'))).length;
      const items = list.slice(from, from + 10);
      json(response, { items, next: from + 10 < list.length ? from / 10 + 1 : null });
    });
  const strategies: [string, Strategy<number, never>][] = [
    ['cursor', cursor<number>({ items: 'items', next: 'next' }) as Strategy<number, never>],
    ['keyset', keyset<number>({ items: 'items', key: '.' }) as Strategy<number, never>],
    ['pageNumber', pageNumber<number>({ items: 'items' }) as Strategy<number, never>],
  ];
  const run = (
    url: string,
    strategy: Strategy<number, never>,
    store: Map<string, string>,
    whenDone?: 'stop' | 'restart' | 'continue',
  ) => walked(url, strategy, { checkpoint: checkpoint(store, 'daily', { whenDone }) });

  describe.each(strategies)('%s', (_name, strategy) => {
    it.each([20, 25])("'continue' delivers what was added since, once, after %i items", async (count) => {
      const store = new Map<string, string>();
      list = rows(count);
      const server = await growing();
      expect((await run(server.url, strategy, store)).items).toEqual(rows(count));
      for (const length of [count, count + 3, count + 3, count + 30]) {
        const before = list.length;
        list = rows(length);
        const { items, error, notices } = await run(server.url, strategy, store, 'continue');
        expect([error, items, notices]).toEqual([undefined, rows(length).slice(before), []]);
      }
    });

    it("'stop' does nothing and says so; 'restart' starts over", async () => {
      const store = new Map<string, string>();
      list = rows(25);
      const server = await growing();
      await run(server.url, strategy, store);
      const sent = server.seen.length;
      const stopped = await run(server.url, strategy, store);
      expect([stopped.items, server.seen.length]).toEqual([[], sent]);
      expect(stopped.notices).toEqual([expect.stringContaining('Nothing was requested')]);
      expect((await run(server.url, strategy, store, 'restart')).items).toEqual(rows(25));
    });
  });

  it("'continue' after a run that was resumed at the empty page past the end", async () => {
    const store = new Map<string, string>();
    list = rows(20);
    const server = await growing();
    const at = (whenDone: 'stop' | 'continue') => ({
      checkpoint: checkpoint(store, 'daily', { whenDone }),
      until: afterPages(2),
    });
    await walked(server.url, byNumber, at('stop'));
    await walked(server.url, byNumber, at('stop'));
    list = rows(33);
    const { items, error } = await walked(server.url, byNumber, { checkpoint: checkpoint(store, 'daily', { whenDone: 'continue' }) }); // prettier-ignore
    expect([error, items]).toEqual([undefined, rows(33).slice(20)]);
  });

  it.each(['error', 'stop', 'allow'] as const)(
    "'continue' delivers a last page that was skipped once, whether it arrived since or not (onRepeat %s)",
    async (onRepeat) => {
      for (const isFetched of [true, false]) {
        const store = new Map<string, string>();
        const down = new Set([5, 3]);
        const server = await fivePages(down);
        const strategy = pageNumber<number>({ items: 'items', size: 10, onRepeat }) as Strategy<number, never>;
        const run = (options: PaginateOptions<number> = {}, whenDone: 'stop' | 'continue' = 'stop') =>
          walked(server.url, strategy, { ...options, checkpoint: checkpoint(store, 'daily', { whenDone }) });
        const runs = [await run({ skipFailedPages })];
        down.delete(5);
        if (isFetched) runs.push(await run({ skipFailedPages }));
        for (let i = 0; i < 2; i++) runs.push(await run({ skipFailedPages }, 'continue'));
        expect(runs.at(-1)!.end.missing).toEqual([2]);
        down.clear();
        runs.push(await run({}, 'continue'));
        expect(runs.flatMap(({ error }) => error ?? [])).toEqual([]);
        expect(sorted(runs.flatMap(({ items }) => items))).toEqual(rows(50));
      }
    },
  );

  it("'continue' does not skip the page that it begins with, nor forgets what it has delivered", async () => {
    const store = new Map<string, string>();
    list = rows(23);
    const server = await growing();
    const run = (options: PaginateOptions<number>) =>
      walked(server.url, byNumber, { ...options, checkpoint: checkpoint(store, 'daily', { whenDone: 'continue' }) });
    await run({});
    const check = () => ({ fail: 'down' });
    const failed = await run({ skipFailedPages, check });
    expect(failed.error).toMatchObject({ pageIndex: 2 });
    list = rows(25);
    expect((await run({})).items).toEqual([23, 24]);
  });

  it("'continue' delivers a page again, and says so, if it no longer begins with what was delivered", async () => {
    const store = new Map<string, string>();
    list = rows(25);
    const server = await growing();
    await run(server.url, byNumber, store);
    list = [...rows(20), 99, ...rows(26).slice(20)];
    const { items, notices } = await run(server.url, byNumber, store, 'continue');
    expect(items).toEqual([99, ...rows(26).slice(20)]);
    expect(notices).toEqual([expect.stringContaining('no longer begins with the 5 items')]);
  });
});
