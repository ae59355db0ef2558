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
import { Subscription } from 'rxjs';
import { ConfigError } from '../errors.js';
import type { Page, Position } from '../page.js';
import { checkStrategy, readRequest } from '../paginate.js';
import { tokenAt, tokenOwner } from '../resume-token.js';
import type { Strategy } from '../strategy.js';
import { sameJson } from '../values/compare.js';
import { describe } from '../values/describe.js';
import { checkFunction, checkOptions } from '../values/options.js';
import { injectPaginate } from './inject-paginate.js';
import {
  checkQuery,
  injectPending,
  readQuery,
  type PagedQuery,
  type PagedResourceOptions,
  type PagedStatus,
} from './paged-resource.js';

export interface NumberedResourceOptions extends Pick<PagedResourceOptions, 'injector'> {
  /**
   * The number of the page, from 1, as a function of signals: each query begins at it, and when it changes, that page is
   * shown. For a number in the URL. @default page 1
   */
  readonly page?: (() => number) | undefined;
}

/** One page of a query at a time, by its number. */
export interface NumberedResource<Item> {
  /** Items of the last page that arrived; the items of the page before stay until then. */
  readonly items: Signal<readonly Item[]>;
  /** The number of the page that is shown or loading, from 1. */
  readonly page: Signal<number>;
  /** How many pages there are, if the API gives a total and the page size is known. */
  readonly pageCount: Signal<number | undefined>;
  readonly total: Signal<number | undefined>;
  /** `idle`: the query is `undefined`; `loading`: a page that is not shown yet; `reloading`: the one that is shown. */
  readonly status: Signal<Exclude<PagedStatus, 'local'>>;
  /** Why the page failed, or why the query can't work. */
  readonly error: Signal<Error | undefined>;
  readonly isLoading: Signal<boolean>;
  readonly hasNext: Signal<boolean>;
  readonly hasPrevious: Signal<boolean>;
  /** Shows page `n`, from 1, and cancels a page that is loading. @throws ConfigError if `n` is not a page number */
  goTo(n: number): void;
  next(): void;
  previous(): void;
  /** Requests the current page again, whether it is shown or failed. */
  reload(): void;
}

type NumberedQuery<Item, P extends Position> = Omit<PagedQuery<Item, P>, 'resumeFrom' | 'initialPages'>;

interface State<Item> {
  readonly shown: Page<Item> | undefined;
  readonly page: number;
  /** The number of the page that is shown. */
  readonly shownPage: number | undefined;
  readonly status: Exclude<PagedStatus, 'local'>;
  readonly error: unknown;
}

/**
 * A pager: any page of a query by its number, for strategies that can compute the position of page 7 without the six
 * pages before it (`pageNumber`, and `offset` with a size). Otherwise like `pagedResource`.
 *
 *     readonly orders = numberedResource(() => ({
 *       request: { url: '/api/orders' },
 *       strategy: pageNumber<Order>({ size: 20, items: 'orders', total: 'total' }),
 *     }));
 *     // orders.goTo(7), orders.page(), orders.pageCount()
 *
 * When a signal in the query changes, page 1 of the new query is shown, or the page that the option `page` returns:
 *
 *     readonly page = input(1, { transform: (n: unknown) => numberAttribute(n, 1) });   // ?page=7 of the URL
 *     readonly orders = numberedResource(() => ({ request, strategy }), { page: this.page });
 *
 * @throws ConfigError for options that can't work
 */
// P has a default so that one type argument names the items.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export function numberedResource<Item, P extends Position = any>(
  query: () => Omit<PagedQuery<Item, P>, 'resumeFrom' | 'initialPages'> | undefined,
  options: NumberedResourceOptions = {},
): NumberedResource<Item> {
  checkOptions('numberedResource', options, ['injector', 'page']);
  const { injector, page: wanted = () => 1 } = options;
  checkFunction('numberedResource', 'page', wanted, '() => this.page()');
  if (injector) return core.runInInjectionContext(injector, () => numberedResource(query, { page: wanted }));
  assertInInjectionContext(numberedResource);
  const paginate = injectPaginate();
  const pending = injectPending();
  const nothing: State<Item> = { shown: undefined, shownPage: undefined, page: 1, status: 'idle', error: undefined };
  const state = signal(nothing);
  const current = computed(() => readQuery(() => checkNumbered(query())));
  let loading = new Subscription();

  const fail = (error: unknown) => {
    state.update((now) => ({ ...now, status: 'error', error }));
  };
  /** A walk that resumes at page `n`, and ends there. Another page in its place, or one ahead, is of no use. */
  function onlyPage({ request, strategy, options }: NumberedQuery<Item, P>, n: number) {
    const once = { until: () => true, concurrency: 1, skipFailedPages: undefined };
    const position = positionOf(strategy, n);
    const owner = tokenOwner(readRequest(request), strategy as unknown as Strategy<never, never>, options?.sync);
    const itemsBefore = (n - 1) * (sizeOf(position) ?? 0);
    if (!Number.isSafeInteger(itemsBefore)) throw tooFar(strategy, n);
    const pages = paginate(request, strategy, { ...options, ...once });
    return pages['pagewise.continueFrom'](tokenAt({ position, index: n - 1, itemsBefore }, owner));
  }
  function load(n: number): void {
    loading.unsubscribe();
    const { asked } = untracked(current);
    if (asked === undefined) return;
    state.update((now) => ({
      ...now,
      page: n,
      status: n === now.shownPage ? 'reloading' : 'loading',
      error: undefined,
    }));
    try {
      loading = onlyPage(asked, n).subscribe({
        next: (shown) => {
          state.update((now) => ({ ...now, shown, shownPage: n, status: 'resolved' }));
        },
        error: fail,
      });
      loading.add(pending());
    } catch (error) {
      fail(error);
    }
  }
  function goTo(n: number): void {
    load(checkPage('goTo', n));
  }
  const target = computed(() => readQuery(() => checkPage('numberedResource', wanted())), {
    equal: (one, other) => one.asked !== undefined && one.asked === other.asked,
  });
  /** Whether the page that is wanted is none. */
  let refused = false;
  function begin(): void {
    const { asked: n, error } = untracked(target);
    refused = n === undefined;
    loading.unsubscribe();
    if (n === undefined) fail(error);
    else load(n);
  }

  effect(() => {
    const { asked, error } = current();
    untracked(() => {
      state.set(error === undefined ? nothing : { ...nothing, status: 'error', error });
      loading.unsubscribe();
      if (asked !== undefined) begin();
    });
  });
  effect(() => {
    const { asked: n } = target();
    untracked(() => {
      if (current().asked !== undefined && (refused || n !== state().page)) begin();
    });
  });
  inject(DestroyRef).onDestroy(() => {
    loading.unsubscribe();
  });

  const total = computed(() => state().shown?.total);
  const pageCount = computed(() => {
    const size = sizeOf(current().asked?.strategy.first);
    const all = total();
    return all === undefined || size === undefined ? undefined : Math.ceil(all / size);
  });
  const hasNext = computed(() => {
    const { shown, page } = state();
    const count = pageCount();
    return count === undefined ? shown?.next !== undefined : page < count;
  });
  const hasPrevious = computed(() => state().page > 1);
  const page = computed(() => state().page);
  const to = (n: number) => () => {
    load(untracked(page) + n);
  };
  return {
    items: computed(() => state().shown?.items ?? []),
    page,
    pageCount,
    total,
    status: computed(() => state().status),
    error: computed(() => state().error) as Signal<Error | undefined>,
    isLoading: computed(() => ['loading', 'reloading'].includes(state().status)),
    hasNext,
    hasPrevious,
    goTo,
    next: () => {
      if (untracked(hasNext)) to(1)();
    },
    previous: () => {
      if (untracked(hasPrevious)) to(-1)();
    },
    reload: to(0),
  };
}

/** Rejects also strategies that need the pages before a page, before anything is sent. */
function checkNumbered<Item, P extends Position>(query: NumberedQuery<Item, P> | undefined) {
  const asked = checkQuery('numberedResource', query, ['request', 'strategy', 'options']);
  if (asked === undefined) return asked;
  checkStrategy(asked.strategy, 'numberedResource');
  positionOf(asked.strategy, 2);
  return asked;
}

function checkPage(of: string, n: number): number {
  if (Number.isSafeInteger(n) && n >= 1) return n;
  throw new ConfigError(`${of}: the page must be a whole number from 1, not ${describe(n)}`);
}

const tooFar = ({ name }: { readonly name: string }, n: number) =>
  new ConfigError(`numberedResource: page ${n} is too far for the strategy ${describe(name)}; use pageNumber`);

/** The most positions that are computed one after the other. */
const mostSteps = 100_000;

function positionOf<Item, P extends Position>(strategy: Strategy<Item, P>, n: number): P {
  const { name, first, guess } = strategy;
  const far = n > 1000 ? leap(strategy, n) : undefined;
  if (far !== undefined) return far;
  if (n > mostSteps) throw tooFar(strategy, n);
  let position = first;
  for (let i = 1; i < n; i++) {
    const following = guess?.(position);
    if (following === undefined)
      throw new ConfigError(
        `numberedResource: the strategy ${describe(name)} can't compute the position of page ${String(n)}; use pageNumber, offset with a size, or pagedResource`,
      );
    position = following;
  }
  return position;
}

/** The position of page `n` if positions advance by constant numbers, confirmed by the guess from page `n - 1`. */
function leap<Item, P extends Position>({ first, guess }: Strategy<Item, P>, n: number): P | undefined {
  const second = guess?.(first);
  if (second === undefined) return undefined;
  const position = ahead(first, second, n - 1) as P;
  return sameJson(guess?.(ahead(first, second, n - 2) as P), position) ? position : undefined;
}

function ahead(from: Position, to: Position, steps: number): Position {
  if (typeof from === 'number' && typeof to === 'number') return from + (to - from) * steps;
  if (typeof from !== 'object' || typeof to !== 'object' || from === null || to === null || Array.isArray(to))
    return to;
  const before = from as Readonly<Record<string, Position>>;
  return Object.fromEntries(
    Object.entries(to).map(([name, value]) => [
      name,
      value === undefined ? value : ahead(before[name] ?? value, value, steps),
    ]),
  );
}

const sizeOf = (position: Position | undefined): number | undefined => {
  const size = (position as { size?: unknown } | null | undefined)?.size;
  return typeof size === 'number' ? size : undefined;
};
