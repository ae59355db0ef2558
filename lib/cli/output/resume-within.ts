import type { Page, ResumeToken } from '../../page.js';
import { markOf, tokenAt } from '../../resume-token.js';
import type { Strategy } from '../../strategy.js';

/**
 * A token that continues within a page. It holds the number of delivered items and their mark, so that the next run
 * skips these items if the page still begins with them.
 * @param taken how many items of `page` this run has delivered
 * @param before continues at this page, or at pages before it that were skipped; `undefined`: it is the first page
 */
export function resumeWithin(
  { items, position, index, itemsBefore, body, response, resume }: Page,
  taken: number,
  before: ResumeToken | undefined,
  strategy: Pick<Strategy<unknown, never>, 'items'>,
): ResumeToken {
  const all = strategy.items(body, response, position);
  const delivered = all.length - items.length + taken;
  const rest = { position, index, delivered, begins: markOf(all.slice(0, delivered)) };
  const { gaps = [], of } = resume;
  const point = before?.gaps?.some((gap) => gap.index === index)
    ? { ...resume, gaps: [rest, ...gaps] } // It was skipped: the walk continues elsewhere.
    : { ...before, ...rest, gaps };
  return tokenAt({ ...point, position: point.position, itemsBefore: itemsBefore + taken }, of);
}
