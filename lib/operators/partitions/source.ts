import type { Observable } from 'rxjs';
import type { CommittedByHand } from '../../checkpoint.js';
import { ConfigError } from '../../errors.js';
import type { Page } from '../../page.js';
import { describe } from '../../values/describe.js';
import { peek } from '../../values/peek.js';

/** Partitions: a list, an (async) iterable, or an Observable. */
export type PartitionSource<Partition> = Iterable<Partition> | AsyncIterable<Partition> | Observable<Partition>;

/** The pages of another walk, made by `paginate`: their items are partitions. */
export type PartitionPages<Partition> = AsyncIterable<Page<Partition>> & Observable<Page<Partition>>;

/** A partition, and what to call when its walk has ended. */
export interface Listed<Partition> {
  readonly partition: Partition;
  ended(done: boolean): Promise<void>;
}

export interface Reader<Partition> {
  next(): Promise<IteratorResult<Listed<Partition>, unknown>>;
  /**
   * Ends the source, and does not wait for that, only for the release of its checkpoint.
   * @param last settles when the last `ended` is over
   */
  close(last: Promise<unknown>): Promise<void>;
  /** Whether the source lists all partitions, as far as that is known. */
  readonly whole: boolean;
}

/** @throws ConfigError for anything else */
export function readerOf<Partition>(source: PartitionSource<Partition> | PartitionPages<Partition>): Reader<Partition> {
  const has = (member: PropertyKey) => typeof source === 'object' && typeof peek(source, member) === 'function';
  if (has('pagewise.byHand')) return itemsOfPages(source as unknown as CommittedByHand<Partition>);
  const iterator: Iterator<Partition> | AsyncIterator<Partition> | undefined = has(Symbol.asyncIterator)
    ? (source as AsyncIterable<Partition>)[Symbol.asyncIterator]()
    : has(Symbol.iterator)
      ? (source as Iterable<Partition>)[Symbol.iterator]()
      : has('subscribe')
        ? emissionsOf(source as Observable<Partition>)
        : undefined;
  if (!iterator)
    throw new ConfigError(
      `eachPartition: the source must be a list, an iterable, an Observable or the pages of paginate, not ${describe(source)}`,
    );
  return {
    whole: true,
    async next() {
      const read = await iterator.next();
      if (read.done === true) return { done: true, value: undefined };
      return { value: { partition: read.value, ended: () => Promise.resolve() } };
    },
    close() {
      Promise.resolve(iterator.return?.()).catch(() => undefined);
      return Promise.resolve();
    },
  };
}

/** The items of pages. With a checkpoint, a page is committed when the partitions on it and on all before it are done. */
function itemsOfPages<Partition>(pages: CommittedByHand<Partition>): Reader<Partition> {
  const { checkpoint, pull } = pages['pagewise.byHand']();
  interface Open {
    readonly page: Page<Partition>;
    left: number;
  }
  const open: Open[] = [];
  let blocked = false;
  let written: Promise<void> = Promise.resolve();
  let iterator: ReturnType<typeof pull> | undefined;
  let current: { readonly open: Open; readonly items: Iterator<Partition> } | undefined;
  const commit = (): Promise<void> => {
    if (!checkpoint || blocked) return written;
    let last: Open | undefined;
    while (open[0]?.left === 0) last = open.shift();
    if (last) {
      const { resume } = last.page;
      written = written.then(() => checkpoint.save({ resume }));
    }
    return written;
  };
  const reader = {
    whole: true,
    async next(): Promise<IteratorResult<Listed<Partition>, unknown>> {
      if (!iterator) {
        reader.whole = !(checkpoint && (await checkpoint.load()));
        iterator = pull();
      }
      for (;;) {
        const read = current;
        const item = read?.items.next();
        if (read && item?.done === false)
          return {
            value: {
              partition: item.value,
              ended(done) {
                read.open.left--;
                // Later pages can't be committed any more, so they are not kept either.
                if (!done) [blocked, open.length] = [true, 0];
                return commit();
              },
            },
          };
        const { done, value } = await iterator.next();
        if (done === true) return { done, value };
        current = { open: { page: value, left: value.items.length }, items: value.items[Symbol.iterator]() };
        if (checkpoint && !blocked) open.push(current.open);
        await commit(); // A page without items.
      }
    },
    async close(last: Promise<unknown>) {
      iterator?.return?.().catch(() => undefined);
      await checkpoint?.close(last);
    },
  };
  return reader;
}

/** What an Observable emits, one by one. It can't be told to wait. */
function emissionsOf<T>(source$: Observable<T>): AsyncIterator<T> {
  const ready: T[] = [];
  let over: { readonly error?: unknown } | undefined;
  let wake: () => void = () => undefined;
  const end = (how: { readonly error?: unknown }) => {
    over ??= how;
    wake();
  };
  const subscription = source$.subscribe({
    next: (value) => {
      ready.push(value);
      wake();
    },
    error: (error: unknown) => {
      end({ error });
    },
    complete: () => {
      end({});
    },
  });
  return {
    async next() {
      while (ready.length === 0 && !over) await new Promise<void>((resolve) => (wake = resolve));
      if (ready.length > 0) return { value: ready.shift() as T };
      if (over && 'error' in over) throw over.error;
      return { done: true, value: undefined };
    },
    return() {
      subscription.unsubscribe();
      end({});
      return Promise.resolve({ done: true, value: undefined });
    },
  };
}
