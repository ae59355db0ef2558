import { ConfigError } from '../errors.js';
import type { Check, Strategy } from '../strategy.js';
import { isMisspelt } from '../values/similar.js';

/** A known API's contract as one plain value: how it pages, its own verdicts, and settings for a suitable policy. */
export interface Profile<Item = unknown> {
  readonly strategy: Strategy<Item>;
  readonly check: Check;
  /**
   * Settings for `throttleRequests`: at most `limit` requests per `interval` milliseconds. Never a built policy, which
   * tenants would share.
   */
  readonly throttle: { readonly limit: number; readonly interval: number };
  /** How the strategy was made; make another one with `make({ ...options, size: 10 })`. */
  readonly paging: { readonly make: (options: never) => Strategy<Item>; readonly options: object };
}

/** The options that every profile takes. */
export interface ProfileOptions {
  /** Path of the items, if the API does not define it. */
  readonly items?: string | undefined;
  /** Items to request per page. */
  readonly size?: number | undefined;
}

/** The options of profiles whose answers have a token or link of the next page. */
export interface FollowingProfileOptions extends ProfileOptions {
  /**
   * Whether a first page that lacks the token or link, although its answer suggests more pages, is an error or the end.
   * @default 'error'
   */
  readonly missingNext?: 'error' | 'end' | undefined;
}

interface ApiRules {
  /** @default none: the HTTP status decides */
  readonly check?: Check;
  readonly throttle: Profile['throttle'];
}

/**
 * Builds a profile: a strategy factory, its options for this API, and the API's verdicts and limits.
 * @param rest options that the profile does not have
 * @throws ConfigError if there are any
 */
export const profile = <Item, Options extends object>(
  make: (options: Options) => Pick<Strategy<Item>, keyof Strategy>,
  options: NoInfer<Options>,
  { check = () => undefined, throttle }: ApiRules,
  rest: object = {},
): Profile<Item> => {
  for (const [name, value] of Object.entries(rest)) {
    if (value === undefined) continue;
    const meant = Object.keys(options).find((known) => isMisspelt(name, known));
    throw new ConfigError(
      `the profile has no option ${JSON.stringify(name)}${meant === undefined ? '' : ` (Did you mean ${meant}?)`}; set it on the strategy: profile.paging.make({ ...profile.paging.options, … })`,
    );
  }
  // A profile knows the path of the next page: if nothing is there, this is the end and not a misspelt path.
  const strategy = Object.fromEntries(Object.entries(make(options)).filter(([name]) => name !== 'doubt')) as Pick<
    Strategy<Item>,
    keyof Strategy
  >;
  return { strategy, check, throttle, paging: { make, options } };
};
