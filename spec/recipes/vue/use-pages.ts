import type { Pages, ResumeToken } from 'pagewise';
import { computed, shallowRef, watch, type WatchSource } from 'vue';
import { pagedStore } from '../paged-store.js';

/** Pages of a query: a ref or a getter. Ends with its component or scope. */
export function usePages<Query, Item>(
  query: WatchSource<Query>,
  open: (query: Query, resumeFrom: ResumeToken | undefined) => Pages<Item>,
) {
  const make = (now: Query) => pagedStore((resumeFrom) => open(now, resumeFrom));
  const store = shallowRef<ReturnType<typeof make>>();
  const state = shallowRef<ReturnType<ReturnType<typeof make>['state']>>();
  const show = () => (state.value = store.value?.state());

  watch(
    query,
    (now, _, onCleanup) => {
      store.value = make(now);
      show();
      if (typeof window !== 'undefined') onCleanup(store.value.subscribe(show)); // a server renders nothing but `loading`
    },
    { immediate: true, flush: 'sync' },
  );
  return {
    items: computed(() => state.value?.items ?? []),
    total: computed(() => state.value?.total),
    status: computed(() => state.value?.status ?? 'loading'),
    error: computed(() => state.value?.error),
    loadNext: () => store.value?.loadNext(),
    retry: () => store.value?.retry(),
  };
}
