import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { lastValueFrom, take, toArray } from 'rxjs';
import { paginate, type Page, type PageRequest, type PagewiseError, type ResumeToken, type Transport } from 'pagewise';
import { itemsOf, plain } from '../support/walks.js';
import { kinds, type Answered, type Asked, type Build, type Model } from './models.js';

// A failure prints its seed and path: fc.assert(…, { seed, path }) plays it again.

/** A client in this process: passes on what a server would see of a request, and answers synchronously. */
const inProcess =
  (answer: (asked: Asked) => Answered): Transport =>
  (request) => {
    const { status = 200, headers = {}, body } = answer(askedOf(request));
    const url = request.url ?? '';
    return [{ status, url, headers: { get: (name) => headers[name.toLowerCase()] ?? null }, body: copied(body) }];
  };

const askedOf = ({ url = '', headers = {}, body }: PageRequest): Asked => ({
  url,
  headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value as string])),
  body: body instanceof URLSearchParams ? body.toString() : copied(body),
});

const copied = (value: unknown): unknown => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)));

/** A model that counts its requests, and fails once at a given one. */
function watched(model: Model) {
  const watch = {
    requests: 0,
    failAt: -1,
    answer: (asked: Asked): Answered =>
      watch.requests++ === watch.failAt ? { status: 503, body: 'busy' } : model.answer(asked),
  };
  return watch;
}

const shown = ({ index, position, itemsBefore, items, total, next }: Page) => ({
  index,
  position,
  itemsBefore,
  items,
  total,
  next,
});

/**
 * Every item once and in order, with at most one request more than there are pages; the same again, and killed after
 * some page or failed at some request, from two runs together.
 */
async function holds(model: Model, transport: Transport | undefined, watch: ReturnType<typeof watched>, at: number) {
  const request = deepFreeze(model.request);
  const pagesFrom = (resumeFrom?: string) =>
    paginate(request, Object.freeze(model.strategy), { policy: plain, transport, resumeFrom });
  const run = async <T>(call: () => Promise<T>): Promise<[T, number]> => {
    watch.requests = 0;
    return [await call(), watch.requests];
  };
  const all = (resumeFrom?: string) => run(() => lastValueFrom(pagesFrom(resumeFrom).pipe(toArray())));

  const stream = pagesFrom();
  const [pages, requests] = await run(() => lastValueFrom(stream.pipe(toArray())));
  expect(itemsOf(pages)).toEqual(model.items);
  expect(requests).toBeLessThanOrEqual(model.pages + 1);
  expect(pages.length).toBe(requests);
  expect(pages.at(-1)?.next).toBeUndefined();

  const [again] = await run(() => lastValueFrom(stream.pipe(toArray())));
  expect(again.map(shown)).toEqual(pages.map(shown));

  const killedAfter = at % pages.length;
  const [some, sent] = await run(() => lastValueFrom(pagesFrom().pipe(take(killedAfter + 1), toArray())));
  expect(sent).toBe(killedAfter + 1);
  const [rest, left] = await all(JSON.stringify(some.at(-1)?.resume));
  expect([...some, ...rest].map(shown)).toEqual(pages.map(shown));
  expect(sent + left).toBe(requests);

  const before: Page[] = [];
  watch.failAt = killedAfter;
  watch.requests = 0;
  const token = await new Promise<ResumeToken | undefined>((resolve, reject) =>
    pagesFrom().subscribe({
      next: (page) => before.push(page),
      error: (error: PagewiseError) => resolve(error.resume),
      complete: () => reject(new Error('it did not fail')),
    }),
  );
  watch.failAt = -1;
  const [after] = await all(JSON.stringify(token));
  expect([...before, ...after].map(shown)).toEqual(pages.map(shown));
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) for (const each of Object.values(value)) deepFreeze(each);
  return Object.freeze(value);
}

describe('items out are items in, killed and resumed or not, whatever the server (P1, P3, P6–P8, P10, E1)', () => {
  it.each(Object.entries(kinds))(
    '%s',
    (_name, kind) =>
      fc.assert(
        fc.asyncProperty(kind, fc.nat(20), async (build, at) => {
          const model = build('http://api.test');
          const watch = watched(model);
          await holds(model, inProcess(watch.answer), watch, at);
        }),
        { numRuns: 200 },
      ),
    60_000,
  );
});

describe('the same over HTTP', () => {
  let server: Server;
  let answer: (asked: Asked) => Answered;

  beforeAll(async () => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        const isJson = request.headers['content-type']?.includes('json') === true;
        const {
          status = 200,
          headers,
          body,
        } = answer({
          url: `${originOf(server)}${request.url ?? ''}`,
          headers: request.headers as Asked['headers'],
          body: isJson ? (JSON.parse(text) as unknown) : text,
        });
        response.writeHead(status, headers);
        response.end(body === undefined ? undefined : JSON.stringify(body));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  afterAll(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );

  const anyKind: fc.Arbitrary<Build> = fc.oneof(...Object.values(kinds));

  it(
    'any kind of server',
    () =>
      fc.assert(
        fc.asyncProperty(anyKind, fc.nat(20), async (build, at) => {
          const model = build(originOf(server));
          const watch = watched(model);
          answer = watch.answer;
          await holds(model, undefined, watch, at);
        }),
        { numRuns: 80 },
      ),
    60_000,
  );
});

const originOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
