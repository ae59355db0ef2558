import { describe, expect, it } from '@jest/globals';
import { EMPTY, lastValueFrom, map, of, skip, take, throwError, toArray, type Observable } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { paginate, retryRequests, type Page, type PaginateOptions, type Transport } from 'pagewise';
import { settle } from '../support/server.js';
import { answer, counting, echo, itemsOf, plain, rejection } from '../support/walks.js';

const request = { body: {} };
const pageOf = (body: unknown) => (body as { page: number }).page;

/** A transport that counts its requests. */
const counted = (transport: Transport) => {
  const sent: number[] = [];
  const counting: Transport = (one, attempt) => (sent.push(pageOf(one.body)), transport(one, attempt));
  return { sent, transport: counting };
};
const walk = (last: number, transport: Transport, options: PaginateOptions<number> = {}) =>
  paginate(request, counting(last), { transport, policy: plain, ...options });
const collect = <T>(source: Observable<T>) => lastValueFrom(source.pipe(toArray()));

/** Sometimes synchronous, otherwise a promise, now and then a late one. */
const fickle: Transport = (one, attempt) => {
  const page = pageOf(one.body);
  if (page % 7 === 3) return Promise.resolve(answer(one.body));
  if (page % 50 === 1) return new Promise((resolve) => setTimeout(() => resolve(answer(one.body)), 1));
  return page % 2 === 0 ? of(answer(one.body)) : echo(one, attempt);
};

describe.each([
  ['no policy', () => plain],
  ['retryRequests', () => retryRequests()],
])('the trampoline, with %s', (_name, policy) => {
  it('E4 gives every page in order if a transport sometimes answers synchronously', async () => {
    const { sent, transport } = counted(fickle);
    const numbers = Array.from({ length: 500 }, (_, i) => i + 1);
    expect(itemsOf(await collect(walk(500, transport, { policy: policy() })))).toEqual(numbers);
    expect(sent).toEqual(numbers);
  });

  it('E2 the stack is as deep at any page as at the second', async () => {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = Infinity;
    const depths = new Set<number>();
    const measure = map((page: Page<number>) => {
      if (page.index % 100 > 1) depths.add(new Error().stack!.split('\n').length);
      return page;
    });
    await collect(walk(2000, echo, { policy: policy() }).pipe(measure));
    Error.stackTraceLimit = stackTraceLimit;
    expect(depths.size).toBe(1);
  });

  it('E3 unsubscribing right after subscribing to an endless synchronous API sends one request', async () => {
    const { sent, transport } = counted(echo);
    const subscription = walk(Infinity, transport, { policy: policy() }).subscribe();
    subscription.unsubscribe();
    await settle(5);
    expect(sent).toEqual([1]);
  });

  it.each([1, 2, 3, 10])('E3 unsubscribing in a promise after page %i sends that many requests', async (last) => {
    const { sent, transport } = counted(echo);
    const seen: number[] = [];
    await new Promise<void>((done) => {
      const subscription = walk(Infinity, transport, { policy: policy() }).subscribe((page) => {
        seen.push(page.index);
        if (page.index + 1 === last) void Promise.resolve().then(() => (subscription.unsubscribe(), done()));
      });
    });
    await settle(5);
    expect([sent.length, seen.length]).toEqual([last, last]);
  });

  it('E7 a signal that aborts between two pages stops the second one', async () => {
    const { sent, transport } = counted(echo);
    const controller = new AbortController();
    const reason = new Error('mine');
    const error = await new Promise((fail) => {
      walk(Infinity, transport, { policy: policy(), signal: controller.signal }).subscribe({
        next: ({ index }) => {
          if (index === 4) void Promise.resolve().then(() => controller.abort(reason));
        },
        error: fail,
      });
    });
    expect([error, sent.length]).toEqual([reason, 5]);
  });

  it.each([2, 3, 10])('a transport that throws synchronously on page %i gives one error after those before it', async (bad) => {
    const { sent, transport } = counted((one, attempt) => {
      if (pageOf(one.body) === bad) throw new Error('mine');
      return echo(one, attempt);
    });
    const seen: unknown[] = [];
    await new Promise<void>((fail) => {
      walk(20, transport, { policy: policy() }).subscribe({
        next: (page) => seen.push(page.index),
        error: (error: unknown) => (seen.push(error), fail()),
        complete: () => seen.push('complete'),
      });
    });
    await settle(5);
    expect(seen).toEqual([
      ...Array.from({ length: bad - 1 }, (_, i) => i),
      expect.objectContaining({ pageIndex: bad - 1, attempts: 1, cause: new Error('mine') }),
    ]);
    expect(sent).toHaveLength(bad);
  }); // prettier-ignore

  it('walks within next of another walk, to any depth, disturb nothing', async () => {
    const seen: string[] = [];
    let open = 1;
    await new Promise<void>((done) => {
      const follow = (depth: number, name: string) =>
        walk(3, depth % 2 ? echo : fickle, { policy: policy() }).subscribe({
          next: ({ items }) => {
            seen.push(`${name}${items[0]}`);
            if (depth < 3) {
              open++;
              follow(depth + 1, `${name}${items[0]}.`);
            }
          },
          complete: () => {
            if (--open === 0) done();
          },
        });
      follow(0, '');
    });
    expect(seen).toHaveLength(3 + 9 + 27 + 81);
    for (const parent of ['', '1.', '2.3.', '3.1.2.'])
      expect(seen.filter((name) => name.replace(/\d$/, '') === parent)).toEqual([1, 2, 3].map((n) => `${parent}${n}`));
  });

  it('serves a TestScheduler, in which no promise ever resolves: synchronous answers come in one frame', () => {
    new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(({ cold, expectObservable }) => {
      const index = map((page: Page<number>) => String(page.index));
      const pages = walk(5, echo, { policy: policy() }).pipe(index);
      expectObservable(pages).toBe('(01234|)');
      expectObservable(pages.pipe(take(3))).toBe('(012|)');
      const late: Transport = (one, attempt) =>
        pageOf(one.body) === 3 ? cold('---a|', { a: answer(one.body) }) : echo(one, attempt);
      expectObservable(walk(5, late, { policy: policy() }).pipe(index, skip(2))).toBe('---(234|)');
    });
  });
});

describe('a policy that adds nothing', () => {
  it.each([
    ['is the attempt itself', plain],
    ['has an operator', <T>(source: Observable<T>) => source.pipe(map((value) => value))],
  ])('%s: the same requests, pages and errors', async (_name, policy) => {
    const { sent, transport } = counted(fickle);
    expect(itemsOf(await collect(walk(5, transport, { policy }).pipe(take(3))))).toEqual([1, 2, 3]);
    expect(sent).toEqual([1, 2, 3]);
    const failures: [Transport, object][] = [
      [() => [answer({}, 404)], { name: 'HttpError', status: 404, pageIndex: 0, attempts: 1 }],
      [() => [], { name: 'TransportError', attempts: 1 }],
      [() => EMPTY, { name: 'TransportError' }],
      [() => throwError(() => new Error('mine')), { cause: new Error('mine') }],
      [() => undefined as never, { name: 'TransportError' }],
    ];
    for (const [failing, expected] of failures)
      expect(await rejection(collect(walk(3, failing, { policy })))).toMatchObject(expected);
  });

  it('takes the first answer of a transport that gives several', async () => {
    const several: Transport = ({ body }) => [answer(body), answer({ page: -1 })];
    expect(itemsOf(await collect(walk(3, several)))).toEqual([1, 2, 3]);
  });

  it('E7 calls nothing for an answer that arrives after unsubscribing within its transport', async () => {
    const asked: number[] = [];
    let aborted = 0;
    const leave = (answers: (body: unknown) => ReturnType<Transport>): Transport => ({ body }, { signal }) => {
      signal.addEventListener('abort', () => aborted++);
      if (pageOf(body) === 2) subscription.unsubscribe();
      return answers(body);
    };
    const check = () => (asked.push(1), undefined);
    let subscription = walk(5, leave((body) => [answer(body)]), { check }).subscribe();
    await settle(5);
    subscription = walk(5, leave((body) => of(answer(body))), { check }).subscribe();
    await settle(5);
    expect([asked.length, aborted]).toEqual([2, 0]); // One for each first page; answered requests are not aborted.
  }); // prettier-ignore
});
