import { describe, expect, it } from '@jest/globals';
import type { Job, Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastValueFrom, of } from 'rxjs';
import { checkpoint, cursor, eachPage, newest, paginate, retryRequests, type Page, type ResumeToken } from 'pagewise';
import { enqueuePartitions, pagesWorker, type PagesWorkerOptions, type PartitionRun } from 'pagewise/bullmq';
import { type Sink, writeNdjson, writeTable } from 'pagewise/node';
import { json, serve, until } from '../support/server.js';
import { thrown } from '../support/walks.js';
import { connection, onRedis, queues } from './queues.js';

class Client extends Redis {
  constructor() {
    super(connection);
  }
  close() {
    this.disconnect();
    return Promise.resolve();
  }
}

type Options = Partial<PagesWorkerOptions<string, number, unknown>>;
const pagesOf = (url: string) =>
  paginate({ url }, cursor<number>({ items: 'items', next: 'next', cursorParam: 'page' }));
const ignore: Sink<number, unknown> = async (pages) => {
  for await (const page of pages) void page;
};

describe('pagesWorker', () => {
  it.each<[string, unknown, unknown, string]>([
    ['no name', '', {}, 'queue must be a non-empty string'],
    ['no options', 'a', undefined, 'options must be an object'],
    ['a misspelt option', 'a', { sinks: ignore }, 'Did you mean sink?'],
    ['no walk', 'a', { sink: () => ignore }, 'paginate is missing'],
    ['no sink', 'a', { paginate: pagesOf }, 'sink is missing'],
    ['a sink that is none', 'a', { paginate: pagesOf, sink: 'file' }, 'sink must be a function, not "file"'],
    ['no Redis', 'a', { paginate: pagesOf, sink: () => ignore }, 'set `connection`'],
    [
      'half a walk at a time',
      'a',
      { paginate: pagesOf, sink: () => ignore, connection, concurrency: 0.5 },
      'concurrency must be a whole number',
    ],
  ])('refuses %s', (_, queue, options, message) => {
    const error = thrown(() => pagesWorker(queue as string, options as Required<Options>));
    expect(error).toMatchObject({ name: 'ConfigError' });
    expect(error.message).toContain(message);
  });
});

onRedis('pagesWorker on Redis', () => {
  const { queue: makeQueue, closed } = queues();

  /** An API of five pages of one item, which answers by `handle` first, and a queue with one partition. */
  async function setup(handle: Parameters<typeof serve>[0] = () => undefined, job = {}) {
    const server = await serve(async (seen, response, index) => {
      await handle(seen, response, index);
      if (response.writableEnded || response.headersSent) return;
      const page = Number(seen.url.searchParams.get('page') ?? 1);
      json(response, { items: [page], next: page < 5 ? page + 1 : null });
    });
    const queue = makeQueue();
    await enqueuePartitions(queue, ['a'], { job: { attempts: 2, backoff: 10, ...job } });
    const errors: Error[] = [];
    const work = (options: Options = {}) => {
      const worker = closed(
        pagesWorker<string, number, unknown>(queue, {
          paginate: () =>
            paginate({ url: server.url }, cursor<number>({ items: 'items', next: 'next', cursorParam: 'page' }), {
              policy: retryRequests({ retries: 0 }),
            }),
          sink: () => ignore,
          ...options,
        }),
      );
      worker.on('error', (error) => errors.push(error));
      return worker;
    };
    /** Works until the job is over. */
    const run = async (options: Options, event: 'completed' | 'failed') => {
      const worker = work(options);
      await over(worker, event);
      await worker.close();
    };
    return {
      run,
      server,
      queue,
      work,
      errors,
      asked: () => server.seen.map(({ url }) => Number(url.searchParams.get('page') ?? 1)),
    };
  }
  const over = (worker: Worker, event: 'completed' | 'failed') =>
    new Promise<Job>((resolve) => worker.once(event, ((job: Job) => resolve(job)) as never));
  const jobOf = async (queue: Queue) => (await queue.getJob('partition-a'))!;
  const collect =
    (into: number[], fail?: (page: Page<number>) => void): Sink<number, unknown> =>
    async (pages) => {
      for await (const page of pages) {
        fail?.(page);
        into.push(...page.items);
      }
      return { items: into.length };
    };

  it('walks a partition, keeps the position after each committed page, and returns what the sink does', async () => {
    const { queue, work } = await setup();
    const seen: number[] = [];
    const progress: unknown[] = [];
    const worker = work({ sink: () => collect(seen) });
    worker.on('progress', (_, token) => progress.push((token as ResumeToken).index));
    const { returnvalue } = (await over(worker, 'completed')) as { returnvalue: unknown };
    expect(seen).toEqual([1, 2, 3, 4, 5]);
    expect(returnvalue).toEqual({ items: 5 });
    expect(progress).toEqual([1, 2, 3, 4, 5]);
    expect((await jobOf(queue)).progress).toMatchObject({ v: 2, done: true, itemsBefore: 5 });
  });

  it('continues after the last page that the sink finished, in the next attempt', async () => {
    const { work, asked } = await setup();
    const seen: number[] = [];
    let fails = 1;
    const worker = work({
      sink: () =>
        collect(seen, ({ index }) => {
          if (index === 2 && fails-- > 0) throw new Error('the disk is full');
        }),
    });
    const failed: string[] = [];
    worker.on('failed', (_, error) => failed.push(error.message));
    await over(worker, 'completed');
    expect(seen).toEqual([1, 2, 3, 4, 5]);
    expect(asked()).toEqual([1, 2, 3, 3, 4, 5]);
    expect(failed).toEqual(['pagesWorker.sink threw Error: the disk is full']);
  });

  it('continues where the table is, whatever the job says, also if the table is empty', async () => {
    const { queue, run, asked } = await setup();
    let place: unknown;
    const rows: unknown[] = [];
    const table = {
      load: () => place,
      write: (items: readonly unknown[], text: string) => {
        rows.push(...items);
        place = JSON.parse(text);
      },
    };
    await run({ sink: () => writeTable<number>(table) }, 'completed');
    expect(rows).toEqual([1, 2, 3, 4, 5]);
    const { progress } = await jobOf(queue);
    expect(progress).toEqual(place);
    // The table is put back to page 2, the job is done.
    place = { ...(place as object), done: undefined, position: { cursor: 3 }, index: 2, itemsBefore: 2 };
    rows.length = 2;
    await enqueuePartitions(queue, ['a'], { whenDone: 'continue' });
    await run({ sink: () => writeTable<number>(table) }, 'completed');
    expect(rows).toEqual([1, 2, 3, 4, 5]);
    place = undefined;
    rows.length = 0;
    await enqueuePartitions(queue, ['a'], { whenDone: 'continue' });
    await run({ sink: () => writeTable<number>(table) }, 'completed');
    expect(rows).toEqual([1, 2, 3, 4, 5]);
    expect(asked()).toEqual([1, 2, 3, 4, 5, 3, 4, 5, 1, 2, 3, 4, 5]);
  });

  it('asks for what is new when a partition that is done is enqueued again, with `sync`', async () => {
    let newestId = 3;
    const asked: string[] = [];
    const server = await serve((seen, response) => {
      asked.push(seen.url.search);
      const since = Number(seen.url.searchParams.get('since') ?? 0);
      json(response, { items: Array.from({ length: newestId }, (_, i) => i + 1).filter((id) => id > since) });
    });
    const { run, queue } = await setup();
    const got: number[] = [];
    const options: Options = {
      paginate: () =>
        paginate({ url: server.url }, cursor<number>({ items: 'items', next: 'next' }), {
          policy: retryRequests({ retries: 0 }),
          sync: newest('.', { param: 'since', order: 'asc' }),
        }),
      sink: () => async (pages) => {
        for await (const page of pages) got.push(...page.items);
      },
    };
    await run(options, 'completed');
    newestId = 5;
    await enqueuePartitions(queue, ['a'], { whenDone: 'continue' });
    await run(options, 'completed');
    expect(got).toEqual([1, 2, 3, 4, 5]);
    expect(asked).toEqual(['', '?since=3']);
  });

  it('lets eachPage commit its pages in order', async () => {
    const { asked, run } = await setup();
    const done: number[] = [];
    let fails = 1;
    const sink = (): Sink<number, unknown> => (pages) =>
      lastValueFrom(
        eachPage(
          pages,
          ({ index }) => {
            if (index === 3 && fails-- > 0) throw new Error('no');
            done.push(index);
            return of(index);
          },
          { concurrency: 2 },
        ),
      );
    await run({ sink }, 'completed');
    expect(done).toEqual([0, 1, 2, 3, 4]);
    expect(asked()).toEqual([1, 2, 3, 4, 4, 5]);
  });

  it('continues a file where the job was', async () => {
    const { run } = await setup();
    const file = join(mkdtempSync(join(tmpdir(), 'pagewise-')), 'a.ndjson');
    let fails = 1;
    const rows = ({ index, items }: Page<number>) => {
      if (index === 3 && fails-- > 0) throw new Error('no');
      return items;
    };
    await run({ sink: () => writeNdjson<number>(file, { rows }) as Sink<number, unknown> }, 'completed');
    expect(readFileSync(file, 'utf8')).toBe('1\n2\n3\n4\n5\n');
  });

  it("fails at once where another attempt can't help, with the API's words and a token", async () => {
    const { queue, asked, server, run } = await setup((_seen, response, index) => {
      if (index === 2) json(response, { error: { message: 'no such account for hush' } }, 404);
    });
    const headers = { authorization: 'Bearer hush' };
    const paginated = () => paginate({ url: `${server.url}?key=hush` , headers }, cursor<number>({ items: 'items', next: 'next', cursorParam: 'page' })); // prettier-ignore
    await run({ paginate: paginated }, 'failed');
    const job = await jobOf(queue);
    expect(job.failedReason).toMatch(/^Page 3 failed: 404 Not Found.*; the API says: no such account/);
    expect(JSON.stringify([job.failedReason, job.stacktrace])).not.toContain('hush');
    expect(job).toMatchObject({ attemptsMade: 1, progress: { index: 2, position: { cursor: 3 } } });
    await job.retry();
    await run({ paginate: paginated }, 'completed');
    expect(asked()).toEqual([1, 2, 3, 3, 4, 5]);
  });

  it('has a token where even the first page fails', async () => {
    const { queue, run } = await setup((_seen, response) => json(response, {}, 403));
    await run({}, 'failed');
    expect(await jobOf(queue)).toMatchObject({ attemptsMade: 1, progress: { v: 2, index: 0 } });
  });

  it('leaves what may pass to the attempts of the queue', async () => {
    const { queue, work, asked } = await setup((_seen, response) => json(response, {}, 503));
    const worker = work();
    await over(worker, 'failed');
    await over(worker, 'failed');
    expect(await jobOf(queue)).toMatchObject({ attemptsMade: 2, failedReason: expect.stringContaining('503') });
    expect(asked()).toEqual([1, 1]);
  });

  it('delays the job where the server asks for a long wait', async () => {
    const { queue, work, server } = await setup((_seen, response) => {
      json(response, {}, 429, { 'retry-after': '3600' });
    });
    const worker = work({ paginate: () => pagesOf(server.url) });
    const job = await jobOf(queue);
    let state = '';
    while (state !== 'delayed') state = await job.getState();
    await worker.close();
    const { delay, attemptsMade } = await jobOf(queue);
    expect(delay).toBeGreaterThan(3_500_000);
    expect(attemptsMade).toBe(0);
    expect(server.seen.length).toBe(1);
  });

  it.each<[string, Options, string]>([
    [
      'a checkpoint',
      {
        paginate: () =>
          paginate({ url: 'http://127.0.0.1:1' }, cursor<number>({ items: 'i', next: 'n', cursorParam: 'c' }), {
            checkpoint: checkpoint(new Map(), 'a'),
          }),
      },
      'remove the `checkpoint` of paginate',
    ],
    ['other pages', { paginate: () => [] as never }, '`paginate` must return the result of paginate'],
    ['a sink that is none', { sink: () => undefined as never }, '`sink` must return a sink'],
  ])('refuses %s, once', async (_, options, message) => {
    const { queue, run } = await setup();
    await run(options, 'failed');
    expect(await jobOf(queue)).toMatchObject({ attemptsMade: 1, failedReason: expect.stringContaining(message) });
  });

  it('refuses jobs of others, once', async () => {
    const { queue, run } = await setup();
    await queue.obliterate();
    await queue.add('mail', { to: 'a' } as never, { jobId: 'partition-a', attempts: 3 });
    await run({}, 'failed');
    expect(await jobOf(queue)).toMatchObject({
      attemptsMade: 1,
      failedReason: expect.stringContaining('not a partition'),
    });
  });

  it('cancels the request of a job that is cancelled, and fails it with the reason; it can be continued', async () => {
    let hang = true;
    const { queue, work, server, asked } = await setup(async (_seen, response, index) => {
      if (index === 2 && hang) await new Promise((resolve) => response.once('close', resolve));
    });
    let signal: AbortSignal | undefined;
    const worker = work({ sink: (_, run) => ((signal = run.signal), ignore) });
    await until('so far', () => server.seen.length === 3);
    const failed = over(worker, 'failed');
    expect(worker.cancelJob('partition-a', 'no longer wanted')).toBe(true);
    await failed;
    await until('so far', () => server.aborted() === 1);
    expect(signal?.aborted).toBe(true);
    const job = await jobOf(queue);
    expect(job).toMatchObject({ attemptsMade: 1, failedReason: 'cancelled: no longer wanted', progress: { index: 2 } });
    hang = false;
    await job.retry();
    await over(worker, 'completed');
    expect(asked()).toEqual([1, 2, 3, 3, 4, 5]);
  });

  it('hands a job back when its worker closes; another worker continues', async () => {
    let hang = true;
    const { queue, work, server, asked, errors, run } = await setup(async (_seen, response, index) => {
      if (index === 2 && hang) await new Promise((resolve) => response.once('close', resolve));
    });
    const worker = work();
    await until('so far', () => server.seen.length === 3);
    await worker.close();
    await until('so far', () => server.aborted() === 1);
    const job = await jobOf(queue);
    expect(await job.getState()).toBe('waiting');
    expect(job).toMatchObject({ attemptsMade: 0, progress: { index: 2 } });
    hang = false;
    await run({}, 'completed');
    expect(asked()).toEqual([1, 2, 3, 3, 4, 5]);
    expect(errors).toEqual([]);
  });

  it('commits nothing more when another worker has the job, and does not touch it', async () => {
    const { queue, work, errors } = await setup();
    const seen: number[] = [];
    const client = closed(new Client());
    const lock = `bull:${queue.name}:partition-a:lock`;
    const worker = work({
      worker: { stalledInterval: 100_000 },
      sink: () => async (pages) => {
        for await (const { items } of pages) {
          seen.push(...items);
          // Before the second page is committed, another worker gets the lock.
          if (items[0] === 2) await client.set(lock, 'of another worker');
        }
      },
    });
    await until('so far', () => errors.some(({ message }) => message.includes('has lost the job partition-a')));
    await worker.close();
    expect(seen).toEqual([1, 2]);
    const job = await jobOf(queue);
    expect(await job.getState()).toBe('active');
    expect(job).toMatchObject({ attemptsMade: 0, progress: { index: 1 } });
  });

  it('gives each start of a job a higher fence, also if the job was removed and added again', async () => {
    const { queue, run } = await setup();
    const fences: number[] = [];
    let fails = 1;
    const sink = (_: string, { fence }: PartitionRun<string>) => {
      fences.push(fence);
      if (fails-- > 0) throw new Error('no');
      return ignore;
    };
    await run({ sink }, 'completed');
    await (await jobOf(queue)).remove();
    await enqueuePartitions(queue, ['a']);
    await run({ sink }, 'completed');
    expect(fences.length).toBe(3);
    expect([...fences].sort((a, b) => a - b)).toEqual(fences);
    expect(new Set(fences).size).toBe(3);
  });

  it('walks a partition again that is enqueued with restart, once, and tells the sink so', async () => {
    const { queue, asked, run } = await setup();
    await run({}, 'completed');
    await enqueuePartitions(queue, ['a'], { whenDone: 'restart' });
    const told: string[] = [];
    let fails = 1;
    await run(
      {
        sink: (_, run) => {
          told.push(run.whenDone);
          return collect([], ({ index }) => {
            if (index === 1 && fails-- > 0) throw new Error('no');
          });
        },
      },
      'completed',
    );
    expect(asked()).toEqual([1, 2, 3, 4, 5, 1, 2, 2, 3, 4, 5]);
    expect(told).toEqual(['restart', 'stop']);
  });
});
