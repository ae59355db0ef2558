import * as core from '@angular/core';
import {
  assertInInjectionContext,
  computed,
  DestroyRef,
  effect,
  inject,
  type Injector,
  signal,
  type Signal,
  untracked,
} from '@angular/core';
import { asError, CallbackError, ConfigError, isPagewiseError } from '../errors.js';
import type { Page, Position } from '../page.js';
import { type PaginateOptions, readRequest } from '../paginate.js';
import type { RequestTemplate } from '../request.js';
import { tokenOwner } from '../resume-token.js';
import type { Strategy } from '../strategy.js';
import { reportUnheard } from '../subscribing.js';
import { isComparable } from '../values/compare.js';
import { describe } from '../values/describe.js';
import {
  checkBoolean,
  checkFunction,
  checkName,
  checkOptions,
  checkWhole,
  inPlaceOf,
  invalid,
} from '../values/options.js';
import { injectPaginate } from './inject-paginate.js';
import { injectLeftLists, type Edit, type List } from './left-lists.js';

/** What to page, and how. */
export interface PagedQuery<Item, P extends Position> {
  readonly request: RequestTemplate;
  readonly strategy: Strategy<Item, P>;
  readonly options?: Omit<PaginateOptions<Item>, 'schema' | 'prefetch' | 'resumeFrom' | 'checkpoint' | 'signal'>;
  /** Where the list begins: a `page.resume` or its JSON, of a URL or a store. @default the API's first page */
  readonly resumeFrom?: PaginateOptions['resumeFrom'];
  /** Pages that are there already, of a resolver or a store; the next one is requested after them. @default none */
  readonly initialPages?: readonly Page<Item>[] | undefined;
}

export interface PagedResourceOptions {
  /**
   * Whether the items of the previous query stay until the first page of the next one arrives, so that a search does
   * not flicker. If that page fails, they go. @default true
   */
  readonly keepPrevious?: boolean | undefined;
  /**
   * Keeps the list under this name, in memory, after its component is destroyed: the next resource with the name and
   * the same request shows it immediately and sends nothing. An application keeps the last 20 lists. Headers do not
   * tell lists apart: write the user into the name if users change. @default none
   */
  readonly restore?: string | undefined;
  /** The element that scrolls, if it is not the window: its position is restored too. Needs `restore`. @default none */
  readonly scroller?: (() => Element | undefined) | undefined;
  /**
   * The most pages that are held. `loadNext` drops those at the other end, and `loadPrevious` requests them again.
   * @default Infinity
   */
  readonly maxPages?: number | undefined;
  /**
   * While it returns true, the next page is requested ahead, one page at most, and `loadNext` shows it. Reads signals.
   * Not called where a server renders. @default none
   */
  readonly prefetchWhen?: (() => boolean) | undefined;
  /** Where the resource belongs, if it is created outside an injection context. @default the current context */
  readonly injector?: Injector | undefined;
}

/**
 * The state of the list as a whole, in the words of Angular's `ResourceStatus`:
 *
 * - `idle`: the query is `undefined`
 * - `loading`: the first page is loading
 * - `reloading`: the first page is loading again, after `reload`
 * - `resolved`: there are pages; `loadingNext` and `done` tell more
 * - `error`: a page failed; the pages before it are kept, and `retry` continues at that page
 * - `local`: as `resolved`, with items that `update` has changed
 */
export type PagedStatus = 'idle' | 'loading' | 'reloading' | 'resolved' | 'error' | 'local';

/** Pages of one query as signals. */
export interface PagedResource<Item> {
  /** Items of all pages that are held. Made when it is read: a page that nobody reads copies nothing. */
  readonly items: Signal<readonly Item[]>;
  readonly pages: Signal<readonly Page<Item>[]>;
  readonly status: Signal<PagedStatus>;
  /** Why a page failed, or why the query can't work. */
  readonly error: Signal<Error | undefined>;
  /** Whether any page is loading that will be shown. */
  readonly isLoading: Signal<boolean>;
  readonly loadingNext: Signal<boolean>;
  readonly loadingPrevious: Signal<boolean>;
  /** Whether the last page is there. */
  readonly done: Signal<boolean>;
  /** Whether `loadNext` would request a page, or one is loading. False after a page has failed, until `retry`. */
  readonly hasNext: Signal<boolean>;
  /** The same of `loadPrevious`: whether `maxPages` dropped pages before the first one that is held. */
  readonly hasPrevious: Signal<boolean>;
  /** Whether the items are those of the previous query, until the first page of this one arrives. */
  readonly isPrevious: Signal<boolean>;
  /** The total number of items that the API announces, if the strategy reads it. */
  readonly total: Signal<number | undefined>;
  /**
   * Requests the next page, unless one is loading, there is none, or a page has failed: then `retry` continues. So it can
   * be called again and again, and an API that is down is not. Settles when the page has arrived or failed.
   */
  loadNext(): Promise<void>;
  /** Requests the last page that `maxPages` dropped before the first one held, unless a page is loading or has failed. */
  loadPrevious(): Promise<void>;
  /** Requests the failed page again, and continues there; the pages that are held stay. */
  retry(): Promise<void>;
  /** Starts over at the beginning of the query; the current items stay until its first page arrives. */
  reload(): Promise<void>;
  /**
   * Changes the items in place of the API, before it has answered:
   *
   *     const undo = list.update((items) => items.filter(({ id }) => id !== removed.id));
   *     http.delete(url).subscribe({ error: undo });
   *
   * `change` must be pure: it is called again with all items when a page arrives. It holds until the next `reload` or
   * another query, or until the function that is returned is called, which works in restored lists too.
   * @throws ConfigError if it does not return an array, and what it throws
   */
  update(change: (items: readonly Item[]) => readonly Item[]): () => void;
}

/** What a request is for. */
type Step = 'first' | 'reload' | 'next' | 'previous';

interface State<Item> extends List<Item> {
  /** Whether there is a query. */
  readonly open: boolean;
  readonly loading: Step | undefined;
  readonly failed: Step | undefined;
  readonly error: unknown;
  /** Whether `pages` are those of the previous query. */
  readonly kept: boolean;
}

const nothing = {
  pages: [],
  dropped: 0,
  starts: [],
  ended: false,
  edits: [],
  loading: undefined,
  failed: undefined,
  error: undefined,
  kept: false,
} as const;

const members = [
  'request', 'strategy', 'options', 'resumeFrom', 'initialPages',
] as const satisfies readonly (keyof PagedQuery<never, never>)[]; // prettier-ignore

const known = [
  'keepPrevious', 'restore', 'scroller', 'maxPages', 'prefetchWhen', 'injector',
] as const satisfies readonly (keyof PagedResourceOptions)[]; // prettier-ignore

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
 * destroyed. Works with OnPush and without zones. A query that throws or can't work puts its error into `error`.
 * @throws ConfigError for options that can't work
 */
// P has a default so that one type argument names the items.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export function pagedResource<Item, P extends Position = any>(
  query: () => PagedQuery<Item, P> | undefined,
  options: PagedResourceOptions = {},
): PagedResource<Item> {
  checkResourceOptions(options);
  if (options.injector) return core.runInInjectionContext(options.injector, () => makeResource(query, options));
  assertInInjectionContext(pagedResource);
  return makeResource(query, options);
}

function checkResourceOptions(options: PagedResourceOptions): void {
  const of = 'pagedResource';
  checkOptions(of, options, known);
  const { keepPrevious, restore, scroller, maxPages = Infinity, prefetchWhen } = options;
  checkBoolean(of, 'keepPrevious', keepPrevious);
  if (restore !== undefined) checkName(of, 'restore', restore);
  checkFunction(of, 'scroller', scroller, '() => this.list().nativeElement');
  checkFunction(of, 'prefetchWhen', prefetchWhen, '() => this.nearEnd()');
  if (maxPages !== Infinity) checkWhole(of, 'maxPages', maxPages, 1);
  if (scroller && restore === undefined)
    throw new ConfigError(`${of}: scroller has no use without restore; name the list, as in \`restore: 'orders'\``);
}

function makeResource<Item, P extends Position>(
  query: () => PagedQuery<Item, P> | undefined,
  { keepPrevious = true, restore, scroller, maxPages = Infinity, prefetchWhen }: PagedResourceOptions,
): PagedResource<Item> {
  const closed = { ...nothing, open: false };
  const opened = { ...nothing, open: true };
  const paginate = injectPaginate();
  const pending = injectPending();
  const left = restore === undefined ? undefined : injectLeftLists<Item>(scroller);
  const state = signal<State<Item>>(closed);
  const set = (changes: Partial<State<Item>>) => {
    state.update((now) => ({ ...now, ...changes }));
  };
  const current = computed(() => readQuery(() => checkQuery('pagedResource', query(), members)));

  let walk: AsyncIterator<Page<Item>, undefined> | undefined;
  /** The request for a page that was dropped. */
  let back: AsyncIterator<Page<Item>, undefined> | undefined;
  /** The next page, requested before `loadNext`, and the page after which it was. */
  let ahead: Promise<IteratorResult<Page<Item>, undefined>> | undefined;
  let aheadOf: Page<Item> | undefined;
  /** Where the page that failed is asked for again. */
  let failure: { readonly step: Step; readonly resume: PaginateOptions['resumeFrom'] } | undefined;
  /** The load under way. */
  let underWay: Promise<void> | undefined;
  /** One for each query and `reload`: late results of an earlier run are ignored, and its edits end with it. */
  let run = {};
  /** The key of the list that is shown. */
  let key: string | undefined;
  let destroyed = false;

  function endWalk(): void {
    walk?.return?.().catch(reportUnheard);
    walk = ahead = aheadOf = undefined;
  }
  function close(): void {
    run = {};
    endWalk();
    back?.return?.().catch(reportUnheard);
    back = failure = underWay = undefined;
  }
  const pagesFrom = (asked: PagedQuery<Item, P>, resumeFrom: PaginateOptions['resumeFrom'], once = {}) =>
    paginate(asked.request, asked.strategy, { ...asked.options, ...once, resumeFrom })[Symbol.asyncIterator]();

  // Async, so that a request or a strategy that can't work rejects.
  const following = async (asked: PagedQuery<Item, P>, step: Step) => {
    const failed = failure?.step === step ? failure.resume : undefined;
    const after = step === 'next' ? untracked(state).pages.at(-1)?.resume : undefined;
    walk ??= pagesFrom(asked, failed ?? after ?? asked.resumeFrom);
    return walk.next();
  };

  function load(step: Step): Promise<void> {
    const { asked } = untracked(current);
    if (asked === undefined || destroyed) return Promise.resolve();
    if (underWay) return underWay;
    const mine = run;
    const loading = (underWay = ask(step, asked).finally(() => {
      if (mine === run) underWay = undefined;
    }));
    return loading;
  }

  async function ask(step: Step, asked: PagedQuery<Item, P>): Promise<void> {
    const mine = run;
    const settled = pending();
    set({ loading: step, failed: undefined, error: undefined });
    try {
      if (step === 'previous') {
        const { dropped, starts } = untracked(state);
        back = pagesFrom(asked, starts[dropped - 1], { until: () => true, concurrency: 1 });
        const { value: page } = await back.next();
        if (mine === run) prepend(page);
      } else {
        const { value: page } = await (ahead ?? following(asked, step));
        if (mine === run) append(page, step, asked.resumeFrom);
      }
    } catch (error) {
      if (mine !== run) return;
      if (step !== 'previous') {
        endWalk();
        if (isPagewiseError(error) && error.resume) failure = { step, resume: error.resume };
      }
      state.update((now) => ({ ...(now.kept ? begun(now) : now), loading: undefined, failed: step, error }));
    } finally {
      settled();
    }
  }

  /** An empty list with the edits that were made since the run began. */
  const begun = ({ edits }: State<Item>): State<Item> => ({
    ...opened,
    edits: edits.filter((each) => each.run === run),
  });

  /** @param page `undefined` if the walk has ended without another page */
  function append(page: Page<Item> | undefined, step: Step, begin: PaginateOptions['resumeFrom']): void {
    ahead = failure = undefined;
    state.update((now) => {
      const shown = step === 'next' ? now : { ...begun(now), starts: [begin] };
      const all = page ? [...shown.pages, page] : shown.pages;
      const over = Math.max(0, all.length - maxPages);
      const { dropped, starts } = shown;
      return {
        ...shown,
        pages: all,
        ...(over > 0 && {
          pages: all.slice(over),
          dropped: dropped + over,
          // A page that comes back may start elsewhere than before: what is known of the pages after it is obsolete.
          starts: [...starts.slice(0, dropped + 1), ...all.slice(0, over).map(({ resume }) => resume)],
        }),
        ended: page?.next === undefined,
        loading: undefined,
      };
    });
  }

  /** @param page `undefined` if the page is no longer there */
  function prepend(page: Page<Item> | undefined): void {
    back = undefined;
    state.update((now) => {
      const all = page ? [page, ...now.pages] : now.pages;
      const kept = all.slice(0, maxPages);
      if (kept.length < all.length) {
        endWalk(); // It continues after a page that is dropped here.
        failure = undefined;
      }
      return {
        ...now,
        pages: kept,
        dropped: now.dropped - 1,
        ended: now.ended && kept.length === all.length,
        loading: undefined,
      };
    });
  }

  function leave(): void {
    const { pages, dropped, starts, ended, edits, kept } = untracked(state);
    if (key !== undefined && pages.length > 0 && !kept)
      left?.leave(key, { pages, dropped, starts, ended, edits: liveOf(edits) });
  }

  effect(() => {
    const { asked, error } = current();
    untracked(() => {
      leave();
      close();
      key = restore === undefined || asked === undefined ? undefined : keyOf(restore, asked);
      const found = key === undefined ? undefined : left?.take(key);
      if (asked === undefined) state.set({ ...closed, error });
      else if (found) state.set({ ...opened, ...found });
      else if (asked.initialPages && asked.initialPages.length > 0) {
        const pages = asked.initialPages;
        state.set({ ...opened, pages, starts: [asked.resumeFrom], ended: pages.at(-1)?.next === undefined });
      } else {
        state.update(({ pages, edits }) =>
          keepPrevious && pages.length > 0 ? { ...opened, pages, edits, kept: true } : opened,
        );
        void load('first');
      }
    });
  });
  inject(DestroyRef).onDestroy(() => {
    leave();
    close();
    destroyed = true;
  });

  const base = appendedItems(state);
  const edited = computed(() => edit(base(), state().edits));
  const error = computed(() => state().error ?? edited().error);
  const loading = computed(() => state().loading);
  const done = computed(() => state().ended && [undefined, 'previous'].includes(state().failed));

  if (prefetchWhen && inject(core.PLATFORM_ID) !== 'server')
    effect(() => {
      const { loading, failed, ended, pages } = state();
      const last = pages.at(-1);
      if (loading ?? failed ?? (ended || last === undefined || !prefetchWhen())) return;
      untracked(() => {
        const { asked } = current();
        if (asked === undefined || aheadOf === last) return; // Also after a failure: loadNext tries again.
        const mine = (ahead = following(asked, 'next'));
        aheadOf = last;
        mine.catch(() => {
          if (ahead === mine) walk = ahead = undefined;
        });
      });
    });

  const retry = (): Promise<void> => {
    const { failed } = untracked(state);
    return failed === undefined ? Promise.resolve() : load(failed);
  };
  return {
    items: computed(() => edited().items),
    pages: computed(() => state().pages),
    status: computed(() => {
      const { open, loading, pages, edits } = state();
      if (error() !== undefined) return 'error';
      if (!open) return 'idle';
      if (loading === 'reload') return 'reloading';
      if (pages.length === 0 ? !done() : loading === 'first') return 'loading';
      return edits.some(({ live }) => live()) ? 'local' : 'resolved';
    }),
    error: error as Signal<Error | undefined>,
    total: computed(() => state().pages.at(-1)?.total),
    isLoading: computed(() => loading() !== undefined),
    loadingNext: computed(() => loading() === 'next'),
    loadingPrevious: computed(() => loading() === 'previous'),
    done,
    hasNext: computed(() => state().open && !state().ended && state().failed === undefined),
    hasPrevious: computed(() => state().dropped > 0 && !state().kept && state().failed === undefined),
    isPrevious: computed(() => state().kept),
    loadNext() {
      const { failed, ended, pages } = untracked(state);
      if (failed !== undefined) return Promise.resolve(); // Else a list that loads what is in sight would never stop.
      return pages.length === 0 || ended ? (underWay ?? Promise.resolve()) : load('next');
    },
    loadPrevious() {
      const { failed, dropped } = untracked(state);
      return failed === undefined && dropped > 0 ? load('previous') : Promise.resolve();
    },
    retry,
    reload() {
      const { pages, kept } = untracked(state);
      close();
      return load(pages.length === 0 || kept ? 'first' : 'reload');
    },
    update(change) {
      checkFunction('pagedResource', 'update', change, '(items) => items.filter(…)');
      const changed = change(untracked(edited).items) as unknown;
      if (!Array.isArray(changed))
        throw new ConfigError(`pagedResource: update must return an array of items, not ${describe(changed)}`);
      const live = signal(true);
      state.update((now) => ({ ...now, edits: [...liveOf(now.edits), { change, live, run }] }));
      return () => {
        live.set(false);
      };
    },
  };
}

/**
 * @internal Rejects a query that is no object or has members that nobody reads, such as an option of `paginate`.
 * @param known its members
 */
export function checkQuery<Query>(of: string, asked: Query, known: readonly string[]): Query {
  if (asked === undefined) return asked;
  const isObject = typeof asked === 'object' && asked !== null && !Array.isArray(asked);
  const other = inPlaceOf(asked)?.name ?? (isObject ? undefined : describe(asked));
  if (other !== undefined)
    throw new ConfigError(
      `${of}: the query must return { request: { url: … }, strategy, options }, or undefined to request nothing, not ${other}`,
    );
  checkOptions(`${of}: the query`, asked, known);
  const { initialPages = [] } = asked as { initialPages?: unknown };
  if (!Array.isArray(initialPages)) throw invalid(of, 'initialPages', initialPages, 'an array of pages');
  return asked;
}

/** @internal What a query returns or throws. */
export function readQuery<Query>(query: () => Query) {
  try {
    return { asked: query(), error: undefined };
  } catch (error) {
    return { asked: undefined, error: asError('query', error) };
  }
}

/** A list's name and query; `undefined` if the query's body can't be compared. */
const keyOf = <Item, P extends Position>(
  name: string,
  { request: template, strategy, options }: PagedQuery<Item, P>,
) => {
  try {
    const request = readRequest(template);
    if (!isComparable(request.body)) return undefined;
    const owner = tokenOwner(request, strategy as unknown as Strategy<never, never>, options?.sync);
    return JSON.stringify([name, owner]);
  } catch {
    return undefined; // The request or the strategy is none, which the first page will report.
  }
};

/** The items of all pages. Where pages were added at the end, only theirs are added. */
function appendedItems<Item>(state: Signal<State<Item>>): Signal<readonly Item[]> {
  let of: readonly Page<Item>[] = [];
  let items: readonly Item[] = [];
  return computed(() => {
    const { pages } = state();
    const same = of.length > 0 && pages[0] === of[0] && pages[of.length - 1] === of.at(-1);
    const added = same ? pages.slice(of.length) : pages;
    if (!same || added.length > 0)
      items = (same ? items : ([] as readonly Item[])).concat(...added.map((page) => page.items));
    of = pages;
    return items;
  });
}

const liveOf = <Item>(edits: readonly Edit<Item>[]) => edits.filter(({ live }) => untracked(live));

/** The items with all changes; a change that throws is left out. */
function edit<Item>(base: readonly Item[], edits: readonly Edit<Item>[]) {
  let items = base;
  let error: CallbackError | undefined;
  for (const { change, live } of edits)
    try {
      if (live()) items = change(items);
    } catch (thrown) {
      error ??= new CallbackError('pagedResource.update', thrown);
    }
  return { items, error };
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
