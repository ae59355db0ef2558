// Pages as a web stream: the recipe of docs/recipes.md, and ReadableStream.from where the browser has it.
import { paginate, type Page } from 'pagewise';
import { strategy } from './walks.js';

type From = (pages: AsyncIterable<Page<number>>) => ReadableStream<Page<number>>;
const native = (ReadableStream as unknown as { from?: From }).from?.bind(ReadableStream);

function toStream<T>(pages: AsyncIterable<T>): ReadableStream<T> {
  const walk = pages[Symbol.asyncIterator]();
  return new ReadableStream<T>(
    {
      async pull(stream) {
        const next = await walk.next();
        if (next.done === true) stream.close();
        else stream.enqueue(next.value);
      },
      async cancel() {
        await walk.return?.();
      },
    },
    { highWaterMark: 0 }, // no page is requested before it is read
  );
}

const ways = { recipe: toStream, native };
let goOn: (() => void)[] = [];
let written: number[][] = [];
let done: Promise<string> = Promise.resolve('');
let stop = new AbortController();

export const streams = {
  /** Pipes pages through a TransformStream into a writer that takes one at a time, on request. */
  pipe(way: keyof typeof ways, url: string) {
    goOn = [];
    written = [];
    stop = new AbortController();
    const doubled = new TransformStream<Page<number>, number[]>(
      { transform: ({ items }, stream) => stream.enqueue(items.map((item) => item * 2)) },
      { highWaterMark: 1 },
      { highWaterMark: 0 },
    );
    const writer = new WritableStream<number[]>({
      write: (items) => {
        written.push(items);
        return new Promise<void>((resolve) => goOn.push(resolve));
      },
    });
    done = ways[way]!(paginate({ url }, strategy))
      .pipeThrough(doubled)
      .pipeTo(writer, { signal: stop.signal })
      .then(
        () => 'complete',
        (error: unknown) => (error as Error).name,
      );
  },
  written: () => written.length,
  takeOne: () => goOn.shift()?.(),
  async takeAll() {
    const timer = setInterval(() => goOn.shift()?.(), 1);
    const ending = await done;
    clearInterval(timer);
    return { ending, items: written.flat() };
  },
  async cancel() {
    goOn.shift()?.();
    stop.abort();
    return done;
  },
  async readError(way: keyof typeof ways, url: string) {
    const reader = ways[way]!(paginate({ url }, strategy)).getReader();
    return reader.read().then(
      () => 'read',
      (error: unknown) => (error as Error).name,
    );
  },
};
