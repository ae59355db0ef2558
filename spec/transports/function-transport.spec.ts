import { describe, expect, it } from '@jest/globals';
import { lastValueFrom, of, Subscription, toArray } from 'rxjs';
import {
  functionTransport,
  inBody,
  items,
  pageNumber,
  paginate,
  retryRequests,
  singlePage,
  type Attempt,
  type PageResponse,
} from 'pagewise';
import type { Task } from '../../lib/task.js';
import { rows, until } from '../support/server.js';
import { rejection } from '../support/walks.js';

interface Args {
  page: number;
  per_page: number;
}

describe('functionTransport', () => {
  const strategy = pageNumber<number>({ items: 'items', size: 10, place: inBody() });
  const list = ({ page, per_page: size }: Args) => ({ items: rows(25).slice((page - 1) * size, page * size) });

  it.each([
    ['a Promise', (args: Args) => Promise.resolve(list(args))],
    ['an Observable', (args: Args) => of(list(args))],
    ['a generator of one', (args: Args) => [list(args)]],
  ])('sends requests through a function that returns %s', async (_name, call) => {
    const transport = functionTransport(({ body }) => call(body as Args));
    const all = paginate({ body: { app: 'a' } }, strategy, { transport }).pipe(items(), toArray());
    expect(await lastValueFrom(all)).toEqual(rows(25));
  });

  it('retries errors with a network code or a status, and no bugs', async () => {
    const run = (error: Error) => {
      let calls = 0;
      const transport = functionTransport(({ body }) => {
        if (calls++ === 0) throw error;
        return Promise.resolve(list(body as Args));
      });
      const walk = lastValueFrom(
        paginate({ body: {} }, strategy, { transport, policy: retryRequests({ base: 0 }) }).pipe(items(), toArray()),
      );
      return { walk, calls: () => calls };
    };
    expect(await run(Object.assign(new Error('x'), { code: 'ECONNRESET' })).walk).toEqual(rows(25));
    expect(await run(Object.assign(new Error('x'), { status: 503 })).walk).toEqual(rows(25));
    const bug = new TypeError('fetch failed');
    const { walk, calls } = run(bug);
    expect(await rejection(walk)).toMatchObject({ name: 'TransportError', cause: bug });
    expect(calls()).toBe(1);
  });

  it('T3 the signal is aborted on unsubscribe, and not after an answer', async () => {
    const attempts: Attempt[] = [];
    const signals: AbortSignal[] = [];
    const transport = functionTransport(({ body }, attempt) => {
      attempts.push(attempt);
      signals.push(attempt.signal);
      return attempts.length === 1 ? Promise.resolve(list(body as Args)) : new Promise(() => {});
    });
    const subscription = paginate({ body: {} }, strategy, { transport }).subscribe();
    await until('the second page is requested', () => attempts.length === 2);
    subscription.unsubscribe();
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, true]);
    expect(attempts.map(({ pageIndex, attempt }) => [pageIndex, attempt])).toEqual([[0, 1], [1, 1]]); // prettier-ignore
  });

  it('a signal that is first read after unsubscribing is aborted too', async () => {
    let late: Attempt | undefined;
    const transport = functionTransport((_request, attempt) => ((late = attempt), new Promise(() => {})));
    paginate({ body: {} }, strategy, { transport }).subscribe().unsubscribe();
    expect(late?.signal.aborted).toBe(true);
    await Promise.resolve();
  });

  it.each<[string, unknown]>([
    ['an object', { items: [1] }],
    ['an object with an iterator of its own', Object.assign(new Map([['a', 1]]), { items: [1] })],
    ['a promise of another kind', { then: (done: (body: object) => void) => done({ items: [1] }) }],
    ['an object with a status', { status: 200, items: [1] }],
    ['an object with headers', { headers: { get: () => null }, items: [1] }],
    ['a generator', (function* () { yield { items: [1] }; })()],
    ['an Observable of another library', { '@@observable': () => of({ items: [1] }) }],
    ['a stream that can only be read', { getReader: () => new ReadableStream({ start: (to) => (to.enqueue({ items: [1] }), to.close()) }).getReader() }],
    ['an async generator', (async function* () { yield { items: [1] }; })()],
    ['an array of one', [{ items: [1] }]],
  ])('takes %s', async (_name, given) => {
    const transport = functionTransport(() => given as object);
    expect(await lastValueFrom(paginate({ body: {} }, singlePage({ items: 'items' }), { transport }))).toMatchObject({ items: [1] });
  }); // prettier-ignore

  it.each<[string, unknown, string]>([
    ['undefined', undefined, 'gave undefined; return the body'],
    ['a promise of nothing', Promise.resolve(), 'gave undefined; return the body'],
    ['an empty Observable', of(), 'gave nothing'],
    ['an empty array', [], 'gave nothing'],
    ['a list', [1, 2], 'gave an array of 2, of which only the first would be a body'],
    ['a function', () => 1, 'gave a function; call it'],
    ['a Response', new Response('{}'), 'gave a whole response'],
    ['a promise of a Response', Promise.resolve(new Response('{}')), 'await response.json()'],
  ])('says what it got instead of a body: %s', async (_name, given, message) => {
    let calls = 0;
    const transport = functionTransport(() => (calls++, given as object));
    const error = await rejection(lastValueFrom(paginate({ body: {} }, strategy, { transport, policy: retryRequests({ base: 0 }) })));
    expect(error).toMatchObject({ name: 'TransportError', attempts: 1 });
    expect(error.message).toContain(`the function of functionTransport gave`);
    expect(error.message).toContain(message);
    expect(calls).toBe(1);
  }); // prettier-ignore

  it('an answer is one value and its end, of a request that may have no URL', () => {
    for (const given of [of({ items: [1] }), { items: [1] }]) {
      const events: unknown[] = [];
      const task = functionTransport(() => given)({ body: {} }, {} as Attempt) as Task<PageResponse>;
      task.start({ next: ({ url, body }) => events.push([url, body]), error: (error) => events.push(error), complete: () => events.push('complete') }, new Subscription()); // prettier-ignore
      expect(events).toEqual([['', { items: [1] }], 'complete']);
    }
  });

  it('null is a body, in which the strategy finds no items', async () => {
    const transport = functionTransport(() => null as never);
    const walk = lastValueFrom(paginate({ body: {} }, singlePage({ items: 'items' }), { transport }));
    expect((await rejection(walk)).name).toBe('ExtractError');
  });

  it('refuses what is not a function, when it is built', () => {
    for (const given of [undefined, {}, Promise.resolve({})])
      expect(() => functionTransport(given as never)).toThrow(
        'functionTransport: give it a function that returns the body',
      );
  });
});
