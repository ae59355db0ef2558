import type { Check, Strategy } from '../strategy.js';
import { checkOptions } from '../values/options.js';

/** At most `limit` requests per `interval` milliseconds. */
interface Throttle {
  readonly limit: number;
  readonly interval: number;
}

/** A known API's contract as one plain value: how it pages, and its own verdicts. */
export interface UnratedProfile<Item = unknown> {
  readonly strategy: Strategy<Item>;
  readonly check: Check;
  /** How the strategy was made; make another one with `make({ ...options, size: 10 })`. */
  readonly paging: { make(options: object): Strategy<Item>; readonly options: object };
}

/** The same for an API that documents its rate. */
export interface Profile<Item = unknown> extends UnratedProfile<Item> {
  /** Settings for `throttleRequests`. Never a built policy, which tenants would share. */
  readonly throttle: Throttle;
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
  /** Only if the API documents a rate. */
  readonly throttle?: Throttle;
}

/** What a caller gave to a profile besides the options that it reads. */
export interface Given {
  /** The profile, for errors. */
  readonly of: string;
  readonly rest: object;
  /** The options that the profile takes besides those of `ProfileOptions`. @default [] */
  readonly takes?: readonly string[];
}

/**
 * Builds a profile: a strategy factory, its options for this API, and the API's verdicts and limits.
 * @throws ConfigError for options that the profile does not have
 */
export function profile<Item, Options extends object, Rules extends ApiRules>(
  make: (options: Options) => Pick<Strategy<Item>, keyof Strategy>,
  options: NoInfer<Options>,
  rules: Rules,
  given: Given,
): Rules extends { readonly throttle: Throttle } ? Profile<Item> : UnratedProfile<Item>;
export function profile<Item, Options extends object>(
  make: (options: Options) => Pick<Strategy<Item>, keyof Strategy>,
  options: Options,
  { check = () => undefined, throttle }: ApiRules,
  { of, rest, takes = [] }: Given,
): UnratedProfile<Item> {
  // What a profile reads is not in the rest.
  checkOptions(
    of,
    rest,
    ['items', 'size', ...takes].filter((name) => !Object.hasOwn(rest, name)),
    elsewhere,
  );
  // A profile knows the path of the next page: if nothing is there, this is the end and not a misspelt path.
  const strategy = Object.fromEntries(Object.entries(make(options)).filter(([name]) => name !== 'doubt')) as Pick<
    Strategy<Item>,
    keyof Strategy
  >;
  return { strategy, check, ...(throttle === undefined ? {} : { throttle }), paging: { make, options } };
}

const elsewhere = 'Set other options on the strategy: profile.paging.make({ ...profile.paging.options, … })';
