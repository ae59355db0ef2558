import type { PageRequest, PageResponse } from '../../request.js';
import { countingKey, cursorKey, type FoundList, identityPath } from '../lists.js';
import { announcedIn, announcesMore, countOf, type Member, plainName } from '../../reading/scan-answer.js';
import { byStyle, candidate, type Candidate, requested, styleOfSize, stylesOf, wordsIn } from './candidate.js';

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
  'current',
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
  'limit start',
  'ofs',
];

const styled = (words: readonly string[]): readonly string[] => [
  ...new Set(words.flatMap((each) => stylesOf(each.split(' ')))),
];

const numbers = {
  page: {
    echo: /^(p|pg|pn)$|^(?!.*(next|prev|size|per|limit|items|results|records)).*page/,
    params: /* @__PURE__ */ (() => [...new Set(['page', 'pageNumber', 'page_number', 'page[number]', 'p', 'pagination[page]', ...styled(pageWords), 'Page', '_page', 'pg', 'paging[page]', 'searchCriteria[currentPage]', 'paginate[page]', 'filter[page]', 'page_id', 'pn'])])(),
    risky: [],
    // cards_page beside cards_limit, index beside size.
    inRequest: /[a-z0-9][^a-z0-9]page\]?$|[a-z0-9]Page$|^index$/,
    option: 'pageParam',
    score: 50,
  },
  offset: {
    echo: /(offset|skip)$|^(ret|result|record|row|item|page)?(start|begin|from|first)(ing|s)?(at|with|index|row|record|position|offset|item|result|num|number|element)?$|^(item|result|current)?(index|position)$|^cursor$/,
    params: /* @__PURE__ */ (() => [...new Set(['offset', 'skip', '$skip', 'startIndex', 'startAt', ...styled(offsetWords), '_start', 'pagination[start]'])])(),
    // Names that may filter: a date, a user. Only tried where a total or an echo shows that something counts.
    risky: ['start', 'from', 'first', 'begin', 'index'],
    inRequest: /[a-z0-9][^a-z0-9](offset|skip|start|first)\]?$|[a-z0-9](Offset|Skip|Start)$/i,
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
  const { echo, option, score, risky, inRequest } = numbers[kind];
  const asked = requested(request);
  const texts = [...asked.map(({ name }) => name), ...members.map(({ names }) => names.at(-1) ?? '')];
  const { likely, unlikely } = byStyle(texts, numbers[kind].params);
  const known = [...likely, ...unlikely];
  // { "page": { "size": 20, "number": 1 } }
  const isNested = (name: string, place: string) => kind === 'page' && /^(number|num|no|current|index)$/.test(name) && /:(.*\.)?(page|paging|pagination|paginate|pager)$/.test(place); // prettier-ignore
  const mine = asked.filter(({ name, value, place }) => (isNested(name, place) || [...known, ...risky].includes(name) || (inRequest.test(name) && !/(per|last|total)[^a-z]?page\]?$/i.test(name))) && (countOf(value) ?? Infinity) < farthest); // prettier-ignore
  const echoed = members.filter(({ plain, value }) => echo.test(plain) && countOf(value) !== undefined);
  const pages = kind === 'page' ? announcedIn([], headers).totalPages : [];
  const inAnswer = [
    ...echoed.map(({ path }) => path),
    ...pages.map(({ read }) => read.replace('header:', 'the header ')),
  ];
  const byEcho = [
    ...echoed.filter(({ plain }) => !countsPages.test(plain)).flatMap(({ names }) => paramsOf(names)),
    ...[...known, ...risky].filter((param) => echoed.some(({ plain }) => plain === plainName(param))),
  ];
  const bySize = asked.flatMap(({ name }) => besideSize(kind, name));
  const counts = inAnswer.length > 0 || announcesMore(announcedIn(members, headers), list.items.length) !== undefined;
  const every = counts ? [...likely.slice(0, 3), ...risky, ...likely.slice(3)] : likely;
  const names = [...new Set([...mine.map(({ name }) => name), ...byEcho, ...bySize, ...every])];
  const [name = ''] = names;
  const why =
    mine.length > 0
      ? `found in the request: ${mine.map((each) => each.name).join(', ')}`
      : inAnswer.length > 0
        ? `found in the answer: ${inAnswer.join(', ')}`
        : `tried ${names.slice(0, 3).join(', ')} and ${String(names.length + unlikely.length - 3)} other common parameter names`;
  let points = mine.length > 0 ? score + 25 : byEcho.length > 0 ? score + 13 : inAnswer.length > 0 ? score : score - (bySize.length > 0 ? 24 : 30); // prettier-ignore
  const [own] = mine;
  const made = (param: string, others: readonly string[], blind: boolean, place: string | undefined): Candidate => ({
    ...candidate(
      kind,
      { items: list.read, [option]: param },
      (points -= 0.1) - elsewhere(places, place, blind),
      why,
      place,
    ),
    others,
    unlikely: others.length === 0 || risky.some((each) => each === param) ? [] : unlikely,
    blind,
  });
  // Whoever asks for a page size mostly asks for a page: its name is tried alone, and all others only if it is ignored.
  const isLikely = kind === 'page' && name === 'page' && asked.some(({ name: param }) => /^(items_?|results_?)?per_?page$|^page_?size$/i.test(param)); // prettier-ignore
  for (const place of own ? [places.includes(own.place) ? own.place : places[0]] : places)
    yield made(name, names.slice(1), mine.length + byEcho.length === 0 && !isLikely, place);
  // Names that may filter are tried by themselves, and last.
  if (!counts && mine.length === 0 && risky.length > 0)
    for (const place of places) yield made(risky[0] ?? '', risky.slice(1), true, place);
  // Some APIs call the number of a page an offset.
  const [alike] = kind === 'page' ? members.filter(({ plain, value }) => /^(offset|start|skip)$/.test(plain) && countOf(value) === 1) : []; // prettier-ignore
  if (alike) yield made(alike.names.at(-1) ?? '', [], false, places[0]);
}

/** Every kind of paging is tried in the likeliest place before any is in the next one, unless something speaks for it. */
const elsewhere = (places: readonly string[], place: string | undefined, blind: boolean): number =>
  Math.max(0, places.indexOf(place ?? '')) * (blind ? 6 : 0.1);

/** Larger numbers in a request are no positions of a first page. */
const farthest = 100_000;

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
  const words = kind === 'page' ? ['page', 'number', 'currentPage', 'current'] : ['offset', 'start', 'skip', 'from'];
  return [...known, ...words.map((word) => before + word + (after ?? ''))];
}

const pageBesideSize: Readonly<Record<string, readonly string[]>> = {
  pageSize: ['page', 'pageNumber', 'pageIndex'], page_size: ['page', 'page_number'], PageSize: ['Page', 'PageNumber'], _limit: ['_page'], size: ['page'],
}; // prettier-ignore
const offsetBesideSize: Readonly<Record<string, readonly string[]>> = {
  $top: ['$skip'], $limit: ['$offset', '$skip'], take: ['skip', 'from'], rows: ['start'], maxResults: ['startAt'], _limit: ['_start'], size: ['from'], rowLimit: ['startRow'], resultRecordCount: ['resultOffset'], retmax: ['retstart'], num: ['start'], length: ['start'], maxRecords: ['startPosition', 'startRecord'], count: ['offset', 'start', 'startIndex'], Limit: ['Offset'], max: ['offset', 'start'],
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
  const inRequest = requested(request).map(({ name }) => name);
  const asked = inRequest.filter((name) => keyNames.has(plainName(name)));
  const texts = [...inRequest, ...members.map(({ names }) => names.at(-1) ?? '')];
  const cursor = cursorKey(list.items);
  const counting = countingKey(list.items);
  const keys = [...new Set([cursor ?? identityPath(list.items), counting])];
  for (const [turn, key] of keys.entries()) {
    if (key === undefined) continue;
    const words = wordsIn(key.slice(key.lastIndexOf('.') + 1))
      .join(' ')
      .toLowerCase();
    const named = !/.(id|number|no|seq|code)$/.test(words) ? [] : styled(['start', 'after', 'last', 'before', 'from', 'since'].map((each) => `${each} ${words}`)); // prettier-ignore
    const own = [
      ...asked,
      ...(cursor === undefined ? [] : ['cursor', 'after', ...styled([`after ${cursor}`]), cursor]),
    ];
    const { likely, unlikely } = byStyle(texts, key === counting ? [...keyParams.slice(0, 5), ...timeParams, ...keyParams] : keyParams); // prettier-ignore
    const [name = '', ...others] = new Set([...own, ...likely.slice(0, 12), ...named, ...likely.slice(12)]);
    const an = /^[aeiou]/.test(key) ? 'an' : 'a';
    const signs = [
      ...(asked.length === 0 ? [] : [`found in the request: ${asked.join(', ')}`]),
      ...(more === undefined ? [] : [`${more.read} is ${String(more.value)}`]),
    ];
    const isSign = asked.length > 0 || cursor !== undefined || (more !== undefined && /id$|key$/i.test(key));
    for (const [index, place] of places.entries())
      yield {
        ...candidate(
          'keyset',
          { items: list.read, key: [key], cursorParam: name, ...(more === undefined ? {} : { hasMore: more.read }) },
          isSign ? 60 - turn - index / 10 : 15 - turn - elsewhere(places, places[index], true),
          `${[...signs, ''].join(', ')}there is no token, and items have ${an} ${key}`,
          place,
        ),
        others,
        unlikely: unlikely.filter((each) => each !== name),
        blind: signs.length === 0,
      };
  }
}

/** Names of the parameter that takes the last item's number or time. */
const timeParams: readonly string[] = /* @__PURE__ */ (() =>
  styled(['since', 'from', 'offset', 'from id', 'start time', 'end time', 'until', 'start', 'end', 'min time', 'before', 'after', 'to'])
)(); // prettier-ignore

/** The likely names of the parameter that takes the last item's key. */
const keyParams: readonly string[] = /* @__PURE__ */ (() => [
  ...new Set([
    'starting_after', 'after', 'last_id', 'after_id', 'since_id', 'start_after', 'cursor', 'before', 'max_id', 'until_id', 'marker', 'anchor', 'page_token', 'from_id', 'min_id', 'since', 'before_id', 'lastSeenID',
    ...styled(['starting after', 'after', 'last id', 'after id', 'since id', 'start after', 'last key', 'last', 'from id', 'before', 'max id', 'start key', 'exclusive start key', 'previous id', 'older than', 'prev last id', 'last seen id', 'offset id', 'next id', 'start id', 'last seen', 'continue from', 'seek', 'offset', 'from', 'until', 'until id', 'start', 'begin', 'anchor']),
  ]),
])(); // prettier-ignore

/** Names in a request that are those of a key: no offset has them. */
const keyNames: ReadonlySet<string> = /* @__PURE__ */ (() =>
  new Set(['starting_after', 'after', 'last_id', 'after_id', 'since_id', 'start_after', 'max_id', 'min_id', 'from_id', 'until_id', 'anchor', 'start_time', 'end_time', 'since', 'until', 'last_key', 'start_key', 'before', 'before_id', 'id_gt', 'id_lt', 'cursor', 'marker', 'last_seen', 'prev_last_id', 'offset_id'].map(plainName))
)(); // prettier-ignore
