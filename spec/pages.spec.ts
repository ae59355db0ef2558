import { describe, expect, it } from '@jest/globals';
import { Readable } from 'node:stream';
import { config, firstValueFrom, from, lastValueFrom, Observable, of, Subject, take, throwError, toArray } from 'rxjs';
import {
  afterPages, checkpoint, items, pageNumber, paginate, type Page, type PaginateOptions, type Transport, type WalkEvent,
} from 'pagewise'; // prettier-ignore
import { numbered, rows, serve, settle, until } from './support/server.js';
import { answer, counting, echo, itemsOf, rejection } from './support/walks.js';

const request = { body: {} };
const pages = (last: number, options: PaginateOptions<number> = {}) =>
  paginate(request, counting(last), { transport: echo, ...options });
const strategy = pageNumber<number>({ items: 'items', size: 10 });

describe('pages as an async iterable', () => {
  it('gives every page in order', async () => {
    const seen: number[] = [];
    for await (const page of pages(5)) seen.push(...page.items);
    expect(seen).toEqual([1, 2, 3, 4, 5]);
  });

  it('E1 each loop is a separate walk', async () => {
    const stream = pages(3);
    const loop = async () => {
      const seen: number[] = [];
      for await (const page of stream) seen.push(...page.items);
      return seen;
    };
    expect(await Promise.all([loop(), loop()])).toEqual([[1, 2, 3], [1, 2, 3]]); // prettier-ignore
  });

  it('E5 a slow loop never makes the server see a request for a page it did not ask for', async () => {
    const server = await serve(numbered(45));
    let loops = 0;
    for await (const _ of paginate({ url: server.url }, strategy)) {
      loops++;
      await settle(30);
      expect(server.seen).toHaveLength(loops);
    }
    expect(loops).toBe(6);
  });

  it('E5 requests nothing before the first next()', async () => {
    const server = await serve(numbered(45));
    const iterator = paginate({ url: server.url }, strategy)[Symbol.asyncIterator]();
    await settle(30);
    expect(server.seen).toHaveLength(0);
    await iterator.next();
    await iterator.return?.();
  });

  it.each([1, 3])('E5 prefetch %i requests that many pages ahead, and no more', async (prefetch) => {
    const server = await serve(numbered(95));
    let loops = 0;
    for await (const _ of paginate({ url: server.url }, strategy, { prefetch })) {
      loops++;
      const ahead = Math.min(11, loops + prefetch);
      await until('the pages ahead are there', () => server.seen.length >= ahead);
      await settle(20);
      expect(server.seen).toHaveLength(ahead);
    }
    expect(loops).toBe(11);
  });

  it('E7 break frees the socket of a page in flight', async () => {
    const server = await serve((seen, response, index) => (index < 2 ? numbered(95)(seen, response) : undefined));
    for await (const page of paginate({ url: server.url }, strategy, { prefetch: 1 })) {
      if (page.index === 1) {
        await until('the third request arrives', () => server.seen.length === 3);
        break;
      }
    }
    await until('its connection is closed', () => server.inFlight() === 0);
    expect(server.aborted()).toBe(1);
  });

  it.each([
    ['', {}],
    [', with a checkpoint', { checkpoint: checkpoint(new Map<string, string>(), 'job') }],
  ])('E7 throw ends the walk and gives the error back, before, within and after it%s', async (_name, options) => {
    const mine = new Error('mine');
    for (const asked of [0, 1, 2]) {
      const server = await serve((seen, response, index) => (index < 2 ? numbered(15)(seen, response) : undefined));
      const iterator = paginate({ url: server.url }, strategy, { ...options, prefetch: 9 })[Symbol.asyncIterator]();
      for (let i = 0; i < asked; i++) await iterator.next();
      expect(await rejection(iterator.throw(mine))).toBe(mine);
      expect(await iterator.next()).toEqual({ done: true, value: undefined });
      expect(await rejection(iterator.throw(mine))).toBe(mine);
      await until('nothing is in flight', () => server.inFlight() === 0);
    }
  });

  it('E7 throw gives its own error back, whatever a listener throws at the end', async () => {
    const unheard: unknown[] = [];
    config.onUnhandledError = (error) => unheard.push(error);
    const events = {
      next: ({ type }: WalkEvent) => {
        if (type === 'end') throw new Error('of the listener');
      },
    };
    const iterator = pages(9, { events })[Symbol.asyncIterator]();
    await iterator.next();
    const mine = new Error('mine');
    expect(await rejection(iterator.throw(mine))).toBe(mine);
    expect(unheard).toMatchObject([{ name: 'CallbackError' }]);
    config.onUnhandledError = null;
  });

  it.each([
    ['', {}],
    [', with a checkpoint', { checkpoint: checkpoint(new Map<string, string>(), 'job') }],
  ])('E7 await using ends the walk with its block%s', async (_name, options) => {
    const ends: string[] = [];
    const events = { next: (event: WalkEvent) => void (event.type === 'end' && ends.push(event.reason)) };
    let first: unknown;
    {
      await using iterator = pages(9, { events, ...options })[Symbol.asyncIterator]();
      first = (await iterator.next()).value;
      expect(ends).toEqual([]);
    }
    expect(first).toMatchObject({ items: [1] });
    expect(ends).toEqual(['unsubscribed']);
  });

  // From Node 24 on the symbol is part of the language, and can't be taken away.
  const own = Object.getOwnPropertyDescriptor(Symbol, 'asyncDispose') ?? {};
  (own.configurable === true ? it : it.skip)('has no key for await using if the runtime has none', () => {
    const keys = () => Object.getOwnPropertySymbols(pages(1)[Symbol.asyncIterator]());
    expect(keys()).toEqual([Symbol.asyncIterator, Symbol.asyncDispose]);
    Object.defineProperty(Symbol, 'asyncDispose', { value: undefined, configurable: true });
    expect(keys()).toEqual([Symbol.asyncIterator]);
    Object.defineProperty(Symbol, 'asyncDispose', own);
  });

  it('gives the pages before an error, then the error once, then ends', async () => {
    const transport: Transport = ({ body }) =>
      (body as { page: number }).page === 3 ? throwError(() => new Error('broken')) : of(answer(body));
    const iterator = pages(9, { transport, prefetch: 5 })[Symbol.asyncIterator]();
    const results: unknown[] = [];
    for (let i = 0; i < 2; i++) results.push((await iterator.next()).value?.items);
    expect(results).toEqual([[1], [2]]);
    expect(await rejection(iterator.next())).toMatchObject({ pageIndex: 2, cause: new Error('broken') });
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  it('serves several concurrent next() calls in order', async () => {
    const iterator = pages(3)[Symbol.asyncIterator]();
    const results = await Promise.all([1, 2, 3, 4, 5].map(() => iterator.next()));
    expect(results.map(({ done, value }) => (done ? 'done' : value.items[0]))).toEqual([1, 2, 3, 'done', 'done']);
  });

  it('return() ends pending calls, and the iterator', async () => {
    const iterator = pages(3, { transport: () => new Subject() })[Symbol.asyncIterator]();
    const waiting = iterator.next();
    await iterator.return?.();
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  it('is an iterator that gives itself, and ends with the value that return is passed', async () => {
    const iterator = pages(3)[Symbol.asyncIterator]();
    expect(iterator[Symbol.asyncIterator]()).toBe(iterator);
    expect((await iterator.next()).value?.index).toBe(0);
    expect(await iterator.return(Promise.resolve('mine' as never))).toEqual({ done: true, value: 'mine' });
    expect(await iterator.return()).toEqual({ done: true, value: undefined });
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  it('T6 an abort reaches the loop with its own reason', async () => {
    const controller = new AbortController();
    const reason = new Error('mine');
    const seen: Page<number>[] = [];
    const loop = (async () => {
      for await (const page of pages(9, { signal: controller.signal })) {
        seen.push(page);
        if (seen.length === 2) controller.abort(reason);
      }
    })();
    expect(await rejection(loop)).toBe(reason);
    expect(seen).toHaveLength(2);
    expect(await rejection(lastValueFrom(pages(9, { signal: controller.signal })))).toBe(reason);
  });

  it('nextWhen and until work there too', async () => {
    const seen: number[] = [];
    for await (const page of pages(9, { until: afterPages(3), nextWhen: () => Promise.resolve(0) }))
      seen.push(...page.items);
    expect(seen).toEqual([1, 2, 3]);
  });

  it('Readable.from requests pages with backpressure', async () => {
    const server = await serve(numbered(995));
    const stream = Readable.from(paginate({ url: server.url }, strategy), { highWaterMark: 2 });
    await new Promise((resolve) => stream.once('readable', resolve));
    await settle();
    expect(server.seen.length).toBeLessThan(6);
    stream.destroy();
  });
});

describe('pages as an Observable', () => {
  it('is one, and its pipe gives a plain one', async () => {
    const stream = pages(3);
    expect(stream).toBeInstanceOf(Observable);
    expect(Symbol.asyncIterator in stream.pipe(take(1))).toBe(false);
    expect((await firstValueFrom(stream)).items).toEqual([1]);
    expect(itemsOf(await lastValueFrom(from(stream).pipe(toArray())))).toEqual([1, 2, 3]);
  });

  it.each([[1, 1], [10, 1], [11, 2], [30, 3]])('E3 items(), take(%i) sends %i requests and aborts none', async (count, requests) => {
    const server = await serve(numbered(95));
    const taken = paginate({ url: server.url }, strategy).pipe(items(), take(count), toArray());
    expect(await lastValueFrom(taken)).toEqual(rows(count));
    await settle(30);
    expect([server.seen.length, server.aborted()]).toEqual([requests, 0]);
  }); // prettier-ignore

  it('E7 unsubscribing while nextWhen waits leaves nothing open', async () => {
    const notifier = new Subject<void>();
    const seen: unknown[] = [];
    const subscription = pages(9, { nextWhen: () => notifier }).subscribe((page) => seen.push(page.index));
    await settle(5);
    expect(notifier.observed).toBe(true);
    subscription.unsubscribe();
    expect([seen, notifier.observed]).toEqual([[0], false]);
  });
});
