import type { PageRequest, PageResponse } from '../../request.js';
import { countingKey, cursorKey, type FoundList, identityPath } from '../lists.js';
import { announcedIn, announcesMore, countOf, type Member, plainName } from '../../reading/scan-answer.js';
import { candidate, type Candidate, requested, styleOfSize, stylesOf } from './candidate.js';

/** The words of names, likeliest first; each is tried in every style. */
const pageWords = [
  'page',
  'page number',
  'p',
  'page no',
  'current page',
  'page index',
  'page num',
  'pg',
  'page id',
  'page start',
  'pn',
  'page offset',
  'num page',
  'page nr',
  'page idx',
  'actual page',
];
const offsetWords = [
  'offset',
  'skip',
  'start index',
  'start at',
  'start row',
  'start record',
  'start position',
  'first result',
  'result offset',
  'record offset',
  'page offset',
  'start offset',
  'skip count',
  'first row',
  'row offset',
  'item offset',
  'starting at',
  'start from',
  'start item',
  'position',
  'first row number',
  'row number',
  'skip records',
  'from hit',
];

const styled = (words: readonly string[]): readonly string[] => [
  ...new Set(words.flatMap((each) => stylesOf(each.split(' ')))),
];

const numbers = {
  page: {
    echo: /^(p|pg|pn)$|^(?!.*(next|prev|size|per|limit|items|results|records)).*page/,
    params: /* @__PURE__ */ (() => [...new Set(['page', 'pageNumber', 'page_number', 'page[number]', 'p', 'pagination[page]', ...styled(pageWords), 'Page', '_page', 'pg', 'paging[page]', 'searchCriteria[currentPage]', 'paginate[page]', 'filter[page]', 'page_id', 'pn'])])(),
    risky: [],
    option: 'pageParam',
    score: 50,
  },
  offset: {
    echo: /(offset|skip)$|^(ret|result|record|row|item|page)?(start|begin|from|first)(ing|s)?(at|with|index|row|record|position|offset|item|result|num|number|element)?$|^(item|result|current)?(index|position)$|^cursor$/,
    params: /* @__PURE__ */ (() => [...new Set(['offset', 'skip', '$skip', 'startIndex', 'startAt', ...styled(offsetWords), '_start', 'pagination[start]'])])(),
    // Names that may filter: a date, a user. Only tried where a total or an echo shows that something counts.
    risky: ['start', 'from', 'first', 'begin', 'index'],
    option: 'offsetParam',
    score: 48,
  },
} as const satisfies Record<string, object>; // prettier-ignore

/** A page number or an offset: one that the request has, that the answer echoes, or that merely has a common name. */
export function* byNumber(
  kind: 'page' | 'offset',
  request: PageRequest,
  members: readonly Member[],
  { headers }: PageResponse,
  list: FoundList,
  places: readonly string[],
): Generator<Candidate> {
  const { echo, option, score } = numbers[kind];
  const known: readonly string[] = numbers[kind].params;
  const asked = requested(request);
  const mine = [...known, ...numbers[kind].risky].filter((param) => asked.includes(param));
  const echoed = members.filter(({ plain, value }) => echo.test(plain) && countOf(value) !== undefined);
  const pages = kind === 'page' ? announcedIn([], headers).totalPages : [];
  const inAnswer = [
    ...echoed.map(({ path }) => path),
    ...pages.map(({ read }) => read.replace('header:', 'the header ')),
  ];
  const byEcho = [
    ...echoed.filter(({ plain }) => !countsPages.test(plain)).flatMap(({ names }) => paramsOf(names)),
    ...[...known, ...numbers[kind].risky].filter((param) => echoed.some(({ plain }) => plain === plainName(param))),
  ];
  const bySize = asked.flatMap((param) => besideSize(kind, param));
  const counts = inAnswer.length > 0 || announcesMore(announcedIn(members, headers), list.items.length) !== undefined;
  // Where nothing counts, names that may filter are tried last.
  const { risky } = numbers[kind];
  const every = counts ? [...known.slice(0, 3), ...risky, ...known.slice(3)] : [...known, ...risky];
  const names = [...new Set([...mine, ...byEcho, ...bySize, ...every])];
  const [name = ''] = names;
  const isNamed = mine.length > 0 || byEcho.length > 0;
  const why =
    mine.length > 0
      ? `found in the request: ${mine.join(', ')}`
      : inAnswer.length > 0
        ? `found in the answer: ${inAnswer.join(', ')}`
        : `tried ${names.slice(0, 3).join(', ')} and ${String(names.length - 3)} other common parameter names`;
  let points = mine.length > 0 ? score + 10 : inAnswer.length > 0 ? score : score - 30;
  for (const place of mine.length > 0 ? places.slice(0, 1) : places)
    yield {
      ...candidate(kind, { items: list.read, [option]: name }, (points -= 0.1), why, place),
      others: mine.length > 0 ? mine.slice(1) : names.slice(1),
      blind: !isNamed,
    };
}

/** Echoes that tell how many pages there are, and not which one this is. */
const countsPages = /total|count|last|num(ber)?of|^num|^nb|pages|max/;

/** What a parameter may be called whose value is echoed as this member: `pagination[page]` and `page`. */
function paramsOf(names: readonly string[]): readonly string[] {
  const [own = '', holder] = [names.at(-1), names.at(-2)];
  const nested = holder !== undefined && /^(page|paging|pagination|paginate|pager)$/i.test(holder) && own !== holder;
  return nested ? [own, `${holder}[${own}]`] : [own];
}

/** Parameters that go with the size of the request: `page[number]` with `page[size]`, `ws.start` with `ws.size`. */
function besideSize(kind: 'page' | 'offset', param: string): readonly string[] {
  const beside = kind === 'page' ? pageBesideSize : offsetBesideSize;
  const known = Object.hasOwn(beside, param) ? (beside[param] ?? []) : [];
  const [, before, after] = styleOfSize(param) ?? [];
  if (before === undefined) return known;
  const words = kind === 'page' ? ['page', 'number', 'current'] : ['offset', 'start', 'skip', 'from'];
  return [...known, ...words.map((word) => before + word + (after ?? ''))];
}

const pageBesideSize: Readonly<Record<string, readonly string[]>> = {
  pageSize: ['page', 'pageNumber', 'pageIndex'], page_size: ['page', 'page_number'], PageSize: ['Page', 'PageNumber'], _limit: ['_page'], size: ['page'],
}; // prettier-ignore
const offsetBesideSize: Readonly<Record<string, readonly string[]>> = {
  $top: ['$skip'], $limit: ['$offset', '$skip'], take: ['skip'], rows: ['start'], maxResults: ['startAt'], _limit: ['_start'], size: ['from'], rowLimit: ['startRow'], resultRecordCount: ['resultOffset'], retmax: ['retstart'], num: ['start'], length: ['start'], maxRecords: ['startPosition', 'startRecord'], count: ['offset', 'start', 'startIndex'], Limit: ['Offset'], max: ['offset', 'start'],
}; // prettier-ignore

/** The last item's key, if the answer has a has-more and no token. */
export function* byKey(
  request: PageRequest,
  members: readonly Member[],
  { headers }: PageResponse,
  list: FoundList,
  places: readonly string[],
): Generator<Candidate> {
  const last = list.items.at(-1);
  if (typeof last !== 'object' || last === null) return;
  if (Array.isArray((last as { sort?: unknown }).sort) && typeof request.body === 'object')
    yield candidate(
      'keyset',
      { items: list.read, key: ['sort'], cursorParam: 'search_after' },
      76,
      'items have sort values',
      'body',
    );
  const more = announcedIn(members, headers).hasMore[0];
  const asked = requested(request).filter((name) => keyNames.has(plainName(name)));
  const cursor = cursorKey(list.items);
  const keys = [...new Set([cursor ?? identityPath(list.items), countingKey(list.items)])];
  for (const [turn, key] of keys.entries()) {
    if (key === undefined) continue;
    const own = [
      ...asked,
      ...(cursor === undefined ? [] : ['cursor', 'after', ...styled([`after ${cursor}`]), cursor]),
    ];
    const [name = '', ...others] = new Set([...own, ...(turn === 0 ? [] : timeParams), ...keyParams]);
    const an = /^[aeiou]/.test(key) ? 'an' : 'a';
    const signs = [
      ...(asked.length === 0 ? [] : [`found in the request: ${asked.join(', ')}`]),
      ...(more === undefined ? [] : [`${more.read} is ${String(more.value)}`]),
    ];
    const isSign = signs.length > 0 || cursor !== undefined;
    for (const [index, place] of places.entries())
      yield {
        ...candidate(
          'keyset',
          { items: list.read, key: [key], cursorParam: name, ...(more === undefined ? {} : { hasMore: more.read }) },
          (isSign ? 60 : 15) - turn - index / 10,
          `${[...signs, ''].join(', ')}there is no token, and items have ${an} ${key}`,
          place,
        ),
        others,
        blind: signs.length === 0,
      };
  }
}

/** Names of the parameter that takes the last item's number or time. */
const timeParams: readonly string[] = /* @__PURE__ */ (() =>
  styled(['since', 'from', 'start time', 'from id', 'end time', 'until', 'start', 'end', 'offset', 'min time', 'before', 'after', 'to'])
)(); // prettier-ignore

/** The likely names of the parameter that takes the last item's key. */
const keyParams: readonly string[] = /* @__PURE__ */ (() => [
  ...new Set([
    'starting_after', 'after', 'last_id', 'after_id', 'since_id', 'start_after', 'cursor', 'before', 'max_id', 'marker', 'from_id', 'min_id', 'since', 'before_id',
    ...styled(['starting after', 'after', 'last id', 'after id', 'since id', 'start after', 'last key', 'last', 'from id', 'before', 'max id', 'start key', 'exclusive start key', 'previous id', 'older than', 'prev last id', 'offset id', 'next id', 'start id', 'last seen', 'continue from', 'seek', 'offset', 'from', 'until', 'start', 'begin']),
  ]),
])(); // prettier-ignore

const keyNames: ReadonlySet<string> = /* @__PURE__ */ (() => new Set([...keyParams, ...timeParams].map(plainName)))();
