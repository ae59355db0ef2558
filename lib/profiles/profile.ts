import type { Check, Strategy } from '../strategy.js';

/** A known API's contract as one plain value: how it pages, its own verdicts, and settings for a fitting policy. */
export interface Profile<Item = unknown> {
  readonly strategy: Strategy<Item>;
  readonly check: Check;
  /** Settings for `throttleRequests`, never a built policy: a shared one would mix tenants. */
  readonly throttle: { readonly limit: number; readonly interval: number };
  /** What the strategy was made of; another one is `make({ ...options, size: 10 })`. */
  readonly paging: { readonly make: (options: never) => Strategy<Item>; readonly options: object };
}

/** The options that every profile takes. */
export interface ProfileOptions {
  /** The items of an answer, where the API does not fix it. */
  readonly items?: string | undefined;
  /** Items to ask for per page. */
  readonly size?: number | undefined;
}

interface Manners {
  /** @default none of its own: the HTTP status decides */
  readonly check?: Check;
  readonly throttle: Profile['throttle'];
}

/** Puts a profile together: a kind of paging, its options for this API, and the API's manners. */
export const profile = <Item, Options extends object>(
  make: (options: Options) => Pick<Strategy<Item>, keyof Strategy>,
  options: NoInfer<Options>,
  { check = () => undefined, throttle }: Manners,
): Profile<Item> => {
  // Where next pages are told is known here: that nothing stands there is the end, and no slip of the pen.
  const strategy = Object.fromEntries(Object.entries(make(options)).filter(([name]) => name !== 'doubt')) as Pick<
    Strategy<Item>,
    keyof Strategy
  >;
  return { strategy, check, throttle, paging: { make, options } };
};
