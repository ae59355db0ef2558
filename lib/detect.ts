import type { Detection, DetectOptions } from './detect/find-paging.js';
import { finder } from './detect/finder.js';
import type { PageRequest } from './request.js';
import { checkOptions } from './values/options.js';

export type { Detection, DetectOptions };

const known = [
  'transport', 'policy', 'check', 'signal', 'allowOrigins', 'events', 'items', 'size', 'sizeParam', 'place',
] as const satisfies readonly (keyof DetectOptions)[]; // prettier-ignore

/**
 * Finds out how an API pages: looks at its first answer, and proves the likeliest way by asking for page 2, which must
 * hold other items. What can't be proved is an error that lists what was considered; nothing is guessed.
 *
 *     const { strategy, typescript } = await detect<Event>({ url: 'https://api.example.com/events' });
 *     console.log(typescript); // cursor({ items: 'events', next: 'next_cursor', cursorParam: 'cursor' })
 *
 * Write down what it says: one request less to depend on, and a change of the API is an error then, not another guess.
 * @throws DetectionError; whatever asking for a page throws
 */
export async function detect<Item = unknown>(
  request: PageRequest,
  options: DetectOptions = {},
): Promise<Detection<Item>> {
  checkOptions('detect', options, known);
  const { findPaging } = await finder();
  return findPaging<Item>(request, options);
}
