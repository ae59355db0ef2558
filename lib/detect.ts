import type { Detection, DetectOptions } from './detect/find-paging.js';
import { finder } from './detect/finder.js';
import type { PageRequest } from './request.js';
import { checkOptions } from './values/options.js';
import { checkRequest } from './walk/check-arguments.js';

export type { Detection, DetectOptions };

const known = [
  'transport', 'policy', 'check', 'signal', 'allowOrigins', 'events', 'items', 'size', 'sizeParam', 'place',
] as const satisfies readonly (keyof DetectOptions)[]; // prettier-ignore

/**
 * Detects how an API pages: reads the first answer, and checks the likeliest kind of paging by requesting page 2, which
 * must hold other items. If no kind can be proved, the error lists what was considered; nothing is guessed.
 *
 *     const { strategy, typescript } = await detect<Event>({ url: 'https://api.example.com/events' });
 *     console.log(typescript); // cursor({ items: 'events', next: 'next_cursor', cursorParam: 'cursor' })
 *
 * Copy the result into your code: that saves a request, and if the API changes you get an error instead of a different
 * detection.
 * @throws DetectionError, and whatever requesting a page throws
 */
export async function detect<Item = unknown>(
  request: PageRequest,
  options: DetectOptions = {},
): Promise<Detection<Item>> {
  checkRequest(request, 'detect');
  checkOptions('detect', options, known);
  const { findPaging } = await finder();
  return findPaging<Item>(request, options);
}
