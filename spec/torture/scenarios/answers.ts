import {
  cursor,
  distinctItems,
  inBody,
  linkHeader,
  nextUrl,
  offset,
  pageNumber,
  paginate,
  parseExactJson,
  type DriftReport,
  type Strategy,
} from 'pagewise';
import { anyPaging, hostileServer, type PagedApi, type ServedPage, type TortureCase } from 'pagewise/testing';
import { difference } from '../../../lib/testing/torture/judge-run.js';
import { deepMark, isMarked, levels, marked, withDeep } from '../../../lib/testing/torture/marks.js';
import type { MakeTransport } from '../../../lib/testing/torture/trial.js';
import { all, expect, expectExact, expectFailure, pages, places, scenario, told, walk } from './scenario.js';

type Any = Strategy<never, never>;
type Body = Record<string, unknown>;

/** An API whose bodies or headers are changed. */
const writing = (
  change: (body: Body, page: ServedPage) => Body | string,
  headers?: (page: ServedPage) => Record<string, string>,
): PagedApi => ({
  ...anyPaging,
  answer(page, request) {
    const answer = anyPaging.answer(page, request);
    return { headers: headers?.(page) ?? answer.headers, body: change(answer.body as Body, page) };
  },
});

const asked = { items: 'items', size: 10 };
const byCursor = (more: object = {}): Any => cursor({ items: 'items', next: 'next_cursor', ...more }) as unknown as Any;

/** Cursors that are just the page's index, in the API's own form. */
const cursors = (write: (next: number | undefined) => unknown): PagedApi => ({
  ...writing((body, { next }) => ({ ...body, next_cursor: write(next) })),
  asked: ({ url }) => Number(url.searchParams.get('cursor') ?? 0),
});

const link = (page: ServedPage) => `${page.origin}/items?cursor=${page.next ?? ''}`;
const links = (write: (page: ServedPage) => Record<string, string>): PagedApi => ({
  ...writing(
    (body) => body,
    (page) => (page.next === undefined ? {} : write(page)),
  ),
  asked: ({ url }) => Number(url.searchParams.get('cursor') ?? 0),
});

interface Odd {
  readonly title: string;
  readonly strategy: Any;
  readonly api: PagedApi;
  readonly request?: object;
  /** @default every item once */
  readonly fails?: readonly [name: string, items: readonly unknown[]];
}

const totals = [
  ['"20"', () => '20', undefined],
  ['growing', ({ index }: ServedPage) => 12 + index * 2, undefined],
  ['shrinking', ({ index }: ServedPage) => 40 - index * 5, undefined],
  ['null', () => null, ['ExtractError', pages[0]]],
  ['"many"', () => 'many', ['ExtractError', pages[0]]],
] as const;

const odd: readonly Odd[] = [
  ...totals.flatMap(([value, total, fails]): Odd[] =>
    ([['pageNumber', pageNumber], ['offset', offset]] as const).map(([kind, strategy]) => ({
      title: `a total that is ${value}, ${kind}`,
      strategy: strategy({ ...asked, total: 'total' }) as unknown as Any,
      api: writing((body, page) => ({ ...body, total: total(page) })),
      // The page is read before it is emitted: with a broken total it is not emitted.
      ...(fails === undefined ? {} : { fails: [fails[0], []] as const }),
    })),
  ),
  { title: 'a total that says done while there is a token', strategy: byCursor({ total: 'total' }), api: writing((body) => ({ ...body, total: 4 })) },
  { title: 'has-more "false" and "true"', strategy: pageNumber({ ...asked, hasMore: 'has_more' }) as unknown as Any, api: writing((body) => ({ ...body, has_more: String(body['has_more']) })) },
  { title: 'has-more "no"', strategy: pageNumber({ ...asked, hasMore: 'has_more' }) as unknown as Any, api: writing((body) => ({ ...body, has_more: 'no' })), fails: ['ExtractError', []] },
  { title: 'a numeric cursor beyond 2⁵³', strategy: byCursor(), api: writing((body, { index }) => (index === 1 ? JSON.stringify(body).replace(/("next_cursor":)"(\\.|[^"\\])*"/, '$19007199254740993') : body)), fails: ['UnsafeCursorError', pages[0]!] },
  { title: 'cursors 0, 1, 2', strategy: byCursor({ firstCursor: undefined }), api: { ...cursors((next) => (next === undefined ? null : next - 1)), asked: ({ url }) => Number(url.searchParams.get('cursor') ?? -1) + 1 } },
  { title: "cursors '0', '1', '2'", strategy: byCursor(), api: { ...cursors((next) => (next === undefined ? '' : String(next - 1))), asked: ({ url }) => Number(url.searchParams.get('cursor') ?? -1) + 1 } },
  { title: 'false as the last cursor', strategy: byCursor(), api: cursors((next) => next ?? false) },
  { title: "'nil' as the last cursor, by endTokens", strategy: byCursor({ endTokens: ['nil'] }), api: cursors((next) => next ?? 'nil') },
  { title: "'0' as the last cursor, by endTokens", strategy: byCursor({ endTokens: ['0'] }), api: cursors((next) => String(next ?? 0)) },
  { title: 'two rel=next in one Link header', strategy: linkHeader({ items: 'items' }) as unknown as Any, api: links((page) => ({ link: `<${link(page)}>; rel="next", <${page.origin}/items?cursor=0>; rel=next` })) },
  { title: 'two Link headers', strategy: linkHeader({ items: 'items' }) as unknown as Any, api: links((page) => ({ link: `<${page.origin}/items?cursor=0>; rel="first"`, Link: `<${link(page)}>; rel="next"` })) },
]; // prettier-ignore

/** Answers that are well-formed and not what a client may expect. */
export const answerScenarios = (name: string, make: MakeTransport): readonly TortureCase[] => [
  ...odd.map(({ title, strategy, api, fails }) =>
    scenario(title, name, async () => {
      const server = await hostileServer({ pages, api });
      try {
        const walked = await walk({ url: server.url }, strategy, make({ attemptTimeout: 10_000 }));
        if (fails === undefined) expectExact(walked);
        else expectFailure(walked, ...fails);
      } finally {
        await server.close();
      }
    }),
  ),
  ...places.map(([place, at]) =>
    scenario(`an item ${levels} levels deep on the ${place} page, by parseExactJson`, name, async () => {
      const deep = (body: Body, { index, items: [first, ...rest] }: ServedPage) =>
        index === at ? withDeep(JSON.stringify({ ...body, items: [marked(first, deepMark), ...rest] })).replace('{', '{"big":9007199254740993,') : body;
      const server = await hostileServer({ pages, api: writing(deep) });
      try {
        const exact = { attemptTimeout: 30_000, parseJson: parseExactJson };
        const walked = await walk({ url: server.url }, byCursor(), make(exact));
        expect(told(walked), walked.error === undefined && difference(walked.items, all) === undefined && walked.items.some(isMarked));
        expect('the last page has no token', walked.pages.at(-1)?.resume !== undefined);
      } finally {
        await server.close();
      }
    }),
  ),
  ...(['linkHeader', 'nextUrl'] as const).flatMap((kind) =>
    [0, 2].map((at) =>
      scenario(`a next page on another origin, after page ${at + 1}, ${kind}`, name, async () => {
        const evil = await hostileServer({ pages });
        const leadAway = (page: ServedPage) => (page.index === at ? { ...page, origin: evil.origin } : page);
        const api: PagedApi = { ...anyPaging, answer: (page, request) => anyPaging.answer(leadAway(page), request) };
        const server = await hostileServer({ pages, api });
        try {
          const strategy = kind === 'linkHeader' ? linkHeader({ items: 'items' }) : nextUrl({ items: 'items', next: 'next_url' });
          const request = { url: server.url, headers: { authorization: 'Bearer secret' } };
          const walked = await walk(request, strategy as unknown as Any, make({ attemptTimeout: 10_000 }));
          expectFailure(walked, 'CrossOriginError', pages.slice(0, at + 1).flat());
          expect(`${evil.requests.length} requests reached the other origin`, evil.requests.length === 0 && evil.sockets === 0);
        } finally {
          await Promise.all([server.close(), evil.close()]);
        }
      }),
    ),
  ),
  ...([['inserted', 1], ['deleted', -1]] as const).flatMap(([what, shift]) =>
    ([['query', {}, {}], ['body', { method: 'POST', body: {} }, { place: inBody() }]] as const).map(([place, request, more]) =>
      scenario(`rows ${what} between pages are reported, in ${place}`, name, async () => {
        // From the third page on every row has moved one row down, or up.
        let rows = all;
        const shifted = shift === 1 ? [{ id: -1 }, ...all] : all.slice(1);
        const api: PagedApi = {
          asked(received) {
            const index = anyPaging.asked(received, pages);
            if (index === 2) rows = shifted;
            return index;
          },
          answer: ({ index }) => ({ body: { items: rows.slice(index * 4, index * 4 + 4), total: rows.length } }),
        };
        const server = await hostileServer({ pages, api });
        try {
          const found = await new Promise<DriftReport>((resolve, reject) => {
            paginate({ ...request, url: server.url }, pageNumber<{ id: number }>({ ...asked, ...more, total: 'total' }), { transport: make({ attemptTimeout: 10_000 }) })
              .pipe(distinctItems((row) => row.id, resolve))
              .subscribe({ error: reject });
          });
          const { announced, received, distinct } = found;
          expect(`not told: ${JSON.stringify(found)}`, announced === rows.length && (shift === 1 ? distinct < received : received < all.length || distinct < all.length));
        } finally {
          await server.close();
        }
      }),
    ),
  ),
]; // prettier-ignore
