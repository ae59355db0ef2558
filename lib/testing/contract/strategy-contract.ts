import type { Position } from '../../page.js';
import type { Strategy } from '../../strategy.js';
import { checkOptions, invalid } from '../../values/options.js';
import { checks } from './checks.js';
import { type ApiUnderTest, startTrial } from './trial.js';

/** One promise of strategies, for any test runner: `it(title, run)`. */
export interface ContractCheck {
  readonly title: string;
  /** @throws Error that names the broken promise */
  readonly run: () => Promise<void>;
}

/**
 * Checks your strategy against the promises of every strategy, with prepared or recorded answers.
 *
 *     for (const { title, run } of strategyContract(() => byCursor, { answers: [ … ], items: [1, 2, 3] })) it(title, run);
 *
 * The checks are independent: run them in any order, or only some of them. Templates and answers are deeply frozen, so
 * that writing into them throws.
 * @param make makes the strategy; called several times, and may return the same value each time
 * @throws ConfigError for arguments that can't work
 */
export function strategyContract<Item, P extends Position>(
  make: () => Strategy<Item, P>,
  api: ApiUnderTest<NoInfer<Item>>,
): readonly ContractCheck[] {
  if (typeof make !== 'function')
    throw invalid('strategyContract', 'make', make, 'a function that makes the strategy, as in () => byCursor()');
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
