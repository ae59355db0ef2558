import { describe, expect, it } from '@jest/globals';
import {
  CallbackError,
  checkpoint,
  ConfigError,
  eachPage,
  items,
  pageNumber,
  paginate,
  ResumeError,
  retryRequests,
  type CheckpointStore,
  type Page,
  type PaginateOptions,
  type Strategy,
  type WalkEvent,
} from 'pagewise';
import { firstValueFrom, lastValueFrom, Subject, toArray } from 'rxjs';
import { numbered, serve, settle, until } from './support/server.js';
import { counting, echo, rejection, thrown } from './support/walks.js';

const walk = (options: Omit<PaginateOptions<number>, 'schema'>, last = 4) =>
  paginate({ body: {} }, counting(last), { transport: echo, ...options });
const indexIn = (store: Map<string, string>) =>
  (JSON.parse(store.get('job') ?? '{"resume":{}}') as { resume: { index?: number } }).resume.index;

/** Reads pages until it stops at one of them, and records what was committed when each one came. */
async function take(store: Map<string, string>, count: number, options: Omit<PaginateOptions<number>, 'schema'> = {}) {
  const seen: number[] = [];
  const committed: (number | undefined)[] = [];
  for await (const page of walk({ ...options, checkpoint: checkpoint(store, 'job') })) {
    seen.push(page.index);
    committed.push(indexIn(store));
    if (seen.length === count) break;
  }
  return { seen, committed };
}

describe('checkpoint', () => {
  it('commits a page when the loop asks for the next one, and not the page it stopped at', async () => {
    const store = new Map<string, string>();
    expect(await take(store, 3)).toEqual({ seen: [0, 1, 2], committed: [undefined, 1, 2] });
    expect(indexIn(store)).toBe(2);
    expect(await take(store, 9)).toEqual({ seen: [2, 3], committed: [2, 3] });
    expect(await take(store, 9)).toEqual({ seen: [], committed: [] });
  });

  it('does not commit the page that the loop threw at, and repeats it', async () => {
    const store = new Map<string, string>();
    const broken = async () => {
      for await (const page of walk({ checkpoint: checkpoint(store, 'job') }))
        if (page.index === 1) throw new Error('disk full');
    };
    await rejection(broken());
    expect((await take(store, 9)).seen).toEqual([1, 2, 3]);
  });

  it('commits pages that were fetched ahead only once they are processed', async () => {
    const store = new Map<string, string>();
    expect(await take(store, 2, { prefetch: 2 })).toEqual({ seen: [0, 1], committed: [undefined, 1] });
    expect((await take(store, 9)).seen).toEqual([1, 2, 3]);
  });

  it('resumes at the page that failed, in a new run', async () => {
    const store = new Map<string, string>();
    let down = true;
    const server = await serve((request, response) => {
      if (request.url.searchParams.get('page') === '3' && down) response.writeHead(500).end();
      else numbered(45)(request, response);
    });
    const run = async () => {
      const seen: number[] = [];
      const pages = paginate({ url: server.url }, pageNumber<number>({ items: 'items', size: 10 }), {
        policy: retryRequests({ retries: 0 }),
        checkpoint: checkpoint(store, 'job'),
      });
      for await (const { items } of pages) seen.push(...items);
      return seen;
    };
    expect((await rejection(run()))['pageIndex']).toBe(2);
    const asked = server.seen.length;
    down = false;
    expect(await run()).toEqual(Array.from({ length: 25 }, (_, i) => 20 + i));
    expect(server.seen.slice(asked).map(({ url }) => url.searchParams.get('page'))).toEqual(['3', '4', '5', '6']);
  });

  it('works with stores that answer synchronously, later, or with a parsed value', async () => {
    const kept = new Map<string, unknown>();
    const later: CheckpointStore = {
      get: async (key: string) => (kept.has(key) ? (JSON.parse(kept.get(key) as string) as unknown) : null),
      set: async (key: string, text: string) => void kept.set(key, text),
    };
    for (const expected of [[0, 1], [1, 2], [2, 3], [3]]) {
      const seen: number[] = [];
      for await (const page of walk({ checkpoint: checkpoint(later, 'job') })) if (seen.push(page.index) === 2) break;
      expect(seen).toEqual(expected);
    }
  });

  it('eachPage commits when project has completed, in the order of the pages', async () => {
    const store = new Map<string, string>();
    const work: Subject<void>[] = [];
    const done = lastValueFrom(
      eachPage(walk({ checkpoint: checkpoint(store, 'job') }), ({ index }) => (work[index] = new Subject<void>()), {
        concurrency: 3,
      }),
      { defaultValue: undefined },
    );
    await until('three pages are worked on', () => work.length === 3);
    work[1]!.complete();
    work[2]!.complete();
    await settle();
    // They can't be committed yet, and a crash would repeat them: no other page may start.
    expect([work.length, indexIn(store)]).toEqual([3, undefined]);
    work[0]!.complete();
    await until('there is room for another', () => work.length === 4);
    expect(indexIn(store)).toBe(3);
    work[3]!.complete();
    await done;
    expect((await take(store, 9)).seen).toEqual([]);
  });

  it('eachPage has committed what is done when a later page fails', async () => {
    const store = new Map<string, string>();
    const slow = {
      get: (key: string) => store.get(key),
      set: async (key: string, text: string) => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        store.set(key, text);
      },
    };
    const pages = walk({
      checkpoint: checkpoint(slow, 'job'),
      check: (_, position) => (position === 3 ? { fail: 'no' } : undefined),
    });
    await rejection(lastValueFrom(eachPage(pages, async () => undefined)));
    expect(indexIn(store)).toBe(2);
  });

  it('eachPage starts no page until the store has saved the one before', async () => {
    const waiting: (() => void)[] = [];
    const slow = { get: () => undefined, set: () => new Promise<void>((resolve) => waiting.push(resolve)) };
    const worked: number[] = [];
    const pages = walk({ checkpoint: checkpoint(slow, 'job') });
    const done = lastValueFrom(
      eachPage(pages, async ({ index }) => void worked.push(index), { prefetch: 1 }),
      { defaultValue: undefined },
    );
    for (let page = 0; page < 4; page++) {
      await until('the page is to be stored', () => waiting.length === 1);
      await settle(10);
      expect(worked).toEqual(Array.from({ length: page + 1 }, (_, index) => index));
      waiting.shift()!();
    }
    await done;
  });

  it('treats a store that returns false as one that failed, as Keyv does', async () => {
    const pages = walk({ checkpoint: checkpoint({ get: () => undefined, set: async () => false }, 'job') });
    const error = await rejection(lastValueFrom(eachPage(pages, async () => undefined)));
    expect(error).toMatchObject({ name: 'CallbackError', callback: 'checkpoint.set' });
    expect(error.message).toContain('was not stored: set returned false');
  });

  it('fails the stream when the store fails, with what it threw, and requests nothing more', async () => {
    const cause = new Error('no space left');
    const failing = (method: 'get' | 'set') => ({
      get: () => (method === 'get' ? Promise.reject(cause) : undefined),
      set: () => {
        throw cause;
      },
    });
    const run = async (method: 'get' | 'set') => {
      for await (const page of walk({ checkpoint: checkpoint(failing(method), 'job') })) expect(page.index).toBe(0);
    };
    for (const method of ['get', 'set'] as const) {
      const error = await rejection(run(method));
      expect(error).toBeInstanceOf(CallbackError);
      expect(error).toMatchObject({ callback: `checkpoint.${method}`, cause });
    }
    const saving = eachPage(walk({ checkpoint: checkpoint(failing('set'), 'job') }), async () => undefined);
    expect(await rejection(lastValueFrom(saving))).toMatchObject({ callback: 'checkpoint.set' });
  });

  it('refuses a checkpoint of another query, or a damaged one, and says what to do', async () => {
    const store = new Map<string, string>();
    await take(store, 2);
    const other = paginate({ body: { q: 1 } }, counting(4), { transport: echo, checkpoint: checkpoint(store, 'job') });
    const refused = await rejection(other[Symbol.asyncIterator]().next());
    expect(refused).toBeInstanceOf(ResumeError);
    expect(refused).toMatchObject({ reason: 'body', checkpoint: 'job' });
    expect(refused.message).toBe(
      'resumeFrom: the checkpoint "job" was made with another request body; use the original one, or start over with another key',
    );
    for (const [text, reason] of [
      ['{', 'is not JSON'],
      ['7', 'holds 7, not the progress of a job'],
      ['{"v":2}', 'holds an object with v, not the progress of a job'],
      ['{"v":1,"resume":{"v":1,"index":1,"itemsBefore":1,"of":{}}}', 'is damaged'],
    ]) {
      const damaged = checkpoint(new Map([['job', text!]]), 'job');
      const error = await rejection(walk({ checkpoint: damaged })[Symbol.asyncIterator]().next());
      expect(error).toBeInstanceOf(ResumeError);
      expect(error).toMatchObject({ reason: 'unreadable', checkpoint: 'job' });
      expect(error.cause !== undefined).toBe(
        reason !== 'holds 7, not the progress of a job' && !reason!.startsWith('holds an'),
      );
      expect(error.message).toContain(
        `the checkpoint "job" ${reason}; to start over, delete the checkpoint or use another key`,
      );
    }
  });

  it('stores where the output of a sink ends, if there is a sink', async () => {
    const { resume } = await firstValueFrom(walk({}));
    const store = new Map<string, string>();
    const job = checkpoint(store, 'job');
    for (const at of [{ bytes: 7 }, 0, undefined]) {
      await job.save({ resume, at });
      expect(Object.keys(JSON.parse(store.get('job')!) as object)).toEqual(['v', 'resume', ...(at === undefined ? [] : ['at'])]); // prettier-ignore
      expect(await job.load()).toEqual({ resume, at });
    }
  });

  describe('H7 whenDone', () => {
    /** All items of a run over these pages. */
    async function run(store: Map<string, string>, pages: number[][], whenDone?: 'stop' | 'restart' | 'continue') {
      const listed: Strategy<number, number> = {
        ...counting(pages.length),
        items: (body) => pages[(body as { page: number }).page - 1] ?? [],
      };
      const seen: number[] = [];
      const job = checkpoint(store, 'job', { whenDone });
      for await (const { items } of paginate({ body: {} }, listed, { transport: echo, checkpoint: job })) seen.push(...items); // prettier-ignore
      return seen;
    }

    it('stops by default, starts over, or continues after the last item', async () => {
      const store = new Map<string, string>();
      expect(await run(store, [[1, 2], [3]])).toEqual([1, 2, 3]);
      const grown = [[1, 2], [3, 4], [5]];
      expect(await run(store, grown)).toEqual([]);
      expect(await run(store, grown, 'stop')).toEqual([]);
      expect(await run(store, grown, 'continue')).toEqual([4, 5]);
      expect(await run(store, grown, 'continue')).toEqual([]);
      expect(await run(store, grown, 'restart')).toEqual([1, 2, 3, 4, 5]);
    });

    it('continues within the only page', async () => {
      const store = new Map<string, string>();
      expect(await run(store, [[1, 2]])).toEqual([1, 2]);
      expect(await run(store, [[1, 2, 3]], 'continue')).toEqual([3]);
    });

    it('means nothing for a job that is not done', async () => {
      for (const whenDone of ['stop', 'restart', 'continue'] as const) {
        const store = new Map<string, string>();
        await take(store, 2); // The second page is not committed.
        const seen: number[] = [];
        const job = checkpoint(store, 'job', { whenDone });
        for await (const { index } of walk({ checkpoint: job })) seen.push(index);
        expect(seen).toEqual([1, 2, 3]);
      }
    });

    it('continues at the first page if there were no items', async () => {
      const store = new Map<string, string>();
      expect(await run(store, [[]])).toEqual([]);
      expect(await run(store, [[1], [2]], 'continue')).toEqual([1, 2]);
    });

    it('can not continue after a page that the checkpoint does not name', async () => {
      const store = new Map<string, string>();
      await run(store, [[1, 2], [3]]);
      const { resume, ...rest } = JSON.parse(store.get('job')!) as { resume: Record<string, unknown> };
      for (const missing of ['last', 'lastPage']) {
        store.set('job', JSON.stringify({ ...rest, resume: { ...resume, [missing]: undefined } }));
        const error = await rejection(
          run(
            store,
            [
              [1, 2],
              [3, 4],
            ],
            'continue',
          ),
        );
        expect(error).toMatchObject({ name: 'ResumeError', reason: 'last page', checkpoint: 'job' });
        expect(error.message).toContain('the checkpoint "job" is done but does not say which page was the last one');
      }
    });

    it('is refused if it is none of these', () => {
      const made = (options: object) => thrown(() => checkpoint(new Map(), 'job', options)).message;
      expect(made({ whenDone: 'again' })).toBe(
        "checkpoint: whenDone must be 'stop', 'restart' or 'continue', not \"again\"",
      );
      expect(made({ whendone: 'stop' })).toMatch(/^checkpoint: .*whendone/);
    });
  });

  it('refuses a subscriber, which cannot report when a page is done', async () => {
    const error = await rejection(firstValueFrom(walk({ checkpoint: checkpoint(new Map(), 'job') }).pipe(items())));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toContain('for await, eachPage or a sink');
  });

  it('refuses invalid arguments before anything is requested', () => {
    expect(thrown(() => checkpoint({} as never, 'job')).message).toBe(
      'checkpoint: the store must have get and set (a Map, a Keyv, a fileStore), not an empty object',
    );
    expect(thrown(() => checkpoint(undefined as never, 'job')).message).toContain('a fileStore), not undefined');
    for (const [key, shown] of [
      ['', '""'],
      [7, '7'],
      [undefined, 'undefined'],
    ] as const)
      expect(thrown(() => checkpoint(new Map(), key as never)).message).toBe(
        `checkpoint: the key must be a string that names this job, not ${shown}`,
      );
    expect(thrown(() => walk({ checkpoint: new Map() as never })).message).toContain(
      'checkpoint must be the result of checkpoint(store, key)',
    );
    const made = checkpoint(new Map(), 'job');
    expect(thrown(() => walk({ checkpoint: made, resumeFrom: '{}' })).message).toContain('remove one of them');
  });

  it('emits the end event if it could not begin', async () => {
    const told: WalkEvent[] = [];
    const failing = { get: () => Promise.reject(new Error('down')), set: () => undefined };
    const pages = walk({ checkpoint: checkpoint(failing, 'job'), events: { next: (event) => told.push(event) } });
    await rejection(pages[Symbol.asyncIterator]().next());
    expect(told).toMatchObject([{ type: 'end', reason: 'error', pages: 0 }]);
  });
});

describe('resumeFrom as a promise', () => {
  const collect = (resumeFrom: PaginateOptions['resumeFrom'], signal?: AbortSignal) =>
    lastValueFrom(walk({ resumeFrom, signal }).pipe(toArray())).then((pages) => pages.map(({ index }) => index));
  const second = async () => firstValueFrom(walk({})).then(({ resume }: Page) => resume);

  it('continues from the token it resolves to, and starts at the beginning if there is none', async () => {
    expect(await collect(second())).toEqual([1, 2, 3]);
    expect(await collect(second().then((token) => JSON.stringify(token)))).toEqual([1, 2, 3]);
    expect(await collect(Promise.resolve(undefined))).toEqual([0, 1, 2, 3]);
  });

  it('fails if it rejects or resolves to something else, and only when subscribed to', async () => {
    const cause = new Error('no database');
    const pages = walk({ resumeFrom: Promise.reject(cause) });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await rejection(lastValueFrom(pages))).toMatchObject({
      name: 'CallbackError',
      callback: 'resumeFrom',
      cause,
    });
    expect(await rejection(collect(Promise.resolve('{')))).toBeInstanceOf(ResumeError);
  });

  it('ends on an abort while it is pending, and when the subscriber unsubscribes', async () => {
    const stop = new AbortController();
    const ending = rejection(collect(new Promise<undefined>(() => undefined), stop.signal));
    stop.abort(new Error('enough'));
    expect((await ending).message).toBe('enough');
    let give!: (token: undefined) => void;
    const seen: number[] = [];
    const left = walk({ resumeFrom: new Promise<undefined>((resolve) => (give = resolve)) }).subscribe(({ index }) =>
      seen.push(index),
    );
    left.unsubscribe();
    give(undefined);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(seen).toEqual([]);
  });
});
