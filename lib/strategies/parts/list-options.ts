import { ConfigError } from '../../errors.js';
import { optionalReader, type Read, readAnnounced, type Reader, reader, readItems } from '../../reading/read.js';
import type { Answer } from '../../page.js';
import type { Strategy } from '../../strategy.js';
import { describe } from '../../values/describe.js';
import { checkOneOf, checkWhole } from '../../values/options.js';

/** What every kind of paging reads from an answer. */
export interface ListOptions<Item> {
  /** The items of an answer: a path into the body, or a function. @default '.', the body itself is the array */
  readonly items?: Read<readonly Item[]> | undefined;
  /** What an answer without items means: an error, or an empty page. @default 'error' */
  readonly missingItems?: 'error' | 'empty' | undefined;
  /** How many items there are in all: a number or digits, read again on every page. @default none */
  readonly total?: Read<unknown> | undefined;
  /**
   * Whether that total is exact or an estimate. An estimate never ends a walk, and with one the command does not report
   * fewer items as missing. @default 'exact'
   */
  readonly totalIs?: 'exact' | 'estimate' | undefined;
  /** Statuses that mean "past the end" on pages after the first, such as 400 or 404. @default [] */
  readonly endStatuses?: readonly number[] | undefined;
  /** How many empty pages in a row are accepted while the API says that there are more. @default 1000 */
  readonly maxEmptyPages?: number | undefined;
  /**
   * How to treat a page with the same items as the page before it or as the first page, apart from volatile fields such
   * as signed URLs: as an error, as the end, or as a valid page. @default 'error'
   */
  readonly onRepeat?: 'error' | 'stop' | 'allow' | undefined;
  /** Whether an expired position (410, or the API's own sign) fails or starts the walk over, once. @default 'error' */
  readonly onExpired?: 'error' | 'restart' | undefined;
}

export const listOptions = [
  'items', 'missingItems', 'total', 'totalIs', 'endStatuses', 'maxEmptyPages', 'onRepeat', 'onExpired',
] as const satisfies readonly (keyof ListOptions<unknown>)[]; // prettier-ignore

/** The members of a strategy that follow from these options. `kind` names it in errors. @throws ConfigError */
export function listMembers<Item>(
  kind: string,
  options: ListOptions<Item>,
): Pick<Strategy<Item, never>, 'items' | 'total' | 'totalIs' | 'maxEmptyPages' | 'onRepeat' | 'onExpired'> {
  const { missingItems = 'error', totalIs, maxEmptyPages = 1000, endStatuses = [], onRepeat, onExpired } = options;
  checkOneOf(kind, 'missingItems', missingItems, ['error', 'empty']);
  checkOneOf(kind, 'totalIs', totalIs ?? 'exact', ['exact', 'estimate']);
  checkOneOf(kind, 'onRepeat', onRepeat ?? 'error', ['error', 'stop', 'allow']);
  checkOneOf(kind, 'onExpired', onExpired ?? 'error', ['error', 'restart']);
  checkWhole(kind, 'maxEmptyPages', maxEmptyPages, 0);
  if (!Array.isArray(endStatuses))
    throw new ConfigError(`${kind}: endStatuses must be an array of statuses, not ${describe(endStatuses)}`);
  for (const status of endStatuses as readonly number[]) checkWhole(kind, 'endStatuses', status, 100);
  const items = reader(kind, 'items', options.items ?? '.');
  const total = optionalReader(kind, 'total', options.total);
  return {
    items: (body, response) => readItems<Item>(items, body, response, missingItems),
    // Here the total is only reported: some APIs leave it out of long lists. A rule that needs it reads it in next.
    total: (answer) => announcedBy(total, answer),
    totalIs,
    maxEmptyPages,
    onRepeat,
    onExpired,
  };
}

/** The total that an answer announces. A 0 after items have arrived is the length of this page, not a total. */
function announcedBy(total: Reader | undefined, answer: Answer<unknown, unknown>): number | undefined {
  const announced = readAnnounced('total', total, answer);
  return announced === 0 && answer.itemsBefore > 0 ? undefined : announced;
}

/**
 * For APIs whose every page leads to another one: whether an empty page is the end, because the total has been reached.
 */
export function endsEmpty<Item>(
  kind: string,
  { total, totalIs }: ListOptions<Item>,
): (answer: Answer<Item, unknown>) => boolean {
  const from = totalIs === 'estimate' ? undefined : optionalReader(kind, 'total', total);
  return (answer) => answer.items.length === 0 && answer.itemsBefore >= (announcedBy(from, answer) ?? Infinity);
}
