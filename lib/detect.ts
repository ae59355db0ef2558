import type { Detection, DetectOptions } from './detect/find-paging.js';
import { finder } from './detect/finder.js';
import type { PageRequest } from './request.js';
import { checkOptions } from './values/options.js';

export type { Detection, DetectOptions };

const known = [
  'transport', 'policy', 'check', 'signal', 'allowOrigins', 'events', 'items', 'size', 'sizeParam', 'place',
] as const satisfies readonly (keyof DetectOptions)[]; // prettier-ignore

/**
 * Detects how an API pages: it reads the first answer, and proves the likeliest kind of paging by requesting page 2, which
 * must have other items. If nothing can be proved, the error lists what was considered; nothing is guessed.
 *
 *     const { strategy, typescript } = await detect<Event>({ url: 'https://api.example.com/events' });
 *     console.log(typescript); // cursor({ items: 'events', next: 'next_cursor', cursorParam: 'cursor' })
 *
 * Put the result into your code: it saves these requests, and a change of the API is then an error and not another guess.
 * @throws DetectionError; whatever requesting a page throws
 */
export async function detect<Item = unknown>(
  request: PageRequest,
  options: DetectOptions = {},
): Promise<Detection<Item>> {
  checkOptions('detect', options, known);
  const { findPaging } = await finder();
  return findPaging<Item>(request, options);
}
