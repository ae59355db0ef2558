import { describe, expect, it } from '@jest/globals';
import { Readable, Transform, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { checkpoint, pageNumber, paginate, type Page, type PaginateOptions } from 'pagewise';
import { numbered, rows, serve, settle, until } from '../support/server.js';
import { rejection } from '../support/walks.js';

const walk = (url: string, options: Omit<PaginateOptions<number>, 'schema'> = {}) =>
  paginate({ url }, pageNumber<number>({ items: 'items', size: 10 }), options);

/** Answers two pages, and leaves the third request open. */
const stuck = () =>
  serve((seen, response) => {
    if (seen.url.searchParams.get('page') !== '3') numbered(95)(seen, response);
  });

/** Requests that have been made once there are no more of them. */
async function asked(server: { readonly seen: readonly unknown[] }): Promise<number> {
  for (let before = -1; before !== server.seen.length; await settle(40)) before = server.seen.length;
  return server.seen.length;
}

/** Takes one page, and the next on request. */
function slowWriter() {
  const pages: Page<number>[] = [];
  const goOn: (() => void)[] = [];
  const writable = new Writable({
    objectMode: true,
    highWaterMark: 1,
    write(page: Page<number>, _, done) {
      pages.push(page);
      goOn.push(done);
    },
  });
  return { writable, pages, goOn };
}

describe('Readable.from(pages)', () => {
  it('requests at most highWaterMark pages ahead while nobody reads', async () => {
    const server = await serve(numbered(95));
    const readable = Readable.from(walk(server.url), { highWaterMark: 2 });
    expect(await asked(server)).toBe(0);
    const first = await new Promise<Page<number>>((resolve) => readable.once('readable', () => resolve(readable.read() as Page<number>))); // prettier-ignore
    expect(first.index).toBe(0);
    const ahead = await asked(server);
    expect(ahead).toBeGreaterThanOrEqual(2);
    expect(ahead).toBeLessThanOrEqual(4);
    const rest: number[] = [];
    for await (const { items } of readable as AsyncIterable<Page<number>>) rest.push(...items);
    expect([...first.items, ...rest]).toEqual(rows(95));
  });

  it('aborts the request in flight when it is destroyed', async () => {
    const server = await stuck();
    const readable = Readable.from(walk(server.url));
    readable.resume();
    await until('the third page is requested', () => server.seen.length === 3);
    expect(server.aborted()).toBe(0);
    readable.destroy();
    await until('the server has seen it leave', () => server.aborted() === 1);
    expect(await asked(server)).toBe(3);
  });

  it('fails with the error of the page', async () => {
    const server = await serve((_, response) => void response.writeHead(404).end());
    const error = await rejection(Readable.from(walk(server.url)).toArray());
    expect(error).toMatchObject({ name: 'HttpError', pageIndex: 0 });
  });

  it('commits pages before they are used: use for await, eachPage or sinks instead', async () => {
    const server = await serve(numbered(95));
    const store = new Map<string, string>();
    const readable = Readable.from(walk(server.url, { checkpoint: checkpoint(store, 'job') }), { highWaterMark: 4 });
    await new Promise((resolve) => readable.once('readable', resolve));
    await asked(server);
    const { resume } = JSON.parse(store.get('job') ?? '{}') as { resume: { index: number } };
    expect(resume.index).toBeGreaterThan(0); // Nothing has been read.
    readable.destroy();
  });
});

describe('pipeline(pages, …, writable)', () => {
  it('holds pages back while the writable is busy', async () => {
    const server = await serve(numbered(95));
    const { writable, pages, goOn } = slowWriter();
    const doubled = new Transform({
      objectMode: true,
      highWaterMark: 1,
      transform: ({ items }: Page<number>, _, done) => done(null, { items: items.map((item) => item * 2) }),
    });
    const done = pipeline(walk(server.url), doubled, writable);
    await until('a page is there', () => pages.length === 1);
    const ahead = await asked(server);
    expect(ahead).toBeLessThanOrEqual(6); // One in each buffer, and one at each door.
    for (let written = 0; written < 3; written++) {
      goOn.shift()!();
      await until('the next page is there', () => pages.length === written + 2);
      expect(await asked(server)).toBeLessThanOrEqual(ahead + written + 1);
    }
    writable._write = (page, _, next) => (pages.push(page as Page<number>), next());
    goOn.shift()!();
    await done;
    expect(pages.flatMap(({ items }) => items)).toEqual(rows(95).map((item) => item * 2));
  });

  it.each(['the writable fails', 'the signal says so'])(
    'from a Readable aborts the request in flight when %s',
    async (how) => {
      const server = await stuck();
      const stop = new AbortController();
      const { writable, goOn } = slowWriter();
      const ending = rejection(pipeline(Readable.from(walk(server.url)), writable, { signal: stop.signal }));
      await until('the third page is requested', () => (goOn.shift()?.(), server.seen.length === 3));
      if (how === 'the writable fails') writable.destroy(new Error('disk full'));
      else stop.abort();
      expect((await ending).message).toMatch(/^(disk full|The operation was aborted)$/);
      await until('the server has seen it leave', () => server.aborted() === 1);
    },
  );

  it('from the pages themselves lets the request in flight finish, as Node does, and requests nothing more', async () => {
    const held: (() => void)[] = [];
    const server = await serve((seen, response) => {
      if (seen.url.searchParams.get('page') === '3') held.push(() => numbered(95)(seen, response));
      else numbered(95)(seen, response);
    });
    const { writable, goOn } = slowWriter();
    const ending = rejection(pipeline(walk(server.url), writable));
    await until('the third page is requested', () => (goOn.shift()?.(), held.length === 1));
    writable.destroy(new Error('disk full'));
    await settle();
    held[0]!();
    expect((await ending).message).toBe('disk full');
    expect(await asked(server)).toBe(3);
    expect([server.aborted(), server.inFlight()]).toEqual([0, 0]);
  });
});

type From = (pages: AsyncIterable<Page<number>>) => ReadableStream<Page<number>>;
const from = (ReadableStream as unknown as { from?: From }).from?.bind(ReadableStream);

(from ? describe : describe.skip)('ReadableStream.from(pages), where the runtime has it (Node 20.6)', () => {
  it('requests the page that is read, and aborts the request in flight when it is cancelled', async () => {
    const server = await stuck();
    const reader = from!(walk(server.url)).getReader();
    expect(await asked(server)).toBeLessThanOrEqual(1);
    expect((await reader.read()).value?.index).toBe(0);
    expect(await asked(server)).toBeLessThanOrEqual(2);
    expect((await reader.read()).value?.index).toBe(1);
    const third = reader.read();
    await until('the third page is requested', () => server.seen.length === 3);
    await reader.cancel();
    expect(await third).toMatchObject({ done: true });
    await until('the server has seen it leave', () => server.aborted() === 1);
  });

  it('pipes with backpressure', async () => {
    const server = await serve(numbered(95));
    const pages: Page<number>[] = [];
    const goOn: (() => void)[] = [];
    let free = false;
    const write = (page: Page<number>) =>
      new Promise<void>((resolve) => {
        pages.push(page);
        if (free) resolve();
        else goOn.push(resolve);
      });
    const done = from!(walk(server.url)).pipeTo(new WritableStream({ write }));
    for (let written = 1; written <= 3; written++) {
      await until('a page is there', () => pages.length === written);
      expect(await asked(server)).toBeLessThanOrEqual(written + 2);
      if (written < 3) goOn.shift()!();
    }
    free = true;
    goOn.shift()?.();
    await done;
    expect(pages.flatMap(({ items }) => items)).toEqual(rows(95));
  });
});

const fromAsync = (Array as unknown as { fromAsync?: <T>(source: AsyncIterable<T>) => Promise<T[]> }).fromAsync;

(fromAsync ? it : it.skip)('Array.fromAsync(pages), where the runtime has it (Node 22), is all pages', async () => {
  const server = await serve(numbered(95));
  const pages = await fromAsync!.call(Array, walk(server.url));
  expect((pages as Page<number>[]).flatMap(({ items }) => items)).toEqual(rows(95));
});
