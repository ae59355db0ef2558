import { describe, expect, it, jest } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  afterPages,
  checkpoint,
  CallbackError,
  ConfigError,
  eachPage,
  eachPartition,
  HttpError,
  items,
  newest,
  pageNumber,
  paginate,
  type PartitionEvent,
  PartitionsError,
  type ResumeToken,
  retryRequests,
} from 'pagewise';
import { fileStore, writeNdjson } from 'pagewise/node';
import { from, of } from 'rxjs';
import { json, numbered, rows, type Seen, serve, settle, until } from '../support/server.js';
import { rejection } from '../support/walks.js';

const strategy = pageNumber<number>({ items: 'items', size: 10 });
const policy = retryRequests({ retries: 0 });
const names = (count: number) => Array.from({ length: count }, (_, i) => `p${i}`);
const fails = (...failing: readonly string[]) => ({ set: new Set(failing) });

/** A server whose path names the partition; those that `broken` names answer 404. */
const partitioned = (total: number, broken = fails()) =>
  serve((seen: Seen, response) =>
    broken.set.has(seen.url.pathname.slice(1))
      ? json(response, { error: 'no such account' }, 404)
      : numbered(total)(seen, response),
  );

type Server = Awaited<ReturnType<typeof partitioned>>;
const asked = ({ seen }: Server): string[] => [...new Set(seen.map(({ url }) => url.pathname.slice(1)))];

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'pagewise-'));
  await work(folder).finally(() => rmSync(folder, { recursive: true, force: true }));
}

/** One file for each partition, and positions in a store. */
function job(server: Server, folder: string, options: Parameters<typeof eachPartition<string>>[2] = {}) {
  const pathOf = (key: string) => join(folder, `orders-${key}.ndjson`);
  return {
    read: (key: string) => readFileSync(pathOf(key), 'utf8').trim().split('\n').map(Number),
    run: (source: readonly string[], more: typeof options = {}) =>
      eachPartition(
        source,
        (key, own) =>
          paginate({ url: `${server.origin}/${key}` }, strategy, { policy, ...own }).to(writeNdjson(pathOf(key))),
        { checkpoint: fileStore(join(folder, '.jobs')), name: 'orders', ...options, ...more },
      ),
  };
}

describe('eachPartition', () => {
  it('writes, commits and resumes each partition on its own; a second run asks for nothing', () =>
    inFolder(async (folder) => {
      const server = await partitioned(25);
      const { run, read } = job(server, folder, { concurrency: 2 });
      const report = await run(['a', 'b', 'c']);
      expect(report).toMatchObject({ done: 3, failed: 0, unfinished: 0, vanished: [] });
      expect([...report.partitions].sort((x, y) => x.key.localeCompare(y.key))).toEqual(
        ['a', 'b', 'c'].map((key) => ({ key, state: 'done', pages: 4, items: 25 })),
      );
      for (const key of ['a', 'b', 'c']) expect(read(key)).toEqual(rows(25));
      const requests = server.seen.length;
      const again = await run(['a', 'b', 'c']);
      expect(again).toMatchObject({ done: 3, vanished: [] });
      expect(again.partitions.map(({ state }) => state)).toEqual(['earlier', 'earlier', 'earlier']);
      expect(server.seen).toHaveLength(requests);
    }));

  it('adds new partitions, and reports those that have vanished until their positions are gone', () =>
    inFolder(async (folder) => {
      const server = await partitioned(5);
      const { run } = job(server, folder);
      await run(['a', 'b', 'c']);
      server.seen.length = 0;
      const report = await run(['c', 'd', 'a']);
      expect(report).toMatchObject({ done: 3, vanished: ['b'] });
      expect(asked(server)).toEqual(['d']);
      const store = fileStore(join(folder, '.jobs'));
      expect(await store.get('orders/b')).toBeDefined();
      await store.delete('orders/b');
      expect((await run(['a', 'c', 'd'])).vanished).toEqual([]);
      expect((await run(['a'])).vanished).toEqual(['c', 'd']);
    }));

  it('goes on when one fails, is rejected with the errors by key, and continues it in the next run', () =>
    inFolder(async (folder) => {
      const broken = fails('b');
      const server = await partitioned(25, broken);
      const { run, read } = job(server, folder);
      const error = (await rejection(run(['a', 'b', 'c']))) as unknown as PartitionsError;
      expect(error).toBeInstanceOf(PartitionsError);
      expect(error.message).toMatch(/^1 of 3 partitions failed: "b": Page 1 failed: 404 Not Found, GET .*\/b/);
      expect([...error.errors.keys()]).toEqual(['b']);
      expect(error.errors.get('b')).toBeInstanceOf(HttpError);
      expect(error.cause).toBeInstanceOf(HttpError);
      expect(error.report).toMatchObject({ done: 2, failed: 1, vanished: [] });
      expect(error.report.partitions.map(({ key, state }) => `${key} ${state}`)).toEqual([
        'a done',
        'b failed',
        'c done',
      ]);
      server.seen.length = 0;
      broken.set.clear();
      expect(await run(['a', 'b', 'c'])).toMatchObject({ done: 3, failed: 0 });
      expect(asked(server)).toEqual(['b']);
      expect(read('b')).toEqual(rows(25));
    }));

  it('stops at the first failure if it is told to, and aborts those that run', () =>
    inFolder(async (folder) => {
      const server = await serve((seen, response) => {
        if (seen.url.pathname === '/b') return json(response, {}, 404);
        if (seen.url.searchParams.get('page') === '2') return; // It never answers.
        numbered(25)(seen, response);
      });
      const { run } = job(server, folder, { concurrency: 2, onError: 'stop' });
      const error = (await rejection(run(['a', 'b', 'c', 'd']))) as unknown as PartitionsError;
      expect([...error.errors.keys()]).toEqual(['b']);
      expect(error.report.unfinished).toBe(1);
      expect(error.report.vanished).toBeUndefined();
      expect(asked(server).sort()).toEqual(['a', 'b']);
      await until('the request is aborted', () => server.inFlight() === 0);
    }));

  it('continues within a partition at its last commit', () =>
    inFolder(async (folder) => {
      const server = await partitioned(45);
      const pathOf = (key: string) => join(folder, `${key}.ndjson`);
      const run = (pages?: number) =>
        eachPartition(
          ['a', 'b'],
          (key, own) =>
            paginate({ url: `${server.origin}/${key}` }, strategy, {
              ...own,
              until: pages === undefined ? undefined : afterPages(pages),
            }).to(writeNdjson(pathOf(key))),
          { checkpoint: fileStore(folder), name: 'x' },
        );
      expect(await run(2)).toMatchObject({
        done: 0,
        unfinished: 2,
        partitions: [{ state: 'unfinished', pages: 2, items: 20 }, { pages: 2 }],
      });
      expect(await run()).toMatchObject({
        done: 2,
        unfinished: 0,
        partitions: [{ pages: 4, items: 25 }, { pages: 4 }],
      });
      expect(readFileSync(pathOf('b'), 'utf8').trim().split('\n').map(Number)).toEqual(rows(45));
      expect(server.seen).toHaveLength(12);
    }));

  it('has its name to itself: a second run is refused before it asks for anything, and may come later', () =>
    inFolder(async (folder) => {
      const server = await partitioned(25);
      const { run } = job(server, folder);
      const { run: other } = job(server, folder);
      const first = run(['a']);
      await until('the first has begun', () => server.seen.length > 0);
      for (const second of [run, other])
        expect(await rejection(second(['b']))).toMatchObject({ name: 'LeaseError', message: expect.stringContaining('the checkpoint "orders/#0" is in use by ') }); // prettier-ignore
      expect(await first).toMatchObject({ done: 1 });
      expect(asked(server)).toEqual(['a']);
      expect(await other(['a', 'b'])).toMatchObject({ done: 2, vanished: [] });
    }));

  it("asks for partitions that are done if `whenDone` says so: 'restart' and 'continue'", () =>
    inFolder(async (folder) => {
      let total = 15;
      const server = await serve((seen, response) => numbered(total)(seen, response));
      const { run, read } = job(server, folder);
      await run(['a']);
      total = 18;
      expect(await run(['a'], { whenDone: 'continue' })).toMatchObject({ done: 1, partitions: [{ state: 'done' }] });
      expect(read('a')).toEqual(rows(18));
      server.seen.length = 0;
      total = 3;
      expect(await run(['a'], { whenDone: 'restart' })).toMatchObject({ done: 1, partitions: [{ items: 3 }] });
      expect(read('a')).toEqual(rows(3));
    }));

  it('ends when another run has taken the job over: no partition fails, and no other one begins', async () => {
    const server = await partitioned(5);
    let resume: ResumeToken | undefined;
    for await (const page of paginate({ url: server.url }, strategy, { policy })) resume = page.resume;
    const texts = new Map<string, string>();
    let holder = 'this run';
    const taken = () => (holder === 'this run' ? (true as const) : { holder });
    // Longer than a lease, by the clocks that leases are measured with.
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
    const store = {
      get: (key: string) => texts.get(key),
      set: (key: string, text: string) => void texts.set(key, text),
      lease: () => ({ renew: taken, set: taken, release: () => undefined }),
    };
    const begun: string[] = [];
    try {
      const run = eachPartition(
        ['a', 'b', 'c'],
        async (key, { checkpoint: own }) => {
          begun.push(key);
          if (resume) await own?.save({ resume });
          if (key !== 'a') return;
          holder = 'etl-2';
          await jest.advanceTimersByTimeAsync(60_000);
        },
        { checkpoint: store, name: 'job' },
      );
      const error = await rejection(run);
      expect(error).toMatchObject({ name: 'LeaseError', lost: true, holder: 'etl-2' });
    } finally {
      jest.useRealTimers();
    }
    expect(begun).toEqual(['a']);
  });

  it('asks partitions that are done for what is new, with `sync`', () =>
    inFolder(async (folder) => {
      let newestId = 3;
      const server = await serve((seen, response) => {
        const since = Number(seen.url.searchParams.get('since') ?? 0);
        const page = Number(seen.url.searchParams.get('page'));
        const ids = rows(newestId + 1).filter((id) => id >= since);
        json(response, { items: ids.slice((page - 1) * 2, page * 2).map((id) => ({ id })) });
      });
      const run = () =>
        eachPartition(
          ['a', 'b'],
          (key, own) =>
            paginate({ url: `${server.origin}/${key}` }, pageNumber<{ id: number }>({ items: 'items', size: 2 }), {
              policy,
              sync: newest('id', { param: 'since', key: 'id', order: 'asc' }),
              ...own,
            }).to(writeNdjson(join(folder, `${key}.ndjson`))),
          { checkpoint: fileStore(join(folder, '.jobs')), name: 'ids' },
        );
      const read = (key: string) => readFileSync(join(folder, `${key}.ndjson`), 'utf8').trim().split('\n').map((line) => (JSON.parse(line) as { id: number }).id); // prettier-ignore
      await run();
      newestId = 7;
      expect(await run()).toMatchObject({
        done: 2,
        partitions: [
          { state: 'done', items: 4 },
          { state: 'done', items: 4 },
        ],
      });
      for (const key of ['a', 'b']) expect(read(key)).toEqual(rows(8));
      expect(await run()).toMatchObject({
        done: 2,
        partitions: [
          { state: 'done', items: 0 },
          { state: 'done', items: 0 },
        ],
      });
    }));

  it('holds no more partitions than concurrency: a source of 10⁵ is read with backpressure', async () => {
    let pulled = 0;
    let most = 0;
    let ahead = 0;
    let ended = 0;
    function* source() {
      for (; pulled < 100_000;) {
        pulled++;
        ahead = Math.max(ahead, pulled - ended);
        yield pulled;
      }
    }
    let running = 0;
    const report = await eachPartition(
      source(),
      async () => {
        most = Math.max(most, ++running);
        await new Promise(setImmediate);
        running--;
        ended++;
      },
      { concurrency: 3 },
    );
    expect({ pulled, most, ahead, done: report.done }).toEqual({ pulled: 100_000, most: 3, ahead: 3, done: 100_000 });
  }, 180_000);

  it('stops pulling while walks wait', async () => {
    let pulled = 0;
    const go: (() => void)[] = [];
    const source = {
      async *[Symbol.asyncIterator]() {
        for (; pulled < 6;) yield await Promise.resolve(String(pulled++));
      },
    };
    const done = eachPartition(source, () => new Promise<void>((resolve) => go.push(resolve)), { concurrency: 2 });
    await until('two run', () => go.length === 2);
    await settle(20);
    expect(pulled).toBe(2);
    go[1]!();
    await until('a third one runs', () => go.length === 3);
    await settle(20);
    expect(pulled).toBe(3);
    go[0]!();
    go[2]!();
    for (let index = 3; index < 6; index++) {
      await until('one more runs', () => go.length > index);
      go[index]!();
    }
    expect((await done).partitions.map(({ key }) => key)).toHaveLength(6);
  });

  it('takes the items of another walk, page by page, and asks for its next page when there is room', async () => {
    const server = await serve((seen, response) =>
      seen.url.pathname === '/repos'
        ? json(response, {
            items: rows(7)
              .slice((Number(seen.url.searchParams.get('page')) - 1) * 3, Number(seen.url.searchParams.get('page')) * 3)
              .map((id) => ({ name: `r${id}` })),
          })
        : numbered(5)(seen, response),
    );
    const repos = () =>
      paginate({ url: `${server.origin}/repos` }, pageNumber<{ name: string }>({ items: 'items', size: 3 }));
    const report = await eachPartition(
      repos(),
      (repo, own) =>
        eachPage(
          paginate({ url: `${server.origin}/${repo.name}` }, strategy, own),
          async ({ items: all }) => all.length,
        ),
      { key: (repo) => repo.name },
    );
    expect(report.partitions.map(({ key }) => key)).toEqual(rows(7).map((id) => `r${id}`));
    expect(asked(server)).toEqual(['repos', ...rows(7).map((id) => `r${id}`)]);
    expect(server.seen.map(({ url }) => url.pathname).indexOf('/r2')).toBeLessThan(
      server.seen.findIndex(({ url }) => url.pathname === '/repos' && url.searchParams.get('page') === '2'),
    );
    const piped = await eachPartition(repos().pipe(items()), () => of(1), { key: ({ name }) => name });
    expect(piped.done).toBe(7);
  });

  it('commits a page of the source when all partitions on it, and on the pages before, are done', async () => {
    const broken = fails('4');
    const server = await serve((seen, response) =>
      seen.url.pathname === '/ids' || !broken.set.has(seen.url.pathname.slice(1))
        ? numbered(9)(seen, response)
        : json(response, {}, 404),
    );
    const store = new Map<string, string>();
    const ids = () =>
      paginate({ url: `${server.origin}/ids` }, pageNumber<number>({ items: 'items', size: 3 }), {
        checkpoint: checkpoint(store, 'ids'),
      });
    const run = () =>
      eachPartition(
        ids(),
        async (id, own) => {
          for await (const page of paginate({ url: `${server.origin}/${id}` }, strategy, { ...own, policy })) void page;
        },
        { checkpoint: store, name: 'orders', concurrency: 2 },
      );
    const error = (await rejection(run())) as unknown as PartitionsError;
    expect([...error.errors.keys()]).toEqual(['4']);
    expect(error.report.done).toBe(8);
    expect(JSON.parse(store.get('ids') ?? '')).toMatchObject({ resume: { index: 1 } });
    server.seen.length = 0;
    broken.set.clear();
    const report = await run();
    // It lists again from the page that was not committed, and only the one that failed is asked.
    expect(server.seen[0]?.url.searchParams.get('page')).toBe('2');
    expect(asked(server).sort()).toEqual(['4', 'ids']);
    expect(report.vanished).toBeUndefined(); // The list began in its middle.
    expect(JSON.parse(store.get('ids') ?? '')).toMatchObject({ resume: { done: true } });
    expect((await run()).partitions).toEqual([]);
  });

  it('an abort stops the source and all walks, and is the error', async () => {
    const server = await serve((seen, response) => {
      if (seen.url.searchParams.get('page') === '1') numbered(25)(seen, response);
    });
    const stop = new AbortController();
    const events: PartitionEvent[] = [];
    const done = eachPartition(
      ['a', 'b', 'c'],
      async (key, own) => {
        for await (const page of paginate({ url: `${server.origin}/${key}` }, strategy, own)) void page;
      },
      { concurrency: 2, signal: stop.signal, events: { next: (event) => events.push(event) } },
    );
    await until('both wait for page 2', () => server.seen.length === 4);
    const reason = new Error('enough');
    stop.abort(reason);
    expect(await rejection(done)).toBe(reason);
    expect(events.map((event) => (event.type === 'end' ? event.unfinished : event.state))).toEqual([
      'unfinished',
      'unfinished',
      2,
    ]);
    await until('nothing is asked any more', () => server.inFlight() === 0);
    expect(asked(server)).toEqual(['a', 'b']);
    expect(await rejection(eachPartition(['a'], () => of(1), { signal: stop.signal }))).toBe(reason);
  });

  it('an abort does not wait for a source that waits', async () => {
    const stop = new AbortController();
    const never = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<IteratorResult<string>>(() => {}) }) };
    const done = rejection(eachPartition(never, () => of(1), { signal: stop.signal }));
    stop.abort();
    expect((await done).name).toBe('AbortError');
  });

  it('refuses two partitions with one key, by name: a list before anything is sent, a stream where it comes', async () => {
    let walks = 0;
    const walk = () => of(walks++);
    const error = await rejection(eachPartition(['a', 'b', 'a'], walk));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toBe(
      'eachPartition: two partitions have the key "a"; each needs its own, since its position is stored under it',
    );
    expect(walks).toBe(0);
    expect((await rejection(eachPartition(from(['a', 'a']), walk))).message).toContain('the key "a"');
    expect(walks).toBe(1);
    expect((await rejection(eachPartition([1, '1'], walk))).message).toContain('the key "1"');
  });

  it('takes a number as a key', async () => {
    const { partitions } = await eachPartition([{ id: 7 }], () => of(1), { key: ({ id }) => id });
    expect(partitions.map(({ key }) => key)).toEqual(['7']);
  });

  it('keeps keys of any text apart in the store', async () => {
    const store = new Map<string, string>();
    const keys = [
      'a',
      'A',
      'a/b',
      'a%2Fb',
      '..',
      '.',
      '#0',
      'ä',
      'x'.repeat(5000),
      `${'x'.repeat(4999)}y`,
      '😀'.repeat(100),
      '\ud800',
      "it's (1)*!",
    ];
    const server = await partitioned(3);
    const run = () =>
      eachPartition(
        keys,
        async (key, own) => {
          const url = `${server.origin}/?k=${keys.indexOf(key)}`;
          for await (const page of paginate({ url }, strategy, own)) void page;
        },
        { checkpoint: store, name: 'n' },
      );
    expect((await run()).done).toBe(keys.length);
    const requests = server.seen.length;
    expect((await run()).partitions.map(({ state }) => state)).toEqual(keys.map(() => 'earlier'));
    expect(server.seen).toHaveLength(requests);
    expect(store.size).toBe(keys.length + 1);
    for (const key of store.keys()) expect(key).toMatch(/^n\/(#0|[\w%.~-]{1,200})$/);
    expect(JSON.parse(store.get('n/#0') ?? '')).toEqual({ v: 1, partitions: keys });
  });

  it('reads few texts to know 1,000 partitions, and writes one more for each', async () => {
    const texts = new Map<string, string>();
    const counts = { reads: 0, writes: 0, record: 0 };
    const store = {
      get: (key: string) => (counts.reads++, texts.get(key)),
      set(key: string, text: string) {
        counts.writes++;
        if (key.includes('#')) counts.record++;
        texts.set(key, text);
      },
    };
    const run = (source: readonly string[]) =>
      eachPartition(
        source,
        async (key, own) => {
          for await (const page of paginate({ url: 'http://x', body: { key } }, { ...strategy, name: 'one', next: () => undefined }, { ...own, transport: () => of({ status: 200, url: '', headers: { get: () => null }, body: { items: [1] } }) })) void page; // prettier-ignore
        },
        { checkpoint: store, name: 'n', concurrency: 4 },
      );
    expect((await run(names(1000))).done).toBe(1000);
    expect(counts.record).toBeLessThanOrEqual(1000);
    expect(counts.writes - counts.record).toBe(1000);
    expect([...texts.keys()].filter((key) => key.includes('#'))).toHaveLength(5);
    counts.reads = counts.writes = 0;
    expect(await run(names(1000).slice(1))).toMatchObject({ done: 999, vanished: ['p0'] });
    expect(counts).toMatchObject({ reads: 6 + 999 + 1, writes: 0 });
  });

  it('refuses a walk that does not use its checkpoint, and pages that nobody writes', async () => {
    const server = await partitioned(3);
    const pages = () => paginate({ url: `${server.origin}/a` }, strategy);
    const unused = (await rejection(
      eachPartition(['a'], async () => { for await (const page of pages()) void page; }, { checkpoint: new Map(), name: 'n' }),
    )) as unknown as PartitionsError; // prettier-ignore
    expect((unused.errors.get('a') as Error).message).toContain('not used its checkpoint');
    server.seen.length = 0;
    const dropped = (await rejection(eachPartition(['a'], pages))) as unknown as PartitionsError;
    expect((dropped.errors.get('a') as Error).message).toContain('not pages, which nobody would write');
    expect(server.seen).toEqual([]);
  });

  it('passes on what the source throws, and what failed besides', async () => {
    const broken = new Error('the list is broken');
    function* source() {
      yield 'a';
      throw broken;
    }
    expect(await rejection(eachPartition(source(), () => of(1)))).toBe(broken);
    const both = await rejection(eachPartition(source(), () => Promise.reject(new Error('a is broken'))));
    expect(both).toBeInstanceOf(PartitionsError);
    expect(both.message).toBe(
      'the source of the partitions failed: Error: the list is broken; and 1 of 1 partitions failed: "a": Error: a is broken',
    );
    expect(both.cause).toBe(broken);
  });

  it('fails with what a store and a listener throw', async () => {
    const walk = () => of(1);
    const store = { get: () => undefined, set: () => false };
    const unstored = (await rejection(eachPartition(['a'], walk, { checkpoint: store, name: 'n' }))) as unknown as PartitionsError; // prettier-ignore
    expect(unstored.errors.get('a')).toBeInstanceOf(CallbackError);
    const down = { get: () => Promise.reject(new Error('down')), set: () => true };
    expect((await rejection(eachPartition(['a'], walk, { checkpoint: down, name: 'n' }))).message).toBe(
      'checkpoint.get threw Error: down',
    );
    const damaged = new Map([['n/#0', '{"v":1,"partitions":"a"}']]);
    expect((await rejection(eachPartition(['a'], walk, { checkpoint: damaged, name: 'n' }))).message).toContain(
      '"n/#0" does not hold the keys',
    );
    const deaf = { next: () => { throw new Error('deaf'); } }; // prettier-ignore
    expect((await rejection(eachPartition(['a', 'b'], walk, { events: deaf }))).message).toBe('deaf');
  });

  it.each([
    [() => eachPartition('abc' as never, () => of(1)), 'the source must be a list'],
    [() => eachPartition(undefined as never, () => of(1)), 'the source must be a list'],
    [() => eachPartition(['a'], undefined as never), 'walk must be a function'],
    [() => eachPartition([{ id: 1 }], () => of(1)), 'set key: (partition) => partition.id'],
    [() => eachPartition([''], () => of(1)), 'non-empty strings'],
    [() => eachPartition([NaN], () => of(1)), 'NaN is not a key'],
    [
      () => eachPartition(['a'], () => of(1), { key: () => '' }),
      'key must return a non-empty string or a number, not ""',
    ],
    [
      () => eachPartition([{ id: NaN }], () => of(1), { key: ({ id }) => id }),
      'key must return a non-empty string or a number, not NaN',
    ],
    [() => eachPartition(['a'], () => of(1), { concurrency: 0 }), 'concurrency must be a whole number of at least 1'],
    [() => eachPartition(['a'], () => of(1), { onError: 'ignore' as never }), "onError must be 'continue' or 'stop'"],
    [() => eachPartition(['a'], () => of(1), { checkpoint: new Map() }), "set name: 'orders'"],
    [() => eachPartition(['a'], () => of(1), { name: 'a' }), 'name needs a store'],
    [() => eachPartition(['a'], () => of(1), { whenDone: 'restart' }), 'whenDone needs a store'],
    [
      () => eachPartition(['a'], () => of(1), { checkpoint: {} as never, name: 'n' }),
      'the store must have get and set',
    ],
    [() => eachPartition(['a'], () => of(1), { paralel: 1 } as never), 'unknown option "paralel"'],
    [() => eachPartition(['a'], () => of(1), { signal: {} as never }), 'signal must be an AbortSignal'],
    [() => eachPartition(['a'], () => of(1), { events: {} as never }), 'events must be a Subject or { next'],
  ])('refuses arguments that can not work %#', async (call, message) => {
    const error = await rejection(call());
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toContain(message);
  });
});
