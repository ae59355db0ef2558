import { finder } from './detect/finder.js';
import type { Paging } from './detect/paging.js';
import type { PaginateOptions } from './paginate.js';
import type { PageRequest } from './request.js';
import type { Strategy } from './strategy.js';
import { checkOptions } from './values/options.js';

export interface DetectOptions extends Pick<
  PaginateOptions,
  'transport' | 'policy' | 'check' | 'signal' | 'allowOrigins' | 'events'
> {
  /** Where the items are, where that is known. @default the one list of the answer that stands out */
  readonly items?: string | undefined;
  /** Items to ask for per page; the parameter's name is found out. @default the API's own */
  readonly size?: number | undefined;
  /** Wire name of the size, where that is known. */
  readonly sizeParam?: string | undefined;
  /** Where parameters are written: `query`, `body`, `body:PATH`, `form` … @default tried */
  readonly place?: string | undefined;
}

const known = [
  'transport', 'policy', 'check', 'signal', 'allowOrigins', 'events', 'items', 'size', 'sizeParam', 'place',
] as const satisfies readonly (keyof DetectOptions)[]; // prettier-ignore

/** How an API pages, found out and proved. */
export interface Detection<Item = unknown> {
  readonly strategy: Strategy<Item>;
  /**
   * Whether page 2 has been asked for and bears it out. `false` where the first answer is the last page or empty: it is
   * walked rightly, and how more of it would be asked for could not be seen.
   */
  readonly proved: boolean;
  /** What was seen, in sentences. */
  readonly evidence: readonly string[];
  /** The strategy as one would write it. */
  readonly typescript: string;
  /** The same as flags of the command. */
  readonly flags: string;
  /** @internal The same in words, for those who change a part of it. */
  readonly paging: Paging;
}

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
