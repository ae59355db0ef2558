import { beforeEach, describe, expect, it } from '@jest/globals';
import { lastValueFrom, map, type Observable, of, pipe, toArray } from 'rxjs';
import * as pagewise from 'pagewise';
import {
  breakRequests, checkpoint, ConfigError, cursor, detect, distinctItems, eachPage, failIf, fetchTransport, functionTransport, inBody, inHeaders, inPath, inPlaces, inQuery, items, okIf, paginate, pageNumber, resumeOnError, retryRequests, throttleRequests, afterItems, afterPages, type Page, type PageRequest, type Strategy,
} from 'pagewise'; // prettier-ignore
import { both, fileStore, undiciTransport, writeCsv, writeJson, writeNdjson, writeTable } from 'pagewise/node';
import { github } from 'pagewise/profiles';
import { infiniteQueryOptions } from 'pagewise/tanstack';
import { json, serve } from './support/server.js';
import { rejection, walked } from './support/walks.js';

type Server = Awaited<ReturnType<typeof serve>>;
let server: Server;
let request: { url: string };
beforeEach(async () => {
  server = await serve((seen, response) => {
    const page = Number(new URL(seen.url ?? '', 'http://a').searchParams.get('page') ?? 1);
    json(response, { items: page < 3 ? [page] : [] });
  });
  request = { url: `${server.url}/list` };
});

const strategy = pageNumber<number>({ items: 'items' });
const read = async (pages: AsyncIterable<Page>) => {
  for await (const page of pages) void page;
};
/** Calls without types, as JavaScript does. */
const walk = async (request: unknown, strategy: unknown, options?: unknown) =>
  read(paginate(request as PageRequest, strategy as Strategy, options as object));
const sunk = async (sink: unknown): Promise<unknown> => paginate(request, strategy).to(sink as never);
const piped = async (...operators: unknown[]): Promise<unknown> =>
  lastValueFrom(
    (paginate(request, strategy).pipe as (...operators: unknown[]) => Observable<unknown>)(...operators).pipe(
      toArray(),
    ),
  );
const all = pagewise as unknown as Readonly<Record<string, () => unknown>>;

/** Nothing is sent, and the error names what is wrong and what to do. */
async function refused(call: () => unknown, ...words: readonly (string | RegExp)[]) {
  const before = server.seen.length;
  const error = await rejection((async () => await call())());
  expect(error).toBeInstanceOf(ConfigError);
  for (const word of words) expect(error.message).toMatch(new RegExp(word));
  expect(server.seen).toHaveLength(before);
}

describe('H6 a function in the place of what it returns', () => {
  it.each(['retryRequests', 'throttleRequests', 'breakRequests'])('H6 policy: %s, alone and in pipe', async (name) => {
    const words = [name, 'add the parentheses', `${name}\\(…\\)`];
    await refused(() => paginate(request, strategy, { policy: all[name] as never }), 'paginate: policy', ...words);
    const operator = all[name] as never;
    for (const policy of [pipe(operator), pipe(retryRequests(), operator), pipe(operator, retryRequests())])
      await refused(() => walk(request, strategy, { policy }), ...words);
    await refused(() => lastValueFrom(of(1).pipe(operator)), ...words);
    await refused(() => detect(request, { policy: operator }), ...words);
  });

  it.each<[string, unknown, string]>([
    ['until', afterPages, 'afterPages(…)'], ['until', afterItems, 'afterItems(…)'], ['check', failIf, 'failIf(…)'],
    ['check', okIf, 'okIf(…)'], ['check', [failIf('a'), pagewise.retryIf], 'retryIf(…)'], ['transport', fetchTransport, 'transport: fetchTransport(…)'],
    ['transport', functionTransport, 'functionTransport(…)'], ['transport', undiciTransport, 'undiciTransport(…)'],
    ['transport', globalThis.fetch, 'fetchTransport({ fetch })'],
  ])('H6 %s: the function itself, %#', async (name, value, advice) => {
    await refused(() => walk(request, strategy, { [name]: value }), advice.replace(/[()]/g, '\\$&'));
  }); // prettier-ignore

  it('H6 every strategy and profile', async () => {
    for (const name of ['pageNumber', 'offset', 'cursor', 'keyset', 'nextUrl', 'linkHeader', 'relay', 'singlePage', 'contentRange'])
      await refused(() => walk(request, all[name]), 'the strategy must be an object', 'not a function; call the function');
    await refused(() => walk(request, github), 'call the function');
    await refused(() => walk(request, github()), 'pass the member strategy');
    await refused(() => walk(request, Promise.resolve(strategy)), 'a Promise; await the Promise');
    await refused(() => walk(request, { items: 'items' }), 'an object with items; pass these options to a function');
    await refused(() => infiniteQueryOptions(request, pageNumber as never), 'infiniteQueryOptions: the strategy');
  }); // prettier-ignore

  it('H6 every placement', async () => {
    for (const place of [inQuery, inBody, inPlaces])
      await refused(() => walk(request, pageNumber({ place: place as never })), `${place.name}: .* a request; .*parentheses: ${place.name}`);
    for (const place of [inHeaders, inPath, pagewise.inForm])
      await refused(() => walk(request, pageNumber({ place: place as never })), 'missing its parentheses');
  }); // prettier-ignore

  it('H6 every operator in pipe', async () => {
    await refused(() => piped(items), 'items', 'pages.pipe\\(items\\(\\)\\)');
    await refused(() => piped(items, map(String)), 'pages.pipe\\(items\\(\\)\\)');
    await refused(() => piped(resumeOnError), 'resumeOnError: .*parentheses: resumeOnError\\(…\\)');
    await refused(() => piped(distinctItems), 'distinctItems: .*parentheses: distinctItems\\(…\\)');
    await refused(() => piped(eachPage), 'eachPage\\(pages, \\(page\\) => …\\)');
    await refused(() => piped((eachPage as (project: unknown) => unknown)(() => of(1))), 'eachPage\\(pages, ');
    await refused(() => distinctItems('id' as never), 'not "id"; give one such as \\(item\\) => item.id');
  });

  it('H6 operators of pages given anything else fail the stream, and not the process', async () => {
    for (const operator of [items(), distinctItems(() => 1)])
      for (const value of [5, null, undefined, {}, { items: 'x' }])
        await refused(() => lastValueFrom(of(value).pipe(operator as never)), 'the source must emit pages, not');
  });
});

describe('H6 pages.to with anything but a sink', () => {
  it.each<[unknown, string]>([
    ['x.ndjson', 'not "x.ndjson"; pass a sink: pages.to\\(writeNdjson\\("x.ndjson"\\)\\)'], ['x.csv.gz', 'writeCsv\\("x.csv.gz"\\)'],
    ['x.json', 'writeJson\\("x.json"\\)'], ['x', 'writeNdjson\\("x"\\)'], [undefined, 'not undefined; pass a sink'], [null, 'not null'],
    [5, 'not 5'], [[], 'not an array of 0'], [{}, 'not an empty object'], [process.stdout, 'for await \\(const page of pages\\)'],
    [writeNdjson, "pages.to\\(writeNdjson\\('items.ndjson'\\)\\)"], [writeCsv, "pages.to\\(writeCsv\\('items.csv'\\)\\)"],
    [writeJson, "pages.to\\(writeJson\\('items.json'\\)\\)"], [writeTable, 'parentheses: writeTable'], [both, 'parentheses: both'],
    [items, 'add the parentheses'], [eachPage, 'eachPage\\(pages, '],
  ])('H6 %#', async (sink, words) => {
    await refused(() => sunk(sink), words);
  }); // prettier-ignore

  it('H6 sinks made of anything else', async () => {
    await refused(() => writeNdjson(process.stdout as never), 'writeNdjson: the file must be a path', 'in a loop');
    await refused(() => writeNdjson(paginate(request, strategy) as never), 'not the pages; name the file');
    await refused(() => sunk(both(writeNdjson as never, writeCsv as never)), 'not the pages; name the file');
    await refused(() => writeCsv(5 as never), 'not 5');
  });
});

describe('H6 the request', () => {
  it.each<[unknown, string]>([
    ['https://user:secret@api.example.com/?key=secret', '"https://api.example.com/\\?key=…"; write { url: '], [new URL('http://a'), 'a URL; write { url }'],
    [new Request('http://a'), 'a Request; write { url: request.url }'], [Promise.resolve({}), 'a Promise; await the Promise'],
    [of({}), 'switchMap'], [() => ({}), 'a function; call the function'], [null, 'not null'], [undefined, 'not undefined'],
    [[{}], 'an array of 1'], [5, 'not 5'], [strategy, 'a strategy; the request comes first'],
  ])('H6 something else in its place, %#', async (given, words) => {
    for (const [caller, call] of [
      ['paginate', () => walk(given, strategy)],
      ['detect', () => detect(given as PageRequest)],
      ['infiniteQueryOptions', () => infiniteQueryOptions(given as PageRequest, strategy)],
    ] as const)
      await refused(call, `^${caller}: the request must be an object { url, method, body, headers }, not`, words, /^(?!.*secret)/);
  }); // prettier-ignore

  it.each<[string, string]>([
    ['params', 'Write the query into url'], ['query', 'Write the query into url'], ['searchParams', 'into url'], ['qs', 'into url'],
    ['data', 'The name is body'], ['json', 'The name is body'], ['uri', 'The name is url'], ['header', 'Did you mean headers'],
    ['methd', 'Did you mean method'], ['URL', 'Did you mean url'], ['timeout', 'attemptTimeout'], ['auth', 'authorization'], ['size', 'in the strategy'],
    ['signal', 'third argument'], ['retries', 'retryRequests'],
  ])('H6 %s in it', async (name, words) => {
    for (const call of [
      () => walk({ ...request, [name]: 1 }, strategy),
      () => detect({ ...request, [name]: 1 }),
      () => infiniteQueryOptions({ ...request, [name]: 1 }, strategy),
    ])
      await refused(call, `unknown option "${name}"; expected one of url, method, body, headers`, words);
  }); // prettier-ignore
});

describe('H6 options in another place, or under another name', () => {
  it.each<[string, string]>([
    ['retries', 'policy: retryRequests\\({ retries'], ['maxRetries', 'retryRequests'], ['throttle', 'throttleRequests\\({ limit'],
    ['rate', 'throttleRequests'], ['timeout', 'fetchTransport\\({ attemptTimeout: … }\\) or totalTimeout'], ['fetch', 'fetchTransport'],
    ['agent', 'fetchTransport'], ['size', 'strategy, the second argument'], ['items', 'second argument'], ['headers', 'first argument'],
    ['body', 'first argument'], ['limit', 'size in the strategy, policy: throttleRequests.*, or until: afterItems'], ['maxPages', 'until: afterPages'],
    ['concurency', 'Did you mean concurrency'], ['untill', 'Did you mean until'], ['allowOrigin', 'Did you mean allowOrigins'], ['resume_from', 'Did you mean resumeFrom'],
  ])('H6 %s beside a policy', async (name, words) => {
    await refused(() => walk(request, strategy, { policy: retryRequests(), [name]: 3 }), `paginate: unknown option "${name}"`, words);
  }); // prettier-ignore

  it.each<[() => unknown, string]>([
    [() => pageNumber({ perPage: 20 } as never), 'The name is size'], [() => cursor({ next: 'next', pageSize: 20 } as never), 'The name is size'],
    [() => cursor({ next: 'next', sizeparam: 'n' } as never), 'Did you mean sizeParam'], [() => pageNumber({ url: 'x' } as never), 'if pageNumber itself'],
    [() => pageNumber({ concurrency: 3 } as never), 'third argument'], [() => retryRequests({ maxRetries: 3 } as never), 'retryRequests\\({ retries'],
    [() => retryRequests({ limit: 3 } as never), 'throttleRequests'], [() => fetchTransport({ headers: {} } as never), 'first argument'],
    [() => fetchTransport({ timeout: 3 } as never), 'attemptTimeout'], [() => retryRequests(3 as never), 'not 3; name the option, as in { retries: … }'],
    [() => throttleRequests(10 as never), 'as in { limit: … }'], [() => pageNumber('items' as never), 'as in { items: … }'],
    [() => throttleRequests(undefined as never), 'not undefined'], [() => breakRequests(of(1) as never), 'parentheses'],
    [() => paginate(request, strategy, retryRequests() as never), 'not a function; name the option'],
    [() => paginate(request, strategy, { policy: { retries: 3 } as never }), 'an object with retries; give one such as retryRequests'],
    [() => paginate(request, strategy, { policy: [retryRequests()] as never }), 'pipe of RxJS'],
    [() => paginate(request, strategy, { concurrency: '3' as never }), 'whole number of at least 1, not "3"'],
    [() => paginate(request, strategy, { signal: new AbortController() as never }), 'must be an AbortSignal, such as that of an AbortController, not'],
    [() => paginate(request, strategy, { events: (() => 1) as never }), 'a Subject or { next: \\(event\\) => … }'],
    [() => paginate(request, strategy, { checkpoint: checkpoint as never }), 'the result of checkpoint\\(store, key\\)'],
    [() => paginate(request, strategy, { checkpoint: fileStore('x') as never }), 'the result of checkpoint\\(store, key\\)'],
    [() => pageNumber({ size: '20' as never }), 'whole number of at least 1, not "20"'], [() => pageNumber(null as never), 'not null'],
  ])('H6 %#', async (call, words) => {
    await refused(call, words);
  }); // prettier-ignore

  it('H6 no advice without need, and new is harmless', async () => {
    const error = await rejection(walk(request, strategy, { xyzzy: 1 }));
    expect(error.message).toMatch(/allowOrigins, events$/);
    const Paginate = paginate as unknown as new (...all: unknown[]) => AsyncIterable<Page>;
    await read(new Paginate(request, strategy));
  });
});

describe('H6 headers that are too large', () => {
  it.each<[string, object]>([['undici', { transport: undiciTransport() }], ['cross-fetch', {}], ['fetch', { transport: fetchTransport({ fetch }) }]])(
    'H6 a request header that a server refuses is named with its length, not its value: %s',
    async (_name, more) => {
      const headers = { accept: 'application/json', 'x-session': 'secret'.repeat(3000) };
      const error = await rejection(walk({ ...request, headers }, strategy, { ...more, policy: retryRequests({ retries: 0 }) }));
      expect(error.message).toMatch(/431 Request Header Fields Too Large: the header x-session is 18000 bytes long, of 180\d\d in all; send less/);
      expect(error.message).not.toContain('secret');
    },
  ); // prettier-ignore

  it.each<[string, object]>([['undici', { transport: undiciTransport() }], ['cross-fetch', {}], ['fetch', { transport: fetchTransport({ fetch }) }]])(
    'H6 an answer with headers beyond the limit of Node says how to raise it: %s',
    async (_name, more) => {
      const large = await serve((_seen, response) => json(response, { items: [1] }, 200, { 'x-large': 'x'.repeat(20_000) }));
      const error = await rejection(walk({ url: large.url }, strategy, { ...more, policy: retryRequests({ retries: 0 }) }));
      expect(error.message).toContain('the headers of the answer are larger than Node\'s limit, 16 KiB by default; raise the limit: NODE_OPTIONS=--max-http-header-size=65536');
    },
  ); // prettier-ignore
});

describe('H6 parameters of the request that the strategy replaces', () => {
  const notices = async (path: string, how: Strategy, more: object = {}) =>
    (await walked(`${server.url}${path}`, how as Strategy<unknown, never>, more)).notices;

  it.each<[string, Strategy, string[]]>([
    ['/?per_page=20', pageNumber({ items: 'items', size: 100 }), ['per_page=20 in the URL is replaced by per_page=100: the strategy writes this parameter. Remove the parameter from the request.']],
    ['/?page=3&per_page=20&q=1', pageNumber({ items: 'items', size: 100 }), ['page=3 in the URL is replaced by page=1, per_page=20 in the URL is replaced by per_page=100: the strategy writes these parameters. Remove the parameters from the request.']],
    ['/?page=1&per_page=20', pageNumber({ items: 'items' }), []],
    ['/?page=01&q=x#page=3', pageNumber({ items: 'items' }), []],
    ['/?page=next', pageNumber({ items: 'items' }), ['page in the URL is replaced: the strategy writes this parameter. Remove the parameter from the request.']],
    ['/?cursor=s3cret', cursor({ items: 'items', next: 'next', missingNext: 'end', firstCursor: 'other' }), ['cursor in the URL is replaced: the strategy writes this parameter. Remove the parameter from the request.']],
    ['/?cursor=s3cret', cursor({ items: 'items', next: 'next', missingNext: 'end' }), []],
  ])('H6 one notice for %s, %#', async (path, how, expected) => {
    expect(await notices(path, how as never)).toEqual(expected);
  }); // prettier-ignore

  it('H6 in a JSON body too', async () => {
    const seen: string[] = [];
    const events = { next: (event: { type: string; message?: string }) => void seen.push(event.message ?? event.type) };
    const body = { filter: { page: 9 }, paging: { page: 3, per_page: 50, after: null } };
    const how = pageNumber({ items: 'items', size: 50, place: inBody('paging'), endStatuses: [404] });
    await walk({ ...request, method: 'POST', body }, how, { events, until: () => true });
    expect(seen.filter((text) => text.includes('replaced'))).toEqual([
      'paging.page=3 in the body is replaced by paging.page=1: the strategy writes this parameter. Remove the parameter from the request.',
    ]);
  });
});
