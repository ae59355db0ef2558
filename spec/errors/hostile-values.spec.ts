import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defer, Observable, pipe, throwError } from 'rxjs';
import * as pagewise from 'pagewise';
import {
  breakRequests,
  checkpoint,
  detect,
  distinctItems,
  eachPage,
  fetchTransport,
  functionTransport,
  isPagewiseError,
  paginate,
  resumeOnError,
  retryRequests,
  throttleRequests,
  type Fetch,
  type PageResponse,
  type PaginateOptions,
  type Strategy,
  type Transport,
} from 'pagewise';
import { grpcTransport, type GrpcClient } from 'pagewise/grpc';
import { openTelemetry, recordRun, undiciTransport, writeCsv, writeJson, writeNdjson, writeTable } from 'pagewise/node';
import { locate } from '../../lib/errors.js';
import { causes, headersOf, hintOf, isRetryable, isUnauthorized, statusOf } from '../../lib/failure.js';
import { retryHint } from '../../lib/policies/retry-hint.js';
import { fingerprint, sameJson } from '../../lib/values/compare.js';
import { describe as inWords, describeError } from '../../lib/values/describe.js';
import { redactRequest, withoutExcerpt } from '../../lib/values/redact.js';
import { hostileValues } from '../support/hostile-values.js';
import { json, serve, settle, type TestServer } from '../support/server.js';
import { answer, counting, echo } from '../support/walks.js';

jest.setTimeout(120_000); // Some of the values are large, and machines are slow at times.

const strangers: string[] = [];
const onStranger = (error: unknown) => strangers.push(inWords(error));

beforeEach(() => {
  strangers.length = 0;
  process.on('unhandledRejection', onStranger);
  process.on('uncaughtException', onStranger);
});
afterEach(() => {
  process.off('unhandledRejection', onStranger);
  process.off('uncaughtException', onStranger);
});

type Options = Omit<PaginateOptions<number>, 'schema'> & { readonly schema?: unknown };
type Counting = Partial<Strategy<number, number>>;
type Outcome = Promise<unknown> | Observable<unknown>;

/** Throws the value. */
type Boom = () => never;
/** A stream, or a promise, in which a callback throws, or gives, a hostile value. */
type Scenario = (boom: Boom, value: unknown, dir: string) => Outcome;

// Attempts pass through all code that inspects errors.
const policy = pipe(throttleRequests({ limit: 1e6 }), retryRequests({ retries: 1, base: 0, budget: Infinity }));

const walk = (
  options: Options = {},
  own: Counting = {},
  request: pagewise.PageRequest = { url: 'http://host/items' },
) =>
  defer(() => paginate(request, { ...counting(3), ...own }, { transport: echo, policy, ...options } as never)) as never;
const pages = (options: Options = {}, own: Counting = {}) => paginate({}, { ...counting(3), ...own }, { transport: echo, policy, ...options } as never); // prettier-ignore
/** Not `of`, which takes a Proxy with every method for a scheduler. */
const emits = <T>(value: unknown) =>
  new Observable<T>((subscriber) => (subscriber.next(value as T), subscriber.complete()));
const refusing = (status: number): Transport => () => [answer({}, status)]; // prettier-ignore

async function drain(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of stream);
}

/** Runs a scenario with each hostile value. @returns the faults, by value */
async function run(scenario: Scenario, mayComplete = false): Promise<string[]> {
  const wrong: string[] = [];
  for (const [name, make] of hostileValues) {
    const value = make();
    const boom = () => {
      throw value;
    };
    const errors: unknown[] = [];
    let completed = 0;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, 60_000);
      const end = () => {
        clearTimeout(timer);
        setImmediate(resolve); // Later: a second notification would come then.
      };
      const error = (error: unknown) => {
        errors.push(error);
        end();
      };
      const complete = () => {
        completed++;
        end();
      };
      try {
        const outcome = scenario(boom, value, dir);
        if (outcome instanceof Promise) outcome.then(complete, error);
        else outcome.subscribe({ error, complete });
      } catch (thrown) {
        wrong.push(`${name}: thrown and not told, ${inWords(thrown)}`);
        end();
      }
    });
    const problem = judge(value, errors, completed, mayComplete);
    if (problem !== undefined) wrong.push(`${name}: ${problem}`);
  }
  await settle(5);
  return [...wrong, ...strangers.map((stranger) => `nobody's: ${stranger}`)];
}

function judge(
  value: unknown,
  errors: readonly unknown[],
  completed: number,
  mayComplete: boolean,
): string | undefined {
  if (errors.length + completed !== 1) return `${errors.length} errors, completed ${completed} times`;
  if (completed === 1) return mayComplete ? undefined : 'completed';
  if (isPagewiseError(value) && errors[0] === value && value.pageIndex === undefined) return undefined; // Passed on as it is.
  try {
    const { message, stack } = errors[0] as Error;
    if (typeof message !== 'string' || message === '') return `a message that is ${inWords(message)}`;
    // An error of the library, or one that operators pass on, stays as it was created.
    if (!isPagewiseError(errors[0])) return undefined;
    if (message.length > 5000) return `a message of ${message.length} characters`;
    if (message.includes('pw@')) return 'a message with a password';
    if (typeof stack !== 'string') return `a stack that is ${inWords(stack)}`;
  } catch (error) {
    return `an error that can't be read: ${inWords(error)}`;
  }
  return undefined;
}

let dir: string;
let server: TestServer;
beforeAll(() => void (dir = mkdtempSync(join(tmpdir(), 'hostile-'))));
afterAll(() => rmSync(dir, { recursive: true }));
beforeEach(async () => void (server = await serve((_seen, response) => json(response, { items: [1] }))));

const served = (transport: Transport) => walk({ transport }, {}, { url: server.url });
const stream = (boom: Boom) => new ReadableStream({ pull: boom }) as never;
const grpc = (over: object, options = {}) =>
  walk(
    {
      transport: grpcTransport(
        { makeUnaryRequest() {}, close() {}, List() {}, ...over } as unknown as GrpcClient,
        options,
      ),
    },
    {},
    { method: 'List' },
  );
/** A call that ends with this. */
const ends = (failure: unknown, answer?: unknown) => ({
  List: (...args: unknown[]) => {
    queueMicrotask(() => (args.at(-1) as (...args: unknown[]) => void)(failure, answer));
    return { on() {}, cancel() {} };
  },
});
const schemaOf = (validate: () => unknown) => ({ '~standard': { version: 1, vendor: 'test', validate } });
const sized: Counting = { first: { page: 1, size: 8 } as never, place: (request) => request, items: () => [1], next: () => undefined }; // prettier-ignore
const items = (boom: Boom, value: unknown) => pages({}, { items: () => [Object.defineProperty({}, 'a', { get: boom, enumerable: true }), value] as never }); // prettier-ignore

const throwing: Readonly<Record<string, Scenario>> = {
  check: (boom) => walk({ check: boom }),
  "the strategy's check": (boom) => walk({}, { check: boom }),
  headers: (boom) => walk({}, {}, { headers: boom }),
  'headers, a promise': (boom) => walk({}, {}, { headers: async () => boom() }),
  'headers, an Observable': (_, value) => walk({}, {}, { headers: () => throwError(() => value) }),
  until: (boom) => walk({ until: boom }),
  nextWhen: (boom) => walk({ nextWhen: boom }),
  'nextWhen, a promise': (boom) => walk({ nextWhen: async () => boom() }),
  schema: (boom) => walk({ schema: schemaOf(boom) }),
  'schema, a promise': (boom) => walk({ schema: schemaOf(async () => boom()) }),
  'schema of the body': (boom) => walk({ schema: { body: schemaOf(boom) } }),
  'strategy.place': (boom) => walk({}, { place: boom }),
  'strategy.place of a later page': (boom) =>
    walk({}, { place: (request, page) => (page > 1 ? boom() : { ...request, body: { page } }) }),
  'strategy.items': (boom) => walk({}, { items: boom }),
  'strategy.next': (boom) => walk({}, { next: boom }),
  'strategy.total': (boom) => walk({}, { total: boom }),
  'strategy.guess': (boom) => walk({ concurrency: 3 }, { guess: boom }),
  'strategy.guess, with an asynchronous transport': (boom) =>
    walk({ concurrency: 3, transport: async (request) => answer(request.body) }, { guess: boom }),
  'strategy.guess, to skip': (boom) => walk({ skipFailedPages: { max: 1 } }, { guess: boom }),
  'strategy.resize': (boom) => walk({ adaptiveSize: true, transport: refusing(504) }, { ...sized, resize: boom }),
  'strategy.doubt': (boom) => walk({}, { next: () => undefined, doubt: boom }),
  policy: (boom) => walk({ policy: boom }),
  'policy, its stream': (_, value) => walk({ policy: () => throwError(() => value) }),
  shouldRetry: (boom) => walk({ transport: refusing(503), policy: retryRequests({ shouldRetry: boom }) }),
  onUnauthorized: (boom) => walk({ transport: refusing(401), policy: retryRequests({ onUnauthorized: boom }) }),
  'onUnauthorized, a promise': (boom) =>
    walk({ transport: refusing(401), policy: retryRequests({ onUnauthorized: async () => boom() }) }),
  "breakRequests' breaker": (boom) => walk({ policy: breakRequests({ execute: boom }) }),
  "breakRequests' openUntil": (boom) =>
    walk({ policy: breakRequests({ execute: () => Promise.reject(new Error('open')), openUntil: boom }) }),
  resumeFrom: (boom) => walk({ resumeFrom: (async () => boom())() }),
  'checkpoint.get': (boom) => drain(pages({ checkpoint: checkpoint({ get: boom, set() {} }, 'job') })),
  'checkpoint.set': (boom) => drain(pages({ checkpoint: checkpoint({ get() {}, set: boom }, 'job') })),
  'distinctItems.key': (boom) => pages().pipe(distinctItems(boom)),
  'distinctItems.report': (boom) => pages().pipe(distinctItems((item) => item, boom)),
  'eachPage.project': (boom) => eachPage(pages(), boom),
  'eachPage.project, a promise': (boom) => eachPage(pages(), async () => boom()),
  'eachPage.project, an Observable': (_, value) => eachPage(pages(), () => throwError(() => value)),
  'resumeOnError.delay': (boom) => pages({ transport: refusing(404) }).pipe(resumeOnError({ times: 2, delay: boom })),
  'resumeOnError.delay, a promise': (boom) =>
    pages({ transport: refusing(404) }).pipe(resumeOnError({ times: 2, delay: async () => boom() })),
  functionTransport: (boom) => walk({ transport: functionTransport(boom) }),
  'functionTransport, a promise': (boom) => walk({ transport: functionTransport(async () => boom()) }),
  'a transport of your own': (boom) => walk({ transport: boom }),
  'a transport of your own, a promise': (boom) => walk({ transport: async () => boom() }),
  'a transport of your own, an Observable': (_, value) => walk({ transport: () => throwError(() => value) }),
  'a transport of your own, with concurrency': (_, value) =>
    walk({ transport: () => throwError(() => value), concurrency: 3 }, { guess: (page) => page + 1 }),
  'a transport of your own, behind a breaker': (_, value) =>
    walk({ transport: () => throwError(() => value), policy: breakRequests({ execute: (send) => send() }) }),
  'a transport of your own, behind a deadline': (_, value) =>
    walk({ transport: () => throwError(() => value), totalTimeout: 10_000 }),
  'a transport of your own, recorded': (_, value, dir) =>
    walk({ transport: () => throwError(() => value), events: recordRun({ report: join(dir, 'r'), har: join(dir, 'h'), trace: join(dir, 't') }) }), // prettier-ignore
  'a transport of your own, in OpenTelemetry': (_, value) =>
    walk({ transport: () => throwError(() => value), events: openTelemetry() }),
  'retryRequests outside Pagewise': (_, value) =>
    throwError(() => value).pipe(retryRequests({ retries: 1, base: 0 }), toldOnce),
  'throttleRequests outside Pagewise': (_, value) =>
    throwError(() => value).pipe(throttleRequests({ limit: 1 }), toldOnce),
  'breakRequests outside Pagewise': (_, value) =>
    throwError(() => value).pipe(breakRequests({ execute: (send) => send() }), toldOnce),
  detect: (boom) => detect({ url: 'http://host/items' }, { transport: boom, policy }),
  fetch: (boom) => served(fetchTransport({ fetch: boom })),
  'fetch, a promise': (boom) => served(fetchTransport({ fetch: async () => boom() })),
  "fetch, its answer's body": (boom) => served(fetchTransport({ fetch: async () => new Response(stream(boom)) })),
  "undiciTransport's dispatcher": (boom) => served(undiciTransport({ dispatcher: { dispatch: boom } })),
  "undiciTransport's dispatcher, later": (_, value) =>
    served(
      undiciTransport({
        dispatcher: {
          dispatch: (_, handler) => (queueMicrotask(() => handler.onResponseError(null, value as Error)), true),
        },
      }),
    ),
  agent: (boom) => served(fetchTransport({ agent: boom as never })),
  parseJson: (boom) => served(fetchTransport({ parseJson: boom })),
  decode: (boom) => served(fetchTransport({ decode: boom })),
  "undiciTransport's parseJson": (boom) => served(undiciTransport({ parseJson: boom })),
  'grpc: the call': (boom) => grpc({ List: boom }),
  'grpc: how it ends': (_, value) => grpc(ends(value === null ? undefined : value)),
  'grpc: its details and metadata': (boom) => grpc(ends({ code: 14, details: 'x', metadata: { get: boom } })),
  'grpc: toObject': (boom) => grpc(ends(null, { toObject: boom })),
  'grpc: metadata': (boom) => grpc({}, { metadata: boom }),
  'grpc: toMessage': (boom) => grpc({}, { toMessage: boom }),
  'writeNdjson.rows': (boom, _, dir) => pages().to(writeNdjson(join(dir, 'a.ndjson'), { rows: boom })),
  'writeNdjson: a row': (boom, value, dir) => items(boom, value).to(writeNdjson(join(dir, 'b.ndjson'))),
  'writeJson: a row': (boom, value, dir) => items(boom, value).to(writeJson(join(dir, 'b.json'))),
  'writeCsv: a row': (boom, value, dir) => items(boom, value).to(writeCsv(join(dir, 'b.csv'), { columns: ['a'] })),
  'writeCsv: a row without columns': (boom, value, dir) => items(boom, value).to(writeCsv(join(dir, 'c.csv'))),
  'writeTable.load': (boom) => pages().to(writeTable({ load: boom, write() {} })),
  'writeTable.write': (boom) => pages().to(writeTable({ load() {}, write: boom })),
};

/** Operators pass on errors that are not Pagewise's: once, unchanged. */
const toldOnce = (source: Observable<unknown>): Observable<unknown> =>
  new Observable((subscriber) =>
    source.subscribe({ error: () => subscriber.error(new Error('told')), complete: () => subscriber.complete() }),
  );

/** What callbacks return can be just as hostile. Some of it is accepted: the stream ends once, either way. */
const giving: Readonly<Record<string, Scenario>> = {
  check: (_, value) => walk({ check: () => value as never }),
  'a transport of your own': (_, value) => walk({ transport: () => emits(value) }),
  'a transport of your own, its parts': (_, value) =>
    walk({ transport: () => [{ status: 200, url: value, headers: value, body: value } as PageResponse] }, { items: () => [], next: () => undefined }), // prettier-ignore
  'a transport of your own, its status': (_, value) =>
    walk({ transport: () => [{ ...answer({}), status: value as number }] }),
  'a transport of your own, an answer that is refused': (_, value) =>
    walk({ transport: () => [{ status: 503, url: value, headers: value, body: value } as PageResponse] }),
  'strategy.place': (_, value) =>
    walk({ transport: () => [answer({}, 404)] }, { place: (request, page) => (page > 1 ? (value as never) : request), items: () => [1], next: ({ position }) => position + 1 }), // prettier-ignore
  'strategy.place, the parts of a request': (_, value) =>
    walk({ transport: refusing(404) }, { place: () => ({ url: value, method: value, headers: typeof value === 'function' ? {} : value, body: value }) as never }), // prettier-ignore
  'strategy.items': (_, value) => walk({}, { items: () => value as never }),
  'strategy.items, an item on each page': (_, value) => walk({}, { items: () => [value as never] }),
  'strategy.total': (_, value) => walk({}, { total: () => value as never }),
  schema: (_, value) => walk({ schema: schemaOf(() => value) }),
  'schema, its issues': (_, value) => walk({ schema: schemaOf(() => ({ issues: value })) }),
  'schema, the parts of an issue': (_, value) =>
    walk({ schema: schemaOf(() => ({ issues: [{ message: value, path: [value, { key: value }] }] })) }),
  'checkpoint.set': (_, value) =>
    drain(
      pages({ checkpoint: checkpoint({ get() {}, set: () => (typeof value === 'function' ? true : value) }, 'job') }),
    ),
  parseJson: (_, value) => served(fetchTransport({ parseJson: () => value })),
  fetch: (_, value) => served(fetchTransport({ fetch: (() => value) as unknown as Fetch, attemptTimeout: 500 })),
};

describe('H2 whatever a callback throws is one error, emitted once', () => {
  it.each(Object.keys(throwing))('%s', async (name) => {
    expect(await run(throwing[name]!)).toEqual([]);
  });

  it.each(['request', 'response', 'wait', 'page', 'notice', 'gap', 'end'])('events, at %s', async (type) => {
    // Pages: one that comes, one that is retried and left out, one past the end.
    const transport: Transport = ({ body }) => [answer(body, (body as { page: number }).page === 2 ? 503 : 200)];
    const own: Counting = { guess: (page) => page + 1, doubt: () => 'doubted', ...(type === 'notice' ? { next: () => undefined } : {}) }; // prettier-ignore
    const listening = (boom: Boom) => ({ next: (event: { type: string }) => void (event.type === type && boom()) });
    expect(await run((boom) => walk({ transport, skipFailedPages: { max: 1 }, events: listening(boom) }, own))).toEqual(
      [],
    );
  });
});

describe('H2 whatever a callback returns ends the stream once', () => {
  it.each(Object.keys(giving))('%s', async (name) => {
    expect(await run(giving[name]!, true)).toEqual([]);
  });
});

describe('H2 what errors are constructed with', () => {
  const made: Readonly<Record<string, (value: never) => pagewise.PagewiseError>> = {
    PagewiseError: (value) => new pagewise.PagewiseError(value, { cause: value }),
    HttpError: (value) => new pagewise.HttpError(value),
    'HttpError, its status': (value) => new pagewise.HttpError({ ...answer({}), status: value }),
    TransportError: (value) => new pagewise.TransportError(value),
    CheckError: (value) => new pagewise.CheckError(value, value, {}),
    ParseError: (value) => new pagewise.ParseError(value, value, value),
    SchemaError: (value) => new pagewise.SchemaError(value, 0, value),
    'SchemaError, the parts of an issue': (value) =>
      new pagewise.SchemaError('x', 0, [{ message: value, path: [value] }]),
    PageTimeoutError: (value) => new pagewise.PageTimeoutError(1, 'an answer', value),
    RateLimitError: (value) => new pagewise.RateLimitError(NaN, Infinity, value),
    RetryBudgetError: (value) => new pagewise.RetryBudgetError(value),
    BrokenCircuitError: (value) => new pagewise.BrokenCircuitError(Infinity, value),
    ExtractError: (value) => new pagewise.ExtractError(value, value, value),
    UnsafeCursorError: (value) => new pagewise.UnsafeCursorError(value, value),
    PositionExpiredError: (value) => new pagewise.PositionExpiredError(value, value),
    WriteError: (value) => new pagewise.WriteError(value, value),
    CallbackError: (value) => new pagewise.CallbackError(value, value),
  };

  it.each(Object.keys(made))('%s takes any value, and gets a location', (name) => {
    for (const [, make] of hostileValues) {
      const error = made[name]!(make() as never);
      const request = redactRequest(make() as never, make() as never);
      const located = locate(error, { pageIndex: 6, attempts: 2, request, resume: {} as never });
      expect(located).toBe(error);
      expect(error.message).toMatch(/^Page 7 failed: [^]* after 2 attempts/);
      expect(error.stack).toContain('Page 7 failed: ');
    }
  });

  it('message and stack are not enumerable, even if an assigned stack would be (Firefox)', () => {
    class OfFirefox extends pagewise.PagewiseError {
      constructor() {
        super('outcome');
        Reflect.deleteProperty(this, 'stack');
      }
      override get stack(): string {
        return 'outcome@file.js:1:1';
      }
      override set stack(value: string) {
        Object.defineProperty(this, 'stack', { value, enumerable: true, configurable: true, writable: true });
      }
    }
    const context = { pageIndex: 6, attempts: 1, request: redactRequest({}), resume: { v: 1 } as never };
    for (const error of [new OfFirefox(), new pagewise.HttpError(answer({}, 503))]) {
      const located = locate(error, context);
      for (const name of ['message', 'stack', 'resume'])
        expect([name, Object.getOwnPropertyDescriptor(located, name)?.enumerable]).toEqual([name, false]);
      expect(located.stack).toContain('Page 7 failed: ');
      expect(Object.keys(located)).toEqual(expect.arrayContaining(['pageIndex', 'attempts', 'request']));
      expect(JSON.stringify(located)).not.toContain('file.js');
    }
  });

  it('values 100,000 levels deep, and cycles, are compared to their bottom', () => {
    const deep = (bottom: unknown) => {
      let value = bottom;
      for (let level = 0; level < 50_000; level++) value = [{ value }];
      return value;
    };
    const cycle = (length: number, end = 1) => {
      const all: { id: number; next?: unknown }[] = Array.from({ length }, (_, i) => ({
        id: i === length - 1 ? end : 1,
      }));
      all.forEach((one, i) => (one.next = all[(i + 1) % length]));
      return all[0];
    };
    expect([sameJson(deep(1), deep(1)), sameJson(deep(1), deep(2))]).toEqual([true, false]);
    expect([sameJson(cycle(1), cycle(2)), sameJson(cycle(3), cycle(3, 2))]).toEqual([true, false]);
  });

  it('an error that is frozen, or whose properties throw, gets a location too', () => {
    const context = { pageIndex: 6, attempts: 1, request: redactRequest({}), resume: { v: 1 } as never };
    for (const [name, make] of hostileValues) {
      const value = make();
      if (!isPagewiseError(value)) continue;
      const located = locate(value, context);
      expect([name, located.message]).toEqual([name, expect.stringMatching(/^Page 7 failed: /)]);
      expect(isPagewiseError(located)).toBe(true);
      expect(located).toMatchObject({ pageIndex: 6, resume: { v: 1 } });
    }
  });

  it.each(hostileValues)('%s is described, compared, fingerprinted and looked through', (_, make) => {
    const value = make();
    for (const text of [inWords(value), describeError(value), fingerprint(value)]) {
      expect(text.length).toBeLessThan(1500);
      expect(text).not.toContain('pw@');
    }
    expect(typeof sameJson(value, make())).toBe('boolean');
    withoutExcerpt(value);
    expect([isPagewiseError(value), value instanceof pagewise.HttpError].every((is) => typeof is === 'boolean')).toBe(
      true,
    );
    for (const cause of causes(value)) statusOf(cause);
    headersOf(value)?.('retry-after');
    expect([typeof isRetryable(value, 'a'), typeof isUnauthorized(value)]).toEqual(['boolean', 'boolean']);
    expect(typeof hintOf(value, retryHint).throttled).toBe('boolean');
  });
});
