import type { PageRequest, PageResponse, ResponseHeaders } from '../../request.js';
import type { FoundList } from '../lists.js';
import type { PagingOptions } from '../kinds.js';
import { isAboutPages } from '../only-page.js';
import { announcedIn, countOf, isUrlText, type Member, plainName } from '../../reading/scan-answer.js';
import {
  byStyle,
  candidate,
  type Candidate,
  isGraphql,
  requested,
  type Requested,
  styleOfSize,
  stylesOf,
  wordsIn,
} from './candidate.js';

/** The likely names of the parameter that takes a token, by the name of the token. */
const params: Readonly<Record<string, readonly string[]>> = {
  nextcursor: ['cursor', 'after', 'start_cursor', 'starting_after'], cursor: ['cursor', 'after', 'after_cursor'],
  endcursor: ['after', 'cursor'], after: ['after', 'cursor'], aftercursor: ['after', 'cursor', 'page[after]'],
  nextpagetoken: ['pageToken', 'page_token'], pagetoken: ['pageToken', 'page_token'],
  nexttoken: ['NextToken', 'nextToken', 'next_token', 'pagination_token'], lastevaluatedkey: ['ExclusiveStartKey'],
  continue: ['*', 'continue'], bookmark: ['bookmark'], continuationtoken: ['continuationToken', 'continuation_token', 'continuation-token'],
  nextcontinuationtoken: ['continuation-token'], nextmarker: ['marker', 'Marker'], marker: ['marker'],
  resumptiontoken: ['resumptionToken'], nextpagecursor: ['cursor', 'page_cursor'], nextpage: ['page', 'cursor'],
  token: ['token', 'page_token', 'pageToken'], last: ['since', 'starting_after', 'last'], pagination: ['after', 'cursor'], position: ['position'], end: ['from', 'start'],
  nextoffset: ['offset'], nextpageoffset: ['offset', 'page_offset'], offset: ['offset'], nextid: ['after', 'cursor', 'start'], next: ['next', 'cursor', 'after', 'start', 'page', 'offset'],
}; // prettier-ignore

/** Headers that may hold a token, for transports that read headers by name only. */
const tokenHeaders: readonly string[] = /* @__PURE__ */ (() =>
  ['', 'X-', 'X-MS-', 'X-Pagination-', 'Pagination-'].flatMap((prefix) =>
    ['Next-Page', 'Next-Cursor', 'Next-Page-Token', 'Next-Token', 'Next-Range', 'Next-Offset', 'Next', 'Continuation', 'Continuation-Token', 'ContinuationToken', 'Cursor', 'After', 'After-Cursor', 'Page-Token', 'Next-Url'].map((name) => prefix + name),
  ))(); // prettier-ignore

/** The ends of their names, whatever vendor stands before: `cb-after`, `opc-next-page`, `X-Nomad-NextToken`. */
const tokenHeader =
  /(^|[-_])(next(-?(page|page-?token|page-?cursor|page-?ur[il]|cursor|token|range|offset|marker|key|row|row-?number|id|start|url|link))?|continuation(-?token)?|cursor(-next)?|after(-cursor)?|page-?(token|cursor)|marker|skip-?token)$/i;

/** The headers of an answer that may hold a token. */
function tokenHeadersOf(headers: ResponseHeaders): readonly string[] {
  if (!(Symbol.iterator in headers)) return tokenHeaders.filter((name) => headers.get(name) !== null);
  const names = [...(headers as Iterable<readonly [name: string, value: string]>)].map(([name]) => name);
  const found = names.filter((name) => tokenHeader.test(name) && !/^retry-after$/i.test(name));
  return found.map((name) => tokenHeaders.find((known) => known.toLowerCase() === name.toLowerCase()) ?? name);
}

/** A token in the body or a header. */
export function* byToken(
  request: PageRequest,
  members: readonly Member[],
  { headers }: PageResponse,
  list: FoundList,
  places: readonly string[],
): Generator<Candidate> {
  const asked = requested(request);
  const vocabulary = vocabularyOf(asked, members);
  const [more] = announcedIn(members, headers).hasMore;
  // If has-more is false and there is a token, paging with and without has-more is tried.
  const ways: readonly PagingOptions[] =
    more === undefined ? [{}] : more.value ? [{ hasMore: more.read }] : [{ hasMore: more.read }, {}];
  for (const member of members) {
    const { path, plain, value } = member;
    const comesBack = isSentAgain(member, asked);
    if (
      isEchoed(member, asked) ||
      (!comesBack && !isToken(member, members, list, more?.value === true, isGraphql(request)))
    )
      continue;
    const [cursorParam = '', ...others] = namesFor(member, members, vocabulary);
    const evidence =
      value === null || value === '' ? `${path} is ${value === null ? 'null' : "''"}` : `${path} is a token`;
    const ends = plain === 'bookmark' ? ['nil'] : isCount(value, list, request) ? ['0', '-1'] : sentAs(cursorParam, asked); // prettier-ignore
    const endTokens = ends === undefined ? {} : { endTokens: ends };
    for (const [index, place] of places.entries())
      for (const [turn, options] of ways.entries())
        yield {
          ...candidate(
            'cursor',
            { items: list.read, next: path, cursorParam, ...options, ...endTokens },
            (isAsked(member, asked) ? 85 : scoreOf(member)) - index / 10 - turn / 20,
            evidence,
            place,
          ),
          others,
          unlikely: isObject(value) ? [] : vocabulary.unlikely.filter((name) => name !== cursorParam && !others.includes(name)), // prettier-ignore
        };
  }
  for (const name of tokenHeadersOf(headers))
    yield* byHeader(name, headers.get(name) ?? '', vocabulary, asked, list, places);
}

/** What the parameter may be called, as far as the request and the answer tell. */
interface Vocabulary {
  /** Parameters of the request that may take a token. */
  readonly inRequest: readonly string[];
  /** All parameters of the request. */
  readonly asked: readonly string[];
  /** What stands around the word for the size in its name. */
  readonly around: readonly ((word: string) => string)[];
  /** Names like that of the size: `pagination_cursor` beside `pagination_limit`. */
  readonly bySize: readonly string[];
  /** All usual names, in the style of the API and in others. */
  readonly likely: readonly string[];
  readonly unlikely: readonly string[];
}

function vocabularyOf(params: readonly Requested[], members: readonly Member[]): Vocabulary {
  const asked = params.map(({ name }) => name);
  const around = asked.flatMap((param) => {
    const [, before, after = ''] = styleOfSize(param) ?? [];
    return before === undefined ? [] : [(word: string) => before + word + after];
  });
  const bySize = around.flatMap((inStyle) => ['cursor', 'token', 'after', 'page_token', 'start'].map(inStyle));
  return {
    asked,
    around,
    inRequest: asked.filter((name) => anyToken.includes(name) && !/^(page|offset|start|from)$/.test(name)),
    bySize: asked.includes('take') ? ['from', ...bySize] : bySize,
    ...byStyle([...asked, ...members.map(({ names }) => names.at(-1) ?? '')], anyToken),
  };
}

/** Whether a member may hold the token of the next page, or says by a null that there is none. */
function isToken(
  member: Member,
  members: readonly Member[],
  list: FoundList,
  hasMore: boolean,
  isQuery: boolean,
): boolean {
  const { names, plain, value } = member;
  const isEmpty = value === null || value === '';
  // That of a GraphQL connection, `relay` reads.
  if (names.includes('pageInfo') && (isQuery || plain !== 'endcursor')) return false;
  // A flag or a session may be called so too: only a long value at the top is a token.
  if (ambiguous.includes(plain) && (names.length > 2 || String(value).length < 10 || isAmong(value, list)))
    return false;
  // The end of a range is a token if its start is one.
  if (plain === 'end' && !(isOpaque(value) && members.some((other) => other.plain === 'start' && isOpaque(other.value)))) return false; // prettier-ignore
  if (!Object.hasOwn(params, plain) && !isWithinNext(member) && (isEmpty || !unknownTokens.test(plain))) return false;
  // A token in Base64 may begin with a slash.
  if (/token|cursor|marker|key/.test(plain) ? /^https?:/i.test(String(value)) : isUrlText(value)) return false;
  // A null elsewhere may be about something else: { "user": { "next_page": null } }.
  if (isEmpty && !isAboutPages(names)) return false;
  const counts = plain.endsWith('offset') && hasMore && typeof value === 'number' && value >= list.items.length;
  return counts || mayBeToken(plain, value);
}

/** Whether a text has the name of a parameter that was sent with another text: `?sync=a1` and `{ "sync": "b2" }`. */
const isSentAgain = ({ names, value }: Member, asked: readonly Requested[]): boolean =>
  typeof value === 'string' &&
  value.length >= 10 &&
  isOpaque(value) &&
  asked.some((each) => each.name === names.at(-1) && typeof each.value === 'string' && each.value.length >= 10 && each.value !== value); // prettier-ignore

/** Whether a range or filter that was sent comes back: `{ "start": …, "end": … }`. */
const isEchoed = ({ names, plain, value }: Member, asked: readonly Requested[]): boolean =>
  ambiguous.includes(plain) && asked.some((each) => each.name === names.at(-1) && each.value === value);

const ambiguous: readonly string[] = ['token', 'pagination', 'last', 'position', 'end'];

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

/** A text that is no date. */
const isOpaque = (value: unknown): boolean => typeof value === 'string' && !/^\d{4}-\d\d/.test(value);

/** A token in an object that is called next: { "next": { "starting_after": "abc" } }. */
const isWithinNext = ({ names, plain, value }: Member): boolean =>
  plainName(names.at(-2) ?? '') === 'next' && typeof value !== 'object' && plain !== 'page';

/** Whether the request has a parameter whose name follows from the token's. */
const isAsked = ({ names }: Member, asked: readonly Requested[]): boolean => {
  const own = names.at(-1) ?? '';
  return asked.some(({ name }) => derivedFrom(own).includes(name) && !/^(limit|size|key|id)$/.test(name));
};

const scoreOf = ({ names, plain }: Member): number => {
  // last_history_item_id names the member of an item whose parameter it goes to, as start_after_history_item_id.
  if (plain.startsWith('last'))
    return /^last(id|key|item|value)$/.test(plain) || wordsIn(names.at(-1) ?? '').length < 3 ? 47 : 61;
  if (!Object.hasOwn(params, plain) || plain === 'token') return 70;
  return ['next', 'cursor', 'after', 'offset'].includes(plain) ? 78 : 88;
};

/** The names that the parameter for this token may have, likeliest first. */
function namesFor(member: Member, members: readonly Member[], vocabulary: Vocabulary): ReadonlySet<string> {
  const { names, plain, value } = member;
  const { asked, around, inRequest, bySize, likely } = vocabulary;
  const own = names.at(-1) ?? plain;
  const known = Object.hasOwn(params, plain) ? (params[plain] ?? []) : undefined;
  const fitting = (known ?? []).filter((param) => param !== '*' || isObject(value));
  const derived = derivedFrom(own);
  // Parameters that the answer echoes beside the token: { "limit": 20, "from": 4980, "next": 4960 }.
  const beside = members
    .filter((other) => other.plain !== plain && other.names.length === names.length)
    .flatMap((other) => likely.filter((param) => param === other.names.at(-1)));
  return new Set([
    ...(isObject(value) && (known === undefined || plain === 'continue') ? ['*'] : []),
    ...(isWithinNext(member) ? [own] : []),
    ...[own, ...derived].filter((param) => asked.includes(param)),
    ...inRequest,
    ...around.flatMap((inStyle) => [...derived.slice(0, 1), own].map(inStyle)),
    ...bySize.slice(0, 1),
    ...beside,
    ...fitting.filter((param) => sameStyle(param, own)),
    ...derived.filter((param) => sameStyle(param, own)).slice(0, 1),
    own,
    ...bySize,
    ...derived.filter((param) => sameStyle(param, own)),
    ...(plain.startsWith('last') ? ['after', 'starting_after', 'since', 'cursor'] : []),
    // A time in milliseconds.
    ...((countOf(value) ?? 0) > 1e9 ? ['until', 'since', 'before'] : []),
    ...fitting,
    ...(known === undefined ? ['cursor', 'after', 'page_token', 'pageToken', 'start'] : []),
    ...derived,
    ...(isObject(value) ? ['*'] : likely),
  ]);
}

/**
 * What the parameter for a token may be called by the name of the token: `next_stream_position` is sent as
 * `stream_position`, `nextFileName` as `startFileName`, and `LastEvaluatedTableName` as `ExclusiveStartTableName`.
 */
function derivedFrom(name: string): readonly string[] {
  const words = wordsIn(name);
  const rest = words.filter((word, index) => !isOrder(word, index, words));
  if (rest.length === 0) return [];
  // What is no word for a token, such as a file's name, is a member of the item.
  const isKey = rest.length > 1 && rest.length < words.length && !anyToken.includes(rest.join('_').toLowerCase());
  // next_row is sent as start_row.
  const isCounted =
    words.length > 1 && /^(id|row|record|item|index|line|entry|result|hit|object|number)$/i.test(rest.join());
  const before = isKey ? ['start', 'start after', 'after', 'from', 'exclusive start'] : isCounted ? ['start', 'from'] : []; // prettier-ignore
  // search-continue is sent as continue.
  const last =
    words.length > 1 && rest.length > 1
      ? words.slice(-1).filter((word) => /^(continue|cursor|token)$/i.test(word))
      : [];
  return [rest, ...before.map((each) => [...each.split(' '), ...rest]), ...(last.length > 0 ? [last] : [])].flatMap(
    stylesOf,
  );
}

/** Whether a word of a token's name says which one it is: `next` and `last` before the name, `next` behind it. */
const isOrder = (word: string, index: number, words: readonly string[]): boolean =>
  (index === 0 && /^(next|last)$/i.test(word)) ||
  (index === 1 && /^evaluated$/i.test(word)) ||
  (index > 0 && index === words.length - 1 && /^next$/i.test(word));

function* byHeader(
  name: string,
  value: string,
  { inRequest, bySize, likely, unlikely }: Vocabulary,
  asked: readonly Requested[],
  list: FoundList,
  places: readonly string[],
): Generator<Candidate> {
  const next = `header:${name.toLowerCase()}`;
  const evidence = `the header ${name} is ${value === '' ? 'empty' : isUrlText(value) ? 'a URL' : 'a token'}`;
  if (isUrlText(value)) {
    yield candidate('next-url', { items: list.read, next }, 90, evidence);
    return;
  }
  // X-Nomad-NextToken: what stands before the end of the name is the vendor's.
  const end = (tokenHeader.exec(name)?.[2] ?? name).replace(/(cursor|page|continuation)(?!$|-)/gi, '$1-').replace(/next(?=[a-z])/gi, 'next-'); // prettier-ignore
  const words = wordsIn(end).filter((word) => !/^next$/i.test(word));
  const derived = words.length === 0 ? [] : [...words.map((word) => word.toLowerCase()).reverse(), ...stylesOf(words).slice(0, 3), ...startingAt(words), ...stylesOf(words)]; // prettier-ignore
  const [own = '', ...others] = new Set([...inRequest, ...bySize, ...derived, ...likely]);
  // What is named after the API's own headers comes back as one.
  const isHeader = /^(x-ms-continuation|next-range)$/i.test(name);
  const header = /^next-range$/i.test(name) ? 'Range' : name.toLowerCase();
  const ends = sentAs(own, asked);
  const endTokens = ends === undefined ? {} : { endTokens: ends };
  const found: readonly Candidate[] = [
    candidate('cursor', { items: list.read, next, cursorParam: header }, isHeader ? 86.5 : 85, evidence, 'headers'),
    ...places.map((place, index) => ({
      ...candidate(
        'cursor',
        { items: list.read, next, cursorParam: own, ...endTokens },
        86 - index / 10,
        evidence,
        place,
      ),
      others,
      unlikely,
    })),
  ];
  yield* found;
}

/** The number that a parameter was sent with: as a token, it would lead back to the first page. */
function sentAs(param: string, asked: readonly Requested[]): readonly string[] | undefined {
  const sent = asked.find(({ name }) => name === param)?.value;
  return countOf(sent) === undefined ? undefined : [String(sent)];
}

/** `first_row_number` for a next row number. */
const startingAt = (words: readonly string[]): readonly string[] =>
  ['first', 'start'].flatMap((word) => stylesOf([word, ...words]).slice(0, 2));

/** Whether a value is one of an item: its last id, as a key. */
const isAmong = (value: unknown, { items }: FoundList): boolean =>
  typeof items.at(-1) === 'object' && Object.values(items.at(-1) as object).includes(value);

/** Whether a token is the number of the next page or item, or of a chain that begins with -1: 0 and -1 end such. */
const isCount = (value: unknown, { items }: FoundList, request: PageRequest): boolean =>
  countOf(value) !== undefined &&
  ([1, 2, items.length, items.length + 1].includes(value as number) ||
    requested(request).some((each) => each.value === '-1' && /cursor|page|offset/.test(plainName(each.name))));

/** Names that no table has, and that mean a next page all the same. */
const unknownTokens =
  /^(next|more)(?!.*(url|uri|link|href)$).+|^lastevaluated.+|cursornext$|^last(?!.*(page|modified|updated?|changed?|synced?|seen|run|name|date)$).*(id|key|seq|token|value|item|position|offset|row|hash|code|cursor)$|.*(cursor|pagetoken|continuation|marker|bookmark|scrollid|pagekey|^iterator|continue|next(token|key|marker|page|batch|position)|skiptoken|paginationtoken|cursorend|endcursor)$/;

/** What a parameter for a token may be called. */
const anyToken: readonly string[] = /* @__PURE__ */ (() => [
  ...new Set(
    ['cursor', 'after', 'page token', 'next token', 'next', 'token', 'marker', 'continuation', 'continuation token', 'starting after', 'start cursor', 'page', 'offset', 'start', 'from', 'pagination token', 'page cursor', 'cursor mark', 'page key', 'start key', 'paging token', 'paging state', 'page state', 'bookmark', 'scroll id', 'position', 'next cursor', 'resume', 'resume from', 'last key', 'next page', 'start from', 'skip token', 'until', 'before', 'since', 'pointer', 'page pointer', 'batch token', 'next page token', 'continue', 'continue from', 'last', 'seek', 'state', 'first row number', 'page handle', 'handle'].flatMap((each) => stylesOf(each.split(' '))),
  ),
])(); // prettier-ignore

const positions = ['cursor', 'endcursor', 'after', 'aftercursor', 'continue', 'marker', 'pagetoken', 'bookmark'];

function mayBeToken(plain: string, value: unknown): boolean {
  if (plain === 'offset') return typeof value === 'string' && !/^\d+$/.test(value);
  // Some names may hold the position of this page: then empty is not the end, since the first page may have none.
  if (value === null || value === '') return !positions.includes(plain);
  if (typeof value === 'object') {
    if (Array.isArray(value) || 'href' in value) return false;
    if (['lastevaluatedkey', 'continue', 'next', 'nexttoken', 'nextcursor'].includes(plain)) return true;
    return unknownTokens.test(plain) && Object.values(value).some((member) => typeof member !== 'object');
  }
  return typeof value === 'string' || typeof value === 'number';
}

/** Whether two names are written in the same style; a name of one word fits every style. */
const sameStyle = (param: string, token: string): boolean =>
  /^[a-z]+$/.test(param) ||
  (param.includes('_') === token.includes('_') && /^[A-Z]/.test(param) === /^[A-Z]/.test(token));

/** Relay: a pageInfo beside nodes or edges. */
export function* byConnection(request: PageRequest, members: readonly Member[], list: FoundList): Generator<Candidate> {
  if (!isGraphql(request)) return;
  const query = (request.body as { query?: unknown } | null | undefined)?.query;
  for (const { names, path, value } of members) {
    if (names.at(-1) !== 'pageInfo' || typeof value !== 'object' || value === null || !('hasNextPage' in value))
      continue;
    const connection = path.slice(0, -'.pageInfo'.length);
    if (connection !== '' && !list.path.startsWith(`${connection}.`)) continue; // It belongs to another list.
    const items = [`${connection}.nodes`, `${connection}.edges`].find((each) =>
      members.some((member) => member.path === each),
    );
    const after = typeof query === 'string' ? /\bafter\s*:\s*\$(\w+)/.exec(query)?.[1] : undefined;
    yield candidate(
      'relay',
      {
        items: items ?? list.read,
        next: path,
        ...(after === undefined || after === 'after' ? {} : { cursorParam: after }),
      },
      100,
      `${path} is the pageInfo of a connection`,
    );
  }
}

/** The paths and headers of an answer that seem to hold a token or URL of the next page. */
export function tokensIn(members: readonly Member[], headers: ResponseHeaders): readonly string[] {
  const hasValue = (value: unknown) =>
    (typeof value === 'string' && value !== '') || (typeof value === 'number' && value !== 0);
  const inBody = members
    .filter(
      ({ names, plain, value }) =>
        hasValue(value) && tokenNames.test(plain) && !names.some((name) => otherTokens.test(name)),
    )
    .map(({ path }) => path);
  const inHeaders = tokenHeadersOf(headers).filter((name) => hasValue(headers.get(name)));
  return [...inBody, ...inHeaders.map((name) => `the header ${name}`)];
}

const tokenNames =
  /^(?:next(?:page|cursor|token|marker|link|url|uri|href|id|key|offset|start|index|records?|results?|set|batch|continuation)*|.*(?:cursor|pagetoken|nexttoken|continuation.*|marker|bookmark|scrollid|resumptiontoken|endcursor))$/;
const otherTokens = /prev|sync|delta|csrf|access|auth|self|first|start/i;
