import { inBody } from '../placements/in-body.js';
import { inQuery } from '../placements/in-query.js';
import { type ItemPath, parsePath, readPath } from '../reading/path.js';
import { keyset } from '../strategies/keyset.js';
import { pageNumber, type PageNumberOptions } from '../strategies/page-number.js';
import type { Check, Placement, Verdict } from '../strategy.js';
import { describe } from '../values/describe.js';
import { redactText } from '../values/redact.js';
import { onlyList } from './parts/lists.js';
import { profile, type Profile } from './profile.js';

export interface ClarifaiOptions {
  /**
   * Key of the items, such as `'inputs'` or `'hits'`. @default the answer's only list; if it is absent, the page is
   * empty
   */
  readonly items?: string | undefined;
  /** Items to request per page, at most 1000. @default the API's own: 128; 20 for the stream, 32 for log entries */
  readonly size?: number | undefined;
}

/**
 * Clarifai's list calls: every `GET` route of its REST API that takes `page` and `per_page`.
 *
 *     GET /v2/users/{user_id}/apps/{app_id}/inputs?page=2&per_page=128
 *     Authorization: Key PAT                       ▸   { "status": { "code": 10000, … }, "inputs": [ … ] }
 *
 *     const { strategy, check, throttle } = clarifaiList<Input>({ items: 'inputs' });
 *
 * The API gives no total and no next link: the walk ends at the first empty page.
 */
export const clarifaiList = <Item = unknown>(options: ClarifaiOptions = {}): Profile<Item> =>
  paged('clarifaiList', options, inQuery());

/**
 * Clarifai's searches: every `POST` route, with the parameters in the body under `pagination`.
 *
 *     POST /v2/users/{user_id}/apps/{app_id}/annotations/searches
 *     { "searches": […], "pagination": { "page": 2, "per_page": 128 } }   ▸   { "status": { "code": 10000, … }, "hits": [ … ] }
 *
 *     const { strategy, check, throttle } = clarifaiSearch<Hit>({ items: 'hits' });
 */
export const clarifaiSearch = <Item = unknown>(options: ClarifaiOptions = {}): Profile<Item> =>
  paged('clarifaiSearch', options, inBody('pagination'));

/**
 * Clarifai's stream of inputs: each page holds the inputs after the last one; there is no limit on their number.
 *
 *     GET /v2/users/{user_id}/apps/{app_id}/inputs/stream?per_page=20&last_id=input-0020
 *     Authorization: Key PAT                       ▸   { "status": { "code": 10000, … }, "inputs": [ … ] }
 *
 *     const { strategy, check, throttle } = clarifaiStream<Input>({ size: 1000 });
 *
 * The walk ends at the first empty page.
 */
export const clarifaiStream = <Item = unknown>({
  items = 'inputs',
  size = 20,
  ...rest
}: ClarifaiOptions = {}): Profile<Item> =>
  profile(
    keyset<Item>,
    {
      items,
      size,
      maxSize,
      missingItems: 'empty',
      key: 'id' as ItemPath<Item>,
      cursorParam: 'last_id',
      sizeParam: 'per_page',
    },
    apiRules,
    { of: 'clarifaiStream', rest },
  );

/**
 * Clarifai's log entries, from the first page on. (Without a page number the API begins at the last one.)
 *
 *     GET /v2/users/{user_id}/apps/{app_id}/…/logs?page=1&per_page=32   ▸   { "status": { "code": 10000, … }, "log_entries": [ … ], "page": 1 }
 *
 *     const { strategy, check, throttle } = clarifaiLogEntries<LogEntry>();
 *
 * Past the end, the API answers with the last page again, under its own number. The walk ends there, and no item is
 * emitted twice.
 */
export const clarifaiLogEntries = <Item = unknown>({
  items = 'log_entries',
  size = 32,
  ...rest
}: ClarifaiOptions = {}): Profile<Item> =>
  profile(
    pageNumber<Item>,
    { items, size, maxSize, missingItems: 'empty', onRepeat: 'stop' },
    { ...apiRules, check: checkLogEntries },
    { of: 'clarifaiLogEntries', rest },
  );

const maxSize = 1000;

const apiRules = {
  check: (response, position) => checkClarifai(response, position),
  // The default limit of a user: 15 requests a second.
  throttle: { limit: 15, interval: 1000 },
} satisfies Pick<Profile, 'check' | 'throttle'>;

function paged<Item>(of: string, { items, size = 128, ...rest }: ClarifaiOptions, place: Placement): Profile<Item> {
  const options: PageNumberOptions<Item> = {
    size,
    maxSize,
    place,
    missingItems: 'empty',
    items: items ?? ((body) => onlyList(body) as Item[]),
  };
  return profile(pageNumber<Item>, options, apiRules, { of, rest });
}

const usable = new Set(['10000', '10010', 'SUCCESS', 'MIXED_STATUS']);
const throttled = new Set(['11005', 'CONN_THROTTLED']);
// Numbers in JSON and over gRPC; names if a client gives the proto's enum by name.
const transient = new Set([
  '11003', 'CONN_EXCEED_HOURLY_LIMIT',
  '10020', 'FAILURE',
  '10030', 'TRY_AGAIN',
  '40030', 'RPC_REQUEST_QUEUE_FULL',
  '40031', 'RPC_SERVER_UNAVAILABLE',
  '40032', 'RPC_REQUEST_TIMEOUT',
  '41000', 'QUEUE_CONN_ERROR',
  '21354', 'MODEL_BUSY_PLEASE_RETRY',
]); // prettier-ignore
/** Milliseconds to wait when throttled, according to Clarifai's documentation; the API sends no Retry-After. */
const documentedWait = 15_000;

const statusPath = parsePath('clarifai', 'status', 'status');

/** Clarifai's own verdict, from the body's `status`: 10000 and 10010 (mixed, with HTTP 207) are usable pages. */
export const checkClarifai: Check = (response): Verdict | undefined => {
  const status = readPath(response.body, statusPath) as
    { code?: string | number; description?: unknown; details?: unknown } | undefined;
  if (status?.code === undefined) return undefined; // A proxy's answer, not Clarifai's: the HTTP status decides.
  const code = String(status.code);
  if (usable.has(code)) return 'ok';
  const details = text(status.details);
  const reason = redactText(
    ['Clarifai', code, text(status.description), details].filter((part) => part !== '').join(' '),
  );
  if (/page \* perPage cannot exceed/i.test(details))
    return { fail: `the search window ends here: ${reason}. Narrow the search to reach the items after it` };
  if (throttled.has(code))
    return response.headers.get('retry-after') === null
      ? { retry: reason, throttled: true, afterMs: documentedWait }
      : { retry: reason, throttled: true };
  return transient.has(code) ? { retry: reason } : { fail: reason };
};

/** Past the end, the answer echoes the number of the last page, which may have grown since it was read. */
const checkLogEntries: Check = (response, position) => {
  const verdict = checkClarifai(response, position);
  if (verdict !== 'ok') return verdict;
  const { page: echoed } = (response.body ?? {}) as { page?: unknown };
  const { page: asked } = position as { page: number };
  return typeof echoed === 'number' && echoed < asked ? 'end' : verdict;
};

const text = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined ? '' : describe(value);
