import { describe, expect, it } from '@jest/globals';
import {
  asapScheduler,
  concat,
  EMPTY,
  lastValueFrom,
  map,
  NEVER,
  of,
  Subject,
  take,
  throwError,
  toArray,
  type Observable,
} from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import {
  afterItems,
  afterPages,
  CallbackError,
  paginate,
  type Page,
  type PaginateOptions,
  type Transport,
  type WalkEvent,
} from 'pagewise';
import { answer, counting, echo, plain, rejection } from './support/walks.js';

const marbles = (test: Parameters<TestScheduler['run']>[0]): void =>
  void new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(test);

const request = { body: {} };
const index = map((page: Page<number>) => String(page.index));

/** Pages 0, 1, 2 … as marbles; every answer takes the time of `answers`. */
const walk = (
  answers: (body: unknown) => Observable<unknown>,
  pages: number,
  options: PaginateOptions<number> = {},
) => {
  const transport: Transport = ({ body }) => answers(body).pipe(map(() => answer(body)));
  return paginate(request, counting(pages), { transport, policy: plain, ...options }).pipe(index);
};

describe('the expansion', () => {
  it('waits forever for an answer that never comes', () =>
    marbles(({ expectObservable }) => {
      expectObservable(
        walk(() => NEVER, 3),
        '10ms !',
      ).toBe('-');
    }));

  it('emits one page and completes with it if there is no next', () =>
    marbles(({ cold, expectObservable }) => {
      const answers = () => cold('---(x|)');
      const expected = '          ---(0|)';
      expectObservable(walk(answers, 1)).toBe(expected);
    }));

  it('requests the next page when the one before it has arrived', () =>
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const first = cold('  --x|');
      const second = cold('   --x|');
      const expected = '    --0-(1|)';
      const sources = [first, second];
      let n = 0;
      expectObservable(walk(() => sources[n++] ?? EMPTY, 2)).toBe(expected);
      expectSubscriptions(first.subscriptions).toBe(' ^-!');
      expectSubscriptions(second.subscriptions).toBe('--^-!');
    }));

  it('E4 emits the pages before an error, then the error', () =>
    marbles(({ cold, expectObservable }) => {
      let n = 0;
      const answers = () => (n++ < 2 ? cold('-(x|)') : cold('-#'));
      const expected = '                           -01#';
      expectObservable(walk(answers, 5)).toBe(expected, undefined, expect.anything());
    }));

  it('fails if the answer completes empty, and never takes that for the end', async () => {
    const error = await rejection(lastValueFrom(walk(() => EMPTY, 3)));
    expect(error.message).toContain('Page 1 failed: Error: the transport completed without an answer');
  });

  it('early disposal unsubscribes from the attempt and emits nothing more', () =>
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const slow = cold('     -----x|');
      const unsubscribe = '   ---!';
      const expected = '      ----';
      const subscriptions = ' ^--!';
      expectObservable(
        walk(() => slow, 3),
        unsubscribe,
      ).toBe(expected);
      expectSubscriptions(slow.subscriptions).toBe(subscriptions);
    }));

  it('E3 take(3) subscribes to three answers', () =>
    marbles(({ cold, expectObservable, flush }) => {
      let asked = 0;
      const answers = () => (asked++, cold('-(x|)'));
      const expected = '                     -01(2|)';
      expectObservable(walk(answers, 9).pipe(take(3))).toBe(expected);
      flush();
      expect(asked).toBe(3);
    }));

  it('E5 nextWhen holds the next request back until it emits', () =>
    marbles(({ cold, expectObservable }) => {
      const answers = () => cold('-(x|)');
      const nextWhen = () => cold('---n-n');
      const expected = '           -0---1---(2|)'.replace('-0---1---(2|)', '-0---1---(2|)');
      expectObservable(walk(answers, 3, { nextWhen })).toBe(expected);
    }));

  it('E5 a nextWhen that completes without emitting completes the stream, whose last page still has next', async () => {
    const nextWhen = (page: Page<number>) => (page.index === 1 ? EMPTY : of(0));
    const pages = await lastValueFrom(paginate(request, counting(9), { transport: echo, nextWhen }).pipe(toArray()));
    expect(pages.map((page) => page.next)).toEqual([2, 3]);
  });

  it('calls until before nextWhen, so that a cut stream completes immediately', async () => {
    const asked: string[] = [];
    const pages = paginate(request, counting(9), {
      transport: echo,
      until: (page) => (asked.push(`until ${page.index}`), page.index === 1),
      nextWhen: (page) => (asked.push(`nextWhen ${page.index}`), of(0)),
    });
    const all = await lastValueFrom(pages.pipe(toArray()));
    expect(asked).toEqual(['until 0', 'nextWhen 0', 'until 1']);
    expect(all.at(-1)?.next).toBe(3);
  });

  it('calls no callback after the subscriber has unsubscribed inside next', async () => {
    const asked: number[] = [];
    const ask = (page: Page<number>) => (asked.push(page.index), of(0));
    const options = { transport: () => Promise.resolve(answer({ page: 1 })), nextWhen: ask };
    await lastValueFrom(
      paginate(request, counting(9), { ...options, until: (page) => (ask(page), false) }).pipe(take(1)),
    );
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(asked).toEqual([]);
  });

  it.each([
    ['until', { until: () => { throw new Error('mine'); } }],
    ['nextWhen', { nextWhen: () => { throw new Error('mine'); } }],
    ['nextWhen', { nextWhen: () => throwError(() => new Error('mine')) }],
  ] as [string, PaginateOptions<number>][])('E11 a throwing %s gives one error, after the page, and is not retried', async (name, options) => {
    const seen: unknown[] = [];
    let asked = 0;
    const transport: Transport = (sent) => (asked++, [answer(sent.body)]);
    const error = await new Promise((resolve) => {
      paginate(request, counting(9), { transport, ...options }).subscribe({ next: (page) => seen.push(page.index), error: resolve });
    });
    expect(error).toBeInstanceOf(CallbackError);
    expect(error).toMatchObject({ callback: name, cause: new Error('mine'), pageIndex: 0, resume: { position: 2, index: 1 } });
    expect([seen, asked]).toEqual([[0], 1]);
  }); // prettier-ignore

  it('E1 is cold: nothing is sent before subscribe, and two subscriptions are two equal walks', async () => {
    let asked = 0;
    const pages = paginate(request, counting(3), { transport: (sent) => (asked++, [answer(sent.body)]) });
    expect(asked).toBe(0);
    const [a, b] = await Promise.all([lastValueFrom(pages.pipe(toArray())), lastValueFrom(pages.pipe(toArray()))]);
    expect(asked).toBe(6);
    expect(a.map(({ items, next }) => [items, next])).toEqual(b.map(({ items, next }) => [items, next]));
  });

  it('E1 stops by pages and items count each subscription anew', async () => {
    for (const until of [afterPages(2), afterItems(2)]) {
      const pages = paginate(request, counting(9), { transport: echo, until });
      for (const _ of [1, 2])
        expect((await lastValueFrom(pages.pipe(toArray()))).map((page) => page.next)).toEqual([2, 3]);
    }
  });

  it('E2 completes synchronously with a single page, and the trampoline of others is not disturbed', () => {
    const seen: string[] = [];
    asapScheduler.schedule(() => seen.push('other'));
    walk(() => of(0), 1).subscribe({ next: () => seen.push('page'), complete: () => seen.push('complete') });
    expect(seen).toEqual(['page', 'complete']);
  });

  it('E3 prepares nothing more if the subscriber leaves after a page, before the next request', async () => {
    const placed: number[] = [];
    const seen: number[] = [];
    const strategy = counting(9);
    const place: typeof strategy.place = (template, position) => (placed.push(position), strategy.place(template, position)); // prettier-ignore
    const walking = paginate(request, { ...strategy, place }, { transport: echo }).subscribe(({ index }) => {
      seen.push(index);
      if (index === 3) queueMicrotask(() => walking.unsubscribe());
    });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(seen).toEqual([0, 1, 2, 3]);
    expect(placed).toEqual([1, 1, 2, 3, 4]); // The first also when the strategy was checked.
  });

  it.each<[reason: string, options: PaginateOptions<number>]>([
    ['last-page', {}],
    ['until', { until: afterPages(2) }],
    ['nextWhen', { nextWhen: ({ index }) => (index === 1 ? EMPTY : of(0)) }],
  ])('ends with the reason %j', async (reason, options) => {
    const reasons: string[] = [];
    const events = { next: (event: WalkEvent) => void (event.type === 'end' && reasons.push(event.reason)) };
    await lastValueFrom(paginate(request, counting(3), { transport: echo, events, ...options }));
    expect(reasons).toEqual([reason]);
  });

  it('a notifier is unsubscribed from as soon as it has emitted', async () => {
    const notifier = new Subject<void>();
    const done = lastValueFrom(
      paginate(request, counting(2), { transport: echo, nextWhen: () => concat(of(0), notifier) }).pipe(toArray()),
    );
    expect(await done).toHaveLength(2);
    expect(notifier.observed).toBe(false);
  });
});
