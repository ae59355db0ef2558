import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import {
  checkpoint,
  ConfigError,
  CallbackError,
  pageNumber,
  paginate,
  ResumeError,
  WriteError,
  type Page,
  type Pages,
  type PaginateOptions,
  type Strategy,
  type Transport,
} from 'pagewise';
import { fileStore, writeCsv, writeJson, writeNdjson, writeTable, type Table } from 'pagewise/node';
import { firstValueFrom } from 'rxjs';
import { json, rows, serve } from '../support/server.js';
import { answer, rejection, thrown } from '../support/walks.js';

interface Row {
  readonly id: number;
  readonly name: string;
}
const rowsOnPage = 3;
const count = 6;
const row = (id: number): Row => ({ id, name: `“${id}”, a ${'long '.repeat(id % 4)}name\n` });
const all = Array.from({ length: rowsOnPage * count }, (_, id) => row(id));

/** Pages 0 … 5 of three rows each; the fourth is empty. */
const strategy: Strategy<Row, number> = {
  name: 'rows',
  first: 0,
  place: (request, position) => ({ ...request, body: { page: position } }),
  items: (body) => (body as { rows: Row[] }).rows,
  next: ({ position }) => (position < count ? position + 1 : undefined),
};
const pageOf = (page: number) => (page === 3 ? [] : all.slice((page > 3 ? page - 1 : page) * 3).slice(0, 3));
let asked: number[] = [];
const transport: Transport = ({ body }) => {
  const { page } = body as { page: number };
  asked.push(page);
  return [answer({ rows: pageOf(page) })];
};
const walk = (options: Omit<PaginateOptions<Row>, 'schema'> = {}) =>
  paginate({ body: {} }, strategy, { transport, ...options });

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pagewise-sinks-'));
  asked = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);
const textOf = (name: string) => {
  const bytes = readFileSync(at(name));
  return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
};

const sinks = [
  ['writeNdjson', 'rows.ndjson', writeNdjson, (text: string) => text.split('\n').slice(0, -1).map((line) => JSON.parse(line) as Row)],
  ['writeJson', 'rows.json', writeJson, (text: string) => JSON.parse(text) as Row[]],
  ['writeCsv', 'rows.csv', writeCsv, (text: string) => parse(text, { columns: true }).map((found) => ({ ...(found as Row), id: Number((found as { id: unknown }).id) }))],
] as const; // prettier-ignore

describe.each(sinks)('%s', (name, file, sink, read) => {
  for (const path of [file, `${file}.gz`]) {
    it(`writes every item, into ${path}`, async () => {
      writeFileSync(at(path), 'what was there before, and is longer than what comes, '.repeat(100));
      const written = await walk().to(sink(at(path)));
      expect(read(textOf(path))).toEqual(all);
      expect(written).toEqual({ pages: 7, items: 18, bytes: statSync(at(path)).size });
    });

    it(`is the same after a crash at any commit, into ${path}`, async () => {
      await walk({ checkpoint: checkpoint(fileStore(at('jobs')), 'undisturbed') }).to(sink(at(`undisturbed-${path}`)));
      const undisturbed = readFileSync(at(`undisturbed-${path}`));
      const crash = new Error('killed');
      for (let lost = 1; lost <= 7; lost++) {
        // Killed between the write of a page and its commit, then within a write.
        const kept = new Map<string, string>();
        let sets = 0;
        const dying = {
          get: (key: string) => kept.get(key),
          set: (key: string, text: string) => {
            if (++sets === lost) throw crash;
            kept.set(key, text);
          },
        };
        const target = at(`${lost}-${path}`);
        expect((await rejection(walk({ checkpoint: checkpoint(dying, 'job') }).to(sink(target))))['cause']).toBe(crash);
        writeFileSync(target, 'half a li', { flag: 'a' });
        asked = [];
        await walk({ checkpoint: checkpoint(kept, 'job') }).to(sink(target));
        expect(asked[0]).toBe(lost - 1);
        expect(readFileSync(target).equals(undisturbed)).toBe(true);
        // A finished job does nothing, and leaves the file as it is.
        asked = [];
        await walk({ checkpoint: checkpoint(kept, 'job') }).to(sink(target));
        expect(asked).toEqual([]);
        expect(readFileSync(target).equals(undisturbed)).toBe(true);
      }
    });
  }

  it('holds only whole pages if the stream fails, and resumes', async () => {
    const kept = checkpoint(new Map(), 'job');
    const failing = walk({ checkpoint: kept, check: (_, position) => (position === 2 ? { fail: 'no' } : undefined) });
    expect((await rejection(failing.to(sink(at(file))))).message).toContain('Page 3 failed');
    expect(read(textOf(file))).toEqual(all.slice(0, 6));
    await walk({ checkpoint: kept }).to(sink(at(file)));
    expect(read(textOf(file))).toEqual(all);
  });

  it('writes what rows returns for a page', async () => {
    const rows = ({ items, index }: Page<Row>) =>
      items.slice(1).map(({ id }) => ({ id: id * 2, name: `page ${index}` }));
    await walk().to(sink(at(file), { rows }));
    const expected = [0, 1, 2, 4, 5, 6].flatMap((page) =>
      rows({ items: pageOf(page), index: page } as unknown as Page<Row>),
    );
    expect(read(textOf(file))).toEqual(expected);
    const error = await rejection(walk().to(sink(at(file), { rows: () => { throw new Error('mine'); } }))); // prettier-ignore
    expect(error).toBeInstanceOf(CallbackError);
    expect((await rejection(walk().to(sink(at(file), { rows: () => 7 as never })))).message).toBe(
      `${name}: rows must return an array, not 7`,
    );
  });

  it('has not touched the file if the checkpoint belongs to another query, or to another sink', async () => {
    const kept = new Map<string, string>();
    await walk({ checkpoint: checkpoint(kept, 'job') }).to(sink(at(file)));
    const before = readFileSync(at(file));
    const other = paginate({ body: { q: 1 } }, strategy, { transport, checkpoint: checkpoint(kept, 'job') });
    expect(await rejection(other.to(sink(at(file))))).toBeInstanceOf(ResumeError);
    const stranger = name === 'writeNdjson' ? writeJson : writeNdjson;
    const error = await rejection(walk({ checkpoint: checkpoint(kept, 'job') }).to(stranger(at(file))));
    expect(error).toBeInstanceOf(ResumeError);
    expect(error.message).toContain('the checkpoint "job" was not made by write');
    expect(readFileSync(at(file)).equals(before)).toBe(true);
  });

  it('refuses to resume a file that is shorter than it was, or gone', async () => {
    const kept = new Map<string, string>();
    const some = checkpoint(kept, 'job');
    await rejection(walk({ checkpoint: some, check: (_, position) => (position === 2 ? { fail: 'no' } : undefined) }).to(sink(at(file)))); // prettier-ignore
    rmSync(at(file));
    const error = await rejection(walk({ checkpoint: some }).to(sink(at(file))));
    expect(error).toBeInstanceOf(ResumeError);
    expect(error.message).toMatch(
      /the checkpoint is at byte \d+ of .*, but the file has only 0 bytes, so it was replaced or cut; to start over, delete the checkpoint/,
    );
  });

  it('says where it could not write, and where to resume', async () => {
    const error = await rejection(walk().to(sink(at('no/such/folder/rows'))));
    expect(error).toBeInstanceOf(WriteError);
    expect(error.message).toContain("can't write to");
    expect(error).toMatchObject({ target: at('no/such/folder/rows'), cause: { code: 'ENOENT' } });
    expect(asked).toEqual([]);
  });

  (existsSync('/dev/full') ? it : it.skip)('says that there is no space left', async () => {
    const full = await rejection(walk().to(sink('/dev/full')));
    expect(full).toMatchObject({ name: 'WriteError', cause: { code: 'ENOSPC' } });
  });

  it('writes a file without items', async () => {
    const empty: Transport = () => [answer({ rows: [] })];
    await walk({ transport: empty }).to(sink(at(file)));
    expect(textOf(file)).toBe(name === 'writeJson' ? '[\n]\n' : '');
  });
});

describe('writeNdjson', () => {
  it('continues at the end of a file with append', async () => {
    const { resume } = await firstValueFrom(walk());
    writeFileSync(at('rows.ndjson'), pageOf(0).map((item) => `${JSON.stringify(item)}\n`).join('')); // prettier-ignore
    await walk({ resumeFrom: resume }).to(writeNdjson(at('rows.ndjson'), { append: true }));
    expect(sinks[0][3](textOf('rows.ndjson'))).toEqual(all);
    const both = walk({ checkpoint: checkpoint(new Map(), 'job') });
    expect(await rejection(both.to(writeNdjson(at('rows.ndjson'), { append: true })))).toBeInstanceOf(ConfigError);
  });

  it('accepts other async iterables of pages, which have no checkpoint', async () => {
    async function* some() {
      for await (const page of walk()) if (page.index < 2) yield page;
    }
    await writeNdjson<Row>(at('rows.ndjson'))(some());
    expect(sinks[0][3](textOf('rows.ndjson'))).toEqual(all.slice(0, 6));
    expect((await rejection(writeNdjson(at('x'))([] as never))).message).toContain(
      'pages must be the result of paginate or another async iterable',
    );
  });

  it('refuses values that JSON cannot represent', async () => {
    const error = await rejection(walk().to(writeNdjson(at('rows.ndjson'), { rows: () => [undefined] })));
    expect(error.message).toBe(
      'a row must be something that JSON can hold, not undefined; map the item to a row that can be written',
    );
    expect(thrown(() => writeNdjson('')).message).toBe('writeNdjson: the file must be a path, not ""');
    expect(thrown(() => writeNdjson('x', { rwos: 1 } as never)).message).toContain('unknown option "rwos"');
  });
});

describe('writeJson', () => {
  it('is a whole array whenever a page is written', async () => {
    const seen: number[] = [];
    const kept = new Map<string, string>();
    const watching = {
      get: (key: string) => kept.get(key),
      set(key: string, text: string) {
        kept.set(key, text);
        seen.push((JSON.parse(textOf('rows.json')) as Row[]).length);
      },
    };
    await walk({ checkpoint: checkpoint(watching, 'job') }).to(writeJson(at('rows.json')));
    expect(seen).toEqual([3, 6, 9, 9, 12, 15, 18]);
  });

  it('refuses to be appended to', () => {
    expect(thrown(() => writeJson('rows.json', { append: true } as never)).message).toContain('only with a checkpoint');
  });
});

describe('writeCsv', () => {
  const nested: Transport = ({ body }) => [
    answer({ rows: (body as { page: number }).page === 0 ? [{ id: 1, 'a.b': true, who: { name: 'Ann, "A"' }, tags: ['x', 1], none: null }] : [] }),
  ]; // prettier-ignore

  it('follows RFC 4180: CRLF, quotes if needed, JSON for nested values, nothing for null', async () => {
    await walk({ transport: nested }).to(writeCsv(at('rows.csv')));
    expect(textOf('rows.csv')).toBe('id,a.b,who,tags,none\r\n1,true,"{""name"":""Ann, \\""A\\""""}","[""x"",1]",\r\n');
  });

  it('has the given columns, by path, under their names', async () => {
    await (walk({ transport: nested }) as Pages<unknown>).to(writeCsv(at('rows.csv'), { columns: ['who.name', 'id'] }));
    expect(textOf('rows.csv')).toBe('who.name,id\r\n"Ann, ""A""",1\r\n');
    await (walk({ transport: nested }) as Pages<unknown>).to(
      writeCsv(at('rows.csv'), { columns: { Name: 'who.name', First: 'tags.0' } }),
    );
    expect(textOf('rows.csv')).toBe('Name,First\r\n"Ann, ""A""",x\r\n');
  });

  it('loses no field: one that the first page lacked is an error that names it', async () => {
    const later: Transport = ({ body }) => {
      const { page } = body as { page: number };
      return [answer({ rows: [page < 2 ? { a: page } : { a: page, b: 2 }] })];
    };
    const error = await rejection(walk({ transport: later }).to(writeCsv(at('rows.csv'))));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toBe(
      'writeCsv: columns must be given: an item has the field "b", which no item on the first page has',
    );
    expect(textOf('rows.csv')).toBe('a\r\n0\r\n1\r\n');
    await (walk({ transport: later }) as Pages<unknown>).to(writeCsv(at('rows.csv'), { columns: ['a'] }));
    expect(textOf('rows.csv').split('\r\n')).toHaveLength(9);
  });

  it('continues with the columns of the run before', async () => {
    const kept = checkpoint(new Map(), 'job');
    const growing: Transport = ({ body }) => {
      const { page } = body as { page: number };
      return [answer({ rows: [page === 0 ? { b: 0, a: 0 } : { a: page, b: page }] })];
    };
    const broken = walk({
      transport: growing,
      checkpoint: kept,
      check: (_, position) => (position === 2 ? { fail: 'no' } : undefined),
    });
    await rejection(broken.to(writeCsv(at('rows.csv'))));
    await walk({ transport: growing, checkpoint: kept }).to(writeCsv(at('rows.csv')));
    expect(textOf('rows.csv')).toBe('b,a\r\n0,0\r\n1,1\r\n2,2\r\n3,3\r\n4,4\r\n5,5\r\n6,6\r\n');
  });

  it('writes a row for an empty cell in a single column, and formulas as they are unless asked', async () => {
    const cells: Transport = () => [answer({ rows: [{ a: '' }, { a: '=1+1' }] })];
    const once = { ...strategy, next: () => undefined };
    await paginate({ body: {} }, once, { transport: cells }).to(writeCsv(at('rows.csv')));
    expect(textOf('rows.csv')).toBe('a\r\n""\r\n=1+1\r\n');
    await paginate({ body: {} }, once, { transport: cells }).to(writeCsv(at('rows.csv'), { escapeFormulas: true }));
    expect(textOf('rows.csv')).toBe('a\r\n""\r\n\'=1+1\r\n');
  });

  it('refuses invalid columns, and items without fields', async () => {
    for (const columns of [[], {}, 7 as never]) expect(() => writeCsv('x.csv', { columns })).toThrow(ConfigError);
    expect(() => writeCsv('x.csv', { columns: ['__proto__.x'] })).toThrow('leads to a prototype');
    expect(() => writeCsv('x.csv', { append: true })).toThrow('columns must be given to append');
    const numbers: Transport = () => [answer({ rows: [1] })];
    expect((await rejection(walk({ transport: numbers }).to(writeCsv(at('x.csv'))))).message).toContain(
      'which has no fields; for the item itself, use the path',
    );
    await walk({ transport: numbers, until: () => true }).to(writeCsv(at('x.csv'), { columns: { n: '.' } }));
    expect(textOf('x.csv')).toBe('n\r\n1\r\n');
  });
});

describe('H7 a table whose job is done', () => {
  it('stops, restarts or continues, as whenDone says', async () => {
    let count = 25;
    const server = await serve(({ url }, response) => {
      const page = Number(url.searchParams.get('page'));
      json(response, { items: rows(count).slice((page - 1) * 10, page * 10) });
    });
    const stored: { rows: unknown[]; checkpoint: string | undefined } = { rows: [], checkpoint: undefined };
    const table: Table = {
      load: () => stored.checkpoint,
      write: (made, text) => {
        stored.rows.push(...made);
        stored.checkpoint = text;
      },
    };
    const run = (whenDone?: 'stop' | 'restart' | 'continue') =>
      paginate({ url: server.url }, pageNumber({ items: 'items', size: 10 })).to(writeTable(table, { whenDone }));
    await run();
    expect(stored.rows).toEqual(rows(25));
    count = 32;
    expect(await run()).toEqual({ pages: 0, items: 0 });
    expect(await run('stop')).toEqual({ pages: 0, items: 0 });
    await run('continue');
    expect(stored.rows).toEqual(rows(32));
    await run('restart');
    expect(stored.rows).toEqual([...rows(32), ...rows(32)]);
    expect(thrown(() => writeTable(table, { whenDone: 'again' as never })).message).toContain(
      "whenDone must be 'stop'",
    );
  });
});

describe('writeTable', () => {
  /** A database of one table and one checkpoint, which change together. */
  function database() {
    let state: { rows: readonly unknown[]; place: string | undefined } = { rows: [], place: undefined };
    return {
      rows: () => state.rows,
      load: () => state.place,
      write(rows: readonly unknown[], place: string) {
        state = { rows: [...state.rows, ...rows], place };
      },
    };
  }

  it('writes pages with their checkpoint, and resumes after the last one', async () => {
    const table = database();
    const failing = walk({ check: (_, position) => (position === 2 ? { fail: 'no' } : undefined) });
    await rejection(failing.to(writeTable(table)));
    expect(table.rows()).toEqual(all.slice(0, 6));
    expect(await walk().to(writeTable(table))).toEqual({ pages: 5, items: 12 });
    expect(table.rows()).toEqual(all);
    asked = [];
    await walk().to(writeTable(table));
    expect(asked).toEqual([]);
  });

  it('reports what write threw, and where to resume', async () => {
    const cause = new Error('constraint');
    let calls = 0;
    const table = { load: () => undefined, write: async () => { if (++calls === 3) throw cause; } }; // prettier-ignore
    const error = await rejection(walk().to(writeTable(table)));
    expect(error).toMatchObject({ name: 'WriteError', target: 'the table', cause });
    expect((error['resume'] as { index: number }).index).toBe(2);
  });

  it('refuses invalid options', async () => {
    expect(() => writeTable({} as never)).toThrow('the table must have load and write');
    const table = database();
    const kept = walk({ checkpoint: checkpoint(new Map(), 'job') });
    expect(await rejection(kept.to(writeTable(table)))).toBeInstanceOf(ConfigError);
    expect(await rejection(walk().to(writeTable({ ...table, load: () => { throw new Error('x'); } })))).toBeInstanceOf(CallbackError); // prettier-ignore
    expect(await rejection(walk().to(writeTable({ ...table, load: () => '{' })))).toBeInstanceOf(ResumeError);
  });
});

describe('fileStore', () => {
  it('keeps a file for each key, readable by its owner only, and leaves nothing beside it', async () => {
    const store = fileStore(at('deep/jobs'));
    expect(await store.get('a/b')).toBeUndefined();
    await store.set('a/b', '1');
    await store.set('a/b', '2');
    expect(await store.get('a/b')).toBe('2');
    expect(statSync(at('deep/jobs/a%2Fb.json')).mode & 0o777).toBe(0o600);
    await store.delete('a/b');
    await store.delete('a/b');
    expect(await store.get('a/b')).toBeUndefined();
    expect(() => fileStore('')).toThrow(ConfigError);
  });

  it('keeps the old text if the new one cannot be written', async () => {
    const store = fileStore(at('jobs'));
    await store.set('job', 'old');
    const huge = { toString: () => { throw new Error('x'); } }; // prettier-ignore
    await rejection(Promise.resolve(store.set('job', huge as never)));
    expect(await store.get('job')).toBe('old');
  });
});
