import type { PageRequest, PageResponse } from '../request.js';
import { scanLinks } from '../values/links.js';
import type { FoundList } from './find-items.js';
import type { Paging, PagingKind, PagingOptions } from './paging.js';
import { announcedIn, isUrlText, plainName, scanAnswer, type Member } from './scan-answer.js';
import { identityKey } from './same-items.js';

/** A way to page that an answer speaks for, and how clearly it does. */
export interface Candidate {
  readonly paging: Paging;
  /** From 100, what a standard names, to 10, a common name that is merely tried. */
  readonly score: number;
  readonly evidence: string;
}

/** The ways to page that come into question, best first. `place` is where the caller says that parameters are written. */
export function candidatesOf(
  request: PageRequest,
  response: PageResponse,
  list: FoundList,
  place: string | undefined,
): readonly Candidate[] {
  const members = scanAnswer(response.body);
  const places = place === undefined ? placesOf(request) : [place];
  const found = [
    ...byConnection(request, members, list),
    ...byLink(response, list),
    ...byUrl(members, list),
    ...byToken(members, response, list, places),
    ...byKey(request, members, response, list, places),
    ...byNumber('page', request, members, response, list, places),
    ...byNumber('offset', request, members, response, list, places),
  ];
  return found.sort((a, b) => b.score - a.score);
}

const candidate = (
  kind: PagingKind,
  options: PagingOptions,
  score: number,
  evidence: string,
  place?: string,
): Candidate => ({
  paging: { kind, options, ...(place === undefined || place === 'query' ? {} : { place }) },
  score,
  evidence,
});

/** Where parameters can be written into this request, likeliest first. */
function placesOf({ method = 'GET', body }: PageRequest): readonly string[] {
  if (/^(get|head)$/i.test(method) || body === undefined || body === null) return ['query'];
  if (typeof body === 'string' || body instanceof URLSearchParams) return ['form', 'query'];
  if (typeof body !== 'object' || ArrayBuffer.isView(body)) return ['query'];
  const nested = Object.entries(body).filter(
    ([name, value]) => /^(pagination|paging|page)$/i.test(name) && typeof value === 'object',
  );
  return [
    ...nested.map(([name]) => `body:${name}`),
    'body',
    ...(nested.length > 0 ? [] : ['body:pagination']),
    'query',
  ];
}

function* byConnection(request: PageRequest, members: readonly Member[], list: FoundList): Generator<Candidate> {
  const query = (request.body as { query?: unknown } | null | undefined)?.query;
  for (const { names, path, value } of members) {
    if (names.at(-1) !== 'pageInfo' || typeof value !== 'object' || value === null || !('hasNextPage' in value))
      continue;
    const connection = path.slice(0, -'.pageInfo'.length);
    if (connection !== '' && !list.path.startsWith(`${connection}.`)) continue; // That of another list.
    const items = [`${connection}.nodes`, `${connection}.edges`].find((each) =>
      members.some((member) => member.path === each),
    );
    const after = typeof query === 'string' ? /\bafter\s*:\s*\$(\w+)/.exec(query)?.[1] : undefined;
    yield candidate(
      'relay',
      {
        items: items ?? list.path,
        pageInfo: path,
        ...(after === undefined || after === 'after' ? {} : { cursorParam: after }),
      },
      100,
      `${path} is the pageInfo of a connection`,
    );
  }
}

function* byLink({ headers }: PageResponse, list: FoundList): Generator<Candidate> {
  const header = headers.get('link');
  if (header === null) return;
  let rels: string[];
  try {
    rels = [...scanLinks(header)].flatMap(
      ({ params }) =>
        params
          .get('rel')
          ?.toLowerCase()
          .split(/[ \t]+/) ?? [],
    );
  } catch {
    return;
  }
  const next = rels.includes('next');
  if (next || rels.some((rel) => /^(prev|previous|first|last)$/.test(rel)))
    yield candidate('link', { items: list.path }, 98, `the Link header has rel="${next ? 'next' : rels.join(' ')}"`);
}

/** Names of the next page's URL; a next month or a next user has other items. */
const nextUrls =
  /^(odata)?next(page|records?|results?|set|batch)?(relative|full)?(url|uri|link|href|path|results|token|cursor)?$/;

function* byUrl(members: readonly Member[], list: FoundList): Generator<Candidate> {
  for (const { path, names, plain, value } of members) {
    const named = names.some((name) => nextUrls.test(plainName(name))) && !names.some((name) => /prev/i.test(name));
    // A null is the end of URLs where the name says so, or where the pages before it are URLs too.
    const ended =
      value === null &&
      (/^(odata)?nextlink$|^nexturl$|^nextpageurl$/.test(plain) ||
        (plain === 'next' &&
          members.some(
            (other) =>
              plainName(other.names[0] ?? '').includes('prev') ||
              other.names.includes('links') ||
              other.names.includes('_links') ||
              other.plain === 'previous',
          )));
    if (!named || !(isUrlText(value) || ended)) continue;
    const score = /odata|nextlink/.test(plain) || /^_?links\b/.test(path) ? 96 : 92;
    yield candidate(
      'next-url',
      { items: list.path, next: path },
      score,
      value === null ? `${path} is null` : `${path} is a URL`,
    );
  }
}

/** What a token's name makes likely for the parameter that takes it. */
const params: Readonly<Record<string, readonly string[]>> = {
  nextcursor: ['cursor', 'after', 'start_cursor', 'starting_after'], cursor: ['cursor', 'after'],
  endcursor: ['after', 'cursor'], after: ['after', 'cursor'], aftercursor: ['after', 'cursor', 'page[after]'],
  nextpagetoken: ['pageToken', 'page_token'], pagetoken: ['pageToken', 'page_token'],
  nexttoken: ['NextToken', 'nextToken', 'next_token', 'pagination_token'], lastevaluatedkey: ['ExclusiveStartKey'],
  continue: ['*', 'continue'], bookmark: ['bookmark'], continuationtoken: ['continuationToken', 'continuation_token', 'continuation-token'],
  nextcontinuationtoken: ['continuation-token'], nextmarker: ['marker', 'Marker'], marker: ['marker'],
  resumptiontoken: ['resumptionToken'], nextpagecursor: ['cursor', 'page_cursor'], nextpage: ['page', 'cursor'],
  nextoffset: ['offset'], offset: ['offset'], nextid: ['after', 'cursor', 'start'], next: ['next', 'cursor', 'after', 'start', 'page', 'offset'],
}; // prettier-ignore

const tokenHeaders: Readonly<Record<string, readonly (readonly [param: string, place: string | undefined])[]>> = {
  'x-ms-continuation': [['x-ms-continuation', 'headers'], ['continuationToken', undefined]],
  'x-next-cursor': [['cursor', undefined], ['after', undefined]],
  'x-next-page': [['page', undefined]],
  'x-next-page-token': [['page_token', undefined], ['pageToken', undefined]],
  'x-continuation-token': [['x-continuation-token', 'headers'], ['continuation_token', undefined]],
}; // prettier-ignore

function* byToken(
  members: readonly Member[],
  { headers }: PageResponse,
  list: FoundList,
  places: readonly string[],
): Generator<Candidate> {
  const { hasMore } = announcedIn(members, headers);
  const [more] = hasMore;
  // Where a flag ends what a token goes on with, the token is asked too.
  const ways: readonly PagingOptions[] =
    more === undefined ? [{}] : more.value ? [{ hasMore: more.read }] : [{ hasMore: more.read }, {}];
  for (const { path, names, plain, value } of members) {
    const known = Object.hasOwn(params, plain) ? params[plain] : undefined;
    // A token in Base64 may begin with a slash.
    const isUrl = /token|cursor|marker|key/.test(plain) ? /^https?:/i.test(String(value)) : isUrlText(value);
    if (known === undefined || isUrl || !mayBeToken(plain, value) || names.includes('pageInfo')) continue;
    const own = names.at(-1) ?? plain;
    const fitting = known.filter(
      (param) => (param === '*') === (plain === 'continue' && typeof value === 'object') || param !== '*',
    );
    const written = [...new Set([...fitting.filter((param) => sameStyle(param, own)), ...fitting, own])];
    let score = plain === 'next' || plain === 'cursor' || plain === 'after' || plain === 'offset' ? 78 : 88;
    for (const place of places)
      for (const cursorParam of written) {
        const evidence =
          value === null || value === '' ? `${path} is ${value === null ? 'null' : "''"}` : `${path} is a token`;
        for (const options of ways)
          yield candidate(
            'cursor',
            { items: list.path, next: path, cursorParam, ...options },
            (score -= 0.1),
            evidence,
            place,
          );
      }
  }
  for (const [name, taken] of Object.entries(tokenHeaders)) {
    const value = headers.get(name);
    if (value === null) continue;
    let score = 86;
    for (const [cursorParam, place = places[0]] of taken)
      yield candidate(
        'cursor',
        { items: list.path, next: `header:${name}`, cursorParam },
        (score -= 0.1),
        `the header ${name} is ${value === '' ? 'empty' : 'a token'}`,
        place,
      );
  }
}

const positions = ['cursor', 'endcursor', 'after', 'aftercursor', 'continue', 'marker', 'pagetoken', 'bookmark'];

function mayBeToken(plain: string, value: unknown): boolean {
  if (plain === 'offset') return typeof value === 'string' && !/^\d+$/.test(value);
  // Under names that a position may be told by as well, nothing is no end: it may be that of the first page.
  if (value === null || value === '') return !positions.includes(plain);
  if (typeof value === 'object')
    return ['lastevaluatedkey', 'continue', 'next', 'nexttoken', 'nextcursor'].includes(plain) && !('href' in value);
  return typeof value === 'string' || typeof value === 'number';
}

/** A parameter of one word fits every style. */
const sameStyle = (param: string, token: string): boolean =>
  /^[a-z]+$/.test(param) ||
  (param.includes('_') === token.includes('_') && /^[A-Z]/.test(param) === /^[A-Z]/.test(token));

function* byKey(
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
      { items: list.path, key: ['sort'], cursorParam: 'search_after' },
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
      { items: list.path, key: [key], cursorParam, hasMore: more.read },
      (score -= 0.1),
      `${more.read} is ${String(more.value)}, there is no token, and items have ${/^[aeiou]/.test(key) ? 'an' : 'a'} ${key}`,
      places[0],
    );
}

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

function* byNumber(
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
  const told = [...echoed.map(({ path }) => path), ...pages.map(({ read }) => read.replace('header:', 'the header '))];
  const byEcho = known.filter((param) => echoed.some(({ plain }) => plain === plainName(param)));
  const names = mine.length > 0 ? mine : told.length > 0 ? [...new Set([...byEcho, ...known.slice(0, 4)])] : blind;
  const why =
    mine.length > 0
      ? `the request has ${mine.join(', ')}`
      : told.length > 0
        ? `the answer tells ${told.join(', ')}`
        : `${names.join(' and ')} ${names.length > 1 ? 'are common names' : 'is a common name'}`;
  let points = mine.length > 0 ? score + 10 : told.length > 0 ? score : score - 30;
  for (const place of mine.length > 0 ? places.slice(0, 1) : places)
    for (const name of names) yield candidate(kind, { items: list.path, [option]: name }, (points -= 0.1), why, place);
}

/** The names of a request's parameters, in its query and body. */
function namesIn({ url = '', body }: PageRequest): readonly string[] {
  const query = [...new URLSearchParams(/\?([^#]*)/.exec(url)?.[1] ?? '').keys()];
  if (typeof body === 'string' || body instanceof URLSearchParams)
    return [...query, ...new URLSearchParams(body).keys()];
  if (typeof body !== 'object' || body === null || ArrayBuffer.isView(body)) return query;
  return [...query, ...scanAnswer(body).map(({ names }) => names.at(-1) ?? '')];
}
