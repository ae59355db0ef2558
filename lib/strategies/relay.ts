import { ConfigError, ExtractError } from '../errors.js';
import { inVariables } from '../placements/in-variables.js';
import { parsePath, readPath } from '../reading/path.js';
import { reader, readFlag } from '../reading/read.js';
import type { PageResponse } from '../request.js';
import type { Placement, Strategy, Verdict } from '../strategy.js';
import { describe } from '../values/describe.js';
import { checkFunction, checkName, checkOptions, type Names } from '../values/options.js';
import { redactText } from '../values/redact.js';
import { listMembers, listOptions, type ListOptions } from './parts/list-options.js';
import { checkDistinct, checkSize, resizeFreely, sizeOptions, type SizeOptions, sizeParams } from './parts/size.js';
import { toToken } from './parts/token.js';

/** Where a page is: the cursor that it starts after (backwards: before), and the size that is requested. */
export type RelayPosition = { readonly cursor?: string; readonly size?: number };

export interface RelayOptions<Item> extends ListOptions<Item>, SizeOptions {
  /**
   * Path of the connection in the body, such as `'data.repository.issues'`. Its items are its `nodes` or `edges.node`.
   * Needed unless `items` and `pageInfo` are set.
   */
  readonly connection?: string | undefined;
  /** The items, if they are elsewhere: a path of nodes or edges, or as everywhere. @default the connection's */
  readonly items?: ListOptions<Item>['items'];
  /** Path of the pageInfo, if it is elsewhere. @default the connection's `pageInfo` */
  readonly pageInfo?: string | undefined;
  /** Forwards with `first` and `after`, or backwards from the end with `last` and `before`. @default 'forwards' */
  readonly direction?: 'forwards' | 'backwards' | undefined;
  /** Variable of the cursor. @default 'after'; backwards 'before' */
  readonly cursorParam?: string | undefined;
  /** Variable of the size. @default 'first'; backwards 'last' */
  readonly sizeParam?: string | undefined;
  /** What an answer with both data and errors means: a failure, or a page. @default 'fail' */
  readonly partial?: 'fail' | 'accept' | undefined;
  /** Where the variables are written. @default inVariables() */
  readonly place?: Placement | undefined;
}

const known = [
  listOptions, sizeOptions, 'connection', 'pageInfo', 'direction', 'cursorParam', 'partial', 'place',
] as const satisfies Names<RelayOptions<unknown>>; // prettier-ignore

/**
 * Connections of a GraphQL API (the Relay Cursor Connections Specification).
 *
 *     POST { "query": "query ($after: String) { repository { issues(first: 50, after: $after) { nodes { title }
 *            pageInfo { hasNextPage endCursor } } } }", "variables": { "after": "Y3Vyc29y" } }
 *
 *     relay<Issue>({ connection: 'data.repository.issues' })
 *
 * The walk ends when `hasNextPage` (backwards: `hasPreviousPage`) is false. Errors in an answer with HTTP 200 fail the
 * page; rate limits among them are retried.
 * @throws ConfigError for options that can't work
 */
export function relay<Item = unknown>(options: RelayOptions<Item>): Strategy<Item, RelayPosition> {
  const kind = 'relay';
  checkOptions(kind, options, known);
  const { size, direction = 'forwards', partial = 'fail', place = inVariables(), endStatuses = [] } = options;
  if ((direction as unknown) !== 'forwards' && (direction as unknown) !== 'backwards')
    throw new ConfigError(`${kind}: direction must be 'forwards' or 'backwards', not ${JSON.stringify(direction)}`);
  if ((partial as unknown) !== 'fail' && (partial as unknown) !== 'accept')
    throw new ConfigError(`${kind}: partial must be 'fail' or 'accept', not ${JSON.stringify(partial)}`);
  const way = ways[direction];
  const { cursorParam = way.cursorParam, sizeParam = way.sizeParam } = options;
  checkFunction(kind, 'place', options.place);
  checkSize(kind, options);
  checkName(kind, 'cursorParam', cursorParam);
  checkDistinct(kind, { cursorParam, sizeParam });
  const { connection } = options;
  if (connection === undefined && (options.items === undefined || options.pageInfo === undefined))
    throw new ConfigError(
      "give the connection's path, such as `connection: 'data.repository.issues'`, or both `items` and `pageInfo`",
      { of: kind },
    );
  const within = (name: string) =>
    connection === undefined || connection === '.'
      ? name
      : `${connection}${connection.startsWith('/') ? '/' : '.'}${name}`;
  const pageInfo = options.pageInfo ?? within('pageInfo');
  const info = parsePath(kind, 'pageInfo', pageInfo);
  const more = reader(kind, 'pageInfo', `${pageInfo}${info.text.startsWith('/') ? '/' : '.'}${way.hasMore}`);
  const items = nodesReader<Item>(kind, options);

  return {
    name: kind,
    judgesFailures: true,
    identity: { direction, cursorParam, sizeParam, pageInfo },
    first: size === undefined ? {} : { size },
    place(request, { cursor, size: asked }) {
      const sized = sizeParams(sizeParam, asked);
      const withCursor = place(request, { ...sized, [cursorParam]: cursor ?? '' });
      // The first page has no cursor. Placing one anyway detects now that the second page could not be requested.
      return cursor === undefined ? place(request, sized) : withCursor;
    },
    next({ position, body, response }) {
      if (response.status === 204 || !readFlag('hasMore', more, body, response)) return undefined;
      const found = (readPath(body, info) as Record<string, unknown>)[way.cursor];
      if (typeof found !== 'string' || found === '')
        throw new ExtractError('next', `${info.text}.${way.cursor}`, `expected a cursor, found ${describe(found)}`);
      return { ...position, cursor: toToken('next', `${info.text}.${way.cursor}`, found) as string };
    },
    check: (response, { cursor }) =>
      cursor !== undefined && endStatuses.includes(response.status) ? 'end' : judgeErrors(response, partial),
    resize: resizeFreely,
    ...listMembers(kind, { ...options, items }),
  };
}

const ways = {
  forwards: { hasMore: 'hasNextPage', cursor: 'endCursor', cursorParam: 'after', sizeParam: 'first' },
  backwards: { hasMore: 'hasPreviousPage', cursor: 'startCursor', cursorParam: 'before', sizeParam: 'last' },
} as const;

/** Nodes as they are, or the nodes of edges. */
function nodesReader<Item>(kind: string, { connection, items }: RelayOptions<Item>): ListOptions<Item>['items'] {
  if (items !== undefined && typeof items !== 'string') return items;
  if (items === undefined) {
    const path = parsePath(kind, 'connection', connection);
    const read = (body: unknown): readonly Item[] => {
      const found = readPath(body, path) as { nodes?: unknown; edges?: unknown } | undefined;
      return (found?.nodes ?? nodesOf(found?.edges, `${path.text}.edges`)) as readonly Item[];
    };
    return Object.defineProperty(read, 'name', { value: `path ${path.text}.nodes or .edges` });
  }
  const path = parsePath(kind, 'items', items.replace(/([./])edges[./]node$/, '$1edges'));
  if (path.ways !== undefined || path.segments.at(-1) !== 'edges') return items;
  const read = (body: unknown) => nodesOf(readPath(body, path), path.text) as readonly Item[];
  return Object.defineProperty(read, 'name', { value: `path ${path.text}` });
}

/** A null edge is a null node. If an edge has no node, the query did not ask for it: undefined is not an item. */
function nodesOf(edges: unknown, path: string): unknown {
  if (!Array.isArray(edges)) return edges;
  return (edges as ({ node?: unknown } | null)[]).map((edge) => {
    if (edge === null) return null;
    if (edge.node === undefined)
      throw new ExtractError('items', path, 'an edge without a node; add node { … } to the edges of the query');
    return edge.node;
  });
}

interface GraphQLError {
  readonly message?: unknown;
  readonly type?: unknown;
  readonly extensions?: { readonly code?: unknown } | null;
}

/** GraphQL errors come with HTTP 200. */
function judgeErrors({ body, status }: PageResponse, partial: 'fail' | 'accept'): Verdict | undefined {
  const { errors, data } = (typeof body === 'object' && body !== null ? body : {}) as {
    errors?: unknown;
    data?: unknown;
  };
  // Some servers give one error without an array.
  const all = (
    Array.isArray(errors) ? errors : errors === undefined || errors === null ? [] : [errors]
  ) as readonly (GraphQLError | null)[];
  if (all.length === 0) return undefined;
  const reason = redactText(`GraphQL: ${all.map((error) => describe(error?.message)).join('; ')}`);
  if (all.some((error) => limits.has(String(error?.type)) || limits.has(String(error?.extensions?.code))))
    return { retry: reason, throttled: true };
  if (status < 200 || status >= 300) return undefined; // The status says more: whether to retry.
  return partial === 'accept' && data !== undefined && data !== null ? undefined : { fail: reason };
}

const limits = new Set(['RATE_LIMITED', 'RATE_LIMIT', 'THROTTLED']);
