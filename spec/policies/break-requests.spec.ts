import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  ConstantBackoff,
  handleAll,
  retry,
  timeout,
  TimeoutStrategy,
  wrap,
} from 'cockatiel';
import { concat, defer, finalize, lastValueFrom, NEVER, of, pipe, take, throwError, toArray } from 'rxjs';
import {
  breakRequests,
  HttpError,
  pageNumber,
  paginate,
  retryRequests,
  throttleRequests,
  type CircuitBreaker,
  type PagePolicy,
  type Policy,
} from 'pagewise';
import { json, numbered, rows, serve, until } from '../support/server.js';
import { answer, itemsOf, rejection, thrown } from '../support/walks.js';

const breakAfter = (failures: number, halfOpenAfter = 10_000) =>
  circuitBreaker(handleAll, { halfOpenAfter, breaker: new ConsecutiveBreaker(failures) });
const status = (code: number) => throwError(() => new HttpError(answer({}, code)));
const strategy = pageNumber<number>({ items: 'items', size: 10 });

/** A server that fails with `status` while it is down. */
async function flaky(status = 503) {
  const state = { down: true };
  const page = numbered(25);
  const server = await serve((seen, response) => (state.down ? json(response, {}, status) : page(seen, response)));
  const walk = (policy: PagePolicy) =>
    lastValueFrom(paginate({ url: server.url }, strategy, { policy }).pipe(toArray()));
  return { state, server, walk };
}

describe('breakRequests', () => {
  it('passes pages through while the circuit is closed', async () => {
    const { state, walk } = await flaky();
    state.down = false;
    expect(itemsOf(await walk(breakRequests(breakAfter(1))))).toEqual(rows(25));
  });

  it('sends nothing while it is open: pages fail immediately with BrokenCircuitError', async () => {
    const { server, walk } = await flaky();
    const policy = breakRequests(breakAfter(2));
    for (let i = 0; i < 2; i++) expect(await rejection(walk(policy))).toMatchObject({ name: 'HttpError', status: 503 });
    const error = await rejection(walk(policy));
    expect(error).toMatchObject({
      name: 'BrokenCircuitError',
      openUntil: undefined,
      attempts: 0,
      pageIndex: 0,
      resume: { position: { page: 1 } },
      cause: { isBrokenCircuitError: true },
    });
    expect(error.message).toMatch(/^Page 1 failed: the circuit breaker is open, so nothing was sent, GET http/);
    expect(server.seen).toHaveLength(2);
  });

  it('lets one request through when it is half open, and closes when that succeeds', async () => {
    const { state, server, walk } = await flaky();
    const breaker = breakAfter(1, 0);
    const policy = breakRequests(breaker);
    await rejection(walk(policy));
    expect(breaker.state).toBe(CircuitState.Open);
    await rejection(walk(policy)); // The probe fails: open again.
    expect([breaker.state, server.seen.length]).toEqual([CircuitState.Open, 2]);
    state.down = false;
    expect(itemsOf(await walk(policy))).toEqual(rows(25));
    expect(breaker.state).toBe(CircuitState.Closed);
  });

  it.each<[string, (breaking: Policy) => Policy, number, number]>([
    ['throttle, retry, break: it sees pages', (breaking) => pipe(throttle(), again(), breaking), 2, 6],
    ['throttle, break, retry: it sees attempts, and refuses the next one', (breaking) => pipe(throttle(), breaking, again()), 1, 2],
    ['break, throttle, retry', (breaking) => pipe(breaking, throttle(), again()), 1, 2],
  ])('composes in pipe: %s', async (_order, compose, walks, requests) => {
    const { server, walk } = await flaky();
    const policy = compose(breakRequests(breakAfter(2)));
    const errors: unknown[] = [];
    for (let i = 0; i < walks; i++) errors.push((await rejection(walk(policy))).name);
    expect(server.seen).toHaveLength(requests);
    expect(errors.at(-1)).toBe(walks === 2 ? 'HttpError' : 'BrokenCircuitError');
    expect(await rejection(walk(policy))).toMatchObject({ name: 'BrokenCircuitError' });
    expect(server.seen).toHaveLength(requests);
  }); // prettier-ignore
  const throttle = () => throttleRequests({ limit: 1000 });
  const again = () => retryRequests({ retries: 2, base: 0 });

  it('shares the circuit with every stream that is given the same breaker, and with no other', async () => {
    const { walk } = await flaky();
    const breaker = breakAfter(1);
    await rejection(walk(breakRequests(breaker)));
    expect(await rejection(walk(breakRequests(breaker)))).toMatchObject({ name: 'BrokenCircuitError' });
    expect(await rejection(walk(breakRequests(breakAfter(1))))).toMatchObject({ name: 'HttpError' });
  });

  it('an error that another attempt would not fix does not count as a failure of the server', async () => {
    const { server, walk } = await flaky(404);
    const policy = breakRequests(breakAfter(1));
    for (let i = 0; i < 3; i++) expect(await rejection(walk(policy))).toMatchObject({ name: 'HttpError', status: 404 });
    expect(server.seen).toHaveLength(3);
    // Nor does what a caller's function throws, whatever it looks like.
    const mine: PagePolicy = pipe(() => throwError(() => Object.assign(new Error('mine'), { status: 503 })), policy);
    for (let i = 0; i < 3; i++) expect(await rejection(walk(mine))).toMatchObject({ name: 'CallbackError' });
  });

  it('a used up retry budget and a long Retry-After count as the failures that caused them', async () => {
    const budget = await flaky();
    const spent = pipe(retryRequests({ budget: 0 }), breakRequests(breakAfter(1)));
    expect(await rejection(budget.walk(spent))).toMatchObject({ name: 'RetryBudgetError' });
    expect(await rejection(budget.walk(spent))).toMatchObject({ name: 'BrokenCircuitError' });
    const server = await serve((_seen, response) => json(response, {}, 503, { 'retry-after': '3600' }));
    const policy = pipe(retryRequests(), breakRequests(breakAfter(1)));
    const walk = () => rejection(lastValueFrom(paginate({ url: server.url }, strategy, { policy })));
    expect([(await walk()).name, (await walk()).name]).toEqual(['RateLimitError', 'BrokenCircuitError']);
  });

  it('unsubscribing frees the socket, clears the breaker, and is no failure', async () => {
    const server = await serve(() => undefined);
    const breaker = breakAfter(1);
    const policy = breakRequests(breaker);
    const settled: string[] = [];
    breaker.onSuccess(() => settled.push('success'));
    breaker.onFailure(() => settled.push('failure'));
    const leaving = paginate({ url: server.url }, strategy, { policy }).subscribe();
    await until('it is requested', () => server.seen.length === 1);
    leaving.unsubscribe();
    await until('the server sees the close', () => server.aborted() === 1);
    await until('the breaker hears of it', () => settled.length === 1);
    expect([settled, breaker.state]).toEqual([['success'], CircuitState.Closed]);
  });

  it('a subscriber that unsubscribes before the breaker lets it through sends nothing', async () => {
    let asked = 0;
    const held: (() => void)[] = [];
    const breaker: CircuitBreaker = { execute: (fn) => new Promise<void>((go) => held.push(go)).then(() => fn()) };
    const leaving = breakRequests(breaker)(defer(() => (asked++, of(1)))).subscribe();
    await Promise.resolve();
    leaving.unsubscribe();
    held[0]!();
    await until('it is let through', () => held.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(asked).toBe(0);
  });

  it('reports when it opens, if the breaker does', async () => {
    const cause = new Error('open');
    const execute: CircuitBreaker['execute'] = () => Promise.reject(cause);
    const failing = (openUntil: CircuitBreaker['openUntil']) =>
      rejection(lastValueFrom(breakRequests({ execute, openUntil } as CircuitBreaker)(of(1))));
    const at = Date.UTC(2030, 0, 1);
    for (const told of [at, new Date(at)])
      expect(await failing(() => told)).toMatchObject({
        message:
          'the circuit breaker is open, so nothing was sent; the next request can be sent at 2030-01-01T00:00:00.000Z',
        openUntil: at,
        cause,
      });
    expect(await failing(() => undefined)).toMatchObject({
      message: 'the circuit breaker is open, so nothing was sent',
    });
    expect(
      await failing(() => {
        throw new Error('mine');
      }),
    ).toMatchObject({ name: 'CallbackError', callback: 'breakRequests.openUntil' });
  });

  it('a breaker that throws synchronously has refused too', async () => {
    const execute = () => {
      throw new Error('closed for repairs');
    };
    expect(await rejection(lastValueFrom(breakRequests({ execute })(of(1))))).toMatchObject({
      name: 'BrokenCircuitError',
      cause: new Error('closed for repairs'),
    });
  });

  it("works with cockatiel's retry and timeout around the breaker", async () => {
    let attempts = 0;
    const source = defer(() => (++attempts < 3 ? status(503) : of('done')));
    const again = retry(handleAll, { maxAttempts: 5, backoff: new ConstantBackoff(0) });
    expect(await lastValueFrom(source.pipe(breakRequests(wrap(again, breakAfter(10)))))).toBe('done');
    expect(attempts).toBe(3);

    let left = 0;
    const silent = NEVER.pipe(finalize(() => left++));
    const error = await rejection(lastValueFrom(silent.pipe(breakRequests(timeout(20, TimeoutStrategy.Aggressive)))));
    expect(error).toMatchObject({ isTaskCancelledError: true });
    expect(left).toBe(1);
  });

  it('serves any Observable, and takes an answer as soon as it arrives', async () => {
    const values = concat(of(1, 2), of(3)).pipe(breakRequests(breakAfter(1)), toArray());
    expect(await lastValueFrom(values)).toEqual([1, 2, 3]);
    expect(await lastValueFrom(concat(of(1), NEVER).pipe(breakRequests(breakAfter(1)), take(1)))).toBe(1);
  });

  it('refuses anything that is not a breaker', () => {
    for (const breaker of [undefined, null, {}, { fire: () => undefined }])
      expect(thrown(() => breakRequests(breaker as never))).toMatchObject({ name: 'ConfigError' });
    expect(thrown(() => breakRequests({ fire: () => 1 } as never)).message).toBe(
      'breakRequests: the breaker must have an execute method, as the policies of cockatiel do; it is an object with fire',
    );
  });
});

describe('breakRequests, in virtual time', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('retries after halfOpenAfter, and not before', async () => {
    let attempts = 0;
    const policy = breakRequests(breakAfter(1, 10_000));
    const ask = () =>
      lastValueFrom(defer(() => (++attempts === 1 ? status(503) : of('done'))).pipe(policy)).catch(
        (error: unknown) => (error as Error).name,
      );
    expect([await ask(), await ask()]).toEqual(['HttpError', 'BrokenCircuitError']);
    jest.setSystemTime(Date.now() + 9999);
    expect(await ask()).toBe('BrokenCircuitError');
    jest.setSystemTime(Date.now() + 1);
    expect([await ask(), attempts]).toEqual(['done', 2]);
  });
});
