import type { PageResponse } from '../../request.js';
import { relay, type RelayOptions, type RelayPosition } from '../../strategies/relay.js';
import type { Strategy, Verdict } from '../../strategy.js';
import { type Given, profile, type Profile, type ProfileOptions } from '../profile.js';

/** The options of profiles for GraphQL APIs. */
export interface ConnectionOptions extends ProfileOptions {
  /** Path of the connection in the answer, such as `'data.products'`. Its items are its `nodes` or `edges.node`. */
  readonly connection: string;
}

interface ApiRules {
  readonly check: { check(response: PageResponse, position: RelayPosition): Verdict | undefined }['check'];
  readonly throttle: Profile['throttle'];
}

/**
 * A profile over `relay` whose own verdict precedes that of `relay`: it knows how long to wait, and what else to retry.
 */
export function connectionProfile<Item>(
  options: RelayOptions<Item>,
  { check, throttle }: ApiRules,
  given: Given,
): Profile<Item> {
  const make = (given: RelayOptions<Item>): Strategy<Item, RelayPosition> => {
    const strategy = relay<Item>(given);
    return {
      ...strategy,
      check: (response, position) => check(response, position) ?? strategy.check?.(response, position),
    };
  };
  return profile(make, options, { check, throttle }, given);
}
