import type { Detection, DetectOptions } from './detect/find-paging.js';
import { finder, reader } from './detect/finder.js';
import type { DetectedCandidate, PastedAnswer } from './detect/read-answer.js';
import type { RequestTemplate } from './request.js';
import { checkOptions } from './values/options.js';
import { readRequest } from './walk/check-arguments.js';

export type { DetectedCandidate, Detection, DetectOptions, PastedAnswer };

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
  request: RequestTemplate,
  options: DetectOptions = {},
): Promise<Detection<Item>> {
  const template = readRequest(request, 'detect');
  checkOptions('detect', options, known);
  const { findPaging } = await finder();
  return findPaging<Item>(template, options);
}

const pasted = [
  'body', 'headers', 'url', 'method', 'requestBody', 'items',
] as const satisfies readonly (keyof PastedAnswer)[]; // prettier-ignore

/**
 * Reads how an API may page from an answer that somebody has copied, and sends nothing. So nothing is proved either:
 * `detect` confirms what it finds with page 2.
 *
 *     const [best] = await detectFrom({ body: '{ "events": [ … ], "next_cursor": "dXNlcjpVMEc5" }' });
 *     console.log(best?.typescript); // cursor({ items: 'events', next: 'next_cursor', cursorParam: 'cursor' })
 *
 * @returns candidates, best first; none if nothing in the answer suggests any
 * @throws ConfigError for a body that is no JSON; DetectionError if there is no list, or no one list
 */
export async function detectFrom(answer: PastedAnswer): Promise<readonly DetectedCandidate[]> {
  checkOptions('detectFrom', answer, pasted);
  const { readAnswer } = await reader();
  return readAnswer(answer);
}
