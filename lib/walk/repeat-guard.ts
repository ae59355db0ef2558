import { sameJson } from '../values/equal.js';
import { fingerprint } from '../values/fingerprint.js';

/** Finds pages that hold the same items as the page before them (P11); empty pages between them hide nothing. */
export interface RepeatGuard {
  /** Whether these are the items of the page before. Empty pages are equal honestly. */
  repeats(items: readonly unknown[]): boolean;
  /** These are the items of the page before from now on, where there are any. */
  accept(items: readonly unknown[]): void;
  /** @returns names, when it is asked, the items of what is the page before now: for a token that asks for the page after it */
  mark(): () => string | undefined;
}

/** @param last what an earlier run has named the items of its last page */
export function repeatGuard(last: string | undefined): RepeatGuard {
  let before: readonly unknown[] | undefined;
  return {
    repeats(items) {
      if (items.length === 0) return false;
      return before === undefined ? last !== undefined && nameItems(items) === last : same(items, before);
    },
    accept(items) {
      if (items.length > 0) before = items;
    },
    mark() {
      const items = before;
      return () => (items === undefined ? last : nameItems(items));
    },
  };
}

/** A short name for a page's items. */
const nameItems = (items: readonly unknown[]): string => fingerprint(items);

/** Number of items, first and last one, and only where these agree the whole: next to nothing for pages that differ. */
const same = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && sameJson(a[0], b[0]) && sameJson(a.at(-1), b.at(-1)) && sameJson(a, b);
