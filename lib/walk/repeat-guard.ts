import { sameJson } from '../values/equal.js';
import { fingerprint } from '../values/fingerprint.js';

/** What tells a page from the one after it: its items, or the name that an earlier run has given them. */
export type PageMark = readonly unknown[] | string | undefined;

/** Finds pages that hold the same items as the page before them (P11); empty pages between them hide nothing. */
export interface RepeatGuard {
  /** Whether these are the items of the page before. Empty pages are equal honestly. */
  repeats(items: readonly unknown[]): boolean;
  /** These are the items of the page before from now on, where there are any. */
  accept(items: readonly unknown[]): void;
  /** The page before, as it is now. */
  mark(): PageMark;
}

/** @param before what an earlier run has named the items of its last page */
export function repeatGuard(before: PageMark): RepeatGuard {
  return {
    repeats(items) {
      if (items.length === 0 || before === undefined) return false;
      return typeof before === 'string' ? nameItems(items) === before : same(items, before);
    },
    accept(items) {
      if (items.length > 0) before = items;
    },
    mark: () => before,
  };
}

/** A short name for a page's items, for a token that asks for the page after it. */
export const nameItems = (items: PageMark): string | undefined =>
  typeof items === 'object' ? fingerprint(items) : items;

/** Number of items, first and last one, and only where these agree the whole: next to nothing for pages that differ. */
const same = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && sameJson(a[0], b[0]) && sameJson(a.at(-1), b.at(-1)) && sameJson(a, b);
