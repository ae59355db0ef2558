import { AttemptTimeoutError, call, type PagewiseError } from '../errors.js';
import type { Position } from '../page.js';
import type { Step } from '../resume-token.js';
import type { Strategy } from '../strategy.js';

/** Page sizes that adapt to what the API can handle: halved for a page that is too heavy, then slowly raised again. */
export interface AdaptiveSize<P extends Position> {
  /** Whether a smaller page would fix this error, so that retrying as is would be pointless. */
  fixes(error: PagewiseError, step: Step<P>): boolean;
  /** The same page at half its size, if the error says that it is too heavy and a smaller size exists. */
  smaller(step: Step<P>, error: PagewiseError): Step<P> | undefined;
  /** The page at twice its size after a run of successful pages, if it can start with the same item; or unchanged. */
  grown(step: Step<P>): Step<P>;
  /**
   * The page at its size before it grew, if it is not full and no page has ever been that large: the server may cap
   * sizes, and the page number would then start at another item.
   */
  ungrown(step: Step<P>, items: () => number): Step<P> | undefined;
  /** Called with the number of items of each page that has been read. */
  pageRead(items: number): void;
}

/** Pages to read before a larger size is tried again; twice as many each time that fails. */
const patience = 10;
const mostPatience = 640;

/** Whether an answer says that the page is too heavy, or did not arrive in time. */
function isTooHeavy(error: PagewiseError): boolean {
  if (error instanceof AttemptTimeoutError) return true;
  const { status, tooHeavy } = error as { status?: unknown; tooHeavy?: unknown };
  return tooHeavy === true || status === 413 || status === 502 || status === 504;
}

export const sizeOf = (position: Position): number | undefined => {
  const size = (position as { readonly size?: unknown } | null)?.size;
  return typeof size === 'number' ? size : undefined;
};

export function adaptiveSize<Item, P extends Position>(strategy: Strategy<Item, P>): AdaptiveSize<P> {
  const original = sizeOf(strategy.first) ?? Infinity;
  let pages = 0;
  /** The most items that a page has had. */
  let most = 0;
  let wanted = patience;
  /** Whether a larger size is being tried. */
  let trying = false;
  /** The page whose size has grown, and what it was before. */
  let growth: { readonly to: Step<P>; readonly from: Step<P> } | undefined;

  const resized = (step: Step<P>, factor: number): Step<P> | undefined => {
    const position = call('strategy.resize', () => strategy.resize?.(step.position, factor, step.itemsBefore));
    // A page can't be smaller than what has been delivered of it: the rest would not be recognized.
    if (position === undefined || (sizeOf(position) ?? 0) < (step.delivered ?? 0)) return undefined;
    return { ...step, position };
  };
  return {
    fixes: (error, step) => isTooHeavy(error) && resized(step, 0.5) !== undefined,
    smaller(step, error) {
      const next = isTooHeavy(error) ? resized(step, 0.5) : undefined;
      if (next === undefined) return undefined;
      if (trying) wanted = Math.min(mostPatience, wanted * 2);
      trying = false;
      pages = 0;
      return next;
    },
    grown(step) {
      const size = sizeOf(step.position);
      if (size === undefined || size >= original || pages < wanted) return step;
      const next = resized(step, Math.min(2, original / size));
      if (next === undefined) return step;
      trying = true;
      pages = 0;
      growth = { to: next, from: step };
      return next;
    },
    ungrown(step, items) {
      const size = sizeOf(step.position) ?? 0;
      if (growth?.to !== step || size <= most || items() >= size) return undefined;
      trying = false;
      wanted = Infinity;
      return growth.from;
    },
    pageRead(items) {
      pages++;
      most = Math.max(most, items);
    },
  };
}
