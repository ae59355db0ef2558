import { describe, expect, it, jest } from '@jest/globals';
import {
  ConfigError,
  HttpError,
  paginate,
  retryRequests,
  throttleRequests,
  type PagePolicy,
  type PaginateOptions,
  type Strategy,
  type Transport,
  type WalkEvent,
} from 'pagewise';
import { concat, ignoreElements, lastValueFrom, mergeMap, NEVER, of, pipe, retry, throwError, toArray } from 'rxjs';
import { settle } from '../support/server.js';
import { answer, counting, echo, itemsOf, plain, rejection } from '../support/walks.js';

const guessing = (last: number): Strategy<number, number> => ({ ...counting(last), guess: (from) => from + 1 });
const walk = (policy: PagePolicy, options: PaginateOptions<number> = {}, strategy = counting(3)) =>
  lastValueFrom(paginate({ body: {} }, strategy, { transport: echo, policy, ...options }).pipe(toArray()));

describe('a policy of your own', () => {
  it('may give an answer that it has kept, and send nothing', async () => {
    const kept = answer({ page: 2, error: 'no check is asked about it' });
    const sent: unknown[] = [];
    const transport: Transport = ({ body }) => (sent.push(body), [answer(body)]);
    let pages = 0;
    const policy: PagePolicy = (page$) => (++pages === 2 ? of(kept) : page$);
    const notices: unknown[] = [];
    const events = { next: (event: WalkEvent) => void (event.type === 'notice' && notices.push(event)) };
    expect(itemsOf(await walk(policy, { transport, events }))).toEqual([1, 2, 3]);
    expect(notices).toEqual([]);
    expect(sent).toEqual([{ page: 1 }, { page: 3 }]);
  });

  it.each([1, 3])('may emit more than the answer: only that counts (concurrency %i)', async (concurrency) => {
    const late = throwError(() => new Error('late'));
    for (const more of [of(answer({ page: 9 })), late]) {
      const policy: PagePolicy = (page$) => page$.pipe(mergeMap((response) => concat(of(response), more)));
      expect(itemsOf(await walk(policy, { concurrency }, guessing(4)))).toEqual([1, 2, 3, 4]);
    }
  });

  it('whose throttle is outside of its retries is reported, once for all pages', async () => {
    const notices: string[] = [];
    const events = { next: (event: WalkEvent) => void (event.type === 'notice' && notices.push(event.message)) };
    await walk(pipe(retryRequests(), throttleRequests({ limit: 100, interval: 1 })), { events });
    expect(notices).toEqual([expect.stringContaining('throttleRequests')]);
  });

  it('that never requests the page is over with the totalTimeout of the page', async () => {
    jest.useFakeTimers();
    try {
      const failed = rejection(walk(() => NEVER, { totalTimeout: 1000 }));
      await jest.advanceTimersByTimeAsync(1000);
      expect(await failed).toMatchObject({ name: 'PageTimeoutError', waitingFor: 'an answer', attempts: 0 });
    } finally {
      jest.useRealTimers();
    }
  });

  it.each([1, 2])('is not called for a page whose placement unsubscribes (concurrency %i)', async (concurrency) => {
    let called = 0;
    let thrown: unknown;
    const strategy: Strategy<number, number> = {
      ...counting(3),
      place(request, position) {
        try {
          if (position === 2) walking.unsubscribe();
        } catch (error) {
          thrown = error;
        }
        return { ...request, body: { page: position } };
      },
    };
    const policy: PagePolicy = (page$) => (called++, page$);
    const walking = paginate({ body: {} }, strategy, { transport: echo, policy, concurrency }).subscribe();
    await settle();
    expect([called, thrown]).toEqual([1, undefined]);
  });
});

describe('P21 a page that may be requested only once', () => {
  const once = (last = 3): Strategy<number, number> => ({ ...counting(last), stateful: 'once' });
  it('is sent once, whatever retries it, and fails with its first error', async () => {
    const sent: number[] = [];
    const transport: Transport = ({ body }) => {
      const { page } = body as { page: number };
      sent.push(page);
      return [answer(body, page === 2 ? 503 : 200)];
    };
    const error = await rejection(walk(retry({ count: 5 }), { transport }, once()));
    expect(error).toBeInstanceOf(HttpError);
    expect(error).toMatchObject({ status: 503, attempts: 1, pageIndex: 1, resume: undefined });
    expect(sent).toEqual([1, 2]);
  });

  it('is not sent again after its answer either', async () => {
    const sent: unknown[] = [];
    const transport: Transport = ({ body }) => (sent.push((body as { page: number }).page), [answer(body)]);
    const again: PagePolicy = (page$) => concat(page$.pipe(ignoreElements()), page$);
    const error = await rejection(walk(again, { transport }, once()));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toContain(
      'the policy sends the request again, but the server keeps the position, so a page could be lost',
    );
    expect(sent).toEqual([1, 1, 2]); // The first page opens a scroll of its own.
  });
});

describe('a strategy', () => {
  it('is asked for its doubt about a first page that ends the walk, and about no other', async () => {
    const run = async (last: number, options: PaginateOptions<number> = {}) => {
      const notices: string[] = [];
      const events = { next: (event: WalkEvent) => void (event.type === 'notice' && notices.push(event.message)) };
      await walk(plain, { ...options, events }, { ...counting(last), doubt: () => 'no next' });
      return notices;
    };
    expect(await run(1)).toEqual(['The walk ended at its first page: no next.']);
    expect(await run(3)).toEqual([]);
    expect(await run(1, { check: () => 'end' })).toEqual([]);
  });

  it("whose doubt throws fails the first page, with the name of the caller's function", async () => {
    const mine = new Error('mine');
    const strategy: Strategy<number, number> = {
      ...counting(1),
      doubt: () => {
        throw mine;
      },
    };
    expect(await rejection(walk(plain, {}, strategy))).toMatchObject({
      name: 'CallbackError', callback: 'strategy', cause: mine, pageIndex: 0,
    }); // prettier-ignore
  });
});
