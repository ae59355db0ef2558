import { Observable } from 'rxjs';
import { type Checkpoint, type CommittedByHand, openCheckpoint } from './checkpoint.js';
import { ConfigError } from './errors.js';
import type { EventListener } from './events.js';
import type { Page, Position, ResumeToken } from './page.js';
import { describe } from './values/describe.js';
import type { Demand } from './walk/expand-pages.js';
import { commitPages, type PageIterator, pullPages } from './walk/pull-pages.js';

/** Starts one walk: pulled by `demand` if given, from `token` if given, or else where `checkpoint` is, if given. */
type StartWalk<Item, P extends Position> = (
  demand?: Demand,
  token?: ResumeToken,
  checkpoint?: Checkpoint,
) => Observable<Page<Item, P>>;

/**
 * A stream of pages in two forms: an Observable, and an async iterable that requests a page only when the loop asks for
 * it. Both are cold: each subscription and each loop is a walk of its own.
 *
 * `pages.pipe(…)` is a plain Observable.
 */
export class Pages<Item, P extends Position = Position>
  extends Observable<Page<Item, P>>
  implements AsyncIterable<Page<Item, P>>
{
  readonly #start: StartWalk<Item, P>;
  readonly #prefetch: number;
  readonly #checkpoint: Checkpoint | undefined;
  readonly #events: EventListener | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #syncs: boolean;

  /** @internal Made by `paginate`. */
  constructor(
    start: StartWalk<Item, P>,
    prefetch: number,
    checkpoint: Checkpoint | undefined,
    events: EventListener | undefined,
    signal: AbortSignal | undefined,
    syncs = false,
  ) {
    super((subscriber) => (checkpoint ? subscriber.error(new ConfigError(unseen)) : start().subscribe(subscriber)));
    this.#start = start;
    this.#prefetch = prefetch;
    this.#checkpoint = checkpoint;
    this.#events = events;
    this.#signal = signal;
    this.#syncs = syncs;
  }

  /**
   * Passes the pages to a sink and returns the sink's result:
   *
   *     const { items } = await paginate(request, strategy).to(writeNdjson('orders.ndjson'));
   *
   * @throws ConfigError for anything that is not a sink
   */
  to<Result>(sink: (pages: Pages<Item, P>) => Result): Result {
    if (typeof (sink as unknown) !== 'function') throw new ConfigError(noSink(sink));
    return sink(this);
  }

  /** @internal The same pages, continued from this token instead of `resumeFrom`. */
  'pagewise.continueFrom'(token: ResumeToken): Observable<Page<Item, P>> {
    return new Observable((subscriber) => this.#start(undefined, token).subscribe(subscriber));
  }

  /** @internal For sinks and `eachPage`, which commit pages themselves. */
  'pagewise.byHand'(): ReturnType<CommittedByHand<Item>['pagewise.byHand']> {
    const checkpoint = this.#checkpoint && openCheckpoint(this.#checkpoint);
    return {
      checkpoint,
      pull: (from) => pullPages((demand) => this.#start(demand, from, checkpoint), this.#prefetch),
      events: this.#events,
      signal: this.#signal,
      syncs: this.#syncs,
    };
  }

  [Symbol.asyncIterator](): PageIterator<Item, P> {
    const checkpoint = this.#checkpoint && openCheckpoint(this.#checkpoint);
    const pages = pullPages((demand) => this.#start(demand, undefined, checkpoint), this.#prefetch);
    return (checkpoint ? commitPages(pages, checkpoint) : pages) as PageIterator<Item, P>;
  }
}

const unseen =
  "paginate: pages with a checkpoint can't be subscribed to: a subscriber does not say when it has finished a page; use for await, eachPage or a sink (pages.to(…))";

/** What to write instead of a path or a stream. */
function noSink(given: unknown): string {
  const [, extension = 'ndjson'] = typeof given === 'string' ? (/\.(csv|json)(?:\.gz)?$/i.exec(given) ?? []) : [];
  const name = `write${extension[0]?.toUpperCase() ?? ''}${extension.slice(1).toLowerCase()}`;
  const advice =
    typeof (given as { write?: unknown } | null | undefined)?.write === 'function'
      ? 'write to a stream in a loop: for await (const page of pages) stream.write(…)'
      : `pass a sink: pages.to(${name}(${typeof given === 'string' ? describe(given) : "'items.ndjson'"}))`;
  return `paginate: pages.to must have a sink, not ${describe(given)}; ${advice}`;
}
