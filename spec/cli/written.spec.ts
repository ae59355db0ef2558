// What a job writes, keeps and refuses, in all combinations. The command runs within this process, which takes
// milliseconds; what belongs to a process of its own (signals, pipes, exit codes) is tested elsewhere.
import { afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'; // prettier-ignore
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { runJob } from '../../lib/cli/jobs/run-job.js';
import { run } from '../../lib/cli/run.js';
import { json, rows, serve } from '../support/server.js';

// Loaded with this file, and not by its first test, which alone would then count as a test of what is loaded.
beforeAll(() => expect(runJob).toBeInstanceOf(Function));

const folders: string[] = [];
const terminal = Object.getOwnPropertyDescriptor(process.stdout, 'isTTY');
const onTerminal = (is: boolean) => Object.defineProperty(process.stdout, 'isTTY', { value: is, configurable: true });
afterEach(() => {
  jest.restoreAllMocks();
  if (terminal) Object.defineProperty(process.stdout, 'isTTY', terminal);
  // Whatever happened, no file stays open (Linux).
  const open = (path: string) => folders.some((folder) => path.startsWith(folder));
  if (existsSync('/proc/self/fd')) expect(openFiles().filter(open)).toEqual([]);
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
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

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'pagewise-written-'));
  folders.push(folder);
  return folder;
}

async function pagewise(...args: readonly string[]) {
  const written = { stdout: '', stderr: '' };
  const into = (name: 'stdout' | 'stderr') =>
    jest.spyOn(process[name], 'write').mockImplementation(((data: string | Uint8Array, done?: () => void) => {
      written[name] += Buffer.from(data as string).toString();
      done?.();
      return true;
    }) as never);
  const spies = [into('stdout'), into('stderr')];
  try {
    const code = await run([...args, '--retries', '0']);
    const token = /--resume-from '(.*)'$/m.exec(written.stderr)?.[1] ?? '';
    return { code, ...written, token };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

interface Item {
  readonly id?: number;
  readonly name?: string;
}
const paged = ['--paging', 'page', '--items', 'items', '--size', '10'];
const all: readonly Item[] = rows(30).map((id) => ({ id, name: `n${String(id)}` }));
const lines = (items: readonly unknown[]) => items.map((item) => `${JSON.stringify(item)}\n`).join('');

/** Pages of ten, and an empty one. `onPage` may answer itself. */
async function api(items: readonly unknown[] = all, onPage: (page: number) => object | undefined = () => undefined) {
  const server = await serve(({ url }, response) => {
    const page = Number(url.searchParams.get('page') ?? 1);
    const other = onPage(page);
    if (other) json(response, other, 400);
    else json(response, { items: items.slice((page - 1) * 10, page * 10), total: items.length });
  });
  const folder = temporaryFolder();
  const at = (name: string) => join(folder, name);
  const read = (name: string) => {
    const bytes = readFileSync(at(name));
    return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
  };
  const asked = () => server.seen.map(({ url }) => url.searchParams.get('page')).join();
  return { url: server.url, at, read, asked };
}

describe('-o, by its name', () => {
  const ndjson = lines(all);
  const array = `[\n${all.map((item) => JSON.stringify(item)).join(',\n')}\n]\n`;
  const csv = `id,name\r\n${all.map(({ id, name }) => `${String(id)},${String(name)}\r\n`).join('')}`;
  it.each([
    ['a', ndjson],
    ['a.ndjson', ndjson],
    ['a.jsonl', ndjson],
    ['a.json.txt', ndjson],
    ['a.jsonx', ndjson],
    ['ajson', ndjson],
    ['a.json', array],
    ['a.JSON.GZ', array],
    ['a.Csv', csv],
    ['a.csv.gz', csv],
  ])('%s', async (name, text) => {
    const { url, at } = await api();
    expect(await pagewise(url, ...paged, '-o', at(name))).toMatchObject({ code: 0, stdout: '' });
    const bytes = readFileSync(at(name));
    expect((name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()).toBe(text);
  });

  it('--format outranks the name, and - is stdout in NDJSON', async () => {
    const { url, at, read } = await api();
    await pagewise(url, ...paged, '-o', at('a.csv'), '--format', 'ndjson');
    expect(read('a.csv')).toBe(ndjson);
    for (const args of [[], ['-o', '-']]) expect((await pagewise(url, ...paged, ...args)).stdout).toBe(ndjson);
    expect((await pagewise(url, ...paged, '--format', 'csv')).stdout).toBe(csv);
    expect((await pagewise(url, ...paged, '--format', 'json')).stdout).toBe(array);
  });

  const database = 'for a database, use writeTable of the library';
  const packed = 'for a compressed file, name one that ends in .gz, such as items.ndjson.gz';
  const other = 'name a file that ends in .ndjson, .json or .csv';
  it.each([
    ['sqlite sqlite3 db db3 duckdb mdb accdb', database],
    ['zip zst bz2 xz lz4 br 7z rar tar tgz', packed],
    ['parquet avro orc arrow feather xls xlsx xlsm xlsb ods numbers tsv xml yml yaml htm html pdf XLSX', other],
  ])('D1 a format that the command does not write is refused before anything is sent: %s', async (names, advice) => {
    const { url, at, asked } = await api();
    for (const name of names.split(' ')) {
      const path = at(`a.${name}`);
      const { code, stderr } = await pagewise(url, ...paged, '-o', path);
      expect([code, stderr]).toEqual([
        2,
        `pagewise: -o ${path}: the command writes NDJSON, JSON and CSV, not .${name}; ${advice}, or add --format ndjson to write NDJSON into this file\n`,
      ]);
      expect(existsSync(path)).toBe(false);
    }
    expect(asked()).toBe('');
  });

  it.each(['a.parquet.ndjson', 'parquet', 'a.parquets', 'a.tsvx', 'a.xml.gz'])('D1 %s is written', async (name) => {
    const { url, at, read } = await api();
    expect((await pagewise(url, ...paged, '-o', at(name))).code).toBe(0);
    expect(read(name)).toBe(ndjson);
  });

  it('D1 --format is the way to write into a file of another name', async () => {
    const { url, at, read } = await api();
    expect((await pagewise(url, ...paged, '-o', at('a.tsv'), '--format', 'ndjson')).code).toBe(0);
    expect(read('a.tsv')).toBe(ndjson);
  });
});

describe('rows', () => {
  it('--fields are the members of objects, the columns of CSV, and what --pages keeps', async () => {
    const items = [{ id: 1, customer: { name: 'Ann' }, more: 1 }, { id: 2 }];
    const { url } = await api(items);
    const flags = [url, ...paged, '--total', 'total', '--fields', 'customer.name,id'];
    const picked = [{ 'customer.name': 'Ann', id: 1 }, { id: 2 }];
    expect((await pagewise(...flags)).stdout).toBe(lines(picked));
    expect((await pagewise(...flags, '--format', 'csv')).stdout).toBe('customer.name,id\r\nAnn,1\r\n,2\r\n');
    expect((await pagewise(...flags, '--pages')).stdout).toBe(lines([{ index: 0, items: picked, total: 2, next: null }])); // prettier-ignore
    expect((await pagewise(url, ...paged, '--pages', '--max-pages', '1')).stdout).toBe(
      lines([{ index: 0, items, next: { page: 2, size: 10 } }]),
    );
  });

  it('--fields that are no paths, and that no item has, are named by the flag', async () => {
    const { url, asked } = await api();
    const { code, stderr } = await pagewise(url, ...paged, '--fields', 'a..b');
    expect([code, asked(), stderr]).toEqual([2, '', expect.stringContaining('--fields')]);
    const misspelt = await pagewise(url, ...paged, '--fields', 'id,tax', '-q');
    expect(misspelt).toMatchObject({
      code: 0,
      stderr: 'pagewise: no item has "tax"; check the paths in --fields and --distinct.\n',
    });
    const similar = await pagewise(url, ...paged, '--fields', 'Name');
    expect([similar.code, similar.stdout, similar.stderr]).toEqual([1, '', expect.stringContaining('name')]);
  });

  it('H5 on a terminal are the same rows in visible text, also after a run that resumes', async () => {
    const { url, at } = await api([
      { id: 1, text: 'a\u001b[31m\r\n"b",\u202e' },
      { id: 2, text: 'plain' },
    ]);
    onTerminal(true);
    const csv = await pagewise(url, ...paged, '--format', 'csv');
    expect(csv.stdout).toBe('id,text\r\n1,"a\\u001b[31m\\r\\n""b"",\\u202e"\r\n2,plain\r\n');
    const list = await pagewise(url, ...paged, '--format', 'json');
    expect(list.stdout).toBe('[\n{"id":1,"text":"a\\u001b[31m\\r\\n\\"b\\",\\u202e"},\n{"id":2,"text":"plain"}\n]\n');
    const args = [url, ...paged, '--format', 'csv', '--fields', 'text', '--checkpoint', at('place')];
    expect((await pagewise(...args, '--max-items', '1')).stdout).toBe('text\r\n"a\\u001b[31m\\r\\n""b"",\\u202e"\r\n');
    expect((await pagewise(...args)).stdout).toBe('plain\r\n');
    const { token } = await pagewise(url, ...paged, '--format', 'csv', '--fields', 'text', '--max-items', '1');
    const resumed = await pagewise(url, ...paged, '--format', 'csv', '--fields', 'text', '--resume-from', token);
    expect(resumed.stdout).toBe('plain\r\n');
    onTerminal(false);
    expect((await pagewise(url, ...paged, '--format', 'csv')).stdout).toContain('\u001b[31m\r\n');
  });

  it('D1 --escape-formulas is for CSV, and off by default', async () => {
    const { url } = await api([{ a: '=1' }]);
    expect((await pagewise(url, ...paged, '--format', 'csv')).stdout).toBe('a\r\n=1\r\n');
    expect((await pagewise(url, ...paged, '--format', 'csv', '--escape-formulas')).stdout).toBe("a\r\n'=1\r\n");
  });
});

describe('D5 a checkpoint', () => {
  const begun = async (...flags: string[]) => {
    const one = await api();
    const place = one.at('place');
    const args = [one.url, ...paged, '-o', one.at('a.ndjson'), '--checkpoint', place, ...flags];
    expect((await pagewise(...args, '--max-pages', '1')).code).toBe(0);
    const stored = JSON.parse(one.read('place')) as { at: { as: Record<string, unknown> } };
    return { ...one, place, args, stored };
  };
  const over = (place: string) => `start over: delete ${place} or name another file`;

  it.each<[is: string, before: string[], now: string[], made: string, has: string]>([
    ['another format', [], ['--format', 'csv'], '--format ndjson', '--format csv'],
    ['fields', [], ['--fields', 'id,name'], 'no --fields', '--fields id,name'],
    ['other fields', ['--fields', 'id,name'], ['--fields', 'id'], '--fields id,name', '--fields id'],
    ['no fields', ['--fields', 'id'], [], '--fields id', 'no --fields'],
    ['formulas', ['--format', 'csv'], ['--format', 'csv', '--escape-formulas'], 'no --escape-formulas', '--escape-formulas'],
    ['no formulas', ['--format', 'csv', '--escape-formulas'], ['--format', 'csv'], '--escape-formulas', 'no --escape-formulas'],
    ['distinct', [], ['--distinct', 'id'], 'no --distinct', '--distinct id'],
    ['another distinct', ['--distinct', 'name'], ['--distinct', 'id'], '--distinct name', '--distinct id'],
    ['pages', [], ['--pages'], 'no --pages', '--pages'],
    ['no pages', ['--pages'], [], '--pages', 'no --pages'],
  ])('of a run with other flags is refused: %s', async (_is, before, now, made, has) => {
    const { args, place, asked, read } = await begun(...before);
    const written = read('a.ndjson');
    const { code, stderr } = await pagewise(...args.slice(0, args.length - before.length), ...now);
    expect([code, asked(), read('a.ndjson')]).toEqual([2, '1', written]);
    expect(stderr).toBe(
      `pagewise: --checkpoint ${place}: the checkpoint was made with ${made}, but this run has ${has}; use the same flags, or ${over(place)}\n`,
    );
  }); // prettier-ignore

  it('of another output is refused, and the same one in other words is not', async () => {
    const { args, at, place, read } = await begun();
    const into = (file: string) => args.map((arg) => (arg === at('a.ndjson') ? file : arg));
    const { code, stderr } = await pagewise(...into(at('b.ndjson')));
    expect([code, existsSync(at('b.ndjson'))]).toEqual([2, false]);
    expect(stderr).toContain(`made with -o ${at('a.ndjson')}, but this run has -o ${at('b.ndjson')}; `);
    expect(await pagewise(...into('-'))).toMatchObject({ code: 2, stderr: expect.stringContaining('has -o -') });
    expect(stderr).toContain(over(place));
    expect((await pagewise(...into(at('x/../a.ndjson')))).code).toBe(0);
    expect(read('a.ndjson')).toBe(lines(all));
  });

  it('on stdout is the same with and without -o -', async () => {
    const { url, at } = await api();
    const args = [url, ...paged, '--checkpoint', at('place')];
    const first = await pagewise(...args, '-o', '-', '--max-pages', '1');
    expect(first.stdout + (await pagewise(...args)).stdout).toBe(lines(all));
  });

  it('of a version without a flag goes on without it, and is refused with it', async () => {
    const { args, place, stored, read } = await begun();
    for (const flag of ['--escape-formulas', '--pages']) delete stored.at.as[flag];
    writeFileSync(place, JSON.stringify(stored));
    const { code, stderr } = await pagewise(...args, '--pages');
    expect([code, stderr]).toEqual([2, expect.stringContaining('made with no --pages, but this run has --pages')]);
    expect((await pagewise(...args)).code).toBe(0);
    expect(read('a.ndjson')).toBe(lines(all));
    delete stored.at.as['--format'];
    writeFileSync(place, JSON.stringify(stored));
    expect((await pagewise(...args)).stderr).toContain('made with no --format, but this run has --format ndjson');
  });

  it('of something else is refused', async () => {
    const { args, place, stored, read } = await begun();
    writeFileSync(place, JSON.stringify({ ...stored, at: { ...stored.at, as: undefined } }));
    const { code, stderr } = await pagewise(...args);
    expect([code, stderr]).toEqual([
      2,
      `pagewise: --checkpoint ${place}: the checkpoint was not made by this command; ${over(place)}\n`,
    ]);
    expect(read('a.ndjson')).toBe(lines(all.slice(0, 10)));
  });

  it('refuses an output that is gone, cut, edited or longer, by what it says of the run', async () => {
    const { args, at, place } = await begun();
    const output = at('a.ndjson');
    for (const done of [false, true]) {
      if (done) expect((await pagewise(...args)).code).toBe(0);
      const bytes = readFileSync(output);
      const how = done ? 'to write everything again, add --when-done restart' : over(place);
      const refused = async (text: string) =>
        expect(await pagewise(...args)).toMatchObject({ code: 2, stderr: `pagewise: --checkpoint ${place}: ${text}; ${how}\n` }); // prettier-ignore
      rmSync(output);
      await refused(`the output, ${output}, is gone`);
      writeFileSync(output, bytes.subarray(1));
      await refused('the output is shorter than the checkpoint says, so the output was replaced or cut');
      writeFileSync(output, Buffer.alloc(bytes.length, 'x'));
      await refused(`the text of ${output} before byte ${String(bytes.length)} is not what the last run wrote, so the file was replaced or edited`); // prettier-ignore
      writeFileSync(output, bytes);
      appendFileSync(output, 'x');
      await refused(`${output} has ${String(bytes.length + 1)} bytes, but the last run ended at byte ${String(bytes.length)}, so something else has written to it; remove what was added`); // prettier-ignore
      truncateSync(output, bytes.length);
    }
    const done = await pagewise(...args);
    expect([done.code, done.stderr]).toEqual([0, expect.stringMatching(/^Nothing to do/)]);
  });

  it.each(['deleted', 'cut'])('refuses an output that is %s while paging is detected, and makes no new one', async (what) => {
    const { url, at } = await api(all, (page) => {
      if (page === 2 && what === 'deleted') rmSync(at('a.ndjson'), { force: true });
      if (page === 2 && what === 'cut' && existsSync(at('a.ndjson'))) truncateSync(at('a.ndjson'), 5);
      return undefined;
    });
    const args = [url, '-o', at('a.ndjson'), '--checkpoint', at('place')];
    expect((await pagewise(...args, '--max-pages', '1')).code).toBe(0);
    const { code, stderr } = await pagewise(...args);
    expect([code, stderr.split('\n').slice(-2, -1)]).toEqual([2, [`pagewise: --checkpoint ${at('place')}: the output is shorter than the checkpoint says, so the output was replaced or cut; ${over(at('place'))}`]]);
    expect(existsSync(at('a.ndjson'))).toBe(what === 'cut');
  }); // prettier-ignore

  it('makes its folder, and is refused before anything is sent where no file can be', async () => {
    const { url, at, asked, read } = await api();
    const refused = async (place: string, message: string) => {
      const { code, stderr } = await pagewise(url, ...paged, '--checkpoint', place);
      expect([code, stderr]).toEqual([2, `pagewise: --checkpoint ${place}: ${message}\n`]);
    };
    writeFileSync(at('file'), '');
    await refused(
      at('file/place'),
      "can't create the folder of this file (ENOTDIR); name a file in a folder that you can write",
    );
    await refused(
      at('file/more/place'),
      "can't create the folder of this file (ENOTDIR); name a file in a folder that you can write",
    );
    mkdirSync(at('folder'));
    await refused(
      at('folder'),
      "can't open the file for writing (EISDIR); check its permissions, or name another file",
    );
    execFileSync('mkfifo', [at('pipe')]);
    await refused(at('pipe'), "this is a device or a pipe, which can't be read again; name a file");
    await refused('/dev/null', "this is a device or a pipe, which can't be read again; name a file");
    expect(asked()).toBe('');
    expect((await pagewise(url, ...paged, '--checkpoint', at('a/b/place'))).code).toBe(0);
    expect(JSON.parse(read('a/b/place'))).toMatchObject({ resume: { done: true } });
    expect(statSync(at('a/b/place')).mode & 0o777).toBe(0o600);
  });

  it('that is no checkpoint, and temporary files beside it that killed runs have left', async () => {
    const { args, at, place } = await begun();
    writeFileSync(`${place}.0123456789ab.tmp`, '');
    writeFileSync(place, '{');
    expect(await pagewise(...args)).toMatchObject({
      code: 2,
      stderr: `pagewise: --checkpoint ${place}: the file is not a checkpoint, or is damaged; ${over(place)}\n`,
    });
    expect(existsSync(at('place.0123456789ab.tmp'))).toBe(false);
  });

  it('that can not be written says which file, and what to do', async () => {
    const made = await api(all, (page) => {
      if (page !== 2) return undefined;
      rmSync(made.at('place'));
      mkdirSync(made.at('place'));
      return undefined;
    });
    const args = [made.url, ...paged, '--prefetch', '0', '-o', made.at('a.ndjson'), '--checkpoint', made.at('place')];
    const { code, stderr } = await pagewise(...args);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^pagewise: can't write to .*\/place: .*EISDIR/);
    expect(stderr).toContain('To resume at the page that failed, run the same command again');
  });
});

describe('D6 --resume-from into a file', () => {
  it('appends to what is there, and begins a file that is empty or new', async () => {
    const { url, at, read } = await api();
    const csv = ['--fields', 'id'];
    const { token } = await pagewise(url, ...paged, '-o', at('a.csv'), ...csv, '--max-pages', '1');
    writeFileSync(at('empty.csv'), '');
    const rest = all.slice(10).map(({ id }) => `${String(id)}\r\n`).join(''); // prettier-ignore
    for (const [name, text] of [
      [
        'a.csv',
        `id\r\n${rows(10)
          .map((id) => `${String(id)}\r\n`)
          .join('')}${rest}`,
      ],
      ['empty.csv', `id\r\n${rest}`],
      ['new.csv', `id\r\n${rest}`],
    ] as const) {
      // prettier-ignore
      expect((await pagewise(url, ...paged, '-o', at(name), ...csv, '--resume-from', token)).code).toBe(0);
      expect(read(name)).toBe(text);
    }
  });

  it.each<[name: string, content: string | Buffer | undefined, message: string]>([
    ['a.ndjson', '1', 'does not end with a line break'],
    ['a.csv', 'name\r\n1\r\n', 'the first row of'],
    ['a.ndjson.gz', gzipSync('1\n').subarray(0, -3), 'is not a whole gzip file'],
  ])('refuses %s that says %j before anything is sent', async (name, content, message) => {
    const { url, at, asked } = await api();
    const csv = ['--fields', 'id'];
    const { token } = await pagewise(url, ...paged, ...csv, '--max-pages', '1');
    writeFileSync(at(name), content ?? '');
    const { code, stderr } = await pagewise(url, ...paged, ...csv, '-o', at(name), '--resume-from', token);
    expect([code, asked(), stderr]).toEqual([2, '1', expect.stringContaining(message)]);
  });
});

describe('--max-items', () => {
  it.each([[[]], [['--distinct', 'id']]])('ends within a page, and the next run goes on within it %j', async (more) => {
    const { url, at, read } = await api();
    const args = [url, ...paged, '-o', at('a.ndjson'), '--checkpoint', at('place'), ...more];
    for (const upTo of [4, 8, 12]) {
      const { stderr } = await pagewise(...args, '--max-items', '4');
      expect(stderr).toContain(`Stopped at --max-items within page ${upTo > 10 ? '2' : '1'}; there are more items.\nTo resume after the last written item, `); // prettier-ignore
      expect(read('a.ndjson')).toBe(lines(all.slice(0, upTo)));
      expect(JSON.parse(read('place'))).toMatchObject({ resume: { index: upTo > 10 ? 1 : 0, delivered: upTo % 10, itemsBefore: upTo } }); // prettier-ignore
    }
    expect((await pagewise(...args)).code).toBe(0);
    expect(read('a.ndjson')).toBe(lines(all));
  });

  it('at the end of a page resumes after it; at the end of the list there is nothing to resume', async () => {
    const { url, asked } = await api();
    const first = await pagewise(url, ...paged, '--max-items', '10');
    expect(first.stderr).toContain(
      'Stopped at --max-items; there may be more items.\nTo resume after the last written page, ',
    );
    expect([first.stdout, asked()]).toEqual([lines(all.slice(0, 10)), '1']);
    const rest = await pagewise(url, ...paged, '--resume-from', first.token);
    expect(rest.stdout).toBe(lines(all.slice(10)));
    const list = await pagewise(url, ...paged, '--format', 'json', '--max-items', '12');
    expect(JSON.parse(list.stdout)).toEqual(all.slice(0, 12));
    const last = await pagewise(url, ...paged, '--total', 'total', '--max-items', '30');
    expect([last.code, last.token]).toEqual([0, '']);
    expect(last.stderr).not.toContain('Stopped');
  });

  it('with --pages writes a part of the page, and the whole page again', async () => {
    const { url, at, read } = await api();
    const args = [url, ...paged, '--pages', '-o', at('a.ndjson'), '--checkpoint', at('place')];
    const { stderr } = await pagewise(...args, '--max-items', '12');
    expect(stderr).toContain('To resume from the start of that page, ');
    const items = () => read('a.ndjson').trim().split('\n').map((line) => (JSON.parse(line) as { items: Item[] }).items.length); // prettier-ignore
    expect(items()).toEqual([10, 2]);
    await pagewise(...args);
    expect(items()).toEqual([10, 10, 10, 0]);
  });

  it('P18 within a page that was skipped before goes on within it', async () => {
    let broken = true;
    const { url, at, read } = await api(all, (page) => (broken && page === 2 ? { error: 1 } : undefined));
    const args = [url, ...paged, '-o', at('a.ndjson'), '--checkpoint', at('place')];
    expect((await pagewise(...args, '--skip-failed-pages', '1')).code).toBe(3);
    broken = false;
    for (let i = 0; i < 2; i++) await pagewise(...args, '--max-items', '3');
    expect((await pagewise(...args)).code).toBe(0);
    expect(read('a.ndjson')).toBe(lines([...all.slice(0, 10), ...all.slice(20), ...all.slice(10, 20)]));
  });
});

describe('P18 skipped pages', () => {
  it('are in the token of a run that is cut after them, or in one of them', async () => {
    const broken = new Set([2, 3]);
    const { url, at, read } = await api(all, (page) => (broken.has(page) ? { error: 1 } : undefined));
    const args = [url, ...paged, '--on-repeat', 'allow', '-o', at('a.ndjson'), '--checkpoint', at('place')];
    const gaps = () => (JSON.parse(read('place')) as { resume: { gaps?: { index: number }[]; index: number } }).resume.gaps?.map(({ index }) => index); // prettier-ignore
    broken.delete(3);
    await pagewise(...args, '--skip-failed-pages', '1', '--max-items', '13');
    expect([gaps(), JSON.parse(read('place'))]).toEqual([[1], expect.objectContaining({ resume: expect.objectContaining({ index: 2, delivered: 3 }) })]); // prettier-ignore
    broken.clear();
    await pagewise(...args);
    expect(read('a.ndjson')).toBe(lines([...all.slice(0, 10), ...all.slice(20, 23), ...all.slice(10, 20), ...all.slice(23)])); // prettier-ignore
    rmSync(at('place'));
    for (const page of [2, 3]) broken.add(page);
    expect((await pagewise(...args, '--skip-failed-pages', '2')).code).toBe(3);
    broken.clear();
    await pagewise(...args, '--max-items', '3');
    await pagewise(...args);
    expect(read('a.ndjson')).toBe(lines(all));
  });
});

describe('P18 a skipped page before the page that --max-items cuts', () => {
  it('stays skipped, and the next run goes on within the page that was cut', async () => {
    const more = rows(40).map((id) => ({ id }));
    let broken = true;
    const { url, at, read } = await api(more, (page) => (broken && page === 2 ? { error: 1 } : undefined));
    const args = [url, ...paged, '--on-repeat', 'allow', '-o', at('a.ndjson'), '--checkpoint', at('place')];
    await pagewise(...args, '--skip-failed-pages', '1', '--max-items', '23');
    expect(JSON.parse(read('place'))).toMatchObject({ resume: { index: 3, delivered: 3, gaps: [{ index: 1 }] } });
    broken = false;
    expect((await pagewise(...args)).code).toBe(0);
    expect(read('a.ndjson')).toBe(lines([...more.slice(0, 10), ...more.slice(20, 33), ...more.slice(10, 20), ...more.slice(33)])); // prettier-ignore
  });
});

describe('the progress', () => {
  it.each([
    ['is hidden before rows that share its terminal, and shown below them', true, []],
    ['stays if stdout is no terminal', false, []],
    ['stays if the terminal is not what rows are written to', true, ['-o']],
  ])('%s', async (_what, isTerminal, flags) => {
    const shared = isTerminal && flags.length === 0;
    const log: (readonly ['stdout' | 'stderr', string])[] = [];
    let answered = () => {};
    const shown = new Promise<void>((resolve) => (answered = resolve));
    const into = (name: 'stdout' | 'stderr') =>
      jest.spyOn(process[name], 'write').mockImplementation(((data: string | Uint8Array, done?: () => void) => {
        log.push([name, Buffer.from(data as string).toString()]);
        if (name === 'stderr' && log.at(-1)?.[1].includes('1 page, 10 items')) answered();
        done?.();
        return true;
      }) as never); // prettier-ignore
    const server = await serve(async ({ url }, response) => {
      const page = Number(url.searchParams.get('page') ?? 1);
      if (page === 2) await shown;
      json(response, { items: all.slice((page - 1) * 10, page * 10) });
    });
    const before = Object.getOwnPropertyDescriptor(process.stderr, 'isTTY');
    Object.defineProperty(process.stderr, 'isTTY', { value: true, configurable: true });
    onTerminal(isTerminal);
    const spies = [into('stdout'), into('stderr')];
    const { CI, NO_COLOR } = process.env;
    Object.assign(process.env, { CI: '', NO_COLOR: '1' });
    const file = flags.map((flag) => [flag, join(temporaryFolder(), 'a.ndjson')]).flat();
    try {
      expect(await run([server.url, ...paged, '--prefetch', '0', ...file])).toBe(0);
    } finally {
      Object.assign(process.env, { CI: CI ?? '', NO_COLOR: NO_COLOR ?? '' });
      for (const spy of spies) spy.mockRestore();
      if (before) Object.defineProperty(process.stderr, 'isTTY', before);
      else delete (process.stderr as { isTTY?: boolean }).isTTY;
    }
    if (file.length > 0) {
      // Hidden once, at the end: before that, each text draws over the one before.
      const cleared = log.flatMap(([, text], at) => (text === '\r\u001b[K' ? [at] : []));
      expect(cleared).toEqual([log.length - 2]);
      return;
    }
    const second = log.findIndex(([name, text]) => name === 'stdout' && text.includes('"id":10'));
    const [, last] =
      log
        .slice(0, second)
        .filter(([name]) => name === 'stderr')
        .at(-1) ?? [];
    if (shared) expect(last).toBe('\r\u001b[K');
    else expect(last).toMatch(/1 page, 10 items/);
    if (shared) expect(log.slice(second).find(([name]) => name === 'stderr')?.[1]).toMatch(/^\S 2 pages, /);
  });
});

describe('--distinct', () => {
  const repeated = rows(30).map((id) => ({ id: id === 12 ? 2 : id === 25 ? undefined : id, n: id }));
  const kept = repeated.filter(({ n }) => n !== 12);
  const begun = async (items: readonly unknown[] = repeated) => {
    const one = await api(items);
    const place = one.at('place');
    const args = [one.url, ...paged, '-o', one.at('a.ndjson'), '--checkpoint', place, '--distinct', 'id'];
    expect((await pagewise(...args, '--max-pages', '1')).code).toBe(0);
    return { ...one, place, keys: `${place}.keys`, args };
  };

  it('writes each key once, and all items without one; the summary counts them', async () => {
    const { url } = await api(repeated);
    const { code, stdout, stderr } = await pagewise(url, ...paged, '--distinct', 'id');
    expect([code, stdout]).toEqual([0, lines(kept)]);
    expect(stderr).toContain('29 distinct items; 1 repeated item omitted.\n1 item without a value for --distinct, all of them written.\n'); // prettier-ignore
    expect((await pagewise(url, ...paged, '--distinct', 'id', '--total', 'total')).code).toBe(3);
  });

  it('keeps no file of keys without a checkpoint', async () => {
    const kept = () => readdirSync('.').filter((name) => name.endsWith('.keys'));
    const found: string[] = [];
    const { url } = await api(repeated, () => void found.push(...kept()));
    expect((await pagewise(url, ...paged, '--distinct', 'id')).code).toBe(0);
    expect([...found, ...kept()]).toEqual([]);
  });

  it('without a checkpoint, an output that can no longer be opened is refused as such', async () => {
    const made = await api(all, () => void rmSync(made.at('sub'), { recursive: true, force: true }));
    mkdirSync(made.at('sub'));
    const { code, stderr } = await pagewise(made.url, '--distinct', 'id', '-o', made.at('sub/a.ndjson'));
    expect([code, stderr.split('\n').at(-2)]).toEqual([2, `pagewise: -o ${made.at('sub/a.ndjson')}: can't open the file for writing (ENOENT); check its permissions, or name another file`]); // prettier-ignore
  });

  it('compares keys by value and kind', async () => {
    const items = [{ id: 1 }, { id: '1' }, { id: { a: 1 } }, { id: { a: 1 } }, { id: null }, { id: null }, { id: [1] }];
    const { url } = await api(items);
    const { stdout } = await pagewise(url, ...paged, '--distinct', 'id');
    expect(stdout).toBe(lines([1, '1', { a: 1 }, null, [1]].map((id) => ({ id }))));
  });

  it('keeps the keys of earlier runs beside the checkpoint, for their owner alone', async () => {
    const { args, keys, read } = await begun();
    expect(read('place.keys')).toBe(rows(10).map((id) => `${String(id)}\n`).join('')); // prettier-ignore
    expect(statSync(keys).mode & 0o777).toBe(0o600);
    chmodSync(keys, 0o644);
    appendFileSync(keys, '12\n13\nof a killed run');
    const { code, stderr } = await pagewise(...args);
    expect([code, read('a.ndjson')]).toEqual([0, lines(kept)]);
    expect(stderr).toContain('29 distinct items; 1 repeated item omitted.');
    expect(statSync(keys).mode & 0o777).toBe(0o600);
    expect(read('place.keys').trim().split('\n')).toEqual(kept.flatMap(({ id }) => (id === undefined ? [] : String(id)))); // prettier-ignore
  });

  it('counts to --max-items what is written, and takes the repeated items before the cut', async () => {
    const { url } = await api(repeated);
    const first = await pagewise(url, ...paged, '--distinct', 'id', '--max-items', '12');
    expect(first.stdout).toBe(lines(kept.slice(0, 12)));
    expect(JSON.parse(first.token)).toMatchObject({ index: 1, delivered: 3, itemsBefore: 13 });
  });

  it('D5 refuses keys that are gone, cut or edited, by what the checkpoint says', async () => {
    const { args, keys, place, asked } = await begun();
    for (const done of [false, true]) {
      if (done) expect((await pagewise(...args)).code).toBe(0);
      const before = asked();
      const bytes = readFileSync(keys);
      const how = done ? 'to write everything again, add --when-done restart' : `start over: delete ${place} or name another file`; // prettier-ignore
      const refused = async (text: string) =>
        expect(await pagewise(...args)).toMatchObject({ code: 2, stderr: `pagewise: --distinct id: ${text}; ${how}\n` }); // prettier-ignore
      for (const change of [() => rmSync(keys), () => writeFileSync(keys, bytes.subarray(1))]) {
        change();
        await refused(`the file of earlier keys, ${keys}, was cut or deleted`);
      }
      writeFileSync(keys, Buffer.alloc(bytes.length, '1\n'));
      await refused(`the text of ${keys} before byte ${String(bytes.length)} is not what the last run wrote, so the file was replaced or edited`); // prettier-ignore
      writeFileSync(keys, bytes);
      expect(asked()).toBe(before);
    }
  });

  it('D5 of a checkpoint whose length of them is damaged are refused, and of one that has their length only are not', async () => {
    const { args, place, keys, read } = await begun();
    const stored = JSON.parse(read('place')) as { at: { keys: { bytes: number } } };
    const put = (keys: unknown) => writeFileSync(place, JSON.stringify({ ...stored, at: { ...stored.at, keys } }));
    for (const damaged of [-1, 'x', null, [], { ...stored.at.keys, bytes: -5 }, { ...stored.at.keys, bytes: '7' }]) {
      put(damaged);
      const { code, stderr } = await pagewise(...args);
      expect([code, stderr]).toEqual([2, expect.stringContaining(': the checkpoint was not made by this command; ')]);
    }
    put(stored.at.keys.bytes);
    appendFileSync(keys, '13\n');
    expect((await pagewise(...args)).code).toBe(0);
    expect(read('a.ndjson')).toBe(lines(kept));
  });

  it('D5 refuses keys that are cut while paging is detected', async () => {
    let second = false;
    const made = await api(all, (page) => {
      if (second && page === 2) truncateSync(made.at('place.keys'), 3);
      return undefined;
    });
    const args = [made.url, '-o', made.at('a.ndjson'), '--checkpoint', made.at('place'), '--distinct', 'id'];
    expect((await pagewise(...args, '--max-pages', '1')).code).toBe(0);
    second = true;
    const { code, stderr } = await pagewise(...args);
    expect([code, stderr]).toEqual([2, expect.stringContaining('place.keys, was cut or deleted; ')]);
  });

  it('needs no keys if no item had one, and leaves no file of them if nothing was written', async () => {
    const { args, keys, read } = await begun(all.map(({ name }) => ({ name })));
    rmSync(keys);
    expect((await pagewise(...args)).code).toBe(0);
    expect(read('a.ndjson').split('\n')).toHaveLength(31);
    const failing = await api(all, () => ({ error: 1 }));
    const place = failing.at('place');
    expect((await pagewise(failing.url, ...paged, '--checkpoint', place, '--distinct', 'id')).code).toBe(1);
    expect(existsSync(`${place}.keys`)).toBe(false);
  });

  it('refuses keys that can not be read or written', async () => {
    const { args, keys, asked } = await begun();
    rmSync(keys);
    mkdirSync(keys);
    const { code, stderr } = await pagewise(...args);
    expect([code, asked()]).toEqual([2, '1']);
    expect(stderr).toBe(
      `pagewise: the keys of --distinct ${keys}: can't open the file for writing (EISDIR); check its permissions, or name another file\n`,
    );
    rmSync(keys, { recursive: true });
    execFileSync('mkfifo', [keys]);
    expect((await pagewise(...args)).stderr).toContain("this is a device or a pipe, which can't be read again");
  });

  it.each(['deleted', 'moved', 'cut', 'longer'])('D5 keys that are %s while they are written end the run, and commit nothing', async (what) => {
    const made = await api(all, (page) => {
      const keys = made.at('place.keys');
      if (page !== 3) return undefined;
      if (what === 'deleted') rmSync(keys);
      if (what === 'moved') renameSync(keys, made.at('moved'));
      if (what === 'cut') truncateSync(keys, 3);
      if (what === 'longer') appendFileSync(keys, '99\n');
      return undefined;
    });
    const args = [made.url, ...paged, '-o', made.at('a.ndjson'), '--checkpoint', made.at('place'), '--distinct', 'id', '--prefetch', '0']; // prettier-ignore
    const { code, stderr } = await pagewise(...args);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^pagewise: can't write to .*place\.keys: it (was deleted, moved or replaced while|has \d+ bytes instead of \d+: it was cut).*; start over \[WriteError\]\n/m); // prettier-ignore
    expect(stderr).not.toContain('To resume');
    expect(JSON.parse(made.read('place'))).toMatchObject({ resume: { index: 2 } });
  }); // prettier-ignore
});

describe('a run that fails', () => {
  it('says where to resume: at the page that failed, which the output does not hold', async () => {
    let broken = true;
    const { url, at, read, asked } = await api(all, (page) => (broken && page === 2 ? { error: 1 } : undefined));
    const first = await pagewise(url, ...paged, '-o', at('a.ndjson'));
    expect(first.code).toBe(1);
    expect(first.stderr).toContain('To resume at the page that failed, run the same command with:\n');
    expect(first.stderr).not.toContain('was being written');
    expect(JSON.parse(first.token)).toMatchObject({ index: 1, itemsBefore: 10 });
    broken = false;
    expect((await pagewise(url, ...paged, '-o', at('a.ndjson'), '--resume-from', first.token)).code).toBe(0);
    expect([read('a.ndjson'), asked()]).toEqual([lines(all), '1,2,2,3,4']);
  });

  it('at its first page has nothing to resume', async () => {
    const { url } = await api(all, () => ({ error: 1 }));
    const { code, token } = await pagewise(url, ...paged);
    expect([code, token]).toEqual([1, '']);
  });

  it.each(['a.ndjson', 'place.keys'])('D5 because %s is gone lists all skipped pages, and no place to resume', async (name) => {
    const made = await api(all, (page) => {
      if (page === 3) rmSync(made.at(name));
      return page === 2 ? { error: 1 } : undefined;
    });
    const args = [made.url, ...paged, '-o', made.at('a.ndjson'), '--checkpoint', made.at('place'), '--distinct', 'id'];
    const { code, stderr } = await pagewise(...args, '--prefetch', '0', '--skip-failed-pages', '1');
    expect(code).toBe(1);
    expect(stderr).toContain('\nSkipped, and missing from the output: 1 page.\n  Page 2');
    expect(stderr).not.toContain('To resume');
  }); // prettier-ignore

  it('at a row that can not be written has none of its page, and resumes at that page', async () => {
    const { url, at, read } = await api([...all.slice(0, 15), { other: 1 }]);
    const { code, stderr, token } = await pagewise(url, ...paged, '-o', at('a.csv'));
    expect(code).toBe(1);
    expect(stderr).toContain("pagewise: Page 2 can't be written: --fields must be given");
    expect(stderr).toMatch(/To have that field too, start over.*, with --fields and the names of all columns\.\n/);
    expect(stderr).not.toContain('was being written');
    expect(read('a.csv').split('\r\n')).toHaveLength(12);
    expect(JSON.parse(token)).toMatchObject({ index: 1 });
  });

  it('on stdout may have written a part of its page, and says so', async () => {
    const { url } = await api();
    const writing = jest.spyOn(process.stdout, 'write').mockImplementation(((_data: unknown, done: (error?: Error) => void) => {
      done(Object.assign(new Error('no space'), { code: 'ENOSPC' }));
      return false;
    }) as never); // prettier-ignore
    let stderr = '';
    const say = jest.spyOn(process.stderr, 'write').mockImplementation(((text: string) => ((stderr += text), true)) as never); // prettier-ignore
    const code = await run([url, ...paged]);
    writing.mockRestore();
    say.mockRestore();
    expect(code).toBe(1);
    expect(stderr).toMatch(/^pagewise: can't write to stdout: no space/);
    expect(stderr).toContain('Page 1 was being written: some of its items may already be in the output, and will be written again.\nTo resume, run the same command again.\n'); // prettier-ignore
  });

  it.each(['EPIPE', 'ECONNRESET', 'ERR_STREAM_DESTROYED'])('because the reader of stdout has left is none: %s', async (code) => {
    const { url } = await api();
    const writing = jest.spyOn(process.stdout, 'write').mockImplementation(((_data: unknown, done: (error?: Error) => void) => {
      done(Object.assign(new Error('gone'), { code }));
      return false;
    }) as never);
    const say = jest.spyOn(process.stderr, 'write').mockImplementation((() => true));
    const ended = await run([url, ...paged]);
    expect([ended, say.mock.calls]).toEqual([0, []]);
    writing.mockRestore();
    say.mockRestore();
  }); // prettier-ignore
});

describe('--report, --trace and --har into pipes', () => {
  it('are written when the walk has ended, as their readers come', async () => {
    const { url, at } = await api();
    const flags = ['--report', '--trace'].flatMap((flag) => {
      execFileSync('mkfifo', [at(flag)]);
      return [flag, at(flag)];
    });
    const running = pagewise(url, ...paged, ...flags);
    const { readFile } = await import('node:fs/promises');
    const [report, trace] = await Promise.all(['--report', '--trace'].map((name) => readFile(at(name), 'utf8')));
    const { code, stderr } = await running;
    expect([code, report, trace]).toEqual([0, expect.stringContaining('<html'), expect.stringContaining('"')]);
    expect(stderr).toContain('4 pages, 30 items');
  });
});
