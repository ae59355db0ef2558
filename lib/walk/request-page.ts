import type { RequestPage } from '../expand-pages.js';
import type { Position } from '../page.js';
import type { Check } from '../strategy.js';
import { PageRun, type PageWalk } from './page-run.js';
import { walkMemory } from './walk-memory.js';

/** What a walk is made of, before there is anything to remember. */
export type PageSource<Item, P extends Position> = Omit<PageWalk<Item, P>, 'memory' | 'checks'> & {
  /** The caller's check, asked after the strategy's. */
  readonly check: Check | undefined;
};

/** Asks for one page at a time, and remembers, for one walk, what its pages have in common. */
export function pageRequester<Item, P extends Position>(source: PageSource<Item, P>): RequestPage<Item, P> {
  const checks = [source.strategy.check?.bind(source.strategy), source.check] as (Check | undefined)[];
  const walk: PageWalk<Item, P> = {
    ...source,
    memory: walkMemory(source),
    checks: checks.filter((check) => check !== undefined),
  };
  return (step, subscriber) => new PageRun(walk, step, subscriber).start();
}
