import { isPagewiseError } from '../../errors.js';
import { describeError } from '../../values/describe.js';
import type { HostileServer } from '../hostile/hostile-server.js';
import type { Fault } from '../hostile/fault.js';
import { unmarked } from './marks.js';
import type { Behaviour, Run } from './trial.js';

export const key = (item: unknown): string => JSON.stringify(unmarked(item));

/** Which items are lost or duplicated in a list; `undefined` if none are. */
export function difference(found: readonly unknown[], expected: readonly unknown[]): string | undefined {
  const rest = new Map<string, number>();
  for (const item of expected) rest.set(key(item), (rest.get(key(item)) ?? 0) + 1);
  for (const item of found) rest.set(key(item), (rest.get(key(item)) ?? 0) - 1);
  const lost = [...rest].filter(([, count]) => count > 0).map(([item]) => item);
  const extra = [...rest].filter(([, count]) => count < 0).map(([item]) => item);
  if (lost.length === 0 && extra.length === 0) return undefined;
  const shown = (items: readonly string[]) => `${items.length} (${items.slice(0, 3).join(', ')})`;
  return `lost ${shown(lost)}, duplicate or unexpected ${shown(extra)}`;
}

export const describeRun = ({ items, error }: Run): string =>
  `${items.length} items, then ${error === undefined ? 'the end' : describeError(error)}`;

/**
 * Judges whether a run ended as required.
 * @param pages the items of the API, page by page; the fault is on page `at`
 * @returns what is wrong
 */
export function judgeRun(run: Run, outcome: Outcome, pages: readonly (readonly unknown[])[], at: number): string | undefined {
  const before = pages.slice(0, at).flat();
  const all = pages.flat();
  const { items, error } = run;
  if (error !== undefined && !isPagewiseError(error)) return `an error that is not a PagewiseError: ${describeRun(run)}`;
  if (outcome === 'empty page') {
    const others = pages.filter((_, index) => index !== at).flat();
    const wrong = difference(items, before);
    return wrong !== undefined && difference(items, others) !== undefined ? wrong : undefined;
  }
  if (error === undefined) {
    if (typeof outcome === 'object') return `no error, although one of ${outcome.fails.join(', ')} was expected: ${describeRun(run)}`;
    return difference(items, all);
  }
  if (outcome === 'exact') return `the walk failed: ${describeRun(run)}`;
  const wrong = difference(items, before);
  if (wrong !== undefined) return `${wrong}, before ${error.name}`;
  if (error.pageIndex !== at) return `the error is of page ${String(error.pageIndex)}, not ${at}: ${error.message}`;
  if (outcome === 'exact or explicit') return undefined;
  if (!outcome.fails.includes(error.name)) return `${error.name} (${error.message}), although one of ${outcome.fails.join(', ')} was expected`;
  return outcome.attempts !== undefined && error.attempts !== outcome.attempts
    ? `${String(error.attempts)} attempts, not ${outcome.attempts}: ${error.message}`
    : undefined;
} // prettier-ignore

/** What a fault must do to a walk. In any case, the walk never loses or repeats an item silently. */
export type Outcome =
  /** Every item once. */
  | 'exact'
  /** Every item once, or an error that says what happened: clients differ in what they can detect. */
  | 'exact or explicit'
  /** The API said that this page is empty: its items are not expected, nor those after it if the walk ends there. */
  | 'empty page'
  /** One of these errors, on that page and after `attempts` attempts; `resume` then continues without a loss. */
  | { readonly fails: readonly string[]; readonly attempts?: number };

/** A fault of requests for one page, how often it happens, and the required outcome. */
export interface RequestFault {
  readonly fault: Fault;
  /** @default 1 */
  readonly times?: number;
  readonly outcome: Outcome;
  /** Made for each trial. */
  readonly behaviour?: () => Behaviour;
  /** Checks further requirements. @returns the one that is not met */
  readonly also?: (run: Run, server: HostileServer, at: number) => string | undefined;
  /** Only for requests without a body, or with one. */
  readonly body?: boolean;
  /** Whether it can be part of a random schedule: no slow faults. */
  readonly random?: boolean;
}
