import { describe, expect, it } from '@jest/globals';
import { ConfigError, eachPage, HttpError, pageNumber, paginate, type Page } from 'pagewise';
import { EMPTY, lastValueFrom, map, Observable, of, Subject, take, throwError, timer, toArray } from 'rxjs';
import { json, numbered, serve, settle, until } from '../support/server.js';
import { counting, echo, plain, rejection, thrown } from '../support/walks.js';

const memory = (last: number) => paginate({ body: {} }, counting(last), { transport: echo });
const strategy = pageNumber<number>({ items: 'items', size: 10 });
const all = <T>(result$: ReturnType<typeof eachPage<number, T>>) => lastValueFrom(result$.pipe(toArray()));

interface Asked {
  readonly promise: Promise<IteratorResult<Page<number>>>;
  readonly resolve: (result: IteratorResult<Page<number>>) => void;
}

/** An answer of an iterator that the test gives. */
function asked(): Asked {
  let resolve!: Asked['resolve'];
  return { promise: new Promise((resolved) => (resolve = resolved)), resolve };
}

/** Work that the test completes, and how much of it there is. */
function slowWork() {
  const doing: Subject<number>[] = [];
  let most = 0;
  let open = 0;
  const project = ({ index }: Page<number>) => {
    const work = new Subject<number>();
    doing[index] = work;
    most = Math.max(most, ++open);
    return work;
  };
  const finish = (index: number) => {
    open--;
    doing[index]!.next(index);
    doing[index]!.complete();
  };
  return { doing, project, finish, most: () => most };
}

describe('eachPage', () => {
  it('emits what project emits, page after page', async () => {
    expect(await all(eachPage(memory(4), ({ items }) => of(items[0], -1)))).toEqual([1, -1, 2, -1, 3, -1, 4, -1]);
    expect(await all(eachPage(memory(3), async ({ index }) => index))).toEqual([0, 1, 2]);
    expect(await all(eachPage(memory(3), () => EMPTY))).toEqual([]);
  });

  it('E5 requests the next page when project is done with the one before', async () => {
    const server = await serve(numbered(45));
    const { doing, project, finish } = slowWork();
    const done = all(eachPage(paginate({ url: server.url }, strategy), project));
    for (let index = 0; index < 5; index++) {
      await until('the page is there', () => doing.length > index);
      await settle(20);
      expect(server.seen).toHaveLength(index + 1);
      finish(index);
    }
    await until('the empty page is there', () => doing.length === 6);
    finish(5);
    expect(await done).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('E5 never holds more pages than concurrency and prefetch', async () => {
    const server = await serve(numbered(195));
    const { doing, project, finish, most } = slowWork();
    const done = all(eachPage(paginate({ url: server.url }, strategy), project, { concurrency: 3, prefetch: 2 }));
    for (let index = 0; index < 21; index++) {
      await until('there is work', () => doing.length > index);
      await until('pages are fetched ahead', () => server.seen.length >= Math.min(21, index + 5));
      await settle(5);
      expect(server.seen).toHaveLength(Math.min(21, index + 5));
      finish(index);
    }
    expect(await done).toHaveLength(21);
    expect(most()).toBe(3);
  });

  it('gives results in the order in which they are ready, if it works on several pages at the same time', async () => {
    const { doing, project, finish } = slowWork();
    const done = all(eachPage(memory(3), project, { concurrency: 3 }));
    await until('all are at work', () => doing.length === 3);
    for (const index of [2, 0, 1]) finish(index);
    expect(await done).toEqual([2, 0, 1]);
  });

  it('E4 fails with a failed page only once the pages before it are done', async () => {
    const server = await serve((seen, response, index) =>
      index === 2 ? json(response, {}, 404) : numbered(95)(seen, response),
    );
    const { doing, project, finish } = slowWork();
    const got: number[] = [];
    const error = new Promise((resolve) => {
      eachPage(paginate({ url: server.url }, strategy, { policy: plain }), project, { concurrency: 2, prefetch: 2 }).subscribe({
        next: (index) => got.push(index),
        error: resolve,
      });
    });
    await until('the error has come', () => server.seen.length === 3);
    await until('both are at work', () => doing.length === 2);
    await settle(20);
    finish(1);
    finish(0);
    expect(await error).toBeInstanceOf(HttpError);
    expect(got).toEqual([1, 0]);
  }); // prettier-ignore

  it('E11 what project throws or fails with fails the stream, once, and nothing more is requested', async () => {
    const server = await serve(numbered(95));
    const mistake = new TypeError('fetch failed');
    const fail = () => {
      throw mistake;
    };
    for (const project of [fail, () => throwError(() => mistake), () => Promise.reject(mistake)]) {
      const before = server.seen.length;
      expect(await rejection(all(eachPage(paginate({ url: server.url }, strategy), project)))).toBe(mistake);
      await settle(20);
      expect(server.seen).toHaveLength(before + 1);
    }
  });

  it('E7 unsubscribing frees the request in flight and cancels the work', async () => {
    const server = await serve((seen, response, index) => {
      if (index < 2) numbered(95)(seen, response);
    });
    let freed = 0;
    const project = () => new Observable<never>(() => () => void freed++);
    const walking = eachPage(paginate({ url: server.url }, strategy), project, { concurrency: 2, prefetch: 1 }).subscribe();
    await until('the third page is requested', () => server.seen.length === 3);
    walking.unsubscribe();
    expect(freed).toBe(2);
    await until('its request is cancelled', () => server.aborted() === 1);
  }); // prettier-ignore

  it('E1 is cold: each subscription is a separate walk', async () => {
    const server = await serve(numbered(15));
    const pages$ = eachPage(paginate({ url: server.url }, strategy), ({ items }) => timer(1).pipe(map(() => items.length)));
    await settle(10);
    expect(server.seen).toHaveLength(0);
    expect([await all(pages$), await all(pages$)]).toEqual([[10, 5, 0], [10, 5, 0]]);
  }); // prettier-ignore

  it('walks any async iterable, and asks it for one page at a time', async () => {
    const calls: Asked[] = [];
    const pages = { [Symbol.asyncIterator]: () => ({ next: () => (calls.push(asked()), calls.at(-1)!.promise) }) };
    const { doing, project, finish } = slowWork();
    const done = all(eachPage(pages, project, { concurrency: 2 }));
    calls[0]!.resolve({ done: false, value: { index: 0 } as Page<number> });
    await until('the first is at work', () => doing.length === 1);
    finish(0);
    await settle();
    expect(calls).toHaveLength(2);
    calls[1]!.resolve({ done: false, value: { index: 1 } as Page<number> });
    await until('the second is at work', () => doing.length === 2);
    calls[2]!.resolve({ done: true, value: undefined });
    finish(1);
    expect(await done).toEqual([0, 1]);
  });

  it('E7 asks for no page after it was unsubscribed, and an iterator need not have a return', async () => {
    const calls: Asked[] = [];
    const pages = { [Symbol.asyncIterator]: () => ({ next: () => (calls.push(asked()), calls.at(-1)!.promise) }) };
    let worked = 0;
    const walking = eachPage(pages, () => (worked++, EMPTY), { prefetch: 1 }).subscribe();
    expect(() => walking.unsubscribe()).not.toThrow();
    calls[0]!.resolve({ done: false, value: { index: 0 } as Page<number> });
    await settle();
    expect([calls.length, worked]).toEqual([1, 0]);
  });

  it('E11 names project if what it throws or fails with is no error', async () => {
    const fail = () => {
      throw 'boom';
    };
    for (const project of [fail, () => throwError(() => 'boom')])
      expect(await rejection(all(eachPage(memory(1), project)))).toMatchObject({ name: 'CallbackError', callback: 'eachPage.project' }); // prettier-ignore
  });

  it('refuses anything that is not a stream of pages, and options that can not work', () => {
    const operator = 'eachPage: eachPage is not an operator for pipe, where pages can not wait; ';
    const notPages = 'eachPage: pages must be the result of paginate or another async iterable of pages, not ';
    const generator = (async function* () {})();
    for (const [call, message] of [
      [() => eachPage((() => EMPTY) as never, undefined as never), operator],
      [() => eachPage((() => EMPTY) as never, () => EMPTY), operator],
      [() => memory(1).pipe(eachPage as never), operator],
      [() => eachPage(memory(1).pipe(take(1)) as never, () => EMPTY), notPages],
      [() => eachPage({} as never, undefined as never), notPages],
      [() => eachPage(undefined as never, () => EMPTY), notPages],
      [() => eachPage(undefined as never, undefined as never), notPages],
      [() => eachPage(generator, undefined as never), 'eachPage: project must be a function, not undefined'],
      [() => eachPage(generator, {} as never), 'eachPage: project must be a function, not '],
      [() => eachPage(memory(1), () => EMPTY, 5 as never), 'eachPage: options must be an object, not 5'],
      [() => eachPage(memory(1), () => EMPTY, { concurrency: 0 }), 'eachPage: concurrency must be a whole number of at least 1, not 0'],
      [() => eachPage(memory(1), () => EMPTY, { prefetch: -1 }), 'eachPage: prefetch must be a whole number of at least 0, not -1'],
      [() => eachPage(memory(1), () => EMPTY, { buffer: 1 } as never), 'eachPage: unknown option "buffer"; expected one of concurrency, prefetch'],
    ] as const) {
      const error = thrown(call);
      expect(error).toBeInstanceOf(ConfigError);
      expect(error.message.slice(0, message.length)).toBe(message);
    }
  }); // prettier-ignore
});
