import { describe, expect, it } from '@jest/globals';
import { lastValueFrom } from 'rxjs';
import {
  contentRange,
  cursor,
  fetchTransport,
  header,
  inBody,
  inHeaders,
  keyset,
  linkHeader,
  nextUrl,
  offset,
  pageNumber,
  paginate,
  relay,
  type Strategy,
} from 'pagewise';
import {
  recordTransport,
  scriptedTransport,
  strategyContract,
  type ApiUnderTest,
  type ContractCheck,
  type Script,
} from 'pagewise/testing';
import { numbered, rows, serve } from '../support/server.js';
import { rejection, thrown } from '../support/walks.js';

type AnyStrategy = Strategy<number, never>;

const url = 'https://api.example.com/items';
const pages = [[0, 1, 2], [3, 4, 5], [6]];
const flat = rows(7);
/** Three pages, and what announces the next one. */
const answers = (write: (items: number[], next: number | undefined) => object): Script =>
  pages.map((items, i) => write(items, i < 2 ? i + 1 : undefined));
const bodies = answers((items, next) => ({ body: { items, next, total: 7 } }));

const cases: [name: string, make: () => unknown, api: ApiUnderTest<number>][] = [
  ['pageNumber, to an empty page', () => pageNumber({ items: 'items' }), { answers: [...(bodies as object[]), { body: { items: [] } }] }],
  ['pageNumber, by total', () => pageNumber({ items: 'items', size: 3, total: 'total' }), { answers: bodies }],
  ['offset', () => offset({ items: 'items', total: 'total' }), { answers: bodies }],
  ['contentRange', () => contentRange({ items: 'items', size: 3 }), { answers: pages.map((items, i) => ({ status: 206, headers: { 'content-range': `items ${i * 3}-${i * 3 + items.length - 1}/7` }, body: { items } })) }],
  ['cursor', () => cursor({ items: 'items', next: 'next', cursorParam: 'after' }), { answers: bodies }],
  ['cursor in the body', () => cursor({ items: 'items', next: 'next', cursorParam: 'after', place: inBody('page') }), { answers: bodies, request: { url, method: 'POST', body: { q: { name: 'dog' } } } }],
  ['cursor in a header', () => cursor({ items: 'items', next: header('x-next'), cursorParam: 'x-from', place: inHeaders() }), { answers: answers((items, next) => ({ body: { items }, headers: next ? { 'x-next': `${next}` } : {} })) }],
  ['cursor, with an empty page', () => cursor({ items: 'items', next: 'next', cursorParam: 'after' }), { answers: [{ body: { items: [], next: 'a' } }, { body: { items: [0, 1], next: 'b' } }, { body: { items: [2, 3, 4, 5, 6] } }] }],
  ['keyset', () => keyset({ items: 'items', key: '.', cursorParam: 'after', hasMore: 'next' }), { answers: answers((items, next) => ({ body: { items, next: next !== undefined } })) }],
  ['linkHeader', () => linkHeader(), { answers: answers((items, next) => ({ body: items, headers: next ? { link: `<?from=${next}>; rel=next` } : {} })) }],
  ['nextUrl', () => nextUrl({ items: 'items', next: 'next' }), { answers: answers((items, next) => ({ body: { items, next: next ? `?from=${next}` : null } })) }],
  ['relay', () => relay({ connection: 'data.list' }), {
    request: { url, method: 'POST', body: { query: 'query ($first: Int, $after: String) { list(first: $first, after: $after) { nodes pageInfo { hasNextPage endCursor } } }' } },
    answers: answers((nodes, next) => ({ body: { data: { list: { nodes, pageInfo: { hasNextPage: next !== undefined, endCursor: `${next}` } } } } })),
  }],
  ["onRepeat: 'stop'", () => pageNumber({ items: 'items', total: 'total', onRepeat: 'stop' }), { answers: bodies }],
  ["onRepeat: 'allow'", () => pageNumber({ items: 'items', total: 'total', onRepeat: 'allow' }), { answers: bodies }],
  ["missingItems: 'empty'", () => pageNumber({ items: 'items', missingItems: 'empty' }), { answers: [...(bodies as object[]), { body: {} }], missingItems: 'empty' }],
  ['an end by status', () => pageNumber({ items: 'items', endStatuses: [404] }), { answers: [...(bodies as object[]), { status: 404 }] }],
  ['an end by check', () => pageNumber({ items: 'items' }), { answers: [...(bodies as object[]), { status: 400 }], check: ({ status }) => (status === 400 ? 'end' : undefined) }],
  ['by a function', () => pageNumber({ items: 'items' }), { answers: ({ url: asked = '' }) => ({ body: { items: pages[Number(asked.split('=')[1]) - 1] ?? [] } }) }],
]; // prettier-ignore

describe.each(cases)('strategyContract: %s', (_, make, api) => {
  for (const { title, run } of strategyContract(make as () => AnyStrategy, { request: { url }, items: flat, ...api }))
    it(title, run);
});

describe('strategyContract', () => {
  it('tests a strategy on a recording, retries included', async () => {
    let count = 0;
    const server = await serve((seen, response) =>
      count++ === 1 ? void response.writeHead(503, { 'retry-after': '0' }).end() : numbered(7)(seen, response),
    );
    const make = () => pageNumber<number>({ items: 'items', size: 3 });
    const transport = recordTransport(fetchTransport());
    await lastValueFrom(paginate({ url: server.url }, make(), { transport }));
    expect(transport.recording.exchanges).toHaveLength(5);
    await server.close();
    const api = { answers: transport.recording, request: { url: server.url }, items: flat };
    for (const { title, run } of strategyContract(make, api)) expect([title, await run()]).toEqual([title, undefined]);
  });

  it('accepts any transport that answers by the request', async () => {
    const answers = scriptedTransport((_, { pageIndex }) => ({ body: pages[pageIndex] ?? [] }));
    const checks = strategyContract(() => pageNumber<number>(), { answers });
    expect(checks.length).toBeGreaterThan(0);
    for (const { run } of checks) await run();
  });

  interface Answer {
    items: number[];
    next?: number;
  }
  type Place = { from?: number };
  const byFrom: Strategy<number, Place> = {
    name: 'byFrom',
    first: {},
    place: (request, { from }) => ({ ...request, body: { from } }),
    items: (body) => (body as Answer).items.slice(),
    next: ({ body }) => {
      const { next: from } = body as Answer;
      return from === undefined ? undefined : { from };
    },
  };
  const api = { answers: bodies, items: flat };

  /** The message of each failed check, by its first distinctive word. */
  async function complaints(make: () => unknown, given: ApiUnderTest<number> = api): Promise<Record<string, string>> {
    const found: Record<string, string> = {};
    for (const { title, run } of strategyContract(make as () => AnyStrategy, given)) {
      try {
        await run();
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
        found[title.split(/[:,]/)[0]!] = (error as Error).message;
      }
    }
    return found;
  }

  const stateful = () => {
    let seen = 0;
    return { ...byFrom, next: (answer: never) => (++seen >= 3 ? undefined : byFrom.next(answer)) };
  };

  it.each([
    ['a correct one', () => byFrom, {}],
    ['one that counts in a field', stateful, {
      'is pure': 'next for page 2, of a second strategy: {"from":2}, not undefined',
      'gives equal pages to every subscription': 'of two walks at the same time: next of page 1: undefined, not {"from":1}',
    }],
    ['one that writes into itself', () => ({ ...byFrom, next(this: { first: object }, answer: never) { this.first = {}; return byFrom.next(answer); } }), {
      'walks through all answers to the last page': 'the walk through the answers failed: Page 1 failed: strategy.next threw TypeError: Cannot assign to read only property',
    }],
    ['one that sorts the items in place', () => ({ ...byFrom, items: (body: unknown) => (body as Answer).items.sort() }), {
      'is pure': "Cannot assign to read only property '0'",
    }],
    ['one that writes into the request', () => ({ ...byFrom, place: (request: { body?: unknown }, { from }: Place) => ((request.body = { from }), request) }), {
      'walks through all answers to the last page': 'Cannot add property body',
    }],
    ['one with a clock', () => { let now = 0; return { ...byFrom, place: (request: object, { from }: Place) => ({ ...request, body: { from, now: now++ } }) }; }, {
      'is pure': 'place for page 1, second call',
    }],
    ['one whose name differs each time', () => ({ ...byFrom, identity: Math.random() }), {
      'is pure': 'the identity of a second strategy',
      'resumes after every page from its token': 'when resumed after page 1, the walk failed: resumeFrom: the token was made with another strategy',
    }],
    ['a Date as a position', () => ({ ...byFrom, next: (answer: never) => { const next = byFrom.next(answer); return next && { from: new Date(Number(next.from)) }; } }), {
      'has positions that JSON can hold': "page 2: position.from is a Date, which JSON can't hold",
    }],
    ['one that drops the cursor 1', () => ({ ...byFrom, next: ({ body }: { body: Answer }) => (Number(body.next) > 1 ? { from: body.next } : undefined) }), {
      'walks through all answers to the last page': 'the walk ended early, after page 1: next returned undefined, but 2 of the answers are unused',
    }],
    ['one that omits items', () => ({ ...byFrom, items: (body: unknown) => (body as Answer).items.slice(0, 2) }), {
      'walks through all answers to the last page': 'the items of the walk: [0,1,3,4,6], not [0,1,2,3,4,5,6]',
    }],
    ['one that ends silently', () => ({ ...byFrom, items: (body: Answer | null) => body?.items ?? [], next: ({ body }: { body: Answer | null }) => (body?.next === undefined ? undefined : { from: body.next }) }), {
      'fails': 'page 2 was {"unexpected":"answer"}, and the walk completed after 2 pages as if that were a page',
    }],
    ['one that makes new items of a page each time', () => { let id = 0; return { ...byFrom, items: (body: unknown) => (body as Answer).items.map(() => id++), next: ({ body, position: { n = 0 } }: { body: Answer; position: { n?: number } }) => (body.next === undefined ? undefined : { from: body.next, n: n + 1 }) }; }, {
      'ends if the API sends the same page again and again': 'page 1 came again and again',
    }],
  ])('names what is wrong with %s', async (_, make, expected: Record<string, string>) => {
    const found = await complaints(make);
    // Other failures from the same mistake may be there too; for a correct strategy there are none.
    const named = Object.fromEntries(Object.keys(Object.keys(expected).length > 0 ? expected : found).map((title) => [title, found[title]]));
    expect(named).toEqual(Object.fromEntries(Object.entries(expected).map(([title, message]) => [title, expect.stringContaining(message)])));
  }); // prettier-ignore

  it('reports what fails the walk itself, in every check', async () => {
    const found = await complaints(() => byFrom, { answers: [{ status: 500 }] });
    expect(Object.keys(found)).toHaveLength(7);
    expect(new Set(Object.values(found)).size).toBe(1);
    expect(Object.values(found)[0]).toContain('the walk through the answers failed: Page 1 failed: ');
  });

  it('requires at least two pages', async () => {
    const [first] = strategyContract(() => byFrom, { answers: [{ body: { items: [1] } }] }) as [ContractCheck];
    expect((await rejection(first.run())).message).toContain('only one page');
  });

  it('stops a strategy that never ends', async () => {
    const endless: Strategy<number, number> = {
      name: 'endless',
      first: 1,
      place: (request, position) => ({ ...request, body: position }),
      items: (body) => body as number[],
      next: ({ position }) => position + 1,
    };
    const answers: Script = ({ body }) => ({ body: [body] });
    const [first] = strategyContract(() => endless, { answers }) as [ContractCheck];
    expect((await rejection(first.run())).message).toContain('the walk has not ended after 10000 pages');
  });

  it('refuses a strategy instead of a function that makes it, and unknown options', () => {
    expect(thrown(() => strategyContract(byFrom as never, api)).message).toContain('as in () => byCursor()');
    expect(thrown(() => strategyContract(() => byFrom, { ...api, item: [] } as never)).message).toContain(
      'unknown option "item"',
    );
  });
});
