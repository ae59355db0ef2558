import type { Page, ResumeToken } from '../../page.js';
import { markOf } from '../../resume-token.js';
import type { Strategy } from '../../strategy.js';

/**
 * A token that continues within a page. It says how many items of the page are delivered, and holds their mark, so that
 * the next run leaves them out if the page still begins with them.
 * @param taken how many items of `page` this run has delivered
 * @param before continues at this page, or at pages before it that were skipped; `undefined`: it is the first page
 * @returns `undefined` for a page that an earlier run skipped: the walk continues elsewhere
 */
export function resumeWithin(
  { items, position, index, itemsBefore, body, response, resume }: Page,
  taken: number,
  before: ResumeToken | undefined,
  strategy: Pick<Strategy<unknown, never>, 'items'>,
): ResumeToken | undefined {
  if (before?.gaps?.some((gap) => gap.index === index)) return undefined;
  const { v, gaps, of } = resume;
  const all = strategy.items(body, response);
  const delivered = all.length - items.length + taken;
  return {
    v,
    position,
    index,
    itemsBefore: itemsBefore + taken,
    ...(before?.last === undefined ? {} : { last: before.last }),
    ...(before?.first === undefined ? {} : { first: before.first }),
    ...(before?.confirms === undefined ? {} : { confirms: before.confirms }),
    delivered,
    begins: markOf(all.slice(0, delivered)),
    ...(gaps === undefined ? {} : { gaps }),
    of,
  };
}
