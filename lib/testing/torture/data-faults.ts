import type { PagedApi, ServedPage } from '../hostile/paged-api.js';

type Pages = readonly (readonly unknown[])[];

/** An API that answers every request without an error, but pages incorrectly. */
export interface DataFault {
  readonly name: string;
  /**
   * `true`: only for APIs whose answers name the next page; `false`: only for positions that count. @default for both
   */
  readonly tokens?: boolean;
  /** @default the pages of the subject */
  readonly pages?: (item: (n: number) => unknown) => Pages;
  readonly api?: (api: PagedApi, pages: Pages) => PagedApi;
  /** `'exact'`: every item once. Otherwise the walk fails with one of these errors before any item is repeated. */
  readonly outcome: 'exact' | readonly string[];
  /** Whether a strategy that knows the end may avoid the fault and give every item once. */
  readonly orExact?: boolean;
  /**
   * Whether every item comes once before the error, which must name the page after the last one, and whose token must
   * find the same again, or the end once the API pages correctly. The token of an earlier page must do as well.
   */
  readonly afterTheEnd?: boolean;
  /** Whether a walk that is resumed at the end may give the last page once more: tokens know it by all it holds (P16). */
  readonly lastMayRepeat?: boolean;
  /** A received item as `pages` has it, without what changes from answer to answer. */
  readonly arrived?: (item: unknown) => unknown;
}

const loop = ['PaginationLoopError'];

/** An API that answers with changed pages. */
const writing =
  (change: (page: ServedPage, pages: Pages) => ServedPage) =>
  (api: PagedApi, pages: Pages): PagedApi => ({
    ...api,
    answer: (page, request) => api.answer(change(page, pages), request),
  });

/** An API that answers with another page than the requested one. */
const reading =
  (change: (index: number, pages: Pages) => number) =>
  (api: PagedApi): PagedApi => ({ ...api, asked: (request, pages) => change(api.asked(request, pages), pages) });

/** `count` pages of one item each. */
const single = (count: number) => (item: (n: number) => unknown) => Array.from({ length: count }, (_, n) => [item(n)]);

/** An API that answers after its last page too, always with a token for more. @param shown the page that it shows */
const endless =
  (shown: (index: number, pages: Pages) => number) =>
  (api: PagedApi): PagedApi => ({
    ...api,
    asked: (request, pages) => shown(api.asked(request, pages), pages),
    answer: (page, request) => api.answer({ ...page, next: api.asked(request, []) + 1 }, request),
  });
const round = endless((index, { length }) => index % length);
const clamped = endless((index, { length }) => Math.min(index, length - 1));

let answers = 0;
/** An API that writes the time and a new id into every item and every body. */
const volatile = (api: PagedApi): PagedApi => ({
  ...api,
  answer(page, request) {
    const fresh = () => ({ served_at: new Date().toISOString(), request_id: `${++answers}-${Math.random()}` });
    const items = page.items.map((item) => (isObject(item) ? { ...item, ...fresh() } : item));
    const { body, ...answer } = api.answer({ ...page, items }, request);
    return { ...answer, body: isObject(body) ? { ...body, ...fresh() } : body };
  },
});
const settled = (item: unknown): unknown => {
  if (!isObject(item)) return item;
  return Object.fromEntries(Object.entries(item).filter(([name]) => !['served_at', 'request_id'].includes(name)));
};
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const afterTheEnd = { outcome: loop, orExact: true, afterTheEnd: true } as const;

const nextAfter = (at: number, next: number) => writing((page) => (page.index === at ? { ...page, next } : page));

export const dataFaults: readonly DataFault[] = [
  { name: 'the same cursor forever', tokens: true, api: nextAfter(2, 2), outcome: loop },
  { name: 'cursors A, B, A', tokens: true, api: nextAfter(3, 2), outcome: loop },
  { name: '1,000 pages, then a loop', tokens: true, pages: single(1000), api: nextAfter(999, 3), outcome: loop },
  {
    name: 'always new cursors with the same content',
    tokens: true,
    api: (api, pages) => reading((index) => Math.min(index, 2))(writing((page) => ({ ...page, next: counter(page, pages) }))(api, pages)),
    outcome: loop,
  },
  { name: 'the last page again past the end', tokens: false, api: reading((index, { length }) => Math.min(index, length - 1)), outcome: loop, orExact: true },
  { name: 'page 1 again after the last page', api: round, ...afterTheEnd },
  { name: 'page 1 again after the last page, with other times and ids', api: (api) => volatile(round(api)), arrived: settled, ...afterTheEnd },
  { name: 'the last page again and again', api: clamped, ...afterTheEnd },
  { name: 'the last page again and again, with other times and ids', api: (api) => volatile(clamped(api)), arrived: settled, lastMayRepeat: true, ...afterTheEnd },
  { name: 'other times and ids in each answer', api: volatile, arrived: settled, outcome: 'exact' },
  { name: 'an empty page with a token', tokens: true, pages: (item) => [[item(0)], [], [item(1)], []], outcome: 'exact' },
  { name: '1,000 empty pages with a token', tokens: true, pages: (item) => [[item(0)], ...empty(1000), [item(1)]], outcome: 'exact' },
  { name: '1,001 empty pages with a token', tokens: true, pages: (item) => [[item(0)], ...empty(1001), [item(1)]], outcome: ['EmptyPagesError'] },
  { name: 'the last page exactly full, and an empty one after it', tokens: true, pages: (item) => [[item(0), item(1)], [item(2), item(3)], []], outcome: 'exact' },
  { name: 'a short page in the middle', pages: (item) => [[item(0), item(1), item(2)], [item(3)], [item(4), item(5), item(6)]], outcome: 'exact' },
  { name: 'one page', pages: (item) => [[item(0)]], outcome: 'exact' },
  { name: 'no items at all', pages: () => [[]], outcome: 'exact' },
]; // prettier-ignore

const empty = (count: number) => Array.from({ length: count }, () => []);

let count = 0;
/** A new index each time, past the last page. */
const counter = (page: ServedPage, pages: Pages): number | undefined =>
  page.index < 2 ? page.next : pages.length + count++;
