import { inBody } from '../placements/in-body.js';
import { cursor, type CursorOptions } from '../strategies/cursor.js';
import type { Check, Params } from '../strategy.js';
import { listed, sparseList } from './parts/lists.js';
import { named } from './parts/named.js';
import { type FollowingProfileOptions, profile, type Profile } from './profile.js';

export interface AwsJsonOptions<Item = unknown>
  extends Omit<FollowingProfileOptions, 'items'>, Pick<CursorOptions<Item>, 'hasMore' | 'endTokens' | 'onSameToken'> {
  /**
   * The items. Some actions answer with several lists that belong together: an array of paths, or an object of paths,
   * which makes each item a `ListedItem` with the name of its list. @default the answer's only list
   */
  readonly items?: string | readonly string[] | Readonly<Record<string, string>> | undefined;
  /**
   * Name of the token in answers. @default the one that the answer has: NextToken, nextToken, Marker, marker, PageToken,
   * PaginationToken, NextPageMarker (sent as Marker), or LastEvaluated… (sent as ExclusiveStart…); with `cursorParam`,
   * NextMarker, NextPageToken and nextPageToken too, which services take under different names
   */
  readonly next?: string | undefined;
  /** Name of the token in requests. @default the name of the token in answers, and as above */
  readonly cursorParam?: string | undefined;
  /** Name of the size. @default 'MaxResults' */
  readonly sizeParam?: string | undefined;
  /** Parameters that the API rejects together with a token, such as `StreamName` of Kinesis' ListShards. @default [] */
  readonly dropParams?: readonly string[] | undefined;
}

/**
 * AWS services with the JSON protocol: every list action, token in, token out, in the body of a `POST`.
 *
 *     POST /
 *     X-Amz-Target: Logs_20140328.DescribeLogGroups
 *     { "limit": 50, "nextToken": "…" }   ▸   { "logGroups": [ … ], "nextToken": "…" }
 *
 *     const { strategy, check, throttle } = awsJson<LogGroup>({ items: 'logGroups', size: 50, sizeParam: 'limit' });
 *
 * If `items` names no list, the items are the answer's only list. Empty pages with a token are normal. For the few
 * actions whose last page has a token too there are `hasMore`, `endTokens` and `onSameToken`:
 *
 *     awsJson({ items: 'events', next: 'nextForwardToken', cursorParam: 'nextToken', onSameToken: 'stop' }) // GetLogEvents
 *     awsJson({ items: 'StreamNames', next: 'NextToken', hasMore: 'HasMoreStreams' })                       // ListStreams
 */
export const awsJson = <Item = unknown>({
  items,
  size,
  next,
  cursorParam,
  sizeParam = 'MaxResults',
  dropParams,
  missingNext,
  hasMore,
  endTokens,
  onSameToken,
  ...rest
}: AwsJsonOptions<Item> = {}): Profile<Item> =>
  profile(
    listed(cursor<Item>, typeof items === 'string' ? items : undefined),
    {
      // An answer may lack any of several lists.
      ...(typeof items === 'object' ? { items, missingItems: 'empty' } : { items: sparseList<Item>(items) }),
      size,
      sizeParam,
      dropParams,
      missingNext,
      hasMore,
      endTokens,
      onSameToken,
      place: inBody(),
      ...token(next, cursorParam),
    },
    { check: checkAws, throttle: { limit: 10, interval: 1000 } },
    { of: 'awsJson', rest, takes: awsOptions },
  );

const awsOptions = ['next', 'cursorParam', 'sizeParam', 'dropParams', 'missingNext', 'hasMore', 'endTokens', 'onSameToken'] as const; // prettier-ignore

/** Tokens that are sent under the name that they came by, in all of AWS's services with this protocol. */
const sameName = ['NextToken', 'nextToken', 'Marker', 'marker', 'PageToken', 'PaginationToken'];
/** Tokens that some services take under the same name and others under another one. */
const eitherName = ['NextMarker', 'NextPageToken', 'nextPageToken'];

function token(
  next: string | undefined,
  cursorParam: string | undefined,
): Pick<CursorOptions<unknown>, 'next' | 'cursorParam'> {
  if (next !== undefined) return { next, cursorParam: cursorParam ?? next };
  if (cursorParam !== undefined)
    return { next: named('NextToken', (body) => tokenIn(body, eitherName)?.value), cursorParam };
  const sent = (body: unknown): Params | undefined => {
    const found = tokenIn(body);
    return found && { [paramOf(found.name)]: found.value };
  };
  return { next: named('NextToken', sent), cursorParam: (fields) => fields as Params };
}

/** The first token that an answer has; ExecuteStatement has two, and takes back the first of them. */
function tokenIn(body: unknown, others: readonly string[] = []): { name: string; value: unknown } | undefined {
  const answer = (body ?? {}) as Readonly<Record<string, unknown>>;
  const last = Object.keys(answer).filter((name) => /^LastEvaluated[A-Z]/.test(name));
  const name = [...sameName, 'NextPageMarker', ...others, ...last].find((each) => isGiven(answer[each]));
  return name === undefined ? undefined : { name, value: answer[name] };
}

const isGiven = (value: unknown): boolean => value !== undefined && value !== null && value !== '';

const paramOf = (name: string): string =>
  name === 'NextPageMarker' ? 'Marker' : name.replace(/^LastEvaluated/, 'ExclusiveStart');

const throttled = new Set([
  'BandwidthLimitExceeded', 'LimitExceededException', 'PriorRequestNotComplete', 'ProvisionedThroughputExceededException',
  'RequestLimitExceeded', 'RequestThrottled', 'RequestThrottledException', 'SlowDown', 'ThrottledException', 'Throttling',
  'ThrottlingException', 'TooManyRequestsException',
]); // prettier-ignore
const transient = new Set(['RequestTimeout', 'RequestTimeoutException', 'TransactionInProgressException']);
const expired = new Set([
  'ExpiredIteratorException', 'ExpiredNextTokenException', 'InvalidNextToken', 'InvalidNextTokenException',
  'InvalidPaginationTokenException',
]); // prettier-ignore

/** Throttling, timeouts and expired tokens all have status 400; `__type` or a header tells them apart. */
export const checkAws: Check = ({ status, headers, body }) => {
  if (status < 400) return undefined;
  const { __type: type, code: plain } = (body ?? {}) as { __type?: unknown; code?: unknown };
  const found = headers.get('x-amzn-errortype') ?? type ?? plain;
  // Namespace before, documentation after: com.amazon.coral.service#ThrottlingException:http://…
  const code = typeof found === 'string' ? (found.split(':', 1)[0]?.split('#').at(-1) ?? '') : '';
  if (throttled.has(code)) return { retry: `AWS: ${code}`, throttled: true };
  if (transient.has(code)) return { retry: `AWS: ${code}` };
  return expired.has(code) ? { expired: `AWS: ${code}` } : undefined;
};
