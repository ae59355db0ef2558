import type { PageResponse } from '../../request.js';

/** Reads a header of an answer, whatever its transport made. */
export function headerOf(response: PageResponse, name: string): string | undefined {
  try {
    const value: unknown = response.headers.get(name);
    return typeof value === 'string' ? value.slice(0, 1000) : undefined;
  } catch {
    return undefined;
  }
}

/** How many requests an API still allows. */
export interface Headroom {
  readonly remaining?: number;
  /** Out of how many. */
  readonly limit?: number;
}

const prefixes = ['ratelimit-', 'x-ratelimit-', 'x-rate-limit-'];

/**
 * What the headers of an answer say of the rate limit: `RateLimit` and `RateLimit-Policy` (`"default";r=50;t=30` and
 * `"default";q=100;w=60`; of several policies the one with the least remaining), or `RateLimit-Remaining` and
 * `-Limit`, also with X-.
 */
export function headroom(get: (name: string) => string | undefined): Headroom {
  const members = membersOf(get('ratelimit')).flatMap(({ name, parameters }) => {
    const remaining = whole(parameters.get('r'));
    return remaining === undefined ? [] : [{ name, remaining }];
  });
  const [least] = members.sort((a, b) => a.remaining - b.remaining);
  if (least) {
    const policy = membersOf(get('ratelimit-policy')).find(({ name }) => name === least.name);
    return known(least.remaining, whole(policy?.parameters.get('q')));
  }
  for (const prefix of prefixes) {
    const remaining = whole(get(`${prefix}remaining`));
    if (remaining !== undefined) return known(remaining, whole(get(`${prefix}limit`)));
  }
  return {};
}

const known = (remaining: number, limit: number | undefined): Headroom =>
  limit === undefined || limit < remaining ? { remaining } : { remaining, limit };

/** The members of a structured field. */
const membersOf = (field = '') =>
  field.split(',').map((member) => {
    const [name = '', ...parameters] = member.split(';').map((part) => part.trim());
    return { name, parameters: new Map(parameters.map((part) => part.split('=', 2) as [string, string])) };
  });

/** A limit may be followed by its windows: `100, 100;w=60`. */
function whole(text: string | undefined): number | undefined {
  const [, digits] = /^\s*(\d{1,15})\s*(?:[,;].*)?$/.exec(text ?? '') ?? [];
  return digits === undefined ? undefined : Number(digits);
}
