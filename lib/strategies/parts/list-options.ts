import { itemsReader, type ItemsOptions } from '../../reading/items.js';
import { optionalReader, type Read, readAnnounced, type Reader } from '../../reading/read.js';
import type { Answer } from '../../page.js';
import type { Strategy } from '../../strategy.js';
import { checkBoolean, checkOneOf, checkWhole, invalid } from '../../values/options.js';

/** What every kind of paging reads from an answer. */
export interface ListOptions<Item> extends ItemsOptions<Item> {
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
  'items', 'missingItems', 'singleItem', 'total', 'totalIs', 'endStatuses', 'maxEmptyPages', 'onRepeat', 'onExpired',
] as const satisfies readonly (keyof ListOptions<unknown>)[]; // prettier-ignore

/** The members of a strategy that follow from these options. `kind` names it in errors. @throws ConfigError */
export function listMembers<Item>(
  kind: string,
  options: ListOptions<Item>,
): Pick<Strategy<Item, never>, 'items' | 'total' | 'totalIs' | 'maxEmptyPages' | 'onRepeat' | 'onExpired'> {
  const { totalIs, maxEmptyPages = 1000, endStatuses = [], onRepeat, onExpired } = options;
  checkOneOf(kind, 'totalIs', totalIs ?? 'exact', ['exact', 'estimate']);
  checkOneOf(kind, 'onRepeat', onRepeat ?? 'error', ['error', 'stop', 'allow']);
  checkOneOf(kind, 'onExpired', onExpired ?? 'error', ['error', 'restart']);
  checkWhole(kind, 'maxEmptyPages', maxEmptyPages, 0);
  if (!Array.isArray(endStatuses)) throw invalid(kind, 'endStatuses', endStatuses, 'an array of statuses');
  for (const status of endStatuses as readonly number[]) checkWhole(kind, 'endStatuses', status, 100);
  const items = itemsReader(kind, options);
  const total = optionalReader(kind, 'total', options.total);
  return {
    items,
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
 * For APIs whose every page leads to another one: whether an empty page is the end, because the caller says so, or
 * because the total has been reached.
 * @throws ConfigError
 */
export function endsEmpty<Item>(
  kind: string,
  { total, totalIs, stopOnEmptyPage = false }: ListOptions<Item> & { readonly stopOnEmptyPage?: boolean | undefined },
): (answer: Answer<Item, unknown>) => boolean {
  checkBoolean(kind, 'stopOnEmptyPage', stopOnEmptyPage);
  const from = totalIs === 'estimate' ? undefined : optionalReader(kind, 'total', total);
  return (answer) =>
    answer.items.length === 0 && (stopOnEmptyPage || answer.itemsBefore >= (announcedBy(from, answer) ?? Infinity));
}
