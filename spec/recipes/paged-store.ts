import type { Page, Pages, ResumeToken } from 'pagewise';

export interface PagedState<Item> {
  readonly items: readonly Item[];
  /** `ready` waits for `loadNext`, `error` for `retry`. */
  readonly status: 'loading' | 'ready' | 'done' | 'error';
  readonly error: unknown;
  /** How many items there are in all, if the API says so and the strategy reads it. */
  readonly total: number | undefined;
}

/** Pages as a state that changes, for as long as somebody listens: the first page is requested immediately. */
export function pagedStore<Item>(open: (resumeFrom: ResumeToken | undefined) => Pages<Item>) {
  const listeners = new Set<{ changed: () => void }>();
  let state: PagedState<Item> = { items: [], status: 'loading', error: undefined, total: undefined };
  let walk: AsyncIterator<Page<Item>, undefined> | undefined;
  let after: ResumeToken | undefined;

  function set(changes: Partial<PagedState<Item>>) {
    state = { ...state, ...changes };
    for (const { changed } of [...listeners]) changed();
  }
  async function load() {
    let mine = walk;
    try {
      mine = walk ??= open(after)[Symbol.asyncIterator]();
      if (state.status !== 'loading') set({ status: 'loading', error: undefined });
      const { value: page } = await mine.next();
      if (mine !== walk) return; // nobody listens any more
      after = page?.resume ?? after;
      const items = [...state.items, ...(page?.items ?? [])];
      set({ items, total: page?.total ?? state.total, status: page?.next === undefined ? 'done' : 'ready' });
    } catch (error) {
      if (mine !== walk) return;
      walk = undefined;
      set({ status: 'error', error });
    }
  }
  function startOrStop() {
    if (listeners.size === 0) {
      void walk?.return?.();
      walk = undefined;
    } else if (walk === undefined && state.status === 'loading') void load();
  }

  return {
    state: () => state,
    subscribe(changed: () => void): () => void {
      const listener = { changed };
      listeners.add(listener);
      queueMicrotask(startOrStop); // later: a listener that unsubscribes and returns immediately (StrictMode) cancels nothing
      return () => {
        listeners.delete(listener);
        queueMicrotask(startOrStop);
      };
    },
    loadNext: () => void (listeners.size > 0 && state.status === 'ready' && load()),
    retry: () => void (listeners.size > 0 && state.status === 'error' && load()),
  };
}
