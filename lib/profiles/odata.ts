import { inQuery } from '../placements/in-query.js';
import { withHeaders } from '../request.js';
import { nextUrl, type NextUrlOptions } from '../strategies/next-url.js';
import type { UrlPosition } from '../strategies/parts/follow-url.js';
import type { Check, Placement, Strategy } from '../strategy.js';
import { redactText } from '../values/redact.js';
import { named } from './parts/named.js';
import { type FollowingProfileOptions, profile, type Profile } from './profile.js';

export interface OdataOptions extends FollowingProfileOptions {
  /**
   * Name of the size if the service takes it as a parameter, as Microsoft Graph does with `$top`.
   * @default the preference `odata.maxpagesize`, since `$top` limits the total number of items
   */
  readonly sizeParam?: string | undefined;
}

/**
 * OData services, versions 2 to 4.01: every collection, by the next link of server-driven paging.
 *
 *     GET /V4/TripPinService/People
 *     Prefer: odata.maxpagesize=100   ▸   { "value": [ … ], "@odata.nextLink": "https://…/People?$skiptoken=8" }
 *
 *     const { strategy, check, throttle } = odata<Person>({ size: 100 });
 *
 * Items are in `value`; for version 2 set `items: 'd.results'`.
 */
export const odata = <Item = unknown>({
  items = 'value',
  size,
  sizeParam,
  missingNext,
  ...rest
}: OdataOptions = {}): Profile<Item> =>
  profile(
    preferring<Item>,
    {
      items,
      size,
      ...(sizeParam === undefined ? { sizeParam: 'odata.maxpagesize', place: inPrefer } : { sizeParam }),
      missingNext,
      next: named(
        '@odata.nextLink',
        (body) => member(body, nextLinks) ?? member((body as { d?: unknown } | null)?.d, ['__next']),
      ),
      total: (body) => member(body, counts) ?? member((body as { d?: unknown } | null)?.d, ['__count']),
    },
    { check: checkOdata, throttle: { limit: 10, interval: 1000 } },
    { of: 'odata', rest, takes: ['sizeParam', 'missingNext'] },
  );

/** If the service fails after it has sent the status, the error is in the body. */
export const checkOdata: Check = ({ status, body }) => {
  const error = status >= 200 && status < 300 ? member(body, ['error', 'odata.error', '@odata.error']) : undefined;
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, message } = error as { code?: unknown; message?: unknown };
  return { fail: redactText(`OData: ${[code, message].filter((part) => typeof part === 'string').join(' ')}`) };
};

const nextLinks = ['@odata.nextLink', '@nextLink', 'odata.nextLink'];
const counts = ['@odata.count', '@count', 'odata.count'];

const member = (object: unknown, names: readonly string[]): unknown => {
  if (typeof object !== 'object' || object === null) return undefined;
  const name = names.find((each) => Object.hasOwn(object, each));
  return name === undefined ? undefined : (object as Record<string, unknown>)[name];
};

/** A preference applies to one request, so each request has it. A size in the query is part of the next links. */
function preferring<Item>(options: NextUrlOptions<Item>): Strategy<Item, UrlPosition> {
  const strategy = nextUrl(options);
  const { place = inQuery(), sizeParam = '' } = options;
  if (place !== inPrefer) return strategy;
  return {
    ...strategy,
    place: (request, { url, size }) => {
      const placed = url === undefined ? request : { ...request, url };
      return size === undefined ? placed : place(placed, { [sizeParam]: size });
    },
  };
}

/** Writes parameters as preferences (RFC 7240) and keeps those that the request has. */
const inPrefer: Placement = (request, params) => {
  const { headers } = request;
  const own = typeof headers === 'object' ? Object.entries(headers) : [];
  const preferences = own.filter(([name]) => name.toLowerCase() === 'prefer').map(([, value]) => value);
  const written = Object.entries(params).map(([name, value]) => `${name}=${String(value)}`);
  return { ...request, headers: withHeaders(headers, { prefer: [...preferences, ...written].join(', ') }) };
};
