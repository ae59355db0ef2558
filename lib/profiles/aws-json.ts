import { inBody } from '../placements/in-body.js';
import { cursor, type CursorOptions } from '../strategies/cursor.js';
import type { Check } from '../strategy.js';
import { sparseList } from './parts/lists.js';
import { profile, type Profile, type ProfileOptions } from './profile.js';

export interface AwsJsonOptions extends ProfileOptions {
  /** Name of the token in answers. @default 'NextToken' or 'nextToken', whichever the answer has */
  readonly next?: string | undefined;
  /** Name of the token in requests. @default the name of the token in answers */
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
 * If `items` names no list, the items are the answer's only list. Empty pages with a token are normal.
 */
export const awsJson = <Item = unknown>({
  items,
  size,
  next,
  cursorParam,
  sizeParam = 'MaxResults',
  dropParams,
}: AwsJsonOptions = {}): Profile<Item> =>
  profile(
    cursor<Item>,
    { items: sparseList<Item>(items), size, sizeParam, dropParams, place: inBody(), ...token(next, cursorParam) },
    { check: checkAws, throttle: { limit: 10, interval: 1000 } },
  );

function token(
  next: string | undefined,
  cursorParam: string | undefined,
): Pick<CursorOptions<unknown>, 'next' | 'cursorParam'> {
  if (next !== undefined) return { next, cursorParam: cursorParam ?? next };
  if (cursorParam === undefined) return { next: { NextToken: 'NextToken', nextToken: 'nextToken' } };
  const either = (body: unknown): unknown => {
    const { NextToken, nextToken } = body as { NextToken?: unknown; nextToken?: unknown };
    return NextToken ?? nextToken;
  };
  return { next: either, cursorParam };
}

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
