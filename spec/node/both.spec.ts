// One walk into two sinks: both outputs hold every item once, wherever the process was killed.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { appendFileSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkpoint, ConfigError, eachPage, paginate, ResumeError, WriteError, type Page, type PaginateOptions, type Strategy, type Transport } from 'pagewise'; // prettier-ignore
import { both, writeCsv, writeJson, writeNdjson, writeTable, type Sink } from 'pagewise/node';
import { lastValueFrom, toArray } from 'rxjs';
import { answer, rejection, thrown } from '../support/walks.js';

interface Row {
  readonly id: number;
  readonly name: string;
}
const last = 4;
const all: readonly Row[] = Array.from({ length: (last + 1) * 3 }, (_, id) => ({ id, name: `“${id}”\n` }));
const strategy: Strategy<Row, number> = {
  name: 'rows',
  first: 0,
  place: (request, position) => ({ ...request, body: { page: position } }),
  items: (body) => (body as { rows: Row[] }).rows,
  next: ({ position }) => (position < last ? position + 1 : undefined),
};
let asked: number[] = [];
const transport: Transport = ({ body }) => {
  const { page } = body as { page: number };
  asked.push(page);
  return [answer({ rows: page === 2 ? [] : all.slice(page * 3, page * 3 + 3) })];
};
const walk = (options: Omit<PaginateOptions<Row>, 'schema'> = {}) =>
  paginate({ body: {} }, strategy, { transport, ...options });

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pagewise-both-'));
  asked = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);
const bytesOf = (...names: readonly string[]) => names.map((name) => readFileSync(at(name)).toString('latin1'));
const names = ['a.ndjson', 'b.csv'] as const;
const sinks = (into = folder) =>
  both(writeNdjson<Row>(join(into, names[0])), writeCsv<Row>(join(into, names[1]), { columns: ['id', 'name'] }));

/** What a walk that nothing disturbs leaves in both files. */
async function undisturbed(): Promise<readonly string[]> {
  const into = mkdtempSync(join(folder, 'undisturbed-'));
  await walk({ checkpoint: checkpoint(new Map(), 'other') }).to(sinks(into));
  asked = [];
  return names.map((name) => readFileSync(join(into, name)).toString('latin1'));
}

/** A sink that runs `before` when a page comes, and `after` when it asks for the next one, having saved that page. */
const watched = <Item, Result>(
  sink: Sink<Item, Result>,
  hooks: { before?: (page: number) => Promise<void> | void; after?: (page: number) => Promise<void> | void },
): Sink<Item, Result> => (pages) => {
  const own = (pages as unknown as { 'pagewise.byHand'(): { pull(from?: unknown): AsyncIterable<Page<Item>> } })['pagewise.byHand'](); // prettier-ignore
  async function* pull(from?: unknown) {
    for await (const page of own.pull(from)) {
      await hooks.before?.(page.index);
      yield page;
      await hooks.after?.(page.index);
    }
  }
  return sink({ 'pagewise.byHand': () => ({ ...own, pull }), [Symbol.asyncIterator]: () => pull() } as never);
}; // prettier-ignore

const gates = () => {
  const open = new Map<number, () => void>();
  const gate = new Map<number, Promise<void>>();
  const of = (page: number) => {
    if (!gate.has(page)) gate.set(page, new Promise((resolve) => open.set(page, resolve)));
    return gate.get(page)!;
  };
  return { wait: of, open: (page: number) => void (of(page), open.get(page)?.()) };
};

describe('both', () => {
  it('requests each page once, and returns both results', async () => {
    const [a, b] = await walk().to(sinks());
    expect(asked).toEqual([0, 1, 2, 3, 4]);
    expect([a, b]).toEqual(names.map((name) => ({ pages: 5, items: 12, bytes: readFileSync(at(name)).length })));
    expect(bytesOf(...names)).toEqual(await undisturbed());
  });

  it('requests a page when both have written the one before', async () => {
    const { wait, open } = gates();
    const events: string[] = [];
    const slow = watched(writeNdjson<Row>(at('a')), { after: (page) => void events.push(`slow ${page}`) });
    const fast = watched(writeNdjson<Row>(at('b')), {
      after: async (page) => {
        events.push(`fast ${page}`);
        await wait(page);
      },
    });
    const pages = walk({ until: ({ index }) => index === 1 });
    const done = pages.to(both(slow, fast));
    while (!events.includes('slow 0') || !events.includes('fast 0')) await new Promise(setImmediate);
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    expect(asked).toEqual([0]);
    for (const page of [0, 1]) open(page);
    await done;
    expect(asked).toEqual([0, 1]);
  });

  it.each([
    ['the first is ahead', 0],
    ['the second is ahead', 1],
  ])('D5 is the same after a kill at any moment: %s', async (_name, leader) => {
    const expected = await undisturbed();
    const kept = new Map<string, string>();
    const moments: { name: string; folder: string; kept: Map<string, string> }[] = [];
    /** What a kill at this moment would leave. */
    const kill = (name: string) => {
      const copy = mkdtempSync(join(tmpdir(), 'pagewise-killed-'));
      cpSync(folder, copy, { recursive: true });
      moments.push({ name, folder: copy, kept: new Map(kept) });
    };
    const store = {
      get: (key: string) => kept.get(key),
      async set(key: string, text: string) {
        kill('before a save');
        await new Promise(setImmediate);
        kill('within a save');
        kept.set(key, text);
        kill('after a save');
      },
    };
    for (const until of [2, undefined]) {
      const { wait, open } = gates();
      const ahead = { after: open };
      const behind = {
        async before(page: number) {
          await wait(page);
          kill(`page ${page} is in one of the two`);
        },
        after: (page: number) => kill(`page ${page} is in both`),
      };
      const hooks = leader === 0 ? [ahead, behind] : [behind, ahead];
      await walk({
        checkpoint: checkpoint(store, 'job'),
        until: ({ index }) => index === until,
      }).to(
        both(
          watched(writeNdjson<Row>(at(names[0])), hooks[0]!),
          watched(writeCsv<Row>(at(names[1]), { columns: ['id', 'name'] }), hooks[1]!),
        ),
      );
      kill('after the run');
    }
    expect(bytesOf(...names)).toEqual(expected);
    expect(moments.length).toBeGreaterThan(30);
    for (const moment of moments) {
      for (const half of [false, true]) {
        const into = mkdtempSync(join(tmpdir(), 'pagewise-resumed-'));
        cpSync(moment.folder, into, { recursive: true });
        const store = new Map(moment.kept);
        const ends = (JSON.parse(store.get('job') ?? '{}') as { at?: { closed?: number }[] }).at ?? [];
        // Half a row, as a kill within a write leaves it; not in a file at whose end the run ended in order.
        for (const [side, name] of names.entries())
          if (half && ends[side]?.closed === undefined) appendFileSync(join(into, name), '{"id":');
        await walk({ checkpoint: checkpoint(store, 'job') }).to(sinks(into));
        const found = names.map((name) => readFileSync(join(into, name)).toString('latin1'));
        expect([moment.name, ...found]).toEqual([moment.name, ...expected]);
        rmSync(into, { recursive: true });
      }
      rmSync(moment.folder, { recursive: true });
    }
  });

  it.each([1, 2, 3, 4, 5, 6, 7])('D5 is the same if save %i fails, and nothing is lost or written twice', async (lost) => {
    const expected = await undisturbed();
    const kept = new Map<string, string>();
    let sets = 0;
    const crash = new Error('killed');
    const dying = {
      get: (key: string) => kept.get(key),
      set: (key: string, text: string) => {
        if (++sets === lost) throw crash;
        kept.set(key, text);
      },
    };
    await walk({ checkpoint: checkpoint(dying, 'job'), until: ({ index }) => index === 1 })
      .to(sinks())
      .catch((error: unknown) => expect((error as Error).cause).toBe(crash));
    await walk({ checkpoint: checkpoint(dying, 'job') })
      .to(sinks())
      .catch((error: unknown) => expect((error as Error).cause).toBe(crash));
    await walk({ checkpoint: checkpoint(kept, 'job') }).to(sinks());
    expect(bytesOf(...names)).toEqual(expected);
    asked = [];
    await walk({ checkpoint: checkpoint(kept, 'job') }).to(sinks());
    expect(asked).toEqual([]);
    expect(bytesOf(...names)).toEqual(expected);
  }); // prettier-ignore

  it.each([0, 1])('ends the other sink if sink %i fails, and resumes exactly', async (failing) => {
    const expected = await undisturbed();
    const kept = new Map<string, string>();
    const crash = new Error('no');
    const rows = (page: Page<Row>) => {
      if (page.index === 3) throw crash;
      return page.items;
    };
    const failed = both(
      writeNdjson<Row>(at(names[0]), failing === 0 ? { rows } : {}),
      writeCsv<Row>(at(names[1]), { columns: ['id', 'name'], ...(failing === 1 ? { rows } : {}) }),
    );
    const error = await rejection(walk({ checkpoint: checkpoint(kept, 'job') }).to(failed));
    expect(error['cause']).toBe(crash);
    expect(asked).toEqual([0, 1, 2, 3]);
    expect(JSON.parse(kept.get('job')!)).toMatchObject({ resume: { index: 3 }, at: [{ file: 'a.ndjson' }, { file: 'b.csv' }] }); // prettier-ignore
    // Both files are closed: another sink can write them.
    await walk({ checkpoint: checkpoint(kept, 'job') }).to(sinks());
    expect(bytesOf(...names)).toEqual(expected);
  });

  it('rejects with the WriteError of the sink that failed, which continues where that one ended', async () => {
    const full = both(writeNdjson(at('a.ndjson')), writeNdjson('/dev/full'));
    const error = await rejection(walk().to(full));
    expect(error).toBeInstanceOf(WriteError);
    expect(error.message).toContain('/dev/full');
    expect(error['resume']).toBeUndefined();
  });

  it('rejects with the error of the pages', async () => {
    const kept = new Map<string, string>();
    const failing = walk({ checkpoint: checkpoint(kept, 'job'), check: (_, page) => (page === 2 ? { fail: 'no' } : undefined) }); // prettier-ignore
    expect((await rejection(failing.to(sinks()))).message).toContain('Page 3 failed');
    await walk({ checkpoint: checkpoint(kept, 'job') }).to(sinks());
    expect(bytesOf(...names)).toEqual(await undisturbed());
  });

  it('fails if one sink stops before the last page, but not if it stops at that one', async () => {
    const upTo = (page: number): Sink<Row, string> => async (pages) => {
      for await (const { index } of pages) if (index === page) break;
      return 'stopped';
    }; // prettier-ignore
    const error = await rejection(walk().to(both(sinks(), upTo(1))));
    expect(error.message).toBe('both: the second sink stopped before the last page, so the other one stops too; to stop early, use until'); // prettier-ignore
    expect(error).toBeInstanceOf(ConfigError);
    expect(asked).toEqual([0, 1]);
    expect((await walk().to(both(upTo(last), sinks())))[0]).toBe('stopped');
    expect(bytesOf(...names)).toEqual(await undisturbed());
  });

  it('can be nested, and commits a page when all have it', async () => {
    const kept = new Map<string, string>();
    const three = () => both(sinks(), writeJson<Row>(at('c.json.gz')));
    for (const until of [0, 2, undefined])
      await walk({ checkpoint: checkpoint(kept, 'job'), until: ({ index }) => index === until }).to(three());
    const [[a], c] = await walk({ checkpoint: checkpoint(kept, 'job') }).to(three());
    expect([a.pages, c.pages]).toEqual([0, 0]);
    expect(asked).toEqual([0, 1, 2, 3, 4]);
    expect(bytesOf(...names)).toEqual(await undisturbed());
    await walk({ checkpoint: checkpoint(new Map(), 'other') }).to(writeJson(at('other.json.gz')));
    // Gzip members begin with each page, wherever the runs ended.
    expect(bytesOf('c.json.gz')).toEqual(bytesOf('other.json.gz'));
  });

  it('commits what a loop and what eachPage have finished', async () => {
    const kept = new Map<string, string>();
    const seen: number[] = [];
    const loop = (crash?: number): Sink<Row, string> => async (pages) => {
      for await (const { index } of pages) {
        if (index === crash) throw new Error('killed');
        seen.push(index);
      }
      return 'all';
    }; // prettier-ignore
    await rejection(walk({ checkpoint: checkpoint(kept, 'job') }).to(both(sinks(), loop(2))));
    await walk({ checkpoint: checkpoint(kept, 'job') }).to(both(sinks(), loop()));
    expect(seen).toEqual([0, 1, 2, 3, 4]);
    expect(bytesOf(...names)).toEqual(await undisturbed());

    const works = (pages: AsyncIterable<Page<Row>>) =>
      lastValueFrom(eachPage(pages, ({ index }) => [index], { concurrency: 2 }).pipe(toArray()));
    kept.clear();
    const [, numbers] = await walk({ checkpoint: checkpoint(kept, 'job') }).to(both(sinks(), works));
    expect(numbers).toEqual([0, 1, 2, 3, 4]);
    expect(JSON.parse(kept.get('job')!)).toMatchObject({ resume: { done: true } });
  });

  it('starts over with whenDone, and continues with it', async () => {
    const kept = new Map<string, string>();
    const run = async (whenDone: 'restart' | 'continue' | 'stop') => {
      asked = [];
      await walk({ checkpoint: checkpoint(kept, 'job', { whenDone }) }).to(sinks());
      return asked;
    };
    expect(await run('stop')).toEqual([0, 1, 2, 3, 4]);
    expect(await run('stop')).toEqual([]);
    expect(await run('restart')).toEqual([0, 1, 2, 3, 4]);
    expect(bytesOf(...names)).toEqual(await undisturbed());
    expect(await run('continue')).toEqual([4]);
    expect(bytesOf(...names)).toEqual(await undisturbed());
    rmSync(at(names[1]));
    expect(await rejection(run('stop'))).toBeInstanceOf(ResumeError);
  });

  it('writes other async iterables, and appends with resumeFrom', async () => {
    await walk().to(sinks());
    const before = bytesOf(...names);
    const pages: Page<Row>[] = [];
    for await (const page of walk()) pages.push(page);
    async function* some() { yield* pages; } // prettier-ignore
    rmSync(at(names[0]));
    await sinks()(some());
    expect(bytesOf(...names)).toEqual(before);
    await walk({ resumeFrom: pages[2]!.resume }).to(
      both(writeNdjson(at(names[0]), { append: true }), writeNdjson(at('rest'))),
    );
    expect(bytesOf(names[0])[0]).toBe(`${before[0]}${bytesOf('rest')[0]}`);
  });
});

describe('both refuses', () => {
  it.each<[unknown, unknown, string]>([
    [undefined, writeNdjson('a'), 'both: the first sink must be a sink, such as writeNdjson(…), not undefined'],
    [writeNdjson('a'), 'b.csv', 'both: the second sink must be a sink, such as writeNdjson(…), not "b.csv"'],
  ])('%p and %p', (first, second, message) => {
    const error = thrown(() => both(first as never, second as never));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toBe(message);
  });

  it('D4 one file for both, however it is spelt, before anything is sent or written', async () => {
    await walk().to(writeNdjson(at('a.ndjson')));
    const before = bytesOf('a.ndjson');
    asked = [];
    const same = both(writeNdjson(at('a.ndjson')), writeNdjson(`${folder}/./a.ndjson`));
    for (const options of [{}, { checkpoint: checkpoint(new Map(), 'job') }]) {
      const error = await rejection(walk(options).to(same));
      expect(error).toBeInstanceOf(ConfigError);
      expect(error.message).toContain('another sink is writing');
    }
    expect(asked).toEqual([]);
    expect(bytesOf('a.ndjson')).toEqual(before);
  });

  it('a table, which stores its checkpoint itself', async () => {
    let writes = 0;
    const table = { load: () => undefined, write: () => void writes++ };
    for (const options of [{}, { checkpoint: checkpoint(new Map(), 'job') }]) {
      for (const pair of [both(writeNdjson(at('a')), writeTable(table)), both(writeTable(table), writeTable(table)), both(both(writeTable(table), writeNdjson(at('a'))), writeNdjson(at('b')))]) {
        const error = await rejection(walk(options).to(pair as Sink<Row, unknown>));
        expect(error).toBeInstanceOf(ConfigError);
        expect(error.message).toBe("writeTable: a table can't be one of the sinks of both, since it stores the checkpoint itself; run one walk per output, or write the other output from the table");
      }
    }
    expect([asked, writes]).toEqual([[], 0]);
  }); // prettier-ignore

  it('the checkpoint of a single sink, of other files, and the other way round', async () => {
    const job = (kept: Map<string, string>) => ({ checkpoint: checkpoint(kept, 'job'), until: () => true });
    const single = new Map<string, string>();
    await walk(job(single)).to(writeNdjson(at(names[0])));
    const double = new Map<string, string>();
    await walk(job(double)).to(sinks());
    asked = [];
    const refused = async (kept: Map<string, string>, sink: Sink<Row, unknown>, message: string) => {
      const before = bytesOf(...names);
      const error = await rejection(walk(job(kept)).to(sink));
      expect(error).toBeInstanceOf(ResumeError);
      expect(error.message).toContain(message);
      expect(bytesOf(...names)).toEqual(before);
    };
    await refused(single, sinks(), 'both: the checkpoint "job" was not made by both(), so it does not hold the ends of two outputs; use another key, or delete the checkpoint to start over'); // prettier-ignore
    await refused(double, writeNdjson(at(names[0])), 'writeNdjson: the checkpoint "job" was not made by writeNdjson');
    const [a, b] = [writeNdjson<Row>(at(names[0])), writeCsv<Row>(at(names[1]), { columns: ['id', 'name'] })];
    await refused(double, both(b, a), 'was not made by writeCsv');
    await refused(double, both(a, both(b, writeNdjson(at('c')))), 'both: the checkpoint "job" was not made by both');
    await refused(double, both(both(a, b), writeNdjson(at('c'))), 'both: the checkpoint "job" was not made by both');
    expect(asked).toEqual([]);
    expect(existsSync(at('c'))).toBe(false);
  });

  it('a checkpoint that another sink is using', async () => {
    const pages = walk({ checkpoint: checkpoint(new Map(), 'job') });
    const ended = await Promise.allSettled([pages.to(sinks()), pages.to(writeNdjson(at('c')))]);
    expect(ended.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(String((ended[1] as PromiseRejectedResult).reason)).toContain(
      'the checkpoint "job" is in use by another sink',
    );
  });
});
