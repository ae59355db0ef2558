// The two walks: the library's with what the knobs say, and a hand-written one. code.ts writes the same as text, and a spec
// compares what both send.
import {
  cursor,
  fetchTransport,
  keyset,
  linkHeader,
  nextUrl,
  offset,
  pageNumber,
  paginate,
  retryRequests,
  throttleRequests,
  type Fetch,
  type Page,
  type Pages,
  type PaginateOptions,
  type Policy,
  type Strategy,
  type WalkEvent,
} from 'pagewise';
import { EMPTY, expand, from, mergeMap, type Observable, pipe, Subject, take, tap, toArray } from 'rxjs';
import { address, FakeApi, fetchOf, type Order, type SeenRequest } from './api.js';
import type { VirtualClock } from './clock.js';
import type { Knobs } from './knobs.js';

/** An event of a walk and when it came, as plain data. */
export type Entry = { readonly at: number } & (
  | { readonly type: 'request'; readonly page: number; readonly attempt: number }
  | {
      readonly type: 'response';
      readonly page: number;
      readonly attempt: number;
      readonly status: number | undefined;
      readonly problem: string | undefined;
    }
  | { readonly type: 'wait'; readonly page: number; readonly ms: number; readonly reason: 'retry' | 'throttle' }
  | { readonly type: 'page'; readonly page: number; readonly items: number }
  /** The loop begins its work on a page. */
  | { readonly type: 'work'; readonly page: number; readonly ms: number }
  | { readonly type: 'gap'; readonly page: number; readonly problem: string }
  | { readonly type: 'notice'; readonly message: string }
  | { readonly type: 'end'; readonly reason: string; readonly problem: string | undefined }
);

export interface Counts {
  readonly requests: number;
  readonly failed: number;
  readonly pages: number;
  readonly items: number;
  /** Items that came before. */
  readonly duplicates: number;
  /** Rows that the API held all the time, and that did not come; known at the end. */
  readonly missing: number | undefined;
}

export abstract class Walk {
  readonly log: Entry[] = [];
  /** Each request of the API, as it was sent. */
  readonly seen: SeenRequest[] = [];
  protected readonly api: FakeApi;
  protected readonly fetch: Fetch;
  #items: Order[] = [];
  #pages = 0;

  constructor(
    protected readonly knobs: Knobs,
    protected readonly clock: VirtualClock,
  ) {
    this.api = new FakeApi(knobs);
    this.fetch = fetchOf(this.api, knobs.latency, clock, (seen) => {
      if (seen.end === undefined) this.seen.push(seen);
      this.saw?.(seen);
    });
  }

  get ended(): boolean {
    return this.log.some(({ type }) => type === 'end');
  }

  /** The ids of the items, in the order in which they came. */
  get ids(): readonly number[] {
    return this.#items.map(({ id }) => id);
  }

  get counts(): Counts {
    const distinct = new Set(this.ids);
    return {
      requests: this.seen.length,
      failed: this.log.filter((entry) => entry.type === 'response' && entry.problem !== undefined).length,
      pages: this.#pages,
      items: this.#items.length,
      duplicates: this.#items.length - distinct.size,
      missing: this.ended ? this.api.lasting.filter((id) => !distinct.has(id)).length : undefined,
    };
  }

  /** Told that a request was sent or answered. The library reports its own. */
  protected saw?(seen: SeenRequest): void;

  protected received(items: readonly Order[]): void {
    this.#pages++;
    this.#items.push(...items);
  }
}

const strategies = {
  page: (size) => pageNumber<Order>({ items: 'data', total: 'total', size }),
  offset: (size) => offset<Order>({ items: 'data', total: 'total', size }),
  cursor: (size) => cursor<Order>({ items: 'data', next: 'next_cursor', cursorParam: 'cursor', size }),
  keyset: (size) => keyset<Order>({ items: 'data', key: 'id', hasMore: 'has_more', size }),
  link: (size) => linkHeader<Order>({ size }),
  next: (size) => nextUrl<Order>({ items: 'data', next: 'next', size, sizeParam: 'limit' }),
} satisfies Record<Knobs['paging'], (size: number) => unknown>;

export class PagewiseWalk extends Walk {
  readonly #more = new Subject<void>();
  #waits = false;
  #looping = false;

  constructor(knobs: Knobs, clock: VirtualClock) {
    super(knobs, clock);
    try {
      const pages = paginate(
        { url: address },
        strategies[knobs.paging](knobs.size) as unknown as Strategy<Order>,
        this.#options(),
      );
      if (knobs.consume === 'loop') void this.#loop(pages);
      else
        (knobs.take > 0 ? pages.pipe(take(knobs.take)) : pages).subscribe({ next: this.#next, error: () => undefined });
    } catch (error) {
      this.log.push({ at: clock.now, type: 'end', reason: 'error', problem: (error as Error).message });
    }
  }

  /** A loop may still be at work after the last page has arrived. */
  override get ended(): boolean {
    return super.ended && !this.#looping;
  }

  /** Whether `nextWhen` waits for `more`. */
  get waits(): boolean {
    return this.#waits && !this.ended;
  }

  /** What `nextWhen` waits for. */
  more(): void {
    this.#waits = false;
    this.#more.next();
  }

  #options(): PaginateOptions<Order> {
    const { throttle, retries, concurrency, prefetch, skip, consume } = this.knobs;
    const retry = retryRequests({ retries });
    const policy: Policy = throttle > 0 ? pipe(throttleRequests({ limit: throttle }), retry) : retry;
    return {
      transport: fetchTransport({ fetch: this.fetch }),
      policy,
      concurrency,
      prefetch,
      ...(skip > 0 ? { skipFailedPages: { max: skip } } : {}),
      ...(consume === 'manual'
        ? {
            nextWhen: () => {
              this.#waits = true;
              return this.#more;
            },
          }
        : {}),
      events: { next: (event) => this.log.push(...entriesOf(event, this.clock.now)) },
    };
  }

  readonly #next = ({ items }: Page<Order>): void => this.received(items);

  async #loop(pages: Pages<Order>): Promise<void> {
    const { work, take: most } = this.knobs;
    this.#looping = true;
    try {
      for await (const page of pages) {
        this.#next(page);
        this.log.push({ at: this.clock.now, type: 'work', page: page.index, ms: work });
        await new Promise<void>((done) => this.clock.set(done, work));
        if (page.index + 1 === most) break;
      }
    } catch {
      // The end event has it.
    } finally {
      this.#looping = false;
    }
  }
}

function entriesOf(event: WalkEvent, at: number): Entry[] {
  const messageOf = (error: unknown) => (error === undefined ? undefined : (error as Error).message);
  switch (event.type) {
    case 'request':
      return [{ at, type: 'request', page: event.pageIndex, attempt: event.attempt }];
    case 'response': {
      const { pageIndex: page, attempt, status, error } = event;
      return [{ at, type: 'response', page, attempt, status, problem: messageOf(error) }];
    }
    case 'wait':
      return [{ at, type: 'wait', page: event.pageIndex, ms: event.ms, reason: event.reason }];
    case 'page':
      return [{ at, type: 'page', page: event.pageIndex, items: event.items }];
    case 'gap':
      return [{ at, type: 'gap', page: event.pageIndex, problem: event.error.message }];
    case 'notice':
      return [{ at, type: 'notice', message: event.message }];
    case 'end':
      return [{ at, type: 'end', reason: event.reason, problem: messageOf(event.error) }];
  }
}

/** What people write: no status is looked at, nothing is sent again, and a page that looks like the last one is. */
export class HandWrittenWalk extends Walk {
  constructor(knobs: Knobs, clock: VirtualClock) {
    super(knobs, clock);
    const most = knobs.take > 0 ? take<Body>(knobs.take) : tap<Body>();
    let page = 0;
    const end = (reason: string, problem?: string) => this.log.push({ at: clock.now, type: 'end', reason, problem });
    this.#bodies()
      .pipe(
        most,
        // All of a page at a time, to count pages; what is no list fails here as it does in the code.
        mergeMap(({ data }) => from(data ?? []).pipe(toArray())),
      )
      .subscribe({
        next: (rows) => {
          this.log.push({ at: clock.now, type: 'page', page: page++, items: rows.length });
          this.received(rows);
        },
        error: (error: unknown) => end('error', String(error)),
        complete: () => end('complete'),
      });
  }

  protected override saw(seen: SeenRequest): void {
    const { status } = seen;
    const of = { at: this.clock.now, page: this.seen.indexOf(seen), attempt: 1 };
    const problem = status === 200 ? undefined : `status ${status}, which nothing looks at`;
    this.log.push(status === undefined ? { ...of, type: 'request' } : { ...of, type: 'response', status, problem });
  }

  #bodies(): Observable<Body> {
    const { paging, size } = this.knobs;
    const get = (url: string) => this.fetch(url);
    const json = (query: string) =>
      from(get(`${address}?${query}`).then((response) => response.json() as Promise<Body>));
    switch (paging) {
      case 'page': {
        const load = (page: number) => json(`page=${page}&per_page=${size}`);
        return load(1).pipe(expand((body, index) => (body.data?.length === size ? load(index + 2) : EMPTY)));
      }
      case 'offset': {
        const load = (start: number) => json(`offset=${start}&limit=${size}`);
        return load(0).pipe(expand((body, index) => (body.data?.length === size ? load((index + 1) * size) : EMPTY)));
      }
      case 'cursor': {
        const load = (token: string) => json(`limit=${size}${token && `&cursor=${token}`}`);
        return load('').pipe(expand((body) => (body.next_cursor ? load(body.next_cursor) : EMPTY)));
      }
      case 'keyset': {
        const load = (after: string) => json(`limit=${size}${after}`);
        return load('').pipe(expand((body) => (body.has_more ? load(`&after=${body.data?.at(-1)?.id}`) : EMPTY)));
      }
      case 'link': {
        const load = (url: string) =>
          from(
            get(url).then(async (response) => ({
              data: (await response.json()) as Order[],
              next: /<([^>]*)>; rel="next"/.exec(response.headers.get('link') ?? '')?.[1],
            })),
          );
        return load(`${address}?per_page=${size}`).pipe(expand(({ next }) => (next ? load(next) : EMPTY)));
      }
      case 'next': {
        const load = (url: string) => from(get(url).then((response) => response.json() as Promise<Body>));
        return load(`${address}?limit=${size}`).pipe(expand((body) => (body.next ? load(body.next) : EMPTY)));
      }
    }
  }
}

interface Body {
  readonly data?: readonly Order[] | undefined;
  readonly next_cursor?: string | null | undefined;
  readonly has_more?: boolean | undefined;
  readonly next?: string | null | undefined;
}

/** In browsers, loads what the library loads after a first failure, so that this takes no time of a walk. */
export async function loadAll(): Promise<void> {
  const transport = () => Promise.reject(Object.assign(new Error('reset'), { code: 'ECONNRESET' }));
  const policy = retryRequests({ retries: 1, base: 0 });
  await paginate({ url: address }, pageNumber(), { transport, policy })
    .forEach(() => undefined)
    .catch(() => undefined);
}
