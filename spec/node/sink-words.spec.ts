// What sinks refuse, report and return, and in which words; what they write is in sinks.spec.ts.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { of } from 'rxjs';
import {
  checkpoint, ConfigError, newest, pageNumber, paginate, ResumeError, type OpenCheckpoint, type Page, type PaginateOptions, type ResumeToken, type WalkEvent,
} from 'pagewise'; // prettier-ignore
import { both, type Table, writeCsv, writeJson, writeNdjson, writeTable } from 'pagewise/node';
import { report, rowsOf, sourceOf, withCheckpoint } from '../../lib/node/sinks/sink.js';
import { answer, counting, echo, plain, rejection, thrown } from '../support/walks.js';

type Options = Omit<PaginateOptions<number>, 'schema'>;
const walk = (options: Options = {}, last = 3) =>
  paginate({ body: {} }, counting(last), { transport: echo, policy: plain, ...options });
const mine = new Error('mine');

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pagewise-words-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);
const numbers = { rows: ({ items }: Page<number>) => items.map((id) => ({ id })) };

describe.each([
  ['writeNdjson', writeNdjson, 'ndjson'],
  ['writeCsv', writeCsv, 'csv'],
  ['writeJson', writeJson, 'json'],
])('%s', (name, sink, extension) => {
  const refused = (path: unknown, options?: unknown) => {
    const error = thrown(() => sink(path as string, options as never));
    expect(error).toBeInstanceOf(ConfigError);
    return error.message;
  };

  it('is a sink of a path', () => {
    expect(refused('')).toBe(`${name}: the file must be a path, not ""`);
    expect(refused(5)).toBe(`${name}: the file must be a path, not 5`);
    expect(refused({ write: 1 })).toBe(`${name}: the file must be a path, not an object with write`);
    expect(refused({ write: () => 1 })).toBe(
      `${name}: the file must be a path, not an object with write; write to a stream in a loop: for await (const page of pages) stream.write(…)`,
    );
    const pages = `${name}: the file must be a path, not the pages; name the file, as in pages.to(${name}('items.${extension}'))`;
    expect([refused(walk()), refused(of(1)), refused({ async *[Symbol.asyncIterator]() {} })]).toEqual([pages, pages, pages]);
    expect(refused(Promise.resolve())).toBe(`${name}: the file must be a path, not an object of class Promise`);
  }); // prettier-ignore

  it('has options that it knows', () => {
    expect(refused('x', { rwos: 1 })).toContain(`${name}: unknown option "rwos"; expected one of rows, append`);
    expect(refused('x', { rows: 5 })).toBe(`${name}: rows must be a function, not 5`);
    expect(refused('x', 5)).toContain(`${name}: options must be an object`);
    if (name === 'writeCsv') {
      expect(refused('x', { rwos: 1 })).toContain('columns, escapeFormulas');
      expect(refused('x', { columns: 5 })).toContain('writeCsv: columns');
      expect(refused('x', null)).toContain('options must be an object, not null');
    } else {
      expect(refused('x', { rwos: 1 })).toContain('expected one of rows, append. Did you mean rows?');
      expect(refused('x', { columns: [] })).toContain('unknown option "columns"');
    }
  });

  it('returns what it wrote in this run, and the length of the file', async () => {
    const kept = checkpoint(new Map<string, string>(), 'job');
    const failing = walk({ checkpoint: kept, check: (_, position) => (position === 3 ? { fail: 'no' } : undefined) });
    await rejection(failing.to(sink(at('a'), numbers)));
    const { length } = readFileSync(at('a'));
    expect(length).toBeGreaterThan(0);
    const written = await walk({ checkpoint: kept }).to(sink(at('a'), numbers));
    expect(written).toEqual({ pages: 1, items: 1, bytes: readFileSync(at('a')).length });
    expect(await walk({ checkpoint: kept }).to(sink(at('a'), numbers))).toEqual({ ...written, pages: 0, items: 0 });
  });

  it('continues its own file alone', async () => {
    const kept = new Map<string, string>();
    const job = () => checkpoint(kept, 'job');
    await walk({ checkpoint: job() }).to(sink(at('a'), numbers));
    const other = await rejection(walk({ checkpoint: job() }).to(sink(at('b'), numbers)));
    expect(other).toBeInstanceOf(ResumeError);
    expect(other).toMatchObject({ reason: 'sink', checkpoint: 'job' });
    expect(other.message).toBe(
      `resumeFrom: ${name}: the checkpoint "job" belongs to the file "a", not to ${at('b')}; use another key for each file, or rename the file`,
    );
    const stranger: typeof writeNdjson = name === 'writeNdjson' ? writeJson : writeNdjson;
    const made = await rejection(walk({ checkpoint: job() }).to(stranger(at('a'), numbers)));
    expect(made.message).toContain(`was not made by ${name === 'writeNdjson' ? 'writeJson' : 'writeNdjson'}`);
    expect(existsSync(at('b'))).toBe(false);
  });

  it('leaves an error of the rows as it is: it says nothing of where to continue', async () => {
    const rows = ({ items }: Page<number>) => (items[0] === 2 ? (5 as never) : items.map((id) => ({ id })));
    const error = await rejection(walk().to(sink(at('a'), { rows })));
    expect(error.message).toBe(`${name}: rows must return an array, not 5`);
    expect(error).not.toHaveProperty('resume');
  });

  it('does not say where to continue if the file is gone', async () => {
    const rows = ({ items }: Page<number>) => {
      if (items[0] === 3) rmSync(at('a'));
      return items.map((id) => ({ id }));
    };
    const pages = walk({ checkpoint: checkpoint(new Map<string, string>(), 'job') });
    const error = await rejection(pages.to(sink(at('a'), { rows })));
    expect(error).toMatchObject({ name: 'WriteError', target: at('a') });
    expect(error).not.toHaveProperty('resume');
  });

  it('fails by what happened to the file, also if the walk is aborted meanwhile', async () => {
    const stop = new AbortController();
    const rows = ({ items }: Page<number>) => {
      if (items[0] === 2) {
        stop.abort(mine);
        rmSync(at('a'));
      }
      return items.map((id) => ({ id }));
    };
    const pages = walk({ checkpoint: checkpoint(new Map<string, string>(), 'job'), signal: stop.signal });
    expect(await rejection(pages.to(sink(at('a'), { rows })))).toMatchObject({ name: 'WriteError', target: at('a') });
  });
});

describe('append', () => {
  it('stands beside no checkpoint', async () => {
    const pages = walk({ checkpoint: checkpoint(new Map<string, string>(), 'job') });
    const error = await rejection(pages.to(writeNdjson(at('a'), { append: true })));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toBe('writeNdjson: a checkpoint continues the file by itself; remove append');
    expect(existsSync(at('a'))).toBe(false);
  });

  it('keeps what is there, which is replaced otherwise', async () => {
    writeFileSync(at('a'), '0\n');
    expect(await walk().to(writeNdjson(at('a'), { append: true }))).toEqual({ pages: 3, items: 3, bytes: 8 });
    expect(readFileSync(at('a'), 'utf8')).toBe('0\n1\n2\n3\n');
    expect(await walk().to(writeNdjson(at('a')))).toEqual({ pages: 3, items: 3, bytes: 6 });
    expect(readFileSync(at('a'), 'utf8')).toBe('1\n2\n3\n');
    expect(thrown(() => writeCsv(at('b'), { append: true })).message).toContain('columns');
  });
});

describe('columns that no item has', () => {
  it('are a notice, in the words of the sink', async () => {
    const notices: string[] = [];
    const events = { next: (event: WalkEvent) => void (event.type === 'notice' && notices.push(event.message)) };
    await walk({ events }).to(writeCsv(at('a'), { ...numbers, columns: ['id', 'q', 'z'] }));
    expect(notices).toEqual([
      `writeCsv: no item has "q", "z" (columns), so these cells of ${at('a')} are all empty; check the paths.`,
    ]);
    await walk({ events }).to(writeCsv(at('a'), { ...numbers, columns: ['id'] }));
    expect(notices).toHaveLength(1);
  });
});

describe('the source of a sink', () => {
  const from = {} as ResumeToken;
  it('is any async iterable, which can not be resumed', async () => {
    const pages = (async function* () {})();
    const source = sourceOf('mine', pages);
    expect(source).toMatchObject({ checkpoint: undefined, events: undefined, signal: undefined });
    expect(source.pull()).toBe(pages);
    expect(thrown(() => source.pull(from)).message).toBe(
      'mine: only the result of paginate can be resumed; pass that, or delete the checkpoint to start over',
    );
  });

  it.each([[null], [undefined], [5], ['pages'], [[]], [{}], [() => 1]])('is not %p', (given) => {
    expect(thrown(() => sourceOf('mine', given as never)).message).toMatch(
      /^mine: pages must be the result of paginate or another async iterable of pages, not /,
    );
  });
});

describe('the parts of a sink', () => {
  const page = { items: [1, 2] } as unknown as Page<number>;
  it('writes the items, or the rows that a function makes', () => {
    expect(rowsOf('mine', undefined, page)).toBe(page.items);
    const made = ['a'];
    expect(rowsOf('mine', () => made, page)).toBe(made);
    expect(thrown(() => rowsOf('mine', () => 'a' as never, page)).message).toBe('mine: rows must return an array, not "a"');
    expect(thrown(() => rowsOf('mine', () => { throw mine; }, page))).toMatchObject({ callback: 'mine.rows', cause: mine });
  }); // prettier-ignore

  it('reports to the listener of the walk, if there is one', () => {
    const heard: WalkEvent[] = [];
    report(undefined, 'x');
    report({ next: (event) => void heard.push(event) }, 'x');
    expect(heard).toEqual([{ type: 'notice', message: 'x' }]);
    const failing = { next: () => { throw mine; } }; // prettier-ignore
    expect(thrown(() => report(failing, 'x'))).toMatchObject({ callback: 'events', cause: mine });
  });

  it('closes the checkpoint whether its work succeeds or not', async () => {
    let closed = 0;
    const open = { close: async () => void closed++ } as unknown as OpenCheckpoint;
    expect(await withCheckpoint(open, async () => 5)).toBe(5);
    expect(await rejection(withCheckpoint(open, () => Promise.reject(mine)))).toBe(mine);
    expect(closed).toBe(2);
    expect(await withCheckpoint(undefined, async () => 5)).toBe(5);
  });
});

describe('writeTable', () => {
  const written: unknown[][] = [];
  beforeEach(() => void written.splice(0));
  const table = (load: () => unknown = () => undefined): Table<number> => ({
    load, write: (...given) => void written.push(given),
  }); // prettier-ignore

  it('writes the rows of each page with the token after it, and says how much', async () => {
    const rows = ({ items }: Page<number>) => [...items, 'x'];
    expect(await walk().to(writeTable(table(), { rows }))).toEqual({ pages: 3, items: 3 });
    expect(written.map(([made]) => made)).toEqual([[1, 'x'], [2, 'x'], [3, 'x']]);
    expect(written.map(([, text, page]) => [JSON.parse(text as string) as unknown, (page as Page).index])).toMatchObject([
      [{ position: 2 }, 0], [{ position: 3 }, 1], [{ done: true }, 2],
    ]);
  }); // prettier-ignore

  it.each([null, undefined])('begins anew where load returns %p', async (nothing) => {
    expect(await walk().to(writeTable(table(() => nothing)))).toEqual({ pages: 3, items: 3 });
  });

  it('continues with a text, or with what a database has parsed', async () => {
    await walk().to(writeTable(table()));
    const [, text] = written[1]!;
    for (const stored of [text, JSON.parse(text as string) as unknown])
      expect(await walk().to(writeTable(table(() => Promise.resolve(stored))))).toEqual({ pages: 1, items: 1 });
  });

  it('tells a job that stores positions too where it begins, and after each page', async () => {
    const followed: unknown[] = [];
    const saved: unknown[] = [];
    const job = {
      key: 'job',
      load: async () => undefined,
      save: async (place: unknown) => void saved.push(place),
      'pagewise.follow': (from: unknown) => void followed.push(from),
    };
    await walk({ checkpoint: job }).to(writeTable(table()));
    expect(followed).toEqual([undefined]);
    const tokens = written.map(([, text]) => JSON.parse(text as string) as ResumeToken);
    expect(JSON.parse(JSON.stringify(saved))).toEqual(tokens.map((resume) => ({ resume })));
    await walk({ checkpoint: job }).to(writeTable(table(() => tokens[1])));
    expect(followed).toEqual([undefined, tokens[1]]);
  });

  it('names what fails, and where to continue', async () => {
    const failing = { load: () => undefined, write: () => Promise.reject(mine) };
    expect(await rejection(walk().to(writeTable(failing)))).toMatchObject({ name: 'WriteError', target: 'the table' });
    expect(await rejection(walk().to(writeTable(failing)))).not.toHaveProperty('resume');
    const unread = table(() => { throw mine; });
    expect(await rejection(walk().to(writeTable(unread)))).toMatchObject({ callback: 'writeTable.load', cause: mine });
    const rows = () => { throw mine; };
    expect(await rejection(walk().to(writeTable(table(), { rows })))).toMatchObject({ callback: 'writeTable.rows' });
  }); // prettier-ignore

  it('is refused with what can not be one, before anything is sent', async () => {
    const message = (given: unknown, options?: object) => thrown(() => writeTable(given as never, options as never)).message;
    for (const given of [{ load: () => 1 }, { write: () => 1 }, {}, null, 5])
      expect(message(given)).toContain('writeTable: the table must have load and write, not ');
    expect(message(Promise.resolve())).toContain('writeTable: the first argument is a Promise');
    expect(message(table(), { rwos: 1 })).toBe('writeTable: unknown option "rwos"; expected one of rows, whenDone. Did you mean rows?');
    expect(message(table(), { rows: 5 })).toBe('writeTable: rows must be a function, not 5');
    expect(message(table(), { whenDone: 'x' })).toContain('writeTable: whenDone must be');
    const pages = walk({ checkpoint: checkpoint(new Map<string, string>(), 'job') });
    expect((await rejection(pages.to(writeTable(table())))).message).toBe(
      'writeTable: the table stores the checkpoint itself; remove the checkpoint option',
    );
    const two = both<number>(writeTable(table()), writeNdjson(at('a')));
    expect((await rejection(walk().to(two))).message).toContain("a table can't be one of the sinks of both");
    const syncing = paginate({ url: 'https://api.example.com/' }, pageNumber<{ id: number }>({ items: 'items' }), {
      sync: newest('id', { param: 'since' }), transport: () => of(answer({ items: [] })),
    });
    expect(await syncing.to(writeTable(table() as never) as never)).toEqual({ pages: 1, items: 0 });
    written.splice(0);
    for (const whenDone of ['stop', 'continue'] as const)
      expect((await rejection(syncing.to(writeTable(table() as never, { whenDone }) as never))).message).toContain('writeTable: whenDone says');
    expect(written).toEqual([]);
  }); // prettier-ignore
});
