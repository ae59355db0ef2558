import type { Subscription } from 'rxjs';
import type { PagewiseError } from '../errors.js';
import type { Position } from '../page.js';
import type { Step } from '../resume-token.js';
import type { Check } from '../strategy.js';
import { adaptiveSize } from './adaptive-size.js';
import type { RequestPage } from './expand-pages.js';
import { walkMemory } from './guards.js';
import { openLanes } from './lanes.js';
import { PageRun, type PageWalk } from './page-run.js';

/** What a walk is made of, before there is anything to remember. */
export type PageSource<Item, P extends Position> = Omit<
  PageWalk<Item, P>,
  'memory' | 'checks' | 'lanes' | 'adaptive'
> & {
  /** Pages in flight at once. */
  readonly concurrency: number;
  /** Whether sizes follow what the API can bear. */
  readonly adaptiveSize: boolean;
  /** The caller's check, asked after the strategy's. */
  readonly check: Check | undefined;
};

/**
 * Asks for pages, and remembers, for one walk, what its pages have in common.
 * @param life of the walk
 */
export function pageRequester<Item, P extends Position>(
  source: PageSource<Item, P>,
  life: Subscription,
): RequestPage<Item, P> {
  const checks = [source.strategy.check?.bind(source.strategy), source.check] as (Check | undefined)[];
  const adaptive = source.adaptiveSize ? adaptiveSize(source.strategy) : undefined;
  const asking = {
    ...source,
    checks: checks.filter((check) => check !== undefined),
    mends: adaptive && ((error: PagewiseError, step: Step) => adaptive.mends(error, step as Step<P>)),
  };
  const walk: PageWalk<Item, P> = {
    ...asking,
    adaptive,
    memory: walkMemory(source),
    lanes: source.concurrency === 1 ? undefined : openLanes(asking, source.concurrency, life),
  };
  return (step, subscriber) => new PageRun(walk, step, subscriber).start();
}
