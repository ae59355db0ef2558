import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { EMPTY, lastValueFrom, map, Subject, take, throwError, timer, toArray } from 'rxjs';
import {
  items,
  pageNumber,
  paginate,
  resumeOnError,
  retryRequests,
  type Page,
  type PaginateOptions,
  type Transport,
  type WalkEvent,
} from 'pagewise';
import { json, numbered, rows, serve, until } from '../support/server.js';
import { answer, counting, echo, itemsOf, plain, rejection, thrown } from '../support/walks.js';

const strategy = pageNumber<number>({ items: 'items', size: 10 });

/** 35 rows; each page fails as often as `failures` says. */
async function failing(failures: Record<string, number>) {
  const left = { ...failures };
  const page = numbered(35);
  const server = await serve((seen, response) => {
    const number = seen.url.searchParams.get('page') ?? '';
    if ((left[number] ?? 0) > 0) {
      left[number]!--;
      json(response, {}, 404);
    } else page(seen, response);
  });
  const pages = (options: PaginateOptions<number> = {}) => paginate({ url: server.url }, strategy, options);
  const asked = () => server.seen.map(({ url }) => Number(url.searchParams.get('page')));
  return { server, pages, asked };
}

describe('resumeOnError', () => {
  it('resumes at the page that failed: each item once, each page unchanged', async () => {
    const { pages, asked } = await failing({ 1: 1, 3: 1 });
    const all = await lastValueFrom(pages().pipe(resumeOnError({ times: 1 }), toArray()));
    expect(itemsOf(all)).toEqual(rows(35));
    expect(all.map(({ index, itemsBefore }) => [index, itemsBefore])).toEqual([
      [0, 0], [1, 10], [2, 20], [3, 30], [4, 35],
    ]); // prettier-ignore
    expect(asked()).toEqual([1, 1, 2, 3, 3, 4, 5]);
  });

  it('restarts its count after each page, and passes the error on once it has come too often', async () => {
    const { pages, asked } = await failing({ 2: 2, 3: 2, 4: 3 });
    const seen: Page<number>[] = [];
    const walk = pages().pipe(resumeOnError({ times: 2 }));
    const error = await rejection(walk.forEach((page) => seen.push(page)));
    expect(error).toMatchObject({ name: 'HttpError', pageIndex: 3, resume: { position: { page: 4 } } });
    expect(itemsOf(seen)).toEqual(rows(30));
    expect(asked()).toEqual([1, 2, 2, 2, 3, 3, 3, 4, 4, 4]);
  });

  it('resumes from resumeFrom at first, and keeps the types', async () => {
    const { pages } = await failing({ 3: 1 });
    const [first] = await lastValueFrom(pages().pipe(take(1), toArray()));
    const rest = pages({ resumeFrom: first!.resume }).pipe(resumeOnError({ times: 1 }), items(), toArray());
    const numbers: number[] = await lastValueFrom(rest);
    expect(numbers).toEqual(rows(35).slice(10));
  });

  it('is cold: each subscription counts for itself', async () => {
    const { pages } = await failing({ 2: 2 });
    const walk = pages().pipe(resumeOnError({ times: 1 }), toArray());
    expect(await rejection(lastValueFrom(walk))).toMatchObject({ pageIndex: 1 });
    expect(itemsOf(await lastValueFrom(walk))).toEqual(rows(35));
  });

  it('each part is a separate walk for events', async () => {
    const { pages } = await failing({ 2: 1 });
    const ends: unknown[] = [];
    const events = { next: (event: WalkEvent) => event.type === 'end' && ends.push([event.reason, event.received]) };
    await lastValueFrom(pages({ events }).pipe(resumeOnError({ times: 1 })));
    expect(ends).toEqual([
      ['error', 10],
      ['last-page', 35],
    ]);
  });

  it.each<[string, number, Transport, PaginateOptions<number>]>([
    ['E11 a callback that throws', 1, echo, { until: () => { throw new Error('mine'); } }],
    ['E9 a loop', 3, ({ body }) => [answer({ page: Math.min((body as { page: number }).page, 2) })], {}],
    ['an abort', 0, echo, { signal: AbortSignal.abort(new Error('enough')) }],
  ])('passes on immediately: %s', async (_what, requests, transport, options) => {
    let asked = 0;
    const counted: Transport = (request, attempt) => (asked++, transport(request, attempt));
    const pages = paginate({ body: {} }, counting(9), { transport: counted, policy: plain, ...options });
    await rejection(lastValueFrom(pages.pipe(resumeOnError({ times: 5 }))));
    expect(asked).toBe(requests);
  }); // prettier-ignore

  it('never gives up with times: Infinity', async () => {
    const { pages, asked } = await failing({ 2: 12 });
    expect(itemsOf(await lastValueFrom(pages().pipe(resumeOnError({ times: Infinity }), toArray())))).toEqual(rows(35));
    expect(asked()).toHaveLength(1 + 13 + 3);
  });

  it('passes on an error of a walk that can not be resumed, instead of starting over', async () => {
    const asked: unknown[] = [];
    const transport: Transport = ({ body }) => {
      asked.push((body as { page: number }).page);
      return [asked.length === 2 ? answer({}, 404) : answer(body)];
    };
    const pages = paginate({ body: {} }, { ...counting(3), stateful: 'once' }, { transport, policy: plain });
    const error = await rejection(lastValueFrom(pages.pipe(resumeOnError({ times: 5 }))));
    expect([error.name, error['pageIndex'], asked]).toEqual(['HttpError', 1, [1, 2]]);
  });

  it('unsubscribing frees the socket of a resumed part', async () => {
    const server = await serve((_seen, response, index) => {
      if (index === 0) json(response, {}, 404);
    });
    const walk = paginate({ url: server.url }, strategy)
      .pipe(resumeOnError({ times: 1 }))
      .subscribe();
    await until('it is requested again', () => server.seen.length === 2);
    walk.unsubscribe();
    await until('the server sees the close', () => server.aborted() === 1);
    expect([server.seen.length, server.inFlight()]).toEqual([2, 0]);
  });

  it('must come first in pipe, and refuses options that do not fit', () => {
    const pages = paginate({ body: {} }, counting(1), { transport: echo });
    expect(
      thrown(() =>
        pages.pipe(
          map((page) => page),
          resumeOnError({ times: 1 }),
        ),
      ),
    ).toMatchObject({
      name: 'ConfigError',
      message: expect.stringMatching(/^resumeOnError: must come first in pipe/),
    });
    for (const [options, message] of [
      [{ times: 0 }, 'times must be a number of at least 1 or Infinity, not 0'],
      [{}, 'times must be a number of at least 1 or Infinity, not undefined'],
      [{ times: 1, delay: 5 }, 'delay must be a function, not 5'],
      [{ times: 1, wait: 5 }, 'unknown option "wait"; expected one of times, delay'],
    ] as const)
      expect(thrown(() => resumeOnError(options as never)).message).toBe(`resumeOnError: ${message}`);
  });
});

describe('resumeOnError with a delay', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());
  const failingOnce = () => {
    let asked = 0;
    const transport: Transport = ({ body }) => [++asked % 2 === 0 ? answer({}, 404) : answer(body)];
    return { asked: () => asked, pages: paginate({ body: {} }, counting(3), { transport, policy: retryRequests() }) };
  };

  it('waits until it emits, and passes it the error and the count', async () => {
    const { asked, pages } = failingOnce();
    const told: unknown[] = [];
    const delay = (error: Error, count: number) => (told.push([error.name, count]), timer(60_000));
    const done = lastValueFrom(pages.pipe(resumeOnError({ times: 3, delay }), toArray()));
    await jest.advanceTimersByTimeAsync(59_999);
    expect(asked()).toBe(2);
    await jest.advanceTimersByTimeAsync(60_001);
    expect(itemsOf(await done)).toEqual([1, 2, 3]);
    expect(told).toEqual([
      ['HttpError', 1],
      ['HttpError', 1],
    ]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('passes the error on if it completes without a value: nothing ends silently', async () => {
    const walk = failingOnce().pages.pipe(resumeOnError({ times: 3, delay: () => EMPTY }));
    expect(await rejection(lastValueFrom(walk))).toMatchObject({ name: 'HttpError', pageIndex: 1 });
  });

  it('E11 what it throws is a CallbackError', async () => {
    const mine = new Error('mine');
    const throwing = () => {
      throw mine;
    };
    for (const delay of [throwing, () => throwError(() => mine), () => Promise.reject(mine)])
      expect(
        await rejection(lastValueFrom(failingOnce().pages.pipe(resumeOnError({ times: 3, delay })))),
      ).toMatchObject({ name: 'CallbackError', callback: 'resumeOnError.delay', cause: mine });
  });

  it('unsubscribing during the wait ends it', async () => {
    const gate = new Subject<void>();
    const { asked, pages } = failingOnce();
    const walk = pages.pipe(resumeOnError({ times: 3, delay: () => gate })).subscribe();
    await jest.advanceTimersByTimeAsync(1);
    expect(gate.observed).toBe(true);
    walk.unsubscribe();
    expect([gate.observed, asked()]).toEqual([false, 2]);
  });
});
