import fc from 'fast-check';
import {
  contentRange,
  cursor,
  header,
  inBody,
  inForm,
  inHeaders,
  inPath,
  inPlaces,
  inQuery,
  inVariables,
  keyset,
  linkHeader,
  nextUrl,
  offset,
  pageNumber,
  relay,
  singlePage,
  type Json,
  type PageRequest,
  type Placement,
  type Strategy,
} from 'pagewise';

/** A request as a server sees it: header names in lower case; a JSON body parsed, any other as text. */
export interface Asked {
  readonly url: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: unknown;
}

export interface Answered {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** A generated server, and what to page it with. It keeps no state: the same request gets the same answer. */
export interface Model {
  readonly request: PageRequest;
  readonly strategy: Strategy;
  readonly items: readonly unknown[];
  /** How many pages it has. */
  readonly pages: number;
  answer(asked: Asked): Answered;
}

export type Build = (origin: string) => Model;

/** A failure shows the values that were drawn for a model. */
const modelOf = <T>(drawn: fc.Arbitrary<T>, make: (drawn: T) => Build): fc.Arbitrary<Build> =>
  drawn.map((value) => Object.assign(make(value), { [fc.toStringMethod]: () => fc.stringify(value) }));

const bad = (why: string): Answered => ({ status: 400, body: { error: why } });

// Arbitraries: items, pages, tokens

const itemsOf = (count: number): unknown[] => Array.from({ length: count }, (_, id) => (id % 2 === 0 ? id : { id }));
const count = fc.integer({ min: 0, max: 60 });
const size = fc.option(fc.integer({ min: 1, max: 20 }), { nil: undefined });
const cap = fc.integer({ min: 1, max: 25 });

/** Items in pages of any length, empty ones among them. */
const chunks = (minLength = 0): fc.Arbitrary<unknown[][]> =>
  fc.array(fc.integer({ min: minLength, max: 7 }), { maxLength: 9 }).map((lengths) => {
    const items = itemsOf(lengths.reduce((sum, length) => sum + length, 0));
    const pages = lengths.map((length) => items.splice(0, length));
    return pages.length === 0 ? [[]] : pages;
  });

const reserved = Array.from('a+b/c==&x=1%20 #é\n"?😀[]{}|\\^`<>;,:@!$\'()*~\u0000\u2028');
const opaque: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }),
  fc.string({ unit: fc.constantFrom(...reserved), minLength: 1, maxLength: 12 }),
  fc.constantFrom('0', 'false', 'null', 'undefined', '-1', '%', '%2', '..', '/', '{cursor}', '$&', '__proto__'),
);
const safeNumber = fc.integer({ min: -Number.MAX_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER });
/** Strings that a header can carry. */
const headerText = fc
  .string({ unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)), maxLength: 12 })
  .filter((text) => /^[!-~\xa1-\xff]([ -~\xa1-\xff]*[!-~\xa1-\xff])?$/.test(text));
const segmentText = opaque.filter((text) => !/^(\.|%2e){0,2}$/i.test(text));
const objectToken = fc
  .dictionary(opaque, fc.jsonValue({ maxDepth: 2 }), { minKeys: 1, maxKeys: 3 })
  // Without a value, it is the end.
  .filter((token) => Object.values(token).some((member) => member !== null))
  .filter((token) => !/e\+|\d{16}/.test(JSON.stringify(token))) as fc.Arbitrary<Json>;

/** One for each page, no two alike. */
const tokens = <T>(token: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  fc.uniqueArray(token, { minLength: 10, maxLength: 10, selector: nameOf });

const nameOf = (token: unknown): string => (typeof token === 'string' ? token : JSON.stringify(token));

/** Numbers as they are, in digits, or in a header; read by the same name. */
const spelling = fc.constantFrom('number', 'digits', 'header');
type Spelling = 'number' | 'digits' | 'header';
const spelled = (as: Spelling, name: string, value: number | boolean) =>
  as === 'header'
    ? { headers: { [`x-${name}`]: String(value) }, body: {} }
    : { headers: {}, body: { [name]: as === 'digits' ? String(value) : value } };
const nothing = { headers: {}, body: {} };
const readOf = (as: Spelling, name: string) => (as === 'header' ? header(`x-${name}`) : name);

// Where parameters are written, and read by the server

interface Place {
  readonly template: (origin: string) => PageRequest;
  readonly placement: Placement;
  get(asked: Asked, name: string): unknown;
}

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
const inUrl = (asked: Asked, name: string) => new URL(asked.url).searchParams.get(name) ?? undefined;

const places = {
  query: {
    template: (origin) => ({ url: `${origin}/items?q=a%20b+c`, headers: { accept: 'application/json' } }),
    placement: inQuery(),
    get: inUrl,
  },
  body: {
    template: (origin) => ({
      url: `${origin}/items`,
      method: 'POST',
      body: { q: [1], paging: { of: { sort: 'id' } } },
    }),
    placement: inBody('paging.of'),
    get: ({ body }, name) => member(member(member(body, 'paging'), 'of'), name),
  },
  form: {
    template: (origin) => ({ url: `${origin}/items`, method: 'POST', body: 'q=a+b' }),
    placement: inForm(),
    get: ({ body }, name) => new URLSearchParams(body as string).get(name) ?? undefined,
  },
  headers: {
    template: (origin) => ({ url: `${origin}/items`, headers: { 'x-tenant': 'a' } }),
    placement: inHeaders(),
    get: ({ headers }, name) => headers[name],
  },
  path: {
    template: (origin) => ({ url: `${origin}/items{/cursor}?q=1` }),
    placement: inPlaces({ cursor: inPath() }),
    get: (asked, name) => {
      const segment = new URL(asked.url).pathname.split('/')[2];
      return name !== 'cursor' ? inUrl(asked, name) : segment === undefined ? undefined : decodeURIComponent(segment);
    },
  },
  variables: {
    template: (origin) => ({
      url: `${origin}/graphql`,
      method: 'POST',
      body: { query: 'query ($cursor: ID, $limit: Int, $first: Int, $last: Int, $after: ID, $before: ID) { x }' },
    }),
    placement: inVariables(),
    get: ({ body }, name) => member(member(body, 'variables'), name),
  },
} satisfies Record<string, Place>;
type PlaceName = keyof typeof places;

const numbersAt = fc.constantFrom<PlaceName[]>('query', 'body', 'form', 'headers');

// Page numbers and offsets

const byPageNumber: fc.Arbitrary<Build> = modelOf(
  fc.record({
    n: count,
    size,
    cap,
    as: spelling,
    place: numbersAt,
    start: fc.constantFrom(0 as const, 1 as const),
    end: fc.constantFrom('none', 'total', 'totalPages', 'hasMore', 'status', 'clamp', 'short'),
    empty: fc.array(fc.nat(9), { maxLength: 3 }),
  }),
  ({ n, size, cap, as, place, start, end, empty }) =>
    (origin) => {
      const length = Math.min(size ?? 10, end === 'short' ? 20 : cap);
      const items = itemsOf(n);
      const pages = Array.from({ length: Math.ceil(n / length) }, (_, i) => items.slice(i * length, (i + 1) * length));
      if (end === 'hasMore') for (const at of empty) pages.splice(at, 0, []);
      const announced = (page: number) => {
        if (end === 'total') return spelled(as, 'total', n);
        if (end === 'totalPages') return spelled(as, 'pages', pages.length);
        return end === 'hasMore' ? spelled(as, 'more', page + 1 < pages.length) : nothing;
      };
      const options = {
        none: {},
        total: { total: readOf(as, 'total') },
        totalPages: { totalPages: readOf(as, 'pages') },
        hasMore: { hasMore: readOf(as, 'more') },
        status: { endStatuses: [400] },
        clamp: { onRepeat: 'stop' as const },
        short: size === undefined ? {} : { stopOnShortPage: true },
      };
      return {
        request: places[place].template(origin),
        strategy: pageNumber({ start, size, items: 'items', place: places[place].placement, ...options[end] }),
        items,
        pages: Math.max(1, pages.length),
        answer(asked) {
          if (size !== undefined && Number(places[place].get(asked, 'per_page')) !== size) return bad('size');
          let page = Number(places[place].get(asked, 'page')) - start;
          if (end === 'status' && page > 0 && page >= pages.length) return bad('past the end');
          if (end === 'clamp') page = Math.max(0, Math.min(page, pages.length - 1));
          const { headers, body } = announced(page);
          return { headers, body: { items: pages[page] ?? [], ...body } };
        },
      };
    },
);

const byOffset: fc.Arbitrary<Build> = modelOf(
  fc.record({
    n: count,
    size,
    caps: fc.array(cap, { minLength: 1, maxLength: 4 }),
    as: spelling,
    place: numbersAt,
    start: fc.constantFrom(0 as const, 1 as const),
    end: fc.constantFrom('none', 'total', 'hasMore', 'status'),
  }),
  ({ n, size, caps, as, place, start, end }) =>
    (origin) => {
      const items = itemsOf(n);
      const pageAt = (at: number) => items.slice(at, at + Math.min(size ?? 10, caps[at % caps.length]!));
      let pages = 0;
      for (let at = 0; at < n; at += pageAt(at).length) pages++;
      const options = {
        none: {},
        total: { total: readOf(as, 'total') },
        hasMore: { hasMore: readOf(as, 'more') },
        status: { endStatuses: [400] },
      };
      return {
        request: places[place].template(origin),
        strategy: offset({ start, size, items: 'items', place: places[place].placement, ...options[end] }),
        items,
        pages: Math.max(1, pages),
        answer(asked) {
          if (size !== undefined && Number(places[place].get(asked, 'limit')) !== size) return bad('size');
          const at = Number(places[place].get(asked, 'offset')) - start;
          if (end === 'status' && at > 0 && at >= n) return bad('past the end');
          const page = pageAt(at);
          const { headers, body } =
            end === 'total'
              ? spelled(as, 'total', n)
              : end === 'hasMore'
                ? spelled(as, 'more', at + page.length < n)
                : nothing;
          return { headers, body: { items: page, ...body } };
        },
      };
    },
);

const byContentRange: fc.Arbitrary<Build> = modelOf(
  fc.record({
    n: count,
    size: fc.integer({ min: 1, max: 20 }),
    caps: fc.array(cap, { minLength: 1, maxLength: 4 }),
    unitParam: fc.constantFrom(undefined, 'Range-Unit'),
    total: fc.boolean(),
    past: fc.constantFrom(200, 416),
  }),
  ({ n, size, caps, unitParam, total, past }) =>
    (origin) => {
      const items = itemsOf(n);
      const pageAt = (at: number) => items.slice(at, at + Math.min(size, caps[at % caps.length]!));
      let pages = 0;
      for (let at = 0; at < n; at += pageAt(at).length) pages++;
      const unit = unitParam === undefined ? 'items ' : '';
      return {
        request: places.query.template(origin),
        strategy: contentRange({ size, unitParam, items: 'items' }),
        items,
        pages: Math.max(1, pages),
        answer({ headers }) {
          const [, named, from, to] = /^(items=)?(\d+)-(\d+)$/.exec(headers['range'] ?? '') ?? [];
          const own = unitParam === undefined ? named !== undefined : headers['range-unit'] === 'items';
          if (!own || Number(to) !== Number(from) + size - 1) return bad('range');
          const at = Number(from);
          const page = pageAt(at);
          const range = page.length === 0 ? '*' : `${at}-${at + page.length - 1}`;
          return {
            status: page.length > 0 ? 206 : past === 416 && (at > 0 || total) ? 416 : 200,
            headers: { 'content-range': `${unit}${range}/${total ? n : '*'}` },
            body: { items: page },
          };
        },
      };
    },
);

// Tokens

/** How the last page is marked. `'token'` gives one more token, and has-more false. */
const tokenEnd = fc.constantFrom('absent', 'null', 'empty', 'false', 'endToken', 'hasMore', 'token');
const endings = { absent: undefined, null: null, empty: '', false: false, endToken: 'nil' } as const;

const tokenPlaces = fc.oneof(
  fc.record({ place: fc.constant('query'), tokens: tokens(fc.oneof(opaque, safeNumber)) }),
  fc.record({ place: fc.constant('form'), tokens: tokens(fc.oneof(opaque, safeNumber)) }),
  fc.record({ place: fc.constant('path'), tokens: tokens(fc.oneof(segmentText, safeNumber)) }),
  fc.record({ place: fc.constant('headers'), tokens: tokens(fc.oneof(headerText, safeNumber)) }),
  fc.record({ place: fc.constant('body'), tokens: tokens<Json>(fc.oneof(opaque, safeNumber, objectToken)) }),
  fc.record({ place: fc.constant('variables'), tokens: tokens<Json>(fc.oneof(opaque, objectToken)) }),
) as fc.Arbitrary<{ place: PlaceName; tokens: Json[] }>;

const byCursor: fc.Arbitrary<Build> = modelOf(
  fc.record({ chunks: chunks(), at: tokenPlaces, end: tokenEnd, size, first: fc.boolean() }),
  ({ chunks, at: { place, tokens }, end, size, first }) =>
    (origin) => {
      const withMore = end === 'hasMore' || end === 'token';
      const [firstCursor] = tokens;
      return {
        request: places[place].template(origin),
        strategy: cursor({
          size,
          items: 'items',
          next: 'meta.next',
          place: places[place].placement,
          ...(first ? { firstCursor } : {}),
          ...(end === 'endToken' ? { endTokens: ['nil'] } : {}),
          ...(withMore ? { hasMore: 'meta.more' } : {}),
        }),
        items: chunks.flat(),
        pages: chunks.length,
        answer(asked) {
          const token = places[place].get(asked, 'cursor');
          const page = token === undefined ? 0 : tokens.findIndex((one) => nameOf(one) === nameOf(token));
          const items = chunks[page];
          if (!items || (page === 0 && (token === undefined) === first)) return bad('unknown token');
          const last = page === chunks.length - 1;
          const next = !last || end === 'token' ? tokens[page + 1] : end === 'hasMore' ? null : endings[end];
          return { body: { items, meta: { next, ...(withMore ? { more: !last } : {}) } } };
        },
      };
    },
);

/** Several tokens together, from the body and from a header. */
const byCursors: fc.Arbitrary<Build> = modelOf(
  fc.record({
    chunks: chunks(),
    bodies: tokens(opaque),
    heads: tokens(headerText),
    end: fc.constantFrom(null, '', false),
  }),
  ({ chunks, bodies, heads, end }) =>
    (origin) => ({
      request: places.query.template(origin),
      strategy: cursor({ items: 'items', next: { 'page[a]': 'a', $b: header('x-b') } }),
      items: chunks.flat(),
      pages: chunks.length,
      answer(asked) {
        const [a, b] = [inUrl(asked, 'page[a]'), inUrl(asked, '$b')];
        const page = a === undefined ? 0 : bodies.indexOf(a);
        const items = chunks[page];
        if (!items || (page > 0 && b !== heads[page])) return bad('unknown tokens');
        const last = page === chunks.length - 1;
        return {
          headers: last ? {} : { 'x-b': heads[page + 1]! },
          body: { items, a: last ? end : bodies[page + 1] },
        };
      },
    }),
);

const byKeyset: fc.Arbitrary<Build> = modelOf(
  fc.record({
    chunks: chunks(1),
    keys: fc.oneof(
      fc.record({
        place: fc.constantFrom<PlaceName[]>('query', 'form', 'body'),
        list: fc.uniqueArray(fc.oneof(opaque, safeNumber), { minLength: 70, maxLength: 70, selector: nameOf }),
      }),
      fc.record({
        place: fc.constant<PlaceName>('body'),
        list: fc.uniqueArray(fc.tuple(fc.option(opaque), safeNumber), {
          minLength: 70,
          maxLength: 70,
          selector: nameOf,
        }),
      }),
    ),
    hasMore: fc.boolean(),
    size,
  }),
  ({ chunks, keys: { place, list: drawn }, hasMore, size }) =>
    (origin) => {
      const list: readonly unknown[] = drawn;
      const several = Array.isArray(list[0]);
      const itemAt = (id: number) => {
        const key = list[id];
        return Array.isArray(key) ? { id, at: key[0] as unknown, by: key[1] as unknown } : { id, at: key };
      };
      let id = 0;
      const pages = chunks.map((chunk) => chunk.map(() => itemAt(id++)));
      const ends = pages.map((page) => page.at(-1)?.id ?? -1);
      return {
        request: places[place].template(origin),
        strategy: keyset({
          size,
          items: 'items',
          key: several ? ['at', 'by'] : 'at',
          cursorParam: 'cursor',
          place: places[place].placement,
          ...(hasMore ? { hasMore: 'more' } : {}),
        }),
        items: pages.flat(),
        pages: pages.length,
        answer(asked) {
          const key = places[place].get(asked, 'cursor');
          const after = key === undefined ? -1 : list.findIndex((one) => nameOf(one) === nameOf(key));
          if (key !== undefined && !ends.includes(after)) return bad('unknown key');
          const page = key === undefined ? 0 : ends.indexOf(after) + 1;
          return { body: { items: pages[page] ?? [], ...(hasMore ? { more: page + 1 < pages.length } : {}) } };
        },
      };
    },
);

const cursorText = fc.oneof(opaque, fc.constantFrom('Y3Vyc29yOjI=', '9007199254740993'));

const byRelay: fc.Arbitrary<Build> = modelOf(
  fc.record({
    chunks: chunks(),
    cursors: tokens(cursorText),
    edges: fc.boolean(),
    direction: fc.constantFrom('forwards' as const, 'backwards' as const),
    size,
    endCursor: fc.constantFrom(null, '', 'x'),
  }),
  ({ chunks, cursors, edges, direction, size, endCursor }) =>
    (origin) => {
      const forwards = direction === 'forwards';
      return {
        request: places.variables.template(origin),
        strategy: relay({ connection: 'data.a.list', direction, size }),
        items: chunks.flat(),
        pages: chunks.length,
        answer(asked) {
          const given = places.variables.get(asked, forwards ? 'after' : 'before');
          const page = given === undefined ? 0 : cursors.indexOf(given as string);
          const items = chunks[page];
          if (!items || places.variables.get(asked, forwards ? 'first' : 'last') !== size) return bad('variables');
          const more = page + 1 < chunks.length;
          const next = more ? cursors[page + 1] : endCursor;
          const pageInfo = forwards
            ? { hasNextPage: more, endCursor: next, hasPreviousPage: page > 0, startCursor: 'wrong' }
            : { hasPreviousPage: more, startCursor: next, hasNextPage: page > 0, endCursor: 'wrong' };
          const list = edges ? { edges: items.map((node) => ({ node })) } : { nodes: items };
          return { body: { data: { a: { list: { ...list, pageInfo } } } } };
        },
      };
    },
);

// URLs

/** The text between the path and the next page's number: anything, percent-encoded in upper or lower case. */
const encoded = fc.tuple(opaque, fc.boolean()).map(([text, small]) => {
  const query = encodeURIComponent(text).replaceAll("'", '%27');
  return small ? query.replace(/%[\dA-F]{2}/g, (hex) => hex.toLowerCase()) : query;
});
const urlStyle = fc.constantFrom('absolute', 'path', 'query');
type UrlStyle = 'absolute' | 'path' | 'query';

/** The URLs of the pages after the first, as the server gives them and as they are requested. */
function urlsOf(origin: string, texts: readonly string[], style: UrlStyle): { given: string; asked: string }[] {
  return texts.map((text, index) => {
    const query = `?z=1&c=${text}&a[]=%2f&n=${index + 1}`;
    const path = style === 'query' ? '/items' : `/other%2Fpath/${text}x`;
    const asked = `${origin}${path}${query}`;
    return { asked, given: style === 'absolute' ? asked : style === 'path' ? `${path}${query}` : query };
  });
}

const byLinkHeader: fc.Arbitrary<Build> = modelOf(
  fc.record({
    chunks: chunks(),
    texts: fc.array(encoded, { minLength: 10, maxLength: 10 }),
    style: urlStyle,
    rel: fc.constantFrom('rel="next"', 'rel=next', 'REL = "last Next"', 'title="a, b; <c>"; rel="next"; rel="prev"'),
    before: fc.constantFrom('', '<?n=0>; rel="first", ', '</x,y;z>; title="<no>; rel=\\"next\\""; rel=prev , ,'),
    after: fc.constantFrom('', ', </no>; rel="next"', ';', ', <>; rel=self'),
    end: fc.constantFrom(undefined, '', '<?n=0>; rel="first"', '</next>; rel="nextish"; title=next'),
    size,
  }),
  ({ chunks, texts, style, rel, before, after, end, size }) =>
    (origin) => {
      const urls = urlsOf(origin, texts, style);
      return {
        request: { url: `${origin}/items?q=1` },
        strategy: linkHeader({ size, items: 'items' }),
        items: chunks.flat(),
        pages: chunks.length,
        answer({ url }) {
          const page = urls.findIndex(({ asked }) => asked === url) + 1;
          const items = chunks[page];
          const first = `${origin}/items?q=1${size === undefined ? '' : `&per_page=${size}`}`;
          if (!items || (page === 0 && url !== first)) return bad(`unknown URL ${url}`);
          const link = page + 1 < chunks.length ? `${before}<${urls[page]!.given}>; ${rel}${after}` : end;
          return { headers: link === undefined ? {} : { link }, body: { items } };
        },
      };
    },
);

const byNextUrl: fc.Arbitrary<Build> = modelOf(
  fc.record({
    chunks: chunks(),
    texts: fc.array(encoded, { minLength: 10, maxLength: 10 }),
    style: urlStyle,
    href: fc.boolean(),
    end: tokenEnd,
    size,
  }),
  ({ chunks, texts, style, href, end, size }) =>
    (origin) => {
      const urls = urlsOf(origin, texts, style);
      const withMore = end === 'hasMore' || end === 'token';
      return {
        request: { url: `${origin}/items?q=1` },
        strategy: nextUrl({
          size,
          items: 'value',
          next: '@odata.nextLink',
          ...(withMore ? { hasMore: 'more' } : {}),
        }),
        items: chunks.flat(),
        pages: chunks.length,
        answer({ url }) {
          const page = urls.findIndex(({ asked }) => asked === url) + 1;
          const items = chunks[page];
          const first = `${origin}/items?q=1${size === undefined ? '' : `&per_page=${size}`}`;
          if (!items || (page === 0 && url !== first)) return bad(`unknown URL ${url}`);
          const more = page + 1 < chunks.length;
          const none = end === 'hasMore' || end === 'endToken' ? null : end === 'token' ? '?n=99' : endings[end];
          const given = more ? urls[page]!.given : none;
          const next = href && given !== undefined ? { href: given } : given;
          return { body: { value: items, '@odata.nextLink': next, ...(withMore ? { more: String(more) } : {}) } };
        },
      };
    },
);

const bySinglePage: fc.Arbitrary<Build> = modelOf(
  fc.record({ n: count, bodiless: fc.boolean() }),
  ({ n, bodiless }) =>
    (origin) => {
      const items = itemsOf(n);
      return {
        request: { url: `${origin}/items` },
        strategy: singlePage({ items: 'items' }),
        items,
        pages: 1,
        answer: () => (bodiless && n === 0 ? { status: 204 } : { body: { items, next: 'a', more: true } }),
      };
    },
);

/** The arbitraries for servers of each kind. */
export const kinds: Readonly<Record<string, fc.Arbitrary<Build>>> = {
  pageNumber: byPageNumber,
  offset: byOffset,
  contentRange: byContentRange,
  cursor: byCursor,
  'cursor, several tokens together': byCursors,
  keyset: byKeyset,
  linkHeader: byLinkHeader,
  nextUrl: byNextUrl,
  relay: byRelay,
  singlePage: bySinglePage,
};
