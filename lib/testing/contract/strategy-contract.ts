import { ConfigError } from '../../errors.js';
import type { Position } from '../../page.js';
import type { Strategy } from '../../strategy.js';
import { describe } from '../../values/describe.js';
import { checkOptions } from '../../values/options.js';
import { checks } from './checks.js';
import { type ApiUnderTest, startTrial } from './trial.js';

/** One promise of strategies, to be given to any test runner: `it(title, run)`. */
export interface ContractCheck {
  readonly title: string;
  /** @throws Error which says what does not hold */
  readonly run: () => Promise<void>;
}

/**
 * What every strategy promises, tried on a strategy of yours with answers that are written down or recorded.
 *
 *     for (const { title, run } of strategyContract(() => byCursor, { answers: [ … ], items: [1, 2, 3] })) it(title, run);
 *
 * The checks stand for themselves: run them in any order, or some of them. Templates and answers are deeply frozen, so
 * who writes into them is found out.
 * @param make makes the strategy; asked several times, and may give one value each time
 * @throws ConfigError for arguments that can't work
 */
export function strategyContract<Item, P extends Position>(
  make: () => Strategy<Item, P>,
  api: ApiUnderTest<NoInfer<Item>>,
): readonly ContractCheck[] {
  if (typeof make !== 'function')
    throw new ConfigError(
      `strategyContract: give a function that makes the strategy, as in () => byCursor(), not ${describe(make)}`,
    );
  checkOptions('strategyContract', api, [
    'answers',
    'request',
    'check',
    'items',
    'missingItems',
  ] satisfies (keyof ApiUnderTest)[]);
  const trial = startTrial<Item, P>(make, api);
  return checks.map(([title, check]) => ({ title, run: () => check(trial) }));
}
