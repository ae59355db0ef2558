import { inBody } from '../placements/in-body.js';
import { inQuery } from '../placements/in-query.js';
import { cursor } from '../strategies/cursor.js';
import type { Check, Placement } from '../strategy.js';
import { redactText } from '../values/redact.js';
import { listed, sparseList } from './parts/lists.js';
import { type FollowingProfileOptions, profile, type Profile } from './profile.js';

export interface GoogleAipOptions extends FollowingProfileOptions {
  /** Name of the token in answers; BigQuery's rows have it as `pageToken`. @default 'nextPageToken' */
  readonly next?: string | undefined;
}

/**
 * Google's APIs, and others that follow AIP-158: every `GET` list method, by page token.
 *
 *     GET /v1/projects/p/topics?pageSize=100&pageToken=CAEQ   ▸   { "topics": [ … ], "nextPageToken": "CAIQ" }
 *
 *     const { strategy, check, throttle } = googleAip<Topic>({ items: 'topics', size: 100 });
 *
 * If `items` names no list, the items are the answer's only list. Empty pages with a token are normal and omit the
 * list. The walk ends at an answer without a token.
 */
export const googleAip = <Item = unknown>(options: GoogleAipOptions = {}): Profile<Item> =>
  list('googleAip', options, inQuery());

/** The same with `POST` and the parameters in the body, as in `entries:list` of Cloud Logging. */
export const googleAipSearch = <Item = unknown>(options: GoogleAipOptions = {}): Profile<Item> =>
  list('googleAipSearch', options, inBody());

const list = <Item>(
  of: string,
  { items, size, next = 'nextPageToken', missingNext, ...rest }: GoogleAipOptions,
  place: Placement,
): Profile<Item> =>
  profile(
    listed(cursor<Item>, items, ignored),
    {
      items: sparseList<Item>(items, { besides: ignored }),
      size,
      next,
      missingNext,
      cursorParam: 'pageToken',
      sizeParam: 'pageSize',
      place,
    },
    { check: checkGoogle, throttle: { limit: 10, interval: 1000 } },
    { of, rest, takes: ['next', 'missingNext'] },
  );

const ignored = ['unreachable'];

interface GoogleError {
  readonly status?: unknown;
  readonly message?: unknown;
  readonly errors?: readonly ({ readonly reason?: unknown } | null)[] | null;
  readonly details?: readonly ({ readonly reason?: unknown; readonly retryDelay?: unknown } | null)[] | null;
}

const limits = new Set(['rateLimitExceeded', 'userRateLimitExceeded', 'RATE_LIMIT_EXCEEDED']);

/**
 * Rate limits may have status 403, with the wait in the error's details. The answer to a token that is no longer
 * accepted is a plain 400 that mentions the page token.
 */
export const checkGoogle: Check = ({ status, headers, body }) => {
  if (status < 400) return undefined;
  const error = (body as { error?: GoogleError | null } | null | undefined)?.error;
  if (typeof error !== 'object' || error === null) return undefined;
  const details = [...(error.errors ?? []), ...(error.details ?? [])];
  const message = typeof error.message === 'string' ? error.message : '';
  const reason = redactText(`Google: ${message}`);
  if (status === 400 && (isAbout(message) || details.some((each) => each?.reason === 'invalidPageToken')))
    return { expired: 'Google: the page token is no longer accepted' };
  const throttled = status === 429 || details.some((each) => limits.has(String(each?.reason)));
  if (!throttled && status !== 503) return undefined;
  const delay = error.details?.find((each) => typeof each?.retryDelay === 'string')?.retryDelay as string | undefined;
  const seconds = /^(\d+(?:\.\d+)?)s$/.exec(delay ?? '')?.[1];
  const wait = seconds === undefined || headers.get('retry-after') !== null ? {} : { afterMs: Number(seconds) * 1000 };
  return { retry: reason, ...wait, ...(throttled ? { throttled } : {}) };
};

const isAbout = (message: string): boolean => /\bpage[ _]?token\b/i.test(message);
