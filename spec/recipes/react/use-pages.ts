import type { Pages, ResumeToken } from 'pagewise';
import { useState, useSyncExternalStore } from 'react';
import { pagedStore } from '../paged-store.js';

/** Pages of a query: a string, a number or anything else that stays the same by `Object.is`. */
export function usePages<Query, Item>(
  query: Query,
  open: (query: Query, resumeFrom: ResumeToken | undefined) => Pages<Item>,
) {
  const start = () => ({ query, store: pagedStore((resumeFrom) => open(query, resumeFrom)) });
  const [held, hold] = useState(start);
  let current = held;
  if (!Object.is(held.query, query)) hold((current = start()));
  const { state, subscribe, loadNext, retry } = current.store;
  return { ...useSyncExternalStore(subscribe, state, state), loadNext, retry };
}
