import type { ThrottleOptions } from '../policies/throttle-requests.js';
import { inBody } from '../placements/in-body.js';
import { inQuery } from '../placements/in-query.js';
import { pageNumber, type PageNumberOptions } from '../strategies/page-number.js';
import type { Check, Strategy } from '../strategy.js';
import { header, type Read } from '../values/read.js';
import type { Arguments } from './arguments.js';
import type { RequestDraft } from './draft-request.js';
import { parsePlace } from './parse-place.js';
import { profileNames, profilesOf } from './profiles.js';
import { UsageError } from './usage-error.js';

/** How the API pages, as the flags or a profile say. */
export interface Paging {
  readonly strategy: Strategy;
  readonly inBody: boolean;
  readonly check?: Check;
  readonly throttle?: ThrottleOptions;
}

/** @throws UsageError, ConfigError */
export const buildPaging = (args: Arguments, draft: RequestDraft): Paging =>
  args.profile === undefined ? fromFlags(args, draft) : fromProfile(args.profile, args, draft);

function fromFlags(args: Arguments, draft: RequestDraft): Paging {
  if (args.sizeParam !== undefined && args.size === undefined)
    throw new UsageError(
      `--size-param ${args.sizeParam} names where the size is written, and there is none; add --size`,
    );
  const place = parsePlace(args, draft);
  const options: PageNumberOptions<unknown> = {
    items: args.items,
    size: args.size,
    start: args.start,
    pageParam: args.pageParam,
    sizeParam: args.sizeParam,
    total: read('--total', args.total),
    totalPages: read('--total-pages', args.totalPages),
    hasMore: read('--has-more', args.hasMore),
    place: place.in === 'query' ? inQuery() : inBody(place.path),
  };
  return { strategy: pageNumber(options), inBody: place.in === 'body' };
}

function read(flag: string, text: string | undefined): Read<unknown> | undefined {
  if (!text?.startsWith('header:')) return text;
  const name = text.slice('header:'.length);
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name))
    throw new UsageError(`${flag} ${text} names no header; give one like header:X-Total-Count`);
  return header(name);
}

const setByProfile = {
  paging: '--paging', in: '--in', start: '--start', pageParam: '--page-param', sizeParam: '--size-param',
  total: '--total', totalPages: '--total-pages', hasMore: '--has-more',
} as const; // prettier-ignore

function fromProfile(name: string, args: Arguments, draft: RequestDraft): Paging {
  const byMethod = profilesOf(name);
  if (!byMethod)
    throw new UsageError(`--profile ${name}: there is none of this name; there is ${profileNames.join(', ')}`);
  const profile = byMethod[draft.method];
  if (!profile)
    throw new UsageError(
      `--profile ${name} is for ${Object.keys(byMethod).join(' and ')} requests, not ${draft.method}`,
    );
  for (const [key, flag] of Object.entries(setByProfile))
    if (args[key as keyof typeof setByProfile] !== undefined)
      throw new UsageError(`--profile ${name} says what ${flag} would say; leave one of them out`);
  const { items, size } = args;
  return { ...profile.build({ items, size }), inBody: profile.place === 'body' };
}
