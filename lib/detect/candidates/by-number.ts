import type { PageRequest, PageResponse } from '../../request.js';
import { type FoundList, identityKey } from '../lists.js';
import { announcedIn, type Member, plainName, scanAnswer } from '../../reading/scan-answer.js';
import { candidate, type Candidate } from './candidate.js';

const numbers = {
  page: {
    echoes: ['page', 'currentpage', 'pagenumber', 'pageno', 'pageindex', 'totalpages', 'pagecount', 'lastpage', 'numpages', 'pages'],
    params: ['page', '_page', 'pageNumber', 'page[number]', 'page_number', 'pageNo', 'p'],
    blind: ['page'],
    option: 'pageParam',
    score: 50,
  },
  offset: {
    echoes: ['offset', 'skip', 'startindex', 'start', 'from', 'startat'],
    params: ['offset', 'skip', '$skip', 'start', 'startIndex', 'from', 'startAt', 'page[offset]', '_start'],
    blind: ['offset', 'skip'],
    option: 'offsetParam',
    score: 48,
  },
} as const; // prettier-ignore

/** A page number or an offset: one that the request has, that the answer echoes, or that merely has a common name. */
export function* byNumber(
  kind: 'page' | 'offset',
  request: PageRequest,
  members: readonly Member[],
  { headers }: PageResponse,
  list: FoundList,
  places: readonly string[],
): Generator<Candidate> {
  const { echoes, params: known, blind, option, score } = numbers[kind];
  const asked = namesIn(request);
  const mine = known.filter((param) => asked.includes(param));
  const echoed = members.filter(
    ({ plain, value }) =>
      (echoes as readonly string[]).includes(plain) && (typeof value === 'number' || typeof value === 'string'),
  );
  const pages = kind === 'page' ? announcedIn([], headers).totalPages : [];
  const inAnswer = [
    ...echoed.map(({ path }) => path),
    ...pages.map(({ read }) => read.replace('header:', 'the header ')),
  ];
  const byEcho = known.filter((param) => echoed.some(({ plain }) => plain === plainName(param)));
  const names = mine.length > 0 ? mine : inAnswer.length > 0 ? [...new Set([...byEcho, ...known.slice(0, 4)])] : blind;
  const why =
    mine.length > 0
      ? `found in the request: ${mine.join(', ')}`
      : inAnswer.length > 0
        ? `found in the answer: ${inAnswer.join(', ')}`
        : `tried ${names.join(' and ')}, ${names.length > 1 ? 'common parameter names' : 'a common parameter name'}`;
  let points = mine.length > 0 ? score + 10 : inAnswer.length > 0 ? score : score - 30;
  for (const place of mine.length > 0 ? places.slice(0, 1) : places)
    for (const name of names) yield candidate(kind, { items: list.read, [option]: name }, (points -= 0.1), why, place);
}

/** The names of a request's parameters, in its query and body. */
function namesIn({ url = '', body }: PageRequest): readonly string[] {
  const query = [...new URLSearchParams(/\?([^#]*)/.exec(url)?.[1] ?? '').keys()];
  if (typeof body === 'string' || body instanceof URLSearchParams)
    return [...query, ...new URLSearchParams(body).keys()];
  if (typeof body !== 'object' || body === null || ArrayBuffer.isView(body)) return query;
  return [...query, ...scanAnswer(body).map(({ names }) => names.at(-1) ?? '')];
}

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
  const key = identityKey(list.items);
  if (more === undefined || key === undefined) return;
  let score = 60;
  for (const cursorParam of ['starting_after', 'after', 'last_id', 'after_id', 'since_id', 'start_after', 'cursor'])
    yield candidate(
      'keyset',
      { items: list.read, key: [key], cursorParam, hasMore: more.read },
      (score -= 0.1),
      `${more.read} is ${String(more.value)}, there is no token, and items have ${/^[aeiou]/.test(key) ? 'an' : 'a'} ${key}`,
      places[0],
    );
}
