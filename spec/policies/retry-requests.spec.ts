import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { concat, defer, lastValueFrom, mergeMap, Observable, of, pipe, tap, throwError, toArray } from 'rxjs';
import {
  AttemptTimeoutError,
  CallbackError,
  CheckError,
  ConfigError,
  HttpError,
  paginate,
  RateLimitError,
  retryRequests,
  TransportError,
  type RetryOptions,
  type Transport,
  type WalkEvent,
} from 'pagewise';
import { answer, counting, echo, rejection, thrown } from '../support/walks.js';

const status = (code: number, headers: Record<string, string> = {}) => new HttpError(answer({}, code, headers));
const coded = (code: string) => Object.assign(new Error('network'), { code });

/** Fails with these errors in turn, then succeeds; counts its subscriptions. */
function failing(...errors: unknown[]) {
  const run = { attempts: 0, at: [] as number[] };
  const source = defer(() => {
    const error = errors[run.attempts++];
    run.at.push(performance.now());
    return error === undefined ? of('done') : throwError(() => error);
  });
  return { run, source };
}

/** Runs until it settles, however long its waits are; returns when each attempt was made, in ms from the first. */
async function settled(source: Observable<unknown>, run: { at: number[] }) {
  const outcome = lastValueFrom(source).then((value) => ({ value, error: undefined }), (error: unknown) => ({ value: undefined, error })); // prettier-ignore
  let result: Awaited<typeof outcome> | undefined;
  void outcome.then((settledWith) => (result = settledWith));
  for (let i = 0; i < 10_000 && result === undefined; i++) {
    await jest.advanceTimersByTimeAsync(0);
    if (result === undefined && jest.getTimerCount() > 0) await jest.advanceTimersToNextTimerAsync();
  }
  return { ...(await outcome), waits: run.at.slice(1).map((at, i) => Math.round(at - run.at[i]!)) };
}

describe('retryRequests', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => {
    jest.useRealTimers();
    jest.restoreAllMocks();
  });
  const random = (value: number) => jest.spyOn(Math, 'random').mockReturnValue(value);
  const retried = (options: RetryOptions, ...errors: unknown[]) => {
    const { run, source } = failing(...errors);
    return settled(source.pipe(retryRequests(options)), run).then((result) => ({ ...result, attempts: run.attempts }));
  };

  it('reports its waits, and which of them the server requested', async () => {
    random(0.5);
    const answers = [answer({}, 503), answer({}, 429), answer({}, 503, { 'retry-after': '2' }), answer({ page: 1 })];
    const waits: WalkEvent[] = [];
    const events = { next: (event: WalkEvent) => void (event.type === 'wait' && waits.push(event)) };
    const transport: Transport = () => [answers.shift()!];
    const done = lastValueFrom(paginate({ body: {} }, counting(1), { transport, policy: retryRequests(), events }));
    await settled(
      defer(() => done),
      { at: [] },
    );
    const error = expect.any(HttpError) as unknown;
    expect(waits).toEqual([
      { type: 'wait', pageIndex: 0, reason: 'retry', ms: 250, throttled: false, error },
      { type: 'wait', pageIndex: 0, reason: 'retry', ms: 1000, throttled: true, error },
      { type: 'wait', pageIndex: 0, reason: 'retry', ms: 2000, throttled: true, error },
    ]);
  });

  it('R2 within Pagewise, an error that is not a failed attempt is not retried, whatever it looks like', async () => {
    let requests = 0;
    const transport: Transport = ({ body }) => (requests++, [answer(body)]);
    const spoiled = pipe(
      mergeMap(() => throwError(() => status(503))),
      retryRequests(),
    );
    const error = await rejection(lastValueFrom(paginate({ body: {} }, counting(1), { transport, policy: spoiled })));
    expect([error.name, requests]).toEqual(['HttpError', 1]);
  });

  it.each([408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524])('R1 retries status %i', async (code) => {
    expect(await retried({}, status(code))).toMatchObject({ value: 'done', attempts: 2 });
  });

  it.each([
    'ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH', 'UND_ERR_SOCKET',
    'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ERR_STREAM_PREMATURE_CLOSE',
  ])('R1 retries %s, even as a nested cause', async (code) => {
    const deep = new TypeError('fetch failed', { cause: new Error('x', { cause: coded(code) }) });
    expect(await retried({}, coded(code), deep)).toMatchObject({ value: 'done', attempts: 3 });
  }); // prettier-ignore

  it('R1 looks at most 10 causes deep', async () => {
    const nest = (depth: number): unknown =>
      depth === 0 ? coded('ECONNRESET') : new Error('x', { cause: nest(depth - 1) });
    expect((await retried({}, nest(10))).attempts).toBe(2);
    expect((await retried({}, nest(11))).attempts).toBe(1);
    const circular = new Error('x');
    circular.cause = circular;
    expect(await retried({}, circular)).toMatchObject({ error: circular, attempts: 1 });
  });

  it.each([400, 401, 403, 404, 405, 409, 410, 422, 501, 505])('R2 never retries status %i', async (code) => {
    const error = status(code);
    expect(await retried({}, error)).toMatchObject({ error, attempts: 1 });
  });

  it.each([
    coded('CERT_HAS_EXPIRED'), coded('DEPTH_ZERO_SELF_SIGNED_CERT'), coded('ERR_INVALID_URL'), coded('UND_ERR_HEADERS_OVERFLOW'),
    new TypeError('fetch failed'), new TypeError('Failed to fetch'), new Error('socket hang up'), 'a string', undefined,
  ].filter((error) => error !== undefined))('R2 never retries %s, whatever its message says', async (error) => {
    expect(await retried({}, error)).toMatchObject({ error, attempts: 1 });
  }); // prettier-ignore

  it.each([
    ["Angular's HttpErrorResponse without a connection", { name: 'HttpErrorResponse', status: 0 }],
    ["Angular's HttpErrorResponse", { name: 'HttpErrorResponse', status: 503, headers: new Headers() }],
    [
      'an error with a response, as axios throws',
      Object.assign(new Error('x'), { response: { status: 503, headers: {} } }),
    ],
  ])('retries %s', async (_name, error) => {
    expect(await retried({}, error)).toMatchObject({ value: 'done', attempts: 2 });
  });

  const broken = (cause: unknown) => new ConfigError('mine', { cause });

  it.each<[string, unknown]>([
    ['an attempt that took too long', new AttemptTimeoutError(5)],
    ['one that took too long, as a cause', new Error('x', { cause: new AttemptTimeoutError(5) })],
    ['a network failure that has no code', new TransportError(new TypeError('Failed to fetch'), { network: true })],
    ['a network failure by the code of its cause', new TransportError(coded('EPIPE'))],
    ['a network failure by the status of its cause', new TransportError({ response: { status: 503 } })],
    ['a verdict', new CheckError('busy', answer({}, 200), { retryable: true })],
    ['a verdict, as a cause', new Error('x', { cause: new CheckError('busy', answer({}, 200), { retryable: true }) })],
    ["a status, whatever another client's word for it", { status: 503, retryable: false }],
    ['a status of 0 in a response', { response: { status: 0 } }],
    ['a status beside an empty response', { status: 503, response: null }],
    ['a code beside a status that is none', Object.assign(coded('EPIPE'), { status: '404', response: null })],
  ])('R1 retries %s', async (_name, error) => {
    expect(await retried({}, error)).toMatchObject({ value: 'done', attempts: 2 });
  });

  it.each<[string, unknown]>([
    ['a failure of the transport without a code', new TransportError(new TypeError('Failed to fetch'))],
    ['a network failure that has another code', new TransportError(coded('CERT_X'), { network: true })],
    ['a verdict that fails', new CheckError('no', answer({}, 503), { retryable: false })],
    ['an error of Pagewise, whatever caused it', broken(coded('EPIPE'))],
    ['an error of Pagewise, though its cause has a status', broken({ status: 503 })],
    ['an error of a callback, though it has a status', new CallbackError('mine', { status: 503 })],
    ["another client's word for it", { status: 404, retryable: true }],
    ['a code that is no text', { code: 503 }],
    ['a status that is no number', { status: '503' }],
    ['a status that hides a code', Object.assign(coded('EPIPE'), { status: 404 })],
    ['a code that hides its cause', Object.assign(coded('CERT_X'), { cause: coded('EPIPE') })],
    ['a text', 'ECONNRESET'],
    ['null', null],
  ])('R2 never retries %s', async (_name, error) => {
    expect(await retried({}, error)).toMatchObject({ error, attempts: 1 });
  });

  it.each<[string, unknown]>([
    ['as a Headers object has them', { status: 503, headers: new Headers({ 'Retry-After': '7' }) }],
    ['whatever their case', { status: 503, headers: { 'RETRY-after': '7' } }],
    ['as numbers', { status: 503, headers: { 'retry-after': 7 } }],
    ['in its response', { response: { status: 503, headers: { 'retry-after': '7' } } }],
    ['in its response, beside none of its own', { status: 503, headers: null, response: { headers: { 'retry-after': '7' } } }],
    ['of a cause', new Error('x', { cause: { status: 503, headers: { 'retry-after': '7' } } })],
    ['beside one that is called get', { status: 503, headers: { get: '1', 'retry-after': '7' } }],
    ['by a get of its own', { status: 503, headers: { all: 7, get(name: string) { return name === 'retry-after' ? this.all : undefined; } } }],
  ])('R5 reads headers %s', async (_name, error) => {
    random(0);
    expect((await retried({}, error)).waits).toEqual([7000]);
  }); // prettier-ignore

  it.each<[unknown]>([
    [{ status: 503, headers: 'retry-after: 7' }],
    [{ status: 503, headers: null, response: null }],
    [{ status: 503, response: { headers: null } }],
    [{ status: 503, headers: { 'retry-after': ['7'] } }],
    [{ status: 503, headers: { 'retry-after': true } }],
    [{ status: 503, headers: { get: () => undefined, 'retry-after': '7' } }],
    [{ status: 503, headers: { 'retry-after-x': '7' } }],
  ])('R6 %j requests no wait', async (error) => {
    random(1);
    expect(await retried({}, error)).toMatchObject({ value: 'done', waits: [500] });
  });

  it('R4 R5 a verdict has its own time, and may be a rate limit', async () => {
    random(0);
    const verdict = (told: object) => new CheckError('busy', answer({}, 200), { retryable: true, ...told });
    expect((await retried({}, verdict({ afterMs: 7 }))).waits).toEqual([7]);
    random(1);
    expect((await retried({}, verdict({ afterMs: 7 }))).waits).toEqual([500]);
    expect((await retried({}, verdict({ throttled: true }))).waits).toEqual([1000]);
    expect((await retried({}, new Error('x', { cause: status(429) }))).waits).toEqual([1000]);
    expect((await retried({ base: 10 }, status(429))).waits).toEqual([10]);
  });

  it('R3 makes 5 extra attempts by default, then passes the last error on, the same object', async () => {
    const errors = [1, 2, 3, 4, 5, 6, 7].map(() => status(503));
    const { error, attempts } = await retried({}, ...errors);
    expect(attempts).toBe(6);
    expect(error).toBe(errors[5]);
    expect((await retried({ retries: 0 }, ...errors)).attempts).toBe(1);
    expect((await retried({ retries: 2 }, ...errors)).attempts).toBe(3);
    expect((await retried({ retries: Infinity }, ...errors)).value).toBe('done');
  });

  it('R3 the count restarts with each page', async () => {
    let request = 0;
    const transport: Transport = ({ body }) => [request++ % 5 < 4 ? answer({}, 503) : answer(body)];
    const pages = paginate({ body: {} }, counting(4), { transport, policy: retryRequests({ retries: 4 }) });
    expect(await settled(pages.pipe(toArray()), { at: [] })).toMatchObject({ error: undefined });
    expect(request).toBe(20);
  });

  it('R4 waits random · min(cap, base · 2ⁿ): full jitter', async () => {
    random(1);
    const eight = Array.from({ length: 8 }, () => status(503));
    expect((await retried({ retries: 8 }, ...eight)).waits).toEqual([
      500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000,
    ]);
    expect((await retried({ base: 10, cap: 25 }, ...eight.slice(0, 3))).waits).toEqual([10, 20, 25]);
    random(0.5);
    expect((await retried({}, ...eight.slice(0, 3))).waits).toEqual([250, 500, 1000]);
    random(0);
    // A timer of 0 ms takes up to 1.
    expect(Math.max(...(await retried({}, ...eight.slice(0, 3))).waits)).toBeLessThanOrEqual(1);
  });

  it('R4 throttling answers start from a second', async () => {
    random(1);
    expect((await retried({}, status(429), status(429))).waits).toEqual([1000, 2000]);
  });

  it('R5 never waits shorter than the server asks', async () => {
    random(0);
    expect((await retried({}, status(429, { 'retry-after': '7' }))).waits).toEqual([7000]);
    expect((await retried({}, status(503, { 'retry-after-ms': '70' }))).waits).toEqual([70]);
    random(1);
    expect((await retried({}, status(429, { 'retry-after': '0' }))).waits).toEqual([1000]);
  });

  it('R5 a hint above maxRetryAfter fails immediately with RateLimitError', async () => {
    const cause = status(429, { 'retry-after': '3600' });
    const { error, attempts, waits } = await retried({}, cause);
    expect(error).toBeInstanceOf(RateLimitError);
    expect(error).toMatchObject({ retryAfterMs: 3_600_000, cause });
    expect([attempts, waits]).toEqual([1, []]);
    expect((await retried({ maxRetryAfter: 3_600_000 }, cause)).waits).toEqual([3_600_000]);
    expect((await retried({ maxRetryAfter: 3_599_999 }, cause)).error).toBeInstanceOf(RateLimitError);
    expect((await retried({}, status(503, { 'retry-after': '120' }))).waits).toEqual([120_000]);
    expect((await retried({}, status(503, { 'retry-after-ms': '120001' }))).error).toBeInstanceOf(RateLimitError);
    expect((await retried({}, status(503, { 'retry-after': '99999999999999' }))).error).toBeInstanceOf(RateLimitError);
  });

  it('R6 a present but invalid Retry-After means plain backoff', async () => {
    random(1);
    for (const hint of ['-5', '5s', '0x10', '1e3', ''])
      expect(
        (
          await retried(
            {},
            status(503, { 'retry-after': hint, 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '60' }),
          )
        ).waits,
      ).toEqual([500]);
  });

  it("R8 reads a date against the server's own clock: ours may be an hour off", async () => {
    random(0);
    const server = Date.now() + 3_600_000;
    const http = (ms: number) => new Date(Math.floor(ms / 1000) * 1000).toUTCString();
    const headers = { date: http(server), 'retry-after': http(server + 5000) };
    expect((await retried({}, status(503, headers))).waits).toEqual([5000]);
  });

  it('R13 the final error has attempts, page, request and resume, and its cause is untouched', async () => {
    const mine = Object.freeze(coded('ECONNRESET'));
    const transport: Transport = () => throwError(() => mine);
    const pages = paginate({ url: 'http://host/items?key=hush', headers: { authorization: 'Key hush' } }, counting(3), {
      transport,
      policy: retryRequests({ retries: 2 }),
    });
    const { error } = await settled(pages, { at: [] });
    expect(error).toMatchObject({
      name: 'TransportError',
      message: 'Page 1 failed: Error: network (ECONNRESET) after 3 attempts, GET http://host/items?key=…',
      pageIndex: 0,
      attempts: 3,
      request: { method: 'GET', url: 'http://host/items?key=…', headers: { authorization: '[redacted]' } },
      resume: { position: 1, index: 0 },
    });
    expect((error as Error).cause).toBe(mine);
    expect(Object.keys(error as object)).not.toContain('resume');
    expect(JSON.stringify(error)).not.toContain('hush');
  });

  it("R14 a jump of the wall clock changes no wait, and no timer is unref'd", async () => {
    random(1);
    for (const jump of [3_600_000, -3_600_000]) {
      const { run, source } = failing(status(503), status(503));
      const done = settled(source.pipe(tap(), retryRequests()), run);
      jest.setSystemTime(Date.now() + jump);
      expect((await done).waits).toEqual([500, 1000]);
    }
  });

  it('R14 clamps delays to the maximum of timers: none fires immediately', async () => {
    const { run, source } = failing(status(503, { 'retry-after': '99999999999' }));
    const subscription = source.pipe(retryRequests({ maxRetryAfter: Infinity })).subscribe();
    await jest.advanceTimersByTimeAsync(2 ** 31 - 2);
    expect(run.attempts).toBe(1);
    await jest.advanceTimersByTimeAsync(1);
    expect(run.attempts).toBe(2);
    subscription.unsubscribe();
  });

  it('T3 unsubscribing during a wait clears its timer, and emits nothing after', async () => {
    random(1); // A wait of less than a millisecond would pass immediately.
    const { run, source } = failing(status(503), status(503));
    const seen: unknown[] = [];
    const subscription = source
      .pipe(retryRequests())
      .subscribe({ next: (value) => seen.push(value), error: (error) => seen.push(error) });
    await jest.advanceTimersByTimeAsync(0);
    expect(jest.getTimerCount()).toBe(1);
    subscription.unsubscribe();
    expect(jest.getTimerCount()).toBe(0);
    await jest.advanceTimersByTimeAsync(60_000);
    expect([seen, run.attempts]).toEqual([[], 1]);
  });

  it('T3 unsubscribing within shouldRetry, or as a wait is reported, starts no timer and no attempt', async () => {
    random(1); // A wait of less than a millisecond would pass immediately.
    const asked: unknown[] = [];
    const { run, source } = failing(status(503), status(503));
    const shouldRetry = (error: unknown): boolean => (asked.push(error), subscription.unsubscribe(), true);
    const subscription = source.pipe(retryRequests({ shouldRetry })).subscribe({ error: (error) => asked.push(error) });
    await jest.advanceTimersByTimeAsync(0);
    expect([asked.length, jest.getTimerCount()]).toEqual([1, 0]);
    await jest.advanceTimersByTimeAsync(60_000);
    expect([asked.length, run.attempts]).toEqual([1, 1]);

    let sent = 0;
    const heard: string[] = [];
    const transport: Transport = () => (sent++, [answer({}, 503)]);
    const next = ({ type }: WalkEvent) => {
      heard.push(type);
      if (type !== 'wait') return;
      walk.unsubscribe();
      heard.push('left');
    };
    const walk = paginate({ body: {} }, counting(1), { transport, policy: retryRequests(), events: { next } }).subscribe();
    await jest.advanceTimersByTimeAsync(0);
    expect([heard.slice(-3), jest.getTimerCount()]).toEqual([['wait', 'end', 'left'], 0]);
    await jest.advanceTimersByTimeAsync(60_000);
    expect([heard.at(-1), sent]).toEqual(['left', 1]);
  }); // prettier-ignore

  it('T3 unsubscribing at once after a failure asks nobody, and makes no other attempt', async () => {
    const asked: unknown[] = [];
    const { run, source } = failing(status(503), status(503));
    const shouldRetry = (error: unknown) => (asked.push(error), true);
    source
      .pipe(retryRequests({ shouldRetry, base: 0 }))
      .subscribe()
      .unsubscribe();
    await jest.advanceTimersByTimeAsync(60_000);
    expect([asked, run.attempts, jest.getTimerCount()]).toEqual([[], 1, 0]);
  });

  it('serves any Observable: every value passes, and the source is cold for each attempt', async () => {
    let attempts = 0;
    const source = defer(() =>
      attempts++ < 2
        ? concat(
            of('partial'),
            throwError(() => coded('EPIPE')),
          )
        : of('a', 'b'),
    );
    const { value } = await settled(source.pipe(retryRequests(), toArray()), { at: [] });
    expect(value).toEqual(['partial', 'partial', 'a', 'b']);
  });

  it('a success stays synchronous', () => {
    const seen: unknown[] = [];
    of(1)
      .pipe(retryRequests())
      .subscribe({ next: (value) => seen.push(value), complete: () => seen.push('complete') });
    expect(seen).toEqual([1, 'complete']);
  });

  it('shouldRetry overrides the defaults, and what it throws fails the stream once', async () => {
    expect((await retried({ shouldRetry: () => true }, status(404), new Error('x'))).value).toBe('done');
    expect((await retried({ shouldRetry: () => false }, status(503))).attempts).toBe(1);
    const told: unknown[] = [];
    await retried({ shouldRetry: (...args) => (told.push(args), false) }, status(503));
    expect(told).toEqual([[expect.objectContaining({ status: 503 }), true]]);
    const { error, attempts } = await retried({ shouldRetry: () => { throw new Error('mine'); } }, status(503)); // prettier-ignore
    expect(error).toMatchObject({ callback: 'retryRequests.shouldRetry', cause: new Error('mine') });
    expect(attempts).toBe(1);
  });

  it('one policy value serves many streams at the same time', async () => {
    const policy = retryRequests({ base: 0 });
    const walks = [1, 2, 3].map((pages) => {
      const failed = new Set<unknown>();
      const transport: Transport = (request, attempt) =>
        attempt.attempt === 1 ? (failed.add(request), [answer({}, 503)]) : (echo(request, attempt) as never);
      return settled(paginate({ body: {} }, counting(pages), { transport, policy }).pipe(toArray()), { at: [] });
    });
    for (const [i, { value }] of (await Promise.all(walks)).entries()) expect(value).toHaveLength(i + 1);
  });

  it.each<[RetryOptions, string]>([
    [{ retries: -1 }, 'retries must be a number of at least 0 or Infinity, not -1'],
    [{ retries: NaN }, 'retries must be a number of at least 0 or Infinity, not NaN'],
    [{ base: NaN }, 'base must be a number of at least 0, not NaN'],
    [{ base: -1 }, 'base must be a number of at least 0, not -1'],
    [{ base: Infinity }, 'base must be a number of at least 0, not Infinity'],
    [{ cap: -1 }, 'cap must be a number of at least 0, not -1'],
    [{ cap: Infinity }, 'cap must be a number of at least 0, not Infinity'],
    [{ maxRetryAfter: -1 }, 'maxRetryAfter must be a number of at least 0 or Infinity, not -1'],
    [{ budget: '5' as never }, 'budget must be a number of at least 0 or Infinity, not "5"'],
    [{ shouldRetry: true as never }, 'shouldRetry must be a function, not true'],
    [{ onUnauthorized: 'token' as never }, 'onUnauthorized must be a function, not "token"'],
    [{ retryHeader: 'x retry' }, 'retryHeader must be the name of a header, or \'\' for none, not "x retry"'],
    [{ retryHeader: 'x:' }, 'retryHeader must be the name of a header, or \'\' for none, not "x:"'],
    [{ retryHeader: ' x' }, 'retryHeader must be the name of a header, or \'\' for none, not " x"'],
    [{ retryHeader: null as never }, "retryHeader must be the name of a header, or '' for none, not null"],
    [{ retryHeader: 5 as never }, "retryHeader must be the name of a header, or '' for none, not 5"],
    [
      { maxRetry: 1 } as never,
      'unknown option "maxRetry"; expected one of retries, base, cap, maxRetryAfter, budget, retryHeader, shouldRetry, onUnauthorized',
    ],
  ])('refuses %p', (options, message) => {
    const error = thrown(() => retryRequests(options));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toBe(`retryRequests: ${message}`);
  });

  it.each<RetryOptions>([
    { retries: 0, base: 0, cap: 0, maxRetryAfter: 0, budget: 0, retryHeader: "!#$%&'*+.^`|~-_9Az" },
    { retries: Infinity, maxRetryAfter: Infinity, budget: Infinity, retryHeader: '' },
  ])('accepts the limits of each option: %p', (options) => {
    expect(() => retryRequests(options)).not.toThrow();
  });
});

describe('retryRequests, in real time', () => {
  it("E12 waits with a ref'd timer", async () => {
    const { source } = failing(status(503), status(404));
    const error = rejection(lastValueFrom(source.pipe(retryRequests({ base: 1 }))));
    expect(await error).toMatchObject({ status: 404 });
  });
});
