import { DetectionError } from '../errors.js';
import type { PageResponse } from '../request.js';
import { singlePage } from '../strategies/single-page.js';
import { findLists, type FoundList } from './find-items.js';

/** The list that holds the items. @throws DetectionError where there is none, or several that come into question */
export function listOf(response: PageResponse, path: string | undefined): FoundList {
  if (response.status === 204) return { path: path ?? '.', items: [], score: 0 };
  if (path !== undefined) return { path, items: singlePage({ items: path }).items(response.body, response), score: 0 };
  const lists = findLists(response.body);
  const [best] = lists;
  if (!best) throw new DetectionError('the answer has no list; if its items are not in an array, write a strategy');
  // The nodes and the edges of one connection are one list.
  const connection = /^(.*\.)(nodes|edges)$/.exec(best.path)?.[1];
  const others = lists.filter(
    ({ path: each }) => each !== `${connection ?? ''}nodes` && each !== `${connection ?? ''}edges`,
  );
  const other = (connection === undefined ? lists.slice(1) : others)[0];
  if (other && other.score > best.score - 1)
    throw new DetectionError(
      `the answer has several lists (${lists
        .slice(0, 5)
        .map((each) => each.path)
        .join(', ')}); name one with items`,
    );
  return best;
}
