// What a sink of files stores with each commit, and what it refuses of what an earlier run has stored.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'; // prettier-ignore
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { checkpoint, ConfigError, paginate, ResumeError, WriteError, type Page, type PaginateOptions } from 'pagewise';
import { writeCsv, writeJson, writeNdjson } from 'pagewise/node';
import { answer, counting, rejection } from '../support/walks.js';

interface Place {
  readonly resume: { readonly done?: true; readonly index: number };
  readonly at: Readonly<Record<string, unknown>>;
}

let folder = '';
let kept = new Map<string, string>();
/** What was stored, in order. */
let saved: Place[] = [];
const store = {
  get: (key: string) => kept.get(key),
  set(key: string, text: string) {
    kept.set(key, text);
    saved.push(JSON.parse(text) as Place);
  },
};
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pagewise-commits-'));
  kept = new Map();
  saved = [];
});
afterEach(() => {
  // Whatever happened, no file stays open (Linux).
  if (existsSync('/proc/self/fd')) expect(openFiles().filter((path) => path.startsWith(folder))).toEqual([]);
  rmSync(folder, { recursive: true, force: true });
});
function openFiles(): readonly string[] {
  return readdirSync('/proc/self/fd').map((name) => {
    try {
      return readlinkSync(`/proc/self/fd/${name}`);
    } catch {
      return ''; // That of the folder, which is closed.
    }
  });
}
const at = (name: string) => join(folder, name);
const job = () => checkpoint(store, 'job');

/** Pages of one number each: 1, 2, 3. */
const walk = (options: Omit<PaginateOptions<number>, 'schema'> = {}, last = 3) =>
  paginate({ body: {} }, counting(last), { transport: ({ body }) => [answer(body)], ...options });
const failing = { check: (_: unknown, page: unknown) => (page === 2 ? { fail: 'no' } : undefined) };
const cut = { until: () => true };

describe('a commit', () => {
  it('D5 of the last page holds the end of the file: one is stored for each page, and none after it', async () => {
    await walk({ checkpoint: job() }).to(writeJson(at('a.json')));
    expect(saved.map(({ resume, at: { bytes, closed } }) => [resume.index, resume.done, bytes, closed])).toEqual([
      [1, undefined, 3, undefined],
      [2, undefined, 6, undefined],
      [3, true, 9, 12],
    ]);
    expect(readFileSync(at('a.json'), 'utf8')).toBe('[\n1,\n2,\n3\n]\n');
    expect(saved[2]?.at).toEqual({
      sink: 'writeJson',
      file: 'a.json',
      bytes: 9,
      state: 3,
      fingerprint: expect.stringMatching(/^[\w-]{22}$/),
      closed: 12,
    });
  });

  it('D5 of a walk that until has cut holds the end of the file as soon as the walk has ended', async () => {
    await walk({ checkpoint: job(), ...cut }).to(writeJson(at('a.json')));
    expect(saved.map(({ at: { bytes, closed } }) => [bytes, closed])).toEqual([[3, undefined], [3, 6]]); // prettier-ignore
    // Forgotten before the next page is written, and stored again.
    await walk({ checkpoint: job() }).to(writeJson(at('a.json')));
    expect(saved.slice(2).map(({ resume, at: { bytes, closed } }) => [resume.index, bytes, closed])).toEqual([[1, 3, undefined], [2, 6, undefined], [3, 9, 12]]); // prettier-ignore
  });

  it('D5 of a walk that has failed holds no end', async () => {
    await rejection(walk({ checkpoint: job(), ...failing }).to(writeJson(at('a.json'))));
    expect(saved.map(({ at: { bytes, closed } }) => [bytes, closed])).toEqual([[3, undefined]]);
  });

  it.each(['a.json', 'a.json.gz'])('H7 is not stored again by a run that has nothing to do, which leaves %s as it is', async (name) => {
    await walk({ checkpoint: job() }).to(writeJson(at(name)));
    const bytes = readFileSync(at(name));
    utimesSync(at(name), 1, 1);
    const before = saved.length;
    expect(await walk({ checkpoint: job() }).to(writeJson(at(name)))).toEqual({ pages: 0, items: 0, bytes: bytes.length });
    expect([saved.length, statSync(at(name)).mtimeMs, readFileSync(at(name)).equals(bytes)]).toEqual([before, 1000, true]);
  }); // prettier-ignore

  it('D5 of a done walk without the end of its file, as earlier versions have made, gets it from the next run', async () => {
    await walk({ checkpoint: job() }).to(writeJson(at('a.json')));
    const place = JSON.parse(kept.get('job') ?? '') as { at: Record<string, unknown> };
    delete place.at['closed'];
    kept.set('job', JSON.stringify(place));
    truncateSync(at('a.json'), 9);
    await walk({ checkpoint: job() }).to(writeJson(at('a.json')));
    expect(saved.slice(3).map(({ at: { bytes, closed } }) => [bytes, closed])).toEqual([[9, 12]]);
    expect(readFileSync(at('a.json'), 'utf8')).toBe('[\n1,\n2,\n3\n]\n');
  });

  it('can be at the beginning of a file', async () => {
    const rows = ({ index, items }: Page<number>) => (index === 0 ? [] : items);
    await rejection(walk({ checkpoint: job(), ...failing }).to(writeNdjson(at('a'), { rows })));
    expect(saved.map(({ at: { bytes } }) => bytes)).toEqual([0]);
    await walk({ checkpoint: job() }).to(writeNdjson(at('a'), { rows }));
    expect(readFileSync(at('a'), 'utf8')).toBe('2\n3\n');
  });
});

describe('without a checkpoint, the end of a file is written', () => {
  const none = {
    [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: true as const, value: undefined }) }),
  };
  it.each([
    ['a.json', writeJson, '[\n]\n', '[\n1\n]\n'],
    ['a.json.gz', writeJson, '[\n]\n', '[\n1\n]\n'],
    ['a.ndjson.gz', writeNdjson, '', '1\n'],
    ['a.ndjson', writeNdjson, '', '1\n'],
    ['a.csv', writeCsv, 'n\r\n', 'n\r\n1\r\n'],
  ] as const)('of no pages, of pages without items, and of a cut walk: %s', async (name, make, empty, one) => {
    const options = make === writeCsv ? { columns: { n: '.' } } : {};
    const sink = (more: object = {}) =>
      (make as (path: string, options: object) => ReturnType<typeof writeNdjson>)(at(name), { ...options, ...more });
    const text = () => {
      const bytes = readFileSync(at(name));
      return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
    };
    expect(await sink()(none)).toEqual({ pages: 0, items: 0, bytes: statSync(at(name)).size });
    expect(text()).toBe(empty);
    await walk().to(sink({ rows: () => [] }));
    expect(text()).toBe(empty);
    await walk(cut).to(sink());
    expect(text()).toBe(one);
  });
});

describe('a page', () => {
  /** A page whose rows can't be written: JSON has no bigint, and a cell must be named. */
  const unwritable = (page: number) => ({ rows: ({ index, items }: Page<number>) => (index === page ? [...items, 1n, undefined] : items) }); // prettier-ignore

  it.each([
    ['a.json', writeJson, '[\n1,\n2\n]\n'],
    ['a.ndjson', writeNdjson, '1\n2\n'],
    ['a.ndjson.gz', writeNdjson, '1\n2\n'],
  ] as const)('H3 that can not be written leaves the whole pages before it: %s', async (name, make, text) => {
    const path = at(name);
    const error = await rejection(walk({ checkpoint: job() }).to(make(path, unwritable(2))));
    expect(error.name).toBe('ConfigError');
    const bytes = readFileSync(path);
    expect((name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()).toBe(text);
    expect(saved.map(({ resume }) => resume.index)).toEqual([1, 2]);
    await walk({ checkpoint: job() }).to(make(path));
    expect(saved.at(-1)).toMatchObject({ resume: { done: true } });
    // The first one: a file that was made for it goes, and one that was there is empty.
    await rejection(walk().to(make(path, unwritable(0))));
    await rejection(walk().to(make(at(`new-${name}`), unwritable(0))));
    expect([readFileSync(path).length, existsSync(at(`new-${name}`))]).toEqual([0, false]);
  });

  it('D8 that fails before anything is written leaves the file as it was, and none where there was none', async () => {
    const none = { transport: () => { throw new Error('no'); } }; // prettier-ignore
    writeFileSync(at('there'), 'before');
    for (const name of ['there', 'new']) await rejection(walk(none).to(writeNdjson(at(name))));
    expect([readFileSync(at('there'), 'utf8'), existsSync(at('new'))]).toEqual(['before', false]);
  });

  it('may be longer than one write, in an output that is continued', async () => {
    const rows = ({ items }: Page<number>) => rows200.map((row) => `${String(items[0])} ${row}`);
    const rows200 = Array.from({ length: 200 }, (_, row) => `${row} ${'x'.repeat(row * 13)}`);
    await walk({ checkpoint: job(), ...cut }).to(writeNdjson(at('a'), { rows }));
    await walk({ checkpoint: job() }).to(writeNdjson(at('a'), { rows }));
    const found = readFileSync(at('a'), 'utf8');
    expect(found.length).toBeGreaterThan(700_000);
    expect(found === [1, 2, 3].flatMap((page) => rows200.map((row) => `"${page} ${row}"\n`)).join('')).toBe(true);
  });

  it('without rows adds nothing to a compressed file', async () => {
    await walk({ checkpoint: job() }).to(writeNdjson(at('a.gz'), { rows: () => [] }));
    expect(saved.map(({ at: { bytes } }) => bytes)).toEqual([0, 0, 0]);
    expect(saved[2]?.at['closed']).toBe(statSync(at('a.gz')).size);
    expect((await walk({ checkpoint: job() }).to(writeNdjson(at('a.gz')))).pages).toBe(0);
    await walk().to(writeNdjson(at('b.gz'), { rows: ({ index, items }) => (index === 1 ? items : []) }));
    await walk().to(writeNdjson(at('c.gz'), { rows: ({ items }) => items.filter((item) => item === 2) }));
    expect(readFileSync(at('b.gz')).equals(readFileSync(at('c.gz')))).toBe(true);
    expect(gunzipSync(readFileSync(at('b.gz'))).toString()).toBe('2\n');
  });

  it('is written without a notice, unless columns are empty', async () => {
    const notices: unknown[] = [];
    await walk({ events: { next: ({ type }) => void (type === 'notice' && notices.push(type)) } }).to(writeNdjson(at('a')));
    expect(notices).toEqual([]);
  }); // prettier-ignore
});

describe('D5 what an earlier run has stored', () => {
  const changed = (change: (place: { resume: Record<string, unknown>; at: Record<string, unknown> }) => void) => {
    const place = JSON.parse(kept.get('job') ?? '') as Parameters<typeof change>[0];
    change(place);
    kept.set('job', JSON.stringify(place));
  };
  const refused = async (path: string, reason: string, message: string) => {
    const before = existsSync(path) ? readFileSync(path) : undefined;
    const error = await rejection(walk({ checkpoint: job() }).to(writeJson(path)));
    expect(error).toBeInstanceOf(ResumeError);
    expect(error).toMatchObject({ reason, checkpoint: 'job', message: `resumeFrom: writeJson: ${message}` });
    expect(existsSync(path) ? readFileSync(path) : undefined).toEqual(before);
  };

  it.each<[what: string, at: Record<string, unknown>]>([
    ['no length', { bytes: undefined }],
    ['a negative length', { bytes: -1 }],
    ['half a byte', { bytes: 1.5 }],
    ['a length in words', { bytes: '3' }],
    ['no state of the format', { state: undefined }],
  ])('is refused if it is damaged: %s', async (_what, damage) => {
    const path = at('a.json');
    await rejection(walk({ checkpoint: job(), ...failing }).to(writeJson(path)));
    changed((place) => Object.assign(place.at, damage));
    await refused(path, 'sink', `the checkpoint "job" was not made by writeJson, so it does not hold the length of ${path}; use another key, or delete the checkpoint to start over`); // prettier-ignore
  });

  it('is compared with the file: one that is shorter, edited or longer is refused in words that say so', async () => {
    const path = at('a.json');
    const over = 'to start over, delete the checkpoint';
    const restart = `${over} or set \`whenDone: 'restart'\``;
    for (const done of [false, true]) {
      kept.clear();
      rmSync(path, { force: true });
      await walk({ checkpoint: job(), ...(done ? {} : cut) }).to(writeJson(path));
      const bytes = readFileSync(path);
      const end = bytes.length - 3;
      const how = done ? restart : over;
      rmSync(path);
      await refused(path, 'file', `the checkpoint is at byte ${done ? bytes.length : end} of ${path}, but the file has only 0 bytes, so it was replaced or cut; ${how}`); // prettier-ignore
      writeFileSync(path, bytes);
      truncateSync(path, done ? bytes.length - 1 : end - 1);
      await refused(path, 'file', `the checkpoint is at byte ${done ? bytes.length : end} of ${path}, but the file has only ${done ? bytes.length - 1 : end - 1} bytes, so it was replaced or cut; ${how}`); // prettier-ignore
      writeFileSync(path, Buffer.alloc(bytes.length, 'x'));
      await refused(path, 'file', `the text of ${path} before byte ${end} is not what the last run wrote, so the file was replaced or edited; ${how}`); // prettier-ignore
      writeFileSync(path, `${bytes.toString()}x`);
      await refused(path, 'file', `${path} has ${bytes.length + 1} bytes, but the last run ended at byte ${bytes.length}, so something else has written to it; remove what was added; ${how}`); // prettier-ignore
    }
  });

  it('continues a cut walk although its end was lost, since that is written again', async () => {
    await walk({ checkpoint: job(), ...cut }).to(writeJson(at('a.json')));
    truncateSync(at('a.json'), 3);
    await walk({ checkpoint: job() }).to(writeJson(at('a.json')));
    expect(readFileSync(at('a.json'), 'utf8')).toBe('[\n1,\n2,\n3\n]\n');
  });

  it('of no bytes needs no file, unless the walk is done', async () => {
    const rows = ({ index, items }: Page<number>) => (index === 0 ? [] : items);
    await rejection(walk({ checkpoint: job(), ...failing }).to(writeNdjson(at('a'), { rows })));
    rmSync(at('a'));
    await walk({ checkpoint: job() }).to(writeNdjson(at('a'), { rows }));
    expect(readFileSync(at('a'), 'utf8')).toBe('2\n3\n');
    kept.clear();
    await walk({ checkpoint: job() }).to(writeNdjson(at('b'), { rows: () => [] }));
    rmSync(at('b'));
    const error = await rejection(walk({ checkpoint: job() }).to(writeNdjson(at('b'))));
    expect(error.message).toContain('but the file has only 0 bytes');
  });

  it('is not compared with a device in the place of the file', async () => {
    await walk({ checkpoint: job(), ...cut }).to(writeNdjson(at('a')));
    rmSync(at('a'));
    symlinkSync('/dev/null', at('a'));
    expect(await walk({ checkpoint: job() }).to(writeNdjson(at('a')))).toMatchObject({ pages: 2 });
  });

  it('can not be compared with a file that can not be reached: a WriteError, and not a start over', async () => {
    mkdirSync(at('b'));
    await walk({ checkpoint: job(), ...cut }).to(writeJson(at('b/a.json')));
    rmSync(at('b'), { recursive: true });
    writeFileSync(at('b'), '');
    const error = await rejection(walk({ checkpoint: job() }).to(writeJson(at('b/a.json'))));
    expect(error).toBeInstanceOf(WriteError);
    expect(error).toMatchObject({ target: at('b/a.json'), cause: { code: 'ENOTDIR' } });
  });
});

it('D6 a file that is appended to is not left open', async () => {
  writeFileSync(at('a'), '0\n');
  await walk().to(writeNdjson(at('a'), { append: true }));
  expect(readFileSync(at('a'), 'utf8')).toBe('0\n1\n2\n3\n');
});

it('a file that can not be opened is a WriteError that names it, and nothing is requested', async () => {
  let sent = 0;
  const error = await rejection(walk({ transport: () => (sent++, [answer({ page: 1 })]) }).to(writeNdjson(at('no/a'))));
  expect(error).toMatchObject({ name: 'WriteError', target: at('no/a'), cause: { code: 'ENOENT' } });
  expect(sent).toBe(0);
});

describe('D4 a file that another sink of this process is writing', () => {
  it('is refused, and stays; it is free when that sink has ended', async () => {
    const path = at('a.ndjson');
    writeFileSync(path, '');
    let second: Promise<unknown> | undefined;
    const first = walk({
      nextWhen: () => {
        second ??= rejection(walk().to(writeNdjson(path)));
        return second.then(() => undefined) as never;
      },
    });
    await first.to(writeNdjson(path));
    const error = await second;
    expect(error).toBeInstanceOf(ConfigError);
    expect(error).toMatchObject({ message: `writeNdjson: another sink is writing ${path}; give each sink its own file` }); // prettier-ignore
    expect(readFileSync(path, 'utf8')).toBe('1\n2\n3\n');
    await rejection(walk({ transport: () => { throw new Error('no'); } }).to(writeNdjson(path))); // prettier-ignore
    await walk().to(writeNdjson(path));
    expect(readFileSync(path, 'utf8')).toBe('1\n2\n3\n');
  });

  it('does not hold for a device, which any number of sinks may share', async () => {
    const ended = await Promise.all([1, 2].map(() => walk().to(writeNdjson('/dev/null'))));
    expect(ended.map(({ pages }) => pages)).toEqual([3, 3]);
  });
});
