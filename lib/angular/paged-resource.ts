import * as core from '@angular/core';
import {
  assertInInjectionContext,
  computed,
  DestroyRef,
  effect,
  inject,
  signal,
  type Signal,
  untracked,
} from '@angular/core';
import { isPagewiseError } from '../errors.js';
import type { Page, Position, ResumeToken } from '../page.js';
import type { PaginateOptions } from '../paginate.js';
import type { PageRequest } from '../request.js';
import type { Strategy } from '../strategy.js';
import { reportUnheard } from '../subscribing.js';
import { injectPaginate } from './inject-paginate.js';

/** What to page, and how. */
export interface PagedQuery<Item, P extends Position> {
  readonly request: PageRequest;
  readonly strategy: Strategy<Item, P>;
  readonly options?: Omit<PaginateOptions<Item>, 'schema' | 'prefetch' | 'resumeFrom' | 'checkpoint' | 'signal'>;
}

/**
 * - `idle`: the query is `undefined`
 * - `loading`: the first page is loading; `loadingNext`: a later page is loading
 * - `ready`: waits for `loadNext`; `done`: the last page has arrived
 * - `error`: a page failed; the pages before it are kept, and `retry` continues at that page
 */
export type PagedStatus = 'idle' | 'loading' | 'loadingNext' | 'ready' | 'done' | 'error';

/** Pages of one query as signals. */
export interface PagedResource<Item> {
  readonly items: Signal<readonly Item[]>;
  readonly pages: Signal<readonly Page<Item>[]>;
  readonly status: Signal<PagedStatus>;
  readonly error: Signal<unknown>;
  readonly isLoading: Signal<boolean>;
  /** Whether `loadNext` would request a page; also true after an error. */
  readonly hasNext: Signal<boolean>;
  /** The total number of items that the API announces, if the strategy reads it. */
  readonly total: Signal<number | undefined>;
  /** Requests the next page, unless one is loading or there is none. Settles when the page has arrived or failed. */
  loadNext(): Promise<void>;
  /** Requests the failed page again. */
  retry(): Promise<void>;
  /** Starts over at the first page; the current items stay until it arrives. */
  reload(): Promise<void>;
}

interface State<Item> {
  readonly pages: readonly Page<Item>[];
  readonly items: readonly Item[];
  readonly status: PagedStatus;
  readonly error: unknown;
}

const empty = { pages: [], items: [], error: undefined };

/**
 * Pages of a query as signals, loaded page after page on request:
 *
 *     readonly found = pagedResource(() => ({
 *       request: { url: '/api/items', method: 'POST', body: { query: this.text() } },
 *       strategy: cursor<Item>({ items: 'items', next: 'next', place: inBody() }),
 *     }));
 *     // found.items(), found.isLoading(), found.hasNext(), found.loadNext()
 *
 * The first page is requested immediately. When a signal in the query changes, the current walk is cancelled and
 * another one begins; if the query returns `undefined`, none begins. The walk ends when its injection context is
 * destroyed. Works with OnPush and without zones. A query that can't work puts a ConfigError into `error`.
 */
// P has a default so that one type argument names the items.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export function pagedResource<Item, P extends Position = any>(
  query: () => PagedQuery<Item, P> | undefined,
): PagedResource<Item> {
  assertInInjectionContext(pagedResource);
  const paginate = injectPaginate();
  const pending = injectPending();
  const state = signal<State<Item>>({ ...empty, status: 'idle' });
  const current = computed(query);
  let walk: AsyncIterator<Page<Item>, undefined> | undefined;
  /** Counts walks, so that late results of an earlier walk are ignored. */
  let run = 0;
  let stale = false;

  const close = (): void => {
    run++;
    walk?.return?.().catch(reportUnheard);
    walk = undefined;
  };

  async function load(from?: ResumeToken): Promise<void> {
    const asked = untracked(current);
    if (asked === undefined) return;
    const mine = run;
    const settled = pending();
    state.update((now) => ({
      ...now,
      status: now.pages.length === 0 || stale ? 'loading' : 'loadingNext',
      error: undefined,
    }));
    try {
      walk ??= paginate(asked.request, asked.strategy, { ...asked.options, resumeFrom: from })[Symbol.asyncIterator]();
      const { done, value: page } = await walk.next();
      if (mine !== run) return;
      if (done === true) state.update((now) => ({ ...(stale ? { ...now, ...empty } : now), status: 'done' }));
      else append(page);
      stale = false;
    } catch (error) {
      if (mine !== run) return;
      walk = undefined;
      state.update((now) => ({ ...now, status: 'error', error }));
    } finally {
      settled();
    }
  }

  function append(page: Page<Item>): void {
    state.update((now) => {
      const kept = stale ? empty : now;
      return {
        pages: [...kept.pages, page],
        items: [...kept.items, ...page.items],
        status: page.next === undefined ? 'done' : 'ready',
        error: undefined,
      };
    });
  }

  const isLoading = computed(() => ['loading', 'loadingNext'].includes(state().status));
  const hasNext = computed(() => ['loading', 'loadingNext', 'ready', 'error'].includes(state().status));

  effect(() => {
    const asked = current();
    untracked(() => {
      close();
      stale = false;
      state.set({ ...empty, status: 'idle' });
      if (asked !== undefined) void load();
    });
  });
  inject(DestroyRef).onDestroy(close);

  const retry = (): Promise<void> => {
    const { status, error, pages } = untracked(state);
    if (status !== 'error') return Promise.resolve();
    const last = stale ? undefined : pages.at(-1);
    return load((isPagewiseError(error) ? error.resume : undefined) ?? last?.resume);
  };
  return {
    items: computed(() => state().items),
    pages: computed(() => state().pages),
    status: computed(() => state().status),
    error: computed(() => state().error),
    total: computed(() => state().pages.at(-1)?.total),
    isLoading,
    hasNext,
    loadNext: () => (untracked(() => state().status) === 'ready' ? load() : retry()),
    retry,
    reload() {
      close();
      stale = true;
      return load();
    },
  };
}

/**
 * Registers a pending task with the application until the returned function is called, so that server rendering and
 * tests wait for it. HttpClient registers only its requests, not the waits between them.
 * @internal
 */
export function injectPending(): () => () => void {
  // Angular 17 and 18 have no PendingTasks: a named import would fail there. Any use of the namespace other than by
  // property name would pull all of Angular into a bundle.
  const tasks = (core as Partial<typeof core>).PendingTasks && core.inject(core.PendingTasks);
  return () => tasks?.add() ?? (() => undefined);
}
