import { describe, expect, it } from '@jest/globals';
import {
  defer,
  EMPTY,
  forkJoin,
  lastValueFrom,
  NEVER,
  of,
  pipe,
  Subject,
  throwError,
  timer,
  type Observable,
} from 'rxjs';
import { finalize, map, mergeMap, startWith, toArray } from 'rxjs';
import {
  CheckError,
  ConfigError,
  HttpError,
  pageNumber,
  paginate,
  retryRequests,
  TransportError,
  type Check,
  type Policy,
  type RetryOptions,
} from 'pagewise';
import { json, numbered, rows, serve, until } from '../support/server.js';
import { answer, itemsOf, rejection, thrown } from '../support/walks.js';

const strategy = pageNumber<number>({ items: 'items', size: 10 });

/** A server that takes one token at a time, and refuses others with `status`. */
async function guarded(status = 401) {
  const state = { valid: 'first', held: 'first', refreshes: 0 };
  const page = numbered(35);
  const server = await serve((seen, response) =>
    seen.headers.authorization === state.valid ? page(seen, response) : json(response, {}, status),
  );
  const refresh = () => {
    state.refreshes++;
    state.held = state.valid;
    return Promise.resolve();
  };
  const walk = (options: RetryOptions, policy = retryRequests({ base: 0, ...options }), check?: Check) =>
    paginate({ url: server.url, headers: () => ({ authorization: state.held }) }, strategy, {
      policy,
      ...(check ? { check } : {}),
    });
  return { state, server, refresh, walk };
}

describe('onUnauthorized', () => {
  it.each([401, 403])('R12 a %i gets new credentials, then the page is requested once more', async (status) => {
    const { state, server, refresh, walk } = await guarded(status);
    const told: unknown[] = [];
    const onUnauthorized = (error: unknown) => (told.push(error), refresh());
    const seen: number[] = [];
    for await (const page of walk({ onUnauthorized })) {
      seen.push(...page.items);
      if (page.index === 1) state.valid = 'second'; // Expires in the middle of the walk.
    }
    expect(seen).toEqual(rows(35));
    expect(state.refreshes).toBe(1);
    expect(told).toMatchObject([{ name: 'HttpError', status }]);
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual([
      'first', 'first', 'first', 'second', 'second', 'second',
    ]); // prettier-ignore
  });

  it('R12 needs no retries and no budget', async () => {
    const { state, refresh, walk } = await guarded();
    state.valid = 'second';
    const pages = walk({ onUnauthorized: refresh, retries: 0, budget: 0 });
    expect(itemsOf(await lastValueFrom(pages.pipe(toArray())))).toEqual(rows(35));
  });

  it('R12 a second refusal of the page is final, also after a retry between them', async () => {
    const answers = [401, 503, 401];
    const server = await serve((_seen, response, index) => json(response, {}, answers[index] ?? 200));
    let refreshes = 0;
    const policy = retryRequests({ base: 0, onUnauthorized: () => (refreshes++, EMPTY) });
    const error = await rejection(lastValueFrom(paginate({ url: server.url }, strategy, { policy })));
    expect(error).toMatchObject({ name: 'HttpError', status: 401, attempts: 3, pageIndex: 0 });
    expect([refreshes, server.seen.length]).toEqual([1, 3]);
  });

  it('R12 once per page: a later page may be refused again', async () => {
    const { state, refresh, walk } = await guarded();
    for await (const page of walk({ onUnauthorized: refresh })) state.valid = `for page ${page.index + 1}`;
    expect(state.refreshes).toBe(4);
  });

  it('R12 without it 401 and 403 are final, as R2 says', async () => {
    const { state, server, walk } = await guarded();
    state.valid = 'second';
    expect(await rejection(lastValueFrom(walk({})))).toMatchObject({ name: 'HttpError', status: 401, attempts: 1 });
    expect(server.seen).toHaveLength(1);
  });

  it('R12 what it throws is a CallbackError, and never retried', async () => {
    for (const onUnauthorized of [
      () => throwError(() => Object.assign(new Error('mine'), { status: 503 })),
      () => Promise.reject(Object.assign(new Error('mine'), { status: 503 })),
      () => {
        throw Object.assign(new Error('mine'), { status: 503 });
      },
    ]) {
      const { state, server, walk } = await guarded();
      state.valid = 'second';
      expect(await rejection(lastValueFrom(walk({ onUnauthorized })))).toMatchObject({
        name: 'CallbackError',
        callback: 'retryRequests.onUnauthorized',
        cause: { message: 'mine' },
        attempts: 1,
        resume: { position: { page: 1 } },
      });
      expect(server.seen).toHaveLength(1);
    }
    // Nor outside Pagewise, whatever shouldRetry says.
    let attempts = 0;
    const source = defer(() => (attempts++, throwError(() => new HttpError(answer({}, 401)))));
    const policy = retryRequests({
      base: 0,
      shouldRetry: () => true,
      onUnauthorized: () => throwError(() => new Error('mine')),
    });
    expect(await rejection(lastValueFrom(source.pipe(policy)))).toMatchObject({ name: 'CallbackError' });
    expect(attempts).toBe(1);
  });

  it('R12 streams that share the policy share a pending refresh; each gets its errors, with its own location', async () => {
    const { state, server, walk } = await guarded();
    state.valid = 'second';
    const go = new Subject<void>();
    let refreshes = 0;
    const policy = retryRequests({
      base: 0,
      onUnauthorized: () => {
        refreshes++;
        return go.pipe(map(() => (state.held = 'second')));
      },
    });
    const both = lastValueFrom(forkJoin([1, 2].map(() => walk({}, policy).pipe(toArray()))));
    await until('both are refused', () => server.seen.length === 2 && server.inFlight() === 0);
    await lastValueFrom(timer(20));
    go.next();
    for (const pages of await both) expect(itemsOf(pages)).toEqual(rows(35));
    expect(refreshes).toBe(1);

    const refused = retryRequests({ onUnauthorized: () => timer(20).pipe(map(() => state.held.at(99)!.trim())) });
    state.valid = 'third';
    const errors = await Promise.all([1, 2].map(() => rejection(lastValueFrom(walk({}, refused)))));
    expect(errors).toMatchObject([{ name: 'CallbackError' }, { name: 'CallbackError' }]);
    expect(errors[0]).not.toBe(errors[1]);
  });

  it('R12 a request that was sent before another one refreshed needs no second refresh', async () => {
    let valid = 0;
    let refreshes = 0;
    const slow = new Subject<void>();
    const request = (answered: Observable<unknown>) =>
      defer(() => {
        const sentWith = valid;
        const refused = throwError(() => new HttpError(answer({}, 401)));
        return sentWith === 1 ? of('done') : answered.pipe(mergeMap(() => refused));
      });
    const policy = retryRequests({ base: 0, onUnauthorized: () => (refreshes++, (valid = 1), EMPTY) });
    const late = lastValueFrom(request(slow).pipe(policy));
    expect(await lastValueFrom(request(of(1)).pipe(policy))).toBe('done');
    slow.next();
    expect(await late).toBe('done');
    expect(refreshes).toBe(1);
  });

  it('R12 continues at the first value: a stream of credentials need not complete', async () => {
    const { state, walk } = await guarded();
    state.valid = 'second';
    const onUnauthorized = () => NEVER.pipe(startWith('token'), map(() => (state.held = 'second'))); // prettier-ignore
    expect(itemsOf(await lastValueFrom(walk({ onUnauthorized }).pipe(toArray())))).toEqual(rows(35));
  });

  it('R12 unsubscribing ends a refresh that nobody waits for, and the next refusal starts another', async () => {
    const { state, server, refresh, walk } = await guarded();
    state.valid = 'second';
    let cancelled = 0;
    let stuck = true;
    const policy = retryRequests({
      base: 0,
      onUnauthorized: () => (stuck ? NEVER.pipe(finalize(() => cancelled++)) : refresh()),
    });
    const leaving = walk({}, policy).subscribe();
    await until('it is refused', () => server.seen.length === 1 && server.inFlight() === 0);
    await lastValueFrom(timer(20));
    leaving.unsubscribe();
    expect(cancelled).toBe(1);
    stuck = false;
    expect(itemsOf(await lastValueFrom(walk({}, policy).pipe(toArray())))).toEqual(rows(35));
  });

  it("R12 a check's verdict on a 403 is no refusal of credentials", async () => {
    const { state, refresh, walk } = await guarded(403);
    state.valid = 'second';
    const check: Check = ({ status }) => (status === 403 ? { fail: 'secondary limit' } : undefined);
    const policy = retryRequests({ onUnauthorized: refresh });
    expect(await rejection(lastValueFrom(walk({}, policy, check)))).toMatchObject({ name: 'CheckError' });
    expect(state.refreshes).toBe(0);
  });

  it.each<[string, unknown, number]>([
    ['a status of another client', { status: 401 }, 1],
    ['a status in its response', { response: { status: 403 } }, 1],
    ['a status of a cause', new Error('x', { cause: { status: 401 } }), 1],
    ['a status that a transport threw', new TransportError({ response: { status: 401 } }), 1],
    ['a status that is near', { status: 402 }, 0],
    ['another status before it', Object.assign(new Error('x', { cause: { status: 401 } }), { status: 404 }), 0],
    ['an error of Pagewise, whatever caused it', new ConfigError('x', { cause: { status: 401 } }), 0],
    ['a verdict, though its answer was refused', new CheckError('x', answer({}, 401), {}), 0],
    ['a verdict that was caused by one', Object.assign(new CheckError('x', answer({}), {}), { cause: { status: 401 } }), 0],
    ['no status at all', new Error('401'), 0],
    ['a text', '401', 0],
  ])('R12 %s', async (_name, error, refreshes) => {
    let asked = 0;
    let attempts = 0;
    const source = defer(() => (attempts++ === 0 ? throwError(() => error) : of('done')));
    const policy = retryRequests({ onUnauthorized: () => (asked++, EMPTY), shouldRetry: () => false });
    const outcome = await lastValueFrom(source.pipe(policy)).catch((thrownError: unknown) => thrownError);
    expect(outcome).toBe(refreshes === 1 ? 'done' : error);
    expect([asked, attempts]).toEqual([refreshes, 1 + refreshes]);
  }); // prettier-ignore

  it("R12 an operator's own error that looks like a refusal is not one", async () => {
    const { state, server, refresh, walk } = await guarded();
    const policy = pipe(
      mergeMap(() => throwError(() => new HttpError(answer({}, 401)))),
      retryRequests({ base: 0, onUnauthorized: refresh }),
    );
    expect(await rejection(lastValueFrom(walk({}, policy as Policy)))).toMatchObject({ status: 401 });
    expect([state.refreshes, server.seen.length]).toEqual([0, 1]);
  });

  it('R12 refuses anything but a function', () => {
    expect(thrown(() => retryRequests({ onUnauthorized: 'token' as never })).message).toBe(
      'retryRequests: onUnauthorized must be a function, not "token"',
    );
  });
});
