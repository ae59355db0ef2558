// What was tried to make a sink lose an item, or write one twice.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { execFile } from 'node:child_process';
import {
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import {
  checkpoint,
  offset,
  pageNumber,
  paginate,
  retryRequests,
  type CheckpointStore,
  type Pages,
  type PaginateOptions,
  type Transport,
} from 'pagewise';
import { fileStore, writeCsv, writeJson, writeNdjson } from 'pagewise/node';
import { settle, until } from '../support/server.js';
import { answer, rejection } from '../support/walks.js';

interface Row {
  readonly id: number;
  readonly text: string;
}
type Options = Omit<PaginateOptions<Row>, 'schema'>;
const row = (id: number): Row => ({ id, text: `🙂 ${id}, "${'é'.repeat(id % 7)}"\r\n` });
const all = Array.from({ length: 47 }, (_, id) => row(id));

/** Pages of ?page=&per_page=, over 47 rows; `refuse` may say that a page fails. */
const api =
  (refuse: (page: number, size: number) => number | undefined = () => undefined): Transport =>
  ({ url = '' }) => {
    const query = new URL(url).searchParams;
    const size = Number(query.get('per_page') ?? query.get('limit'));
    const page = Number(query.get('page') ?? 1);
    const status = refuse(page, size);
    if (status !== undefined) return [answer({}, status)];
    const from = query.has('offset') ? Number(query.get('offset')) : (page - 1) * size;
    return [answer({ items: all.slice(from, from + size) })];
  };
const byNumber = pageNumber<Row>({ items: 'items', size: 5 });
const policy = () => retryRequests({ retries: 1, base: 1 });
const url = 'http://127.0.0.1/items';
const walk = (options: Options = {}) => paginate({ url }, byNumber, { transport: api(), policy: policy(), ...options });

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pagewise-attacks-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);
const rowsOf = (name: string) => {
  const bytes = readFileSync(at(name));
  const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
  if (name.includes('.csv')) return parse<{ id: string; text: string }>(text, { columns: true }).map(({ id, text }) => ({ id: Number(id), text })); // prettier-ignore
  if (name.includes('.json')) return JSON.parse(text) as Row[];
  return text.split('\n').slice(0, -1).map((line) => JSON.parse(line) as Row); // prettier-ignore
};

/** Dies at its nth commit: before the token is stored, or after. */
function dyingStore(nth: number, when: 'before' | 'after') {
  const kept = new Map<string, string>();
  let sets = 0;
  const store: CheckpointStore = {
    get: (key) => kept.get(key),
    set(key, text) {
      if (++sets === nth && when === 'before') throw new Error('killed');
      kept.set(key, text);
      if (sets === nth) throw new Error('killed');
    },
  };
  return { store, died: () => sets >= nth };
}

const formats = [
  ['rows.ndjson', writeNdjson],
  ['rows.json', writeJson],
  ['rows.csv.gz', writeCsv],
] as const;

describe.each(formats)('in %s, each item is there once, wherever the run dies', (file, sink) => {
  const ways: readonly (readonly [string, () => Pages<Row>, (kept: ReturnType<typeof checkpoint>) => Pages<Row>])[] = [
    ['with several requests in flight', () => walk({ concurrency: 4 }), (kept) => walk({ concurrency: 4, checkpoint: kept })],
    ['with pages fetched ahead', () => walk({ prefetch: 3 }), (kept) => walk({ prefetch: 3, checkpoint: kept })],
    ['with sizes that change', ...((adaptive) => [() => adaptive({}), (kept: ReturnType<typeof checkpoint>) => adaptive({ checkpoint: kept })] as const)(
      (options: Options) => paginate({ url }, offset<Row>({ items: 'items', size: 16 }), { transport: api((_, size) => (size > 6 ? 413 : undefined)), policy: policy(), adaptiveSize: true, ...options }),
    )],
    ['past a page that fails', ...((skipping) => [() => skipping({}), (kept: ReturnType<typeof checkpoint>) => skipping({ checkpoint: kept })] as const)(
      (options: Options) => walk({ transport: api((page) => (page === 4 ? 500 : undefined)), skipFailedPages: { max: 3 }, ...options }),
    )],
  ]; // prettier-ignore

  it.each(ways)('%s', async (way, undisturbed, kept) => {
    await undisturbed().to(sink(at(file)));
    const expected = rowsOf(file);
    const fails = way.includes('fails'); // Then it dies at a page, the fourth.
    expect(expected).toEqual(all.filter(({ id }) => !fails || id < 15 || id >= 20));
    for (const when of ['before', 'after'] as const)
      for (let nth = 1; ; nth++) {
        const { store, died } = dyingStore(nth, when);
        const job = checkpoint(store, 'job');
        rmSync(at(file), { force: true });
        const first = await kept(job).to(sink(at(file))).then(() => 'done', () => 'killed'); // prettier-ignore
        expect(first).toBe(died() ? 'killed' : 'done');
        if (!died()) break;
        await kept(job).to(sink(at(file)));
        expect(rowsOf(file)).toEqual(expected);
      }
  });

  it('after an abort in the middle of a page', async () => {
    const job = checkpoint(new Map(), 'job');
    for (let count = 0; ; count++) {
      const stop = new AbortController();
      let asked = 0;
      const transport: Transport = (request, attempt) => {
        if (asked++ === count % 3) stop.abort(new Error('enough'));
        return api()(request, attempt);
      };
      const run = walk({ checkpoint: job, transport, signal: stop.signal }).to(sink(at(file)));
      const ended = await run.then(() => 'done', (error: unknown) => (error as Error).message); // prettier-ignore
      if (ended === 'done') break;
      expect(ended).toBe('enough');
      expect(count).toBeLessThan(60);
    }
    expect(rowsOf(file)).toEqual(all);
  });
});

describe('a file', () => {
  it('with items larger than a chunk, and text that is never cut within a character', async () => {
    const large = Array.from({ length: 5 }, (_, id) => ({ id, text: '🙂é漢'.repeat(30_000 + id) }));
    const small = Array.from({ length: 4000 }, (_, id) => ({ id, text: '🙂'.repeat(id % 40) }));
    for (const items of [large, small])
      for (const [file, sink] of formats) {
        await walk({ transport: () => [answer({ items })], until: () => true }).to(sink(at(file)));
        expect(rowsOf(file)).toEqual(items);
      }
  });

  it('is written through a symlink, which stays a symlink', async () => {
    symlinkSync(at('there.ndjson'), at('link.ndjson'));
    const store = dyingStore(4, 'before').store;
    await rejection(walk({ checkpoint: checkpoint(store, 'job') }).to(writeNdjson(at('link.ndjson'))));
    await walk({ checkpoint: checkpoint(store, 'job') }).to(writeNdjson(at('link.ndjson')));
    expect(lstatSync(at('link.ndjson')).isSymbolicLink()).toBe(true);
    expect(rowsOf('there.ndjson')).toEqual(all);
  });

  it('that is gone when the job is done does not count as written', async () => {
    const job = checkpoint(new Map(), 'job');
    await walk({ checkpoint: job }).to(writeNdjson(at('rows.ndjson')));
    rmSync(at('rows.ndjson'));
    for (let again = 0; again < 2; again++)
      expect((await rejection(walk({ checkpoint: job }).to(writeNdjson(at('rows.ndjson'))))).message).toMatch(
        /at byte \d+ of .*rows\.ndjson, but the file has only 0 bytes, so it was replaced or cut/,
      );
  });

  it('of another name is not resumed, though it is long enough; in another folder it is', async () => {
    const kept = new Map<string, string>();
    const { store } = dyingStore(3, 'after');
    const dying = { get: store.get.bind(store), set: (key: string, text: string) => (kept.set(key, text), store.set(key, text)) }; // prettier-ignore
    await rejection(walk({ checkpoint: checkpoint(dying, 'job') }).to(writeNdjson(at('monday.ndjson'))));
    writeFileSync(at('tuesday.ndjson'), `${JSON.stringify('x'.repeat(10_000))}\n`);
    const job = checkpoint(kept, 'job');
    const error = await rejection(walk({ checkpoint: job }).to(writeNdjson(at('tuesday.ndjson'))));
    expect(error.name).toBe('ResumeError');
    expect(error.message).toContain('the checkpoint "job" belongs to the file "monday.ndjson", not to');
    const moved = mkdtempSync(join(folder, 'moved-'));
    renameSync(at('monday.ndjson'), join(moved, 'monday.ndjson'));
    await walk({ checkpoint: job }).to(writeNdjson(join(moved, 'monday.ndjson')));
    expect(rowsOf(join(moved, 'monday.ndjson').slice(folder.length))).toEqual(all);
  });

  it('from two sinks on the same pages: with a checkpoint the second is refused, without one both are whole', async () => {
    const pages = walk({ checkpoint: checkpoint(new Map(), 'job') });
    const first = pages.to(writeNdjson(at('rows.ndjson')));
    expect((await rejection(pages.to(writeCsv(at('rows.csv'))))).message).toContain('is in use by another sink');
    await first;
    expect(rowsOf('rows.ndjson')).toEqual(all);
    const plain = walk();
    await Promise.all([plain.to(writeNdjson(at('a.ndjson'))), plain.to(writeCsv(at('a.csv')))]);
    expect([rowsOf('a.ndjson'), rowsOf('a.csv')]).toEqual([all, all]);
    // Not in use any more.
    await pages.to(writeNdjson(at('rows.ndjson')));
  });

  it('requests no page until a slow store has saved the one before', async () => {
    const waiting: (() => void)[] = [];
    let asked = 0;
    const store = { get: () => undefined, set: () => new Promise<void>((resolve) => waiting.push(resolve)) };
    const transport: Transport = (request, attempt) => (asked++, api()(request, attempt));
    const done = walk({ transport, checkpoint: checkpoint(store, 'job') }).to(writeNdjson(at('rows.ndjson')));
    for (let page = 1; page <= 3; page++) {
      await until('a page is to be stored', () => waiting.length === 1);
      await settle(10);
      expect(asked).toBe(page);
      waiting.shift()!();
    }
    store.set = () => Promise.resolve();
    await done;
  });

  it('removes a page that it could not write whole', async () => {
    const rows = ({ items, index }: { items: readonly Row[]; index: number }) =>
      index === 2 ? [...items.slice(0, 2), { id: 1n, text: '' }] : items;
    for (const [file, sink] of formats) {
      if (file.includes('csv')) continue; // A bigint is a cell like any other.
      const error = await rejection(walk().to(sink(at(file), { rows })));
      expect(error.name).toBe('ConfigError');
      expect(error.message).toMatch(
        /a row can't be written as JSON: TypeError: .*BigInt.*; map the item to a row that can be written/,
      );
      expect(rowsOf(file)).toEqual(all.slice(0, 10));
    }
  });

  it('without items is a gzip file too', async () => {
    const transport = () => [answer({ items: [] })];
    const job = checkpoint(new Map(), 'job');
    for (const [, sink] of formats) {
      const written = await walk({ transport }).to(sink(at('none.gz')));
      expect(written).toMatchObject({ items: 0, bytes: statSync(at('none.gz')).size });
      gunzipSync(readFileSync(at('none.gz')));
    }
    for (let again = 0; again < 2; again++) {
      await walk({ transport, checkpoint: job }).to(writeNdjson(at('again.gz')));
      expect(gunzipSync(readFileSync(at('again.gz'))).length).toBe(0);
    }
  });
});

describe('append', () => {
  it('starts a missing or empty file with the header of its columns, and no other file', async () => {
    const columns = ['id', 'text'] as const;
    writeFileSync(at('empty.csv'), '');
    for (const name of ['new.csv', 'empty.csv', 'zipped.csv.gz']) {
      for (let run = 0; run < 2; run++) await walk().to(writeCsv(at(name), { columns, append: true }));
      expect(rowsOf(name)).toEqual([...all, ...all]);
    }
  });

  it('refuses a file whose last row is half written: the next would be lost with it', async () => {
    writeFileSync(at('torn.ndjson'), '{"id":1}\n{"id":');
    const error = await rejection(walk().to(writeNdjson(at('torn.ndjson'), { append: true })));
    expect(error.message).toContain('does not end with a line break');
    expect(readFileSync(at('torn.ndjson'), 'utf8')).toBe('{"id":1}\n{"id":');
  });
});

describe('writeCsv', () => {
  it('refuses to continue a file with other columns than it started with', async () => {
    const { store } = dyingStore(3, 'before');
    const run = (columns: (keyof Row)[]) =>
      walk({ checkpoint: checkpoint(store, 'job') }).to(writeCsv(at('rows.csv'), { columns }));
    await rejection(run(['id', 'text']));
    expect((await rejection(run(['text', 'id']))).message).toBe(
      'writeCsv: columns are text, id, but the file was started with id, text; use the same columns, or start over with another file and key',
    );
    await run(['id', 'text']);
    expect(rowsOf('rows.csv')).toEqual(all);
  });
});

describe('a pipe', () => {
  it('whose reader has closed it is an error, and not a process that waits forever', async () => {
    const script = `
      import { paginate } from 'pagewise'; import { writeNdjson } from 'pagewise/node';
      const items = Array.from({ length: 1000 }, (_, id) => ({ id, text: 'x'.repeat(100) }));
      const transport = ({ body }) => [{ status: 200, url: '', headers: { get: () => null }, body }];
      const strategy = { name: 'x', first: 1, place: (r, p) => ({ ...r, body: p }), items: () => items, next: ({ position }) => position < 100 ? position + 1 : undefined };
      paginate({}, strategy, { transport }).to(writeNdjson('/dev/stdout')).catch((error) => console.error(error.name, error.cause.code));`;
    writeFileSync(at('job.mjs'), script.replaceAll("'pagewise", `'${process.cwd()}/dist/node`).replaceAll('node/node', 'node/node/index.js').replaceAll("dist/node'", "dist/node/index.js'")); // prettier-ignore
    const said = await new Promise<string>((resolve) =>
      execFile('/bin/sh', ['-c', `"${process.execPath}" "${at('job.mjs')}" | head -n 2`], (_, out, err) =>
        resolve(out + err),
      ),
    );
    expect(said.split('\n').slice(2)).toEqual(['WriteError EPIPE', '']);
  });
});

describe('fileStore', () => {
  it('gives concurrent readers the old text or the new one', async () => {
    const store = fileStore(at('jobs'));
    const texts = ['a', 'b'].map((letter) => letter.repeat(100_000));
    await store.set('job', texts[0]!);
    let writing = true;
    const reading = (async () => {
      while (writing) expect(texts).toContain(await store.get('job'));
    })();
    for (let n = 0; n < 30; n++) await store.set('job', texts[n % 2]!);
    writing = false;
    await reading;
    expect(readdirSync(at('jobs'))).toEqual(['job.json']);
  });
});
