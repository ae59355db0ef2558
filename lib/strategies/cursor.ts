import { ConfigError, ExtractError } from '../errors.js';
import type { Answer, Json } from '../page.js';
import { inQuery } from '../placements/in-query.js';
import { optionalReader, type Read, reader, readFlag } from '../reading/read.js';
import type { Params, Placement, Strategy } from '../strategy.js';
import { sameJson } from '../values/compare.js';
import { checkFunction, checkOneOf, checkOptions, checkWhole, type Names } from '../values/options.js';
import { endsEmpty, listMembers, listOptions, type ListOptions } from './parts/list-options.js';
import { missingNext, type MissingNextOptions } from './parts/missing-next.js';
import { nextIdentity, nextRequests, type NextRequestOptions } from './parts/next-request.js';
import {
  checkDistinct,
  checkSize,
  moved,
  resizeFreely,
  sizeOptions,
  type SizeOptions,
  sizeParams,
} from './parts/size.js';
import {
  checkTokenParam,
  droppedParams,
  type TokenParam,
  tokenReader,
  type TokenSource,
  tokenParams,
  wordAdvice,
} from './parts/token.js';

/** Where a page is: the token from the page before it (none for the first page), and the size that is requested. */
export type CursorPosition = { readonly cursor?: Json; readonly size?: number };

export interface CursorOptions<Item> extends ListOptions<Item>, SizeOptions, MissingNextOptions, NextRequestOptions {
  /**
   * The next page's token (a string, number or object): a path into the body, `header('X-Next')`, or a function. For
   * several tokens, an object from parameter names to such sources. Absent, null, '' and false are the end.
   */
  readonly next: TokenSource;
  /**
   * Wire name of the token, or a function from a token to parameters, for example to several of them. @default 'cursor'
   */
  readonly cursorParam?: TokenParam | undefined;
  /** The token of the first request, such as `'*'`. @default none: the first request has no token */
  readonly firstCursor?: Json | undefined;
  /** Further tokens that mean the end, such as `'0'` or `'nil'`. @default [] */
  readonly endTokens?: readonly Json[] | undefined;
  /**
   * What it means if the answer repeats the token just sent: an error; with `'stop'`, the end; with `'continue'`, that
   * the server keeps the position under one token (a scroll). Such a walk takes no `checkpoint` and no `resumeFrom`, and
   * after the first page it sends no attempt twice. An empty page that repeats the token is the end in any case
   * (CouchDB's changes, Solr's cursorMark), unless `hasMore` or `total` says that there is more.
   * @default 'error'
   */
  readonly onSameToken?: 'error' | 'stop' | 'continue' | undefined;
  /**
   * With `onSameToken: 'continue'`, whether a request that failed may be sent again: only if the server does not move
   * on before its answer has arrived. @default false
   */
  readonly repeatable?: boolean | undefined;
  /** Whether there are more pages: a boolean, also as text. For APIs whose last page has a token too. @default none */
  readonly hasMore?: Read<unknown> | undefined;
  /** Parameters of the request template that are left out when a token is sent. @default [] */
  readonly dropParams?: readonly string[] | undefined;
  /** Whether an empty page is the last one, for APIs that always give a token. @default false */
  readonly stopOnEmptyPage?: boolean | undefined;
  /** The most characters of a token, for APIs whose tokens are longer. @default 16384 */
  readonly maxTokenLength?: number | undefined;
  /** Wire name of the size. @default 'limit' */
  readonly sizeParam?: string | undefined;
  /** Where all of these are written. @default inQuery() */
  readonly place?: Placement | undefined;
}

const known = [
  listOptions, sizeOptions, 'next', 'cursorParam', 'firstCursor', 'endTokens', 'onSameToken', 'repeatable', 'hasMore', 'missingNext', 'dropParams', 'stopOnEmptyPage', 'maxTokenLength', 'nextRequest', 'place',
] as const satisfies Names<CursorOptions<unknown>>; // prettier-ignore

/**
 * Pages that are requested with a token from the page before them.
 *
 *     GET /events?limit=50&cursor=dXNlcjpVMEc5   ▸   { "events": [ … ], "meta": { "next": "dXNlcjpVMEc6" } }
 *
 *     cursor<Event>({ size: 50, items: 'events', next: 'meta.next' })
 *
 * A token is opaque: it is sent exactly as it came. The walk ends when there is no token (P1) or, if `hasMore` is set,
 * when that is false. An empty page with a token is not the end.
 * @throws ConfigError for options that can't work
 */
export function cursor<Item = unknown>(options: CursorOptions<Item>): Strategy<Item, CursorPosition> {
  const kind = 'cursor';
  checkOptions(kind, options, known);
  const { size, sizeParam = 'limit', firstCursor, endTokens = [], place = inQuery() } = options;
  const { endStatuses = [], onSameToken = 'error' } = options;
  const several = typeof options.next === 'object';
  if (several && options.cursorParam !== undefined)
    throw new ConfigError(`${kind}: next already names the parameters; remove \`cursorParam\``);
  const cursorParam: TokenParam = several ? (token) => token as Params : (options.cursorParam ?? 'cursor');
  checkFunction(kind, 'place', options.place);
  checkSize(kind, options);
  checkTokenParam(kind, options.cursorParam);
  checkDistinct(kind, { cursorParam: typeof cursorParam === 'string' ? cursorParam : undefined, sizeParam });
  checkOneOf(kind, 'onSameToken', onSameToken, ['error', 'stop', 'continue']);
  const isScroll = onSameToken === 'continue';
  if (options.repeatable !== undefined && (typeof options.repeatable !== 'boolean' || !isScroll))
    throw new ConfigError(`${kind}: repeatable must be true or false, and needs \`onSameToken: 'continue'\``);
  if (!Array.isArray(endTokens)) throw new ConfigError(`${kind}: endTokens must be an array of tokens`);
  if (options.maxTokenLength !== undefined) checkWhole(kind, 'maxTokenLength', options.maxTokenLength, 1);
  const next = tokenReader(kind, options.next, endTokens, options.maxTokenLength);
  const later = nextRequests(kind, options);
  const sources = typeof options.next === 'object' ? Object.values(options.next) : [options.next];
  const isEnd = endsEmpty(kind, options);
  const readers = sources.map((source) => reader(kind, 'next', source));
  const hasMore = optionalReader(kind, 'hasMore', options.hasMore);
  const list = listMembers(kind, options);
  const missing = missingNext(kind, options, {
    kind,
    from: readers,
    params: several ? Object.keys(options.next) : typeof cursorParam === 'string' ? [cursorParam] : [],
    total: list.total,
  });
  const dropped = droppedParams(kind, options.dropParams);
  const isFirst = (token: Json | undefined) => token === undefined || sameJson(token, firstCursor);

  return {
    name: kind,
    identity: {
      cursorParam: typeof cursorParam === 'string' ? cursorParam : several ? Object.keys(options.next) : 'a function',
      sizeParam,
      ...nextIdentity(options),
    },
    first: { ...(firstCursor === undefined ? {} : { cursor: firstCursor }), ...(size === undefined ? {} : { size }) },
    place(request, { cursor: token, size: asked }) {
      const params: Record<string, unknown> = sizeParams(sizeParam, asked);
      if (!isFirst(token)) Object.assign(params, dropped);
      if (token !== undefined) Object.assign(params, tokenParams(cursorParam, token));
      return place(isFirst(token) ? request : later(request), params);
    },
    next(answer) {
      if (isScroll && answer.items.length === 0) return undefined;
      const { position, body, response } = answer;
      const more = hasMore && response.status !== 204 ? readFlag('hasMore', hasMore, body, response) : undefined;
      if (more === false || (more === undefined && isEnd(answer))) return undefined;
      const token = next(body, response);
      if (token === undefined && more === true)
        throw new ExtractError(
          'next',
          typeof options.next === 'string' ? options.next : 'its location',
          'has-more says that there is another page, but there is no token to request it with; check next',
        );
      if (token === undefined && isFirst(position.cursor)) missing.refuse(answer, true);
      if (token === undefined) return undefined;
      // The same request would be sent again: after an empty page it could not bring anything.
      const isEmpty =
        answer.items.length === 0 &&
        more !== true &&
        (list.total?.(answer as Answer<Item, never>) ?? 0) <= answer.itemsBefore;
      const endsHere = onSameToken === 'stop' || isEmpty;
      if (endsHere && sameJson(token, position.cursor)) return undefined;
      return moved(position, 'cursor', token);
    },
    positionAdvice: ({ cursor: token }) => wordAdvice(token),
    check: (response, position) =>
      !isFirst(position.cursor) && endStatuses.includes(response.status) ? 'end' : undefined,
    ...(hasMore ? {} : { doubt: missing.doubt }),
    // Another size would send the same request twice.
    ...(isScroll
      ? { stateful: options.repeatable === true ? 'repeatable' : 'once' }
      : { resize: resizeFreely, sameTokenAdvice: hasMore ? [scroll] : [scroll, end] }),
    ...list,
  };
}

const scroll = "if the server keeps the position under one token (a scroll), set `onSameToken: 'continue'`";
const end = "if the API ends its lists that way, set `onSameToken: 'stop'`";
