// Compiled, not run: what the public types promise. `npm run types` and spec/types/types.spec.ts check it.
import type { Observable } from 'rxjs';
import { pipe, tap, timeout, timer } from 'rxjs';
import { type } from 'arktype';
import * as v from 'valibot';
import * as z from 'zod';
import {
  afterItems,
  afterPages,
  contentRange,
  cursor,
  failIf,
  fetchTransport,
  header,
  inBody,
  inPlaces,
  inQuery,
  items,
  keyset,
  linkHeader,
  nextUrl,
  offset,
  pageNumber,
  paginate,
  relay,
  retryIf,
  retryRequests,
  singlePage,
  throttleRequests,
  type ContentRangePosition,
  type CursorPosition,
  type KeysetPosition,
  type OffsetPosition,
  type PageNumberPosition,
  type Position,
  type RelayPosition,
  type SinglePagePosition,
  type UrlPosition,
  type Page,
  type Pages,
  type Placement,
  type Policy,
  type Strategy,
  type Transport,
} from 'pagewise';
import { writeCsv, writeNdjson } from 'pagewise/node';
import { clarifaiList, type Profile } from 'pagewise/profiles';

export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
export const expectType = <_T extends true>(): void => undefined;
type ItemOf<T> = T extends Pages<infer Item, infer _P> ? Item : never;
const typeOf = <T>(_value: T): T => _value;

interface Input {
  id: string;
}
const request = { url: 'https://api.example.com/inputs' };

// A path: the caller names the item.
const byPath = paginate(request, pageNumber<Input>({ items: 'inputs' }));
expectType<Equal<typeof byPath, Pages<Input, PageNumberPosition>>>();

// Or the caller names the item at paginate, which the strategy then has.
const byArgument = paginate<Input>(request, pageNumber({ items: 'inputs' }));
expectType<Equal<typeof byArgument, Pages<Input>>>();
const byArguments = {
  offset: paginate<Input>(request, offset({ items: 'inputs' }), {
    until: (page) => page.items.some(({ id }) => id === ''),
  }),
  cursor: paginate<Input>(request, cursor({ items: 'inputs', next: 'next' })),
  keyset: paginate<Input>(request, keyset({ items: 'inputs', key: 'id' })),
  nextUrl: paginate<Input>(request, nextUrl({ next: 'next' })),
  linkHeader: paginate<Input>(request, linkHeader()),
  relay: paginate<Input>(request, relay({ connection: 'data.list' })),
  singlePage: paginate<Input>(request, singlePage()),
  profile: paginate<Input>(request, clarifaiList<Input>({ items: 'inputs' }).strategy),
  function: paginate<Input>(request, pageNumber({ items: (body: { hits: Input[] }) => body.hits })),
};
expectType<Equal<(typeof byArguments)[keyof typeof byArguments], Pages<Input>>>();
// @ts-expect-error the items have another type
paginate<Input>(request, pageNumber({ items: (body: { hits: number[] }) => body.hits }));
// @ts-expect-error the items have another type
paginate<Input>(request, pageNumber<number>({ items: 'inputs' }));

// A function: its return type is inferred.
const byFunction = paginate(request, pageNumber({ items: (body: { hits: Input[] }) => body.hits }));
expectType<Equal<typeof byFunction, Pages<Input, PageNumberPosition>>>();

// Nothing said: unknown, never any.
const unnamed = paginate(request, pageNumber({ items: 'inputs' }));
expectType<Equal<typeof unnamed, Pages<unknown, PageNumberPosition>>>();

// Every strategy keeps the given item type, by name or by a function's result, and its own positions.
type Body = { hits: Input[] };
const hits = (body: Body) => body.hits;
expectType<Equal<ReturnType<typeof offset<Input>>, Strategy<Input, OffsetPosition>>>();
expectType<Equal<ReturnType<typeof contentRange<Input>>, Strategy<Input, ContentRangePosition>>>();
expectType<Equal<ReturnType<typeof cursor<Input>>, Strategy<Input, CursorPosition>>>();
expectType<Equal<ReturnType<typeof keyset<Input>>, Strategy<Input, KeysetPosition>>>();
expectType<Equal<ReturnType<typeof nextUrl<Input>>, Strategy<Input, UrlPosition>>>();
expectType<Equal<ReturnType<typeof linkHeader<Input>>, Strategy<Input, UrlPosition>>>();
expectType<Equal<ReturnType<typeof relay<Input>>, Strategy<Input, RelayPosition>>>();
expectType<Equal<ReturnType<typeof singlePage<Input>>, Strategy<Input, SinglePagePosition>>>();
const walks = {
  offset: paginate(request, offset({ items: hits, total: header('x-total') })),
  contentRange: paginate(request, contentRange({ items: hits, size: 9 })),
  cursor: paginate(request, cursor({ items: hits, next: 'next' })),
  several: paginate(request, cursor({ items: hits, next: { a: 'next.a', b: header('x-b') } })),
  keyset: paginate(request, keyset({ items: hits, key: ({ id }) => id })),
  nextUrl: paginate(request, nextUrl({ items: hits, next: (body: { next?: string }) => body.next })),
  linkHeader: paginate(request, linkHeader({ items: hits })),
  relay: paginate(request, relay({ items: hits, pageInfo: 'info' })),
  singlePage: paginate(request, singlePage({ items: hits })),
};
expectType<Equal<ItemOf<(typeof walks)[keyof typeof walks]>, Input>>();
const named = {
  cursor: paginate(
    request,
    cursor<Input>({ items: 'hits', next: 'next', place: inPlaces({}, inQuery({ arrays: 'json' })) }),
  ),
  keyset: paginate(request, keyset<Input>({ items: 'hits', key: ['id', 'id.name'] })),
  nextUrl: paginate(request, nextUrl<Input>({ next: '@odata.nextLink' })),
  linkHeader: paginate(request, linkHeader<Input>()),
  relay: paginate(request, relay<Input>({ connection: 'data.list' })),
};
expectType<Equal<ItemOf<(typeof named)[keyof typeof named]>, Input>>();
expectType<Equal<ReturnType<typeof paginate<unknown, CursorPosition>>, Pages<unknown, CursorPosition>>>();

// A schema decides the item type, whatever the strategy says; a transforming one gives its output type.
const zodInput = z.object({ id: z.string() });
const bySchema = {
  zod: paginate(request, cursor({ next: 'next' }), { schema: zodInput }),
  valibot: paginate(request, pageNumber(), { schema: v.object({ id: v.string() }) }),
  arktype: paginate(request, linkHeader<{ other: 1 }>(), { schema: type({ id: 'string' }) }),
  both: paginate(request, singlePage(), { schema: { items: zodInput, body: z.object({}) } }),
};
expectType<Equal<ItemOf<typeof bySchema.zod>, { id: string }>>();
expectType<Equal<ItemOf<typeof bySchema.valibot>, { id: string }>>();
expectType<Equal<ItemOf<typeof bySchema.arktype>, { id: string }>>();
expectType<Equal<ItemOf<typeof bySchema.both>, { id: string }>>();
const transformed = paginate(request, singlePage(), { schema: zodInput.transform(({ id }) => id.length) });
expectType<Equal<ItemOf<typeof transformed>, number>>();
const bodyOnly = paginate(request, singlePage<Input>(), { schema: { body: z.object({}) } });
expectType<Equal<ItemOf<typeof bodyOnly>, Input>>();
paginate(request, singlePage(), { schema: zodInput, until: (page) => page.items.some(({ id }) => id === 'x') });
// @ts-expect-error a schema is no function of an item
paginate(request, singlePage(), { schema: (item: unknown) => item });
// @ts-expect-error what next reads is a path or a function
cursor({ items: hits });
// @ts-expect-error a range names its last item
contentRange({ items: hits });
// @ts-expect-error a key has a path, or is computed
keyset({ items: hits });
// @ts-expect-error there is no such direction
relay({ connection: 'a', direction: 'back' });
// @ts-expect-error there is nothing to page
singlePage({ size: 5 });
// @ts-expect-error there is no such style
inQuery({ arrays: 'csv' });

// Options without an item type do not make items unknown.
const stopped = paginate(request, pageNumber<Input>({ items: 'inputs' }), {
  until: afterPages(3),
  nextWhen: () => timer(5),
});
expectType<Equal<typeof stopped, Pages<Input, PageNumberPosition>>>();
paginate(request, pageNumber<Input>({ items: 'inputs' }), { until: (page) => page.items.some(({ id }) => id === 'x') });
paginate(request, pageNumber<Input>({ items: 'inputs' }), { until: afterItems(3), signal: undefined });

// Pages are an Observable of pages, and an async iterable of them.
expectType<Equal<Pages<Input> extends Observable<Page<Input>> ? true : false, true>>();
const flat = byPath.pipe(items());
expectType<Equal<typeof flat, Observable<Input>>>();
export async function loop(): Promise<void> {
  for await (const page of byPath) expectType<Equal<typeof page, Page<Input, PageNumberPosition>>>();
}

// A page, `check`, `until` and `nextWhen` have the positions of the strategy, and any position if its kind is not known.
byPath.subscribe((page) => {
  expectType<Equal<typeof page.next, PageNumberPosition | undefined>>();
  expectType<Equal<typeof page.position, PageNumberPosition>>();
});
paginate(request, cursor<Input>({ next: 'next' }), {
  check: (response, position) => {
    expectType<Equal<typeof position, CursorPosition>>();
    return response.status === 200 && position.cursor === 'last' ? 'end' : undefined;
  },
  until: ({ next }) => next?.cursor === 'last',
  nextWhen: ({ position }) => timer(position.size ?? 0),
});
paginate(request, cursor<Input>({ next: 'next' }), { check: [failIf('error'), retryIf('busy')] });
// @ts-expect-error a page number's position has no cursor
byPath.subscribe((page) => page.next?.cursor);
byArgument.subscribe((page) => {
  expectType<Equal<typeof page.next, Position | undefined>>();
});
// Pages of a known kind are pages.
typeOf<Pages<Input>>(byPath);
typeOf<Observable<Page<Input>>>(byPath);

// A key is a field of the items, if their type is known.
interface Order {
  id: number;
  'line.no': number;
  customer: { name: string };
}
keyset<Order>({ key: 'id' });
keyset<Order>({ key: 'customer.name' });
keyset<Order>({ key: ['/customer/name', 'line.no', 'id || customer.name', '.'] });
keyset({ key: 'anything' });
keyset<Order | { id: number; other: number }>({ key: 'other' });
keyset<string>({ key: '.' });
paginate<Order>(request, keyset({ key: 'id' }));
// @ts-expect-error orders have no such field
keyset<Order>({ key: 'ID' });
// @ts-expect-error orders have no such field
keyset<Order>({ key: ['id', 'name'] });
// @ts-expect-error orders have no such field
paginate<Order>(request, keyset({ key: 'ID' }));

// So are the columns of a CSV file, unless it has other rows.
const orders = paginate(request, pageNumber<Order>());
void orders.to(writeCsv('a.csv', { columns: ['id', 'customer.name'] }));
void orders.to(writeCsv('a.csv', { columns: { Nr: 'id' } }));
void orders.to(writeCsv('a.csv', { columns: ['sum'], rows: (page) => [{ sum: page.items.length }] }));
void writeCsv('a.csv', { columns: ['anything'] });
// @ts-expect-error orders have no such field
void orders.to(writeCsv('a.csv', { columns: ['ids'] }));
// @ts-expect-error orders have no such field
void orders.to(writeCsv<Order>('a.csv', { columns: { Nr: 'ids' } }));
const sinks = [writeCsv, writeNdjson];
for (const sink of sinks) void orders.to(sink('a'));

// Policies compose, and a shared one type-checks.
const policy = pipe(throttleRequests({ limit: 1 }), retryRequests());
typeOf<Policy>(policy);
paginate(request, pageNumber<Input>(), { policy });
paginate(request, pageNumber<Input>(), { policy: pipe(throttleRequests({ limit: 1 }), retryRequests()) });
paginate(request, pageNumber<Input>(), { policy: pipe(timeout(500), retryRequests()) });
paginate(request, pageNumber<Input>(), { policy: tap(({ status }) => status.toFixed()) });

// A strategy and a placement are plain values.
const mine: Strategy<Input, { after: string }> = {
  name: 'mine',
  first: { after: '' },
  place: (template, { after }) => ({ ...template, url: `${template.url ?? ''}?after=${after}` }),
  items: (body) => (body as { inputs: Input[] }).inputs,
  next: ({ items: inputs }) => (inputs.length > 0 ? { after: inputs.at(-1)?.id ?? '' } : undefined),
};
expectType<Equal<ReturnType<typeof paginate<Input, { after: string }>>, Pages<Input, { after: string }>>>();
paginate(request, mine);

// A request has a URL and Headers as texts or as objects.
paginate({ url: new URL('https://api.example.com'), headers: new Headers({ a: 'b' }) }, mine);
paginate({ url: 'https://api.example.com', headers: () => Promise.resolve(new Headers()) }, mine);
// @ts-expect-error headers are no pairs
paginate({ url: 'https://api.example.com', headers: [['a', 'b']] }, mine);

const placement: Placement = (template, params) => ({ ...template, headers: { 'x-page': String(params['page']) } });
pageNumber<Input>({ place: placement, total: header('x-total') });

// A transport is any function that gives one answer.
const transport: Transport = () => Promise.resolve({ status: 200, url: '', headers: { get: () => null }, body: [] });
paginate({ body: {} }, pageNumber<Input>({ place: inBody() }), { transport });
paginate(request, mine, { transport: fetchTransport({ fetch }) });

// A profile is a plain value whose strategy keeps its items.
const profile = clarifaiList<Input>({ items: 'inputs' });
expectType<Equal<typeof profile, Profile<Input>>>();
const listed = paginate(request, profile.strategy, {
  check: profile.check,
  policy: throttleRequests(profile.throttle),
});
expectType<Equal<ItemOf<typeof listed>, Input>>();

// @ts-expect-error total is one path
pageNumber({ total: ['a', 'b'] });
// @ts-expect-error there is no such option
pageNumber({ perPage: 5 });
// @ts-expect-error there is no such option
paginate(request, mine, { retries: 5 });
// @ts-expect-error the parentheses are missing
paginate(request, mine, { policy: retryRequests });
// @ts-expect-error the parentheses are missing
paginate(request, pageNumber);
// @ts-expect-error the parentheses are missing
byPath.pipe(items).subscribe();
// @ts-expect-error a path is not a sink
void byPath.to('inputs.ndjson');
// @ts-expect-error a URL is not a request
paginate('https://api.example.com/inputs', mine);
// @ts-expect-error the query is part of the url
paginate({ ...request, params: { q: 'dog' } }, mine);
// @ts-expect-error a strategy is needed
paginate(request);
// @ts-expect-error a position must be JSON
typeOf<Strategy<Input, { at: Date }>>(mine);
// @ts-expect-error the items of a page have their type
byPath.subscribe((page) => page.items[0]?.name);
