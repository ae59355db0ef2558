import type { Pages, ResumeToken } from 'pagewise';
import { readable } from 'svelte/store';
import { pagedStore } from '../paged-store.js';

/** Pages as a store, for Svelte 4 and 5: requests them while it has subscribers. */
export function pagesOf<Item>(open: (resumeFrom: ResumeToken | undefined) => Pages<Item>) {
  const { state, subscribe, loadNext, retry } = pagedStore(open);
  const show = readable(state(), (set) => {
    set(state());
    return subscribe(() => set(state()));
  });
  return { ...show, loadNext, retry };
}
