import { describe, expect, it, jest } from '@jest/globals';
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { numbered, serve } from '../support/server.js';
import { command, pagewise, start, temporaryFolder } from './pagewise.js';

jest.setTimeout(60_000);

const paged = ['--paging', 'page', '--items', 'items', '--size', '10'];

/** A folder with links: hard.ndjson is one, soft leads to a file that is not there yet, over/ is the folder itself. */
function folder(): string {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'one'), '');
  linkSync(join(cwd, 'one'), join(cwd, 'hard'));
  symlinkSync('new', join(cwd, 'soft'));
  symlinkSync('.', join(cwd, 'over'));
  return cwd;
}

describe('D4 two outputs of one run', () => {
  it.each<[args: readonly string[], message: string]>([
    [['-o', 'F', '--report', 'F'], '-o and --report both name F; name two files'],
    [['-o', 'F', '--trace', './F'], '-o F and --trace ./F are the same file; name two files'],
    [['--checkpoint', 'one', '-o', '$PWD/one'], '--checkpoint one and -o $PWD/one are the same file'],
    [['-o', 'one', '--har', 'hard'], '-o one and --har hard are the same file'],
    [['-o', 'new', '--report', 'soft'], '-o new and --report soft are the same file'],
    [['--report', 'over/over/r', '--har', 'r'], '--report over/over/r and --har r are the same file'],
    [['--checkpoint', 'C', '--distinct', '.', '-o', 'C.keys'], '-o and the keys of --distinct both name C.keys'],
    [['--checkpoint', 'no/such/C', '--report', 'over/no/such/C'], '--checkpoint no/such/C and --report over/no/such/C are the same file'],
  ])('%j are refused before anything is sent', async (args, message) => {
    const server = await serve(numbered(5));
    const cwd = folder();
    const before = readdirSync(cwd);
    const here = (text: string) => text.replace('$PWD', cwd);
    const { code, stderr } = await pagewise([server.url, ...paged, ...args.map(here)], { cwd });
    expect(stderr).toContain(`pagewise: ${here(message)}`);
    expect({ code, requests: server.seen.length, files: readdirSync(cwd) }).toEqual({ code: 2, requests: 0, files: before }); // prettier-ignore
  }); // prettier-ignore

  it('are refused if one of them is what the shell has opened', async () => {
    const server = await serve(numbered(5));
    for (const [redirected, args, message] of [
      ['>all', ['--report', 'all'], '--report all and stdout are the same file'],
      ['2>all', ['-o', './all'], undefined],
    ] as const) {
      const cwd = temporaryFolder();
      const script = `"$0" "$@" ${redirected}`;
      const { code, stderr } = await start('/bin/sh', ['-c', script, process.execPath, command, server.url, ...paged, ...args], { cwd }).ended; // prettier-ignore
      expect({ code, requests: server.seen.length }).toEqual({ code: 2, requests: 0 });
      if (message) expect(stderr).toContain(message);
    }
  });

  it('may have names that differ by case, where these are two files, and may be devices and pipes', async () => {
    const server = await serve(numbered(5));
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'probe'), '');
    const folds = existsSync(join(cwd, 'PROBE'));
    const args = ['-o', 'a.ndjson', '--report', 'A.ndjson', '--trace', '/dev/null', '--har', '/dev/null'];
    const { code } = await pagewise([server.url, ...paged, ...args], { cwd });
    expect(code).toBe(folds ? 2 : 0);
    if (!folds) expect(readFileSync(join(cwd, 'a.ndjson'), 'utf8')).toBe('0\n1\n2\n3\n4\n');
    const both = await start('/bin/sh', ['-c', '"$0" "$@" >log 2>&1', process.execPath, command, server.url, ...paged], { cwd }).ended; // prettier-ignore
    expect(both.code).toBe(0);
    expect(readFileSync(join(cwd, 'log'), 'utf8')).toMatch(/^0\n1\n2\n3\n4\n2 pages, 5 items/);
  });
});

describe('D4 jobs of one run', () => {
  const run = async (jobs: Record<string, object>, args: readonly string[] = ['--all'], defaults: object = {}) => {
    const server = await serve(numbered(5));
    const cwd = folder();
    mkdirSync(join(cwd, '.pagewise'));
    const shared = { paging: 'page', items: 'items', size: 10, ...defaults };
    const listed = Object.entries(jobs).map(([name, flags]) => [name, { url: `${server.url}?${name}`, ...flags }]);
    const config = { defaults: shared, jobs: Object.fromEntries(listed) as object };
    writeFileSync(join(cwd, 'pagewise.config.json'), JSON.stringify(config));
    const ended = await pagewise(['run', ...args], { cwd });
    return { ...ended, requests: server.seen.length };
  };

  it.each<[jobs: Record<string, object>, message: string]>([
    [{ a: { output: 'x' }, b: { output: 'over/x' } }, 'the jobs a and b have the same output, over/x (x); give each job its own'],
    [{ a: { output: 'one' }, b: { output: 'hard' } }, 'the jobs a and b have the same output, hard (one); give'],
    [{ a: { output: '.pagewise/b.json' }, b: { output: 'x' } }, 'the jobs a and b write to the same file, a as -o .pagewise/b.json and b as --checkpoint .pagewise/b.json; give each job its own'],
    [{ a: { output: '.pagewise/b.json.keys' }, b: { output: 'x', distinct: '.' } }, 'b as the keys of --distinct .pagewise/b.json.keys; give'],
    [{ a: { output: 'new' }, b: { output: 'y', report: 'soft' } }, 'a as -o new and b as --report soft; give'],
    [{ a: { output: 'x', report: './x' }, b: {} }, ', job "a": -o x and --report ./x are the same file; name two files'],
  ])('%j are refused before the first is started', async (jobs, message) => {
    const { code, stderr, requests } = await run(jobs);
    expect(stderr).toContain(message);
    expect(stderr).toContain('pagewise: pagewise.config.json');
    expect({ code, requests }).toEqual({ code: 2, requests: 0 });
  }); // prettier-ignore

  it('with one report for all have it together; with other recordings beside it, they are refused', async () => {
    const jobs = { a: { output: 'x' }, b: { output: 'y' } };
    for (const [args, defaults] of [
      [['--all', '--report', 'r.html'], {}],
      [['a', 'b'], { report: 'r.html', har: 'r.har' }],
    ] as const)
      expect(await run(jobs, args, defaults)).toMatchObject({ code: 0, requests: 4 });
    const other = { a: { output: 'x', report: 'r.html' }, b: { output: 'y', report: 'r.html', har: 'b.har' } };
    const { code, stderr, requests } = await run(other, ['--all']);
    const message = 'the jobs a and b have the same report, r.html; give both the same report, trace and har, to have them in one, or each its own'; // prettier-ignore
    expect(stderr).toContain(message);
    expect({ code, requests }).toEqual({ code: 2, requests: 0 });
    expect(await run(jobs, ['a', '--report', 'r.html'])).toMatchObject({ code: 0, requests: 2 });
    expect(await run({ a: {}, b: {} }, ['--all', '--trace', '/dev/null'])).toMatchObject({ code: 0, requests: 4 });
  });
});

describe('D4 an output that is also read', () => {
  const end = 'are the same file, which would be overwritten; write to another file\n';
  const refused = async (args: readonly string[], cwd: string, message: string) => {
    const names = readdirSync(cwd);
    const texts = names.map((name) => (name === 'over' || name === 'soft' ? '' : readFileSync(join(cwd, name), 'utf8')));
    const { code, stderr } = await pagewise(args, { cwd });
    expect(stderr).toBe(`pagewise: ${message} ${end}`);
    expect(code).toBe(2);
    expect(readdirSync(cwd)).toEqual(names);
    expect(names.map((name) => (name === 'over' || name === 'soft' ? '' : readFileSync(join(cwd, name), 'utf8')))).toEqual(texts);
  }; // prettier-ignore

  it.each<[args: readonly string[], message: string]>([
    [['-d', '@one', '-o', 'one'], '-o one and -d @one'],
    [['-d', '@one', '-o', 'hard'], '-o hard and -d @one'],
    [['--data-binary', '@over/one', '--report', 'one'], '--report one and --data-binary @over/one'],
    [['--data-urlencode', 'name@one', '--trace', './one'], '--trace ./one and --data-urlencode @one'],
    [['--json', '{"a":1}', '--json', '@one', '--har', 'one'], '--har one and --json @one'],
    [['-H', 'A: b', '-H', '@one', '--checkpoint', 'one'], '--checkpoint one and -H @one'],
    [['--cacert', 'over/over/one', '-o', 'one'], '-o one and --cacert over/over/one'],
    [['--resume-from', '@one', '-o', 'hard'], '-o hard and --resume-from @one'],
    [['--checkpoint', 'C', '--distinct', '.', '-d', '@C.keys', '-o', 'new'], 'the keys of --distinct C.keys and -d @C.keys'],
    [['-d', '@new', '-o', 'soft'], '-o soft and -d @new'],
  ])('%j is refused before anything is sent or overwritten', async (args, message) => {
    const cwd = folder();
    writeFileSync(join(cwd, 'one'), 'precious');
    await refused(['http://127.0.0.1:1/', ...paged, ...args], cwd, message);
  }); // prettier-ignore

  it('is refused if the shell has opened one of them', async () => {
    for (const [script, args, message] of [
      ['"$0" "$@" <one', ['-d', '@-', '-o', './one'], '-o ./one and -d @-'],
      ['"$0" "$@" >>one', ['-d', '@one'], 'stdout and -d @one'],
    ] as const) {
      const cwd = folder();
      writeFileSync(join(cwd, 'one'), 'precious');
      const { code, stderr } = await start('/bin/sh', ['-c', script, process.execPath, command, 'http://127.0.0.1:1/', ...paged, ...args], { cwd }).ended; // prettier-ignore
      expect(stderr).toBe(`pagewise: ${message} ${end}`);
      expect(code).toBe(2);
      expect(readFileSync(join(cwd, 'one'), 'utf8')).toBe('precious');
    }
  });

  it('is written where the texts only look like files, and a device may be both', async () => {
    const server = await serve(numbered(5));
    for (const args of [
      ['--data-raw', '@one', '-o', 'one'],
      ['--data-urlencode', 'a=@one', '-o', 'one'],
      ['-d', '@/dev/null', '-X', 'GET', '-G', '-o', '/dev/null'],
    ]) {
      const cwd = folder();
      expect(await pagewise([server.url, ...paged, ...args], { cwd })).toMatchObject({ code: 0 });
    }
  });

  it('by jobs is refused before the first starts, unless an earlier job has written it', async () => {
    const server = await serve(numbered(5));
    const url = server.url;
    const shared = { paging: 'page', items: 'items', size: 10, checkpoint: false };
    const run = async (jobs: Record<string, object>, ...more: string[]) => {
      const cwd = folder();
      const config = { defaults: shared, jobs: Object.fromEntries(Object.entries(jobs).map(([name, flags]) => [name, { url, ...flags }])) }; // prettier-ignore
      writeFileSync(join(cwd, 'cfg.json'), JSON.stringify(config));
      const args = ['run', '--all', '--config', 'cfg.json', ...more];
      return { cwd, args, refused: (message: string) => refused(args, cwd, message) };
    };
    await (await run({ a: { output: 'cfg.json' } })).refused('cfg.json, job "a": -o cfg.json and --config cfg.json');
    await (await run({ a: { output: 'x' } }, '--report', 'over/cfg.json')).refused('cfg.json, job "a": --report over/cfg.json and --config cfg.json'); // prettier-ignore
    await (await run({ a: { output: 'x' }, b: { output: 'over/cfg.json', format: 'json' } })).refused('cfg.json, job "b": -o over/cfg.json and --config cfg.json'); // prettier-ignore
    await (await run({ a: { data: '@x', output: 'y' }, b: { output: 'x' } })).refused('cfg.json, job "b": -o x and -d @x of the job a'); // prettier-ignore
    await (await run({ a: { json: '@x', output: 'x' } })).refused('cfg.json, job "a": -o x and --json @x');
    expect(server.seen).toHaveLength(0);
    const { cwd, args } = await run({ a: { output: 'x' }, b: { data: '@x', get: true, output: 'y' } });
    expect(await pagewise(args, { cwd })).toMatchObject({ code: 0 });
    expect(server.seen.at(-1)?.target).toContain('?01234');
  });
});

describe('-o with the extension of another format', () => {
  const url = 'http://127.0.0.1:1/';
  it.each([
    ['x.sqlite', 'NDJSON, JSON and CSV, not .sqlite; for a database, use writeTable of the library, or add --format ndjson'],
    ['x.DB', 'not .DB; for a database'],
    ['x.parquet', 'not .parquet; name a file that ends in .ndjson, .json or .csv, or add'],
    ['x.xlsx', 'not .xlsx; name'],
    ['x.ndjson.zst', 'not .zst; for a compressed file, name one that ends in .gz'],
  ])('%s is refused', async (output, message) => {
    const { code, stderr } = await pagewise([url, ...paged, '-o', output]);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  }); // prettier-ignore

  it('in one of several jobs is refused before the first starts, and written with "format"', async () => {
    const server = await serve(numbered(5));
    const cwd = temporaryFolder();
    const shared = { url: server.url, paging: 'page', items: 'items', size: 10 };
    const jobs = (b: object) => JSON.stringify({ defaults: shared, jobs: { a: { output: 'a.ndjson' }, b } });
    writeFileSync(join(cwd, 'pagewise.config.json'), jobs({ output: 'x.sqlite' }));
    const { code, stderr } = await pagewise(['run', '--all'], { cwd });
    expect(stderr).toMatch(/^pagewise: pagewise\.config\.json, job "b": -o x\.sqlite: the command writes NDJSON, JSON and CSV, not \.sqlite;/); // prettier-ignore
    expect({ code, requests: server.seen.length }).toEqual({ code: 2, requests: 0 });
    expect((await pagewise(['run', 'a'], { cwd })).code).toBe(0);
    writeFileSync(join(cwd, 'pagewise.config.json'), jobs({ output: 'x.sqlite', format: 'ndjson' }));
    expect((await pagewise(['run', 'b'], { cwd })).code).toBe(0);
  });

  it('is written with --format, and other names are as before', async () => {
    const server = await serve(numbered(5));
    const cwd = temporaryFolder();
    for (const args of [['x.sqlite', '--format', 'ndjson'], ['x.jsonl'], ['x.txt'], ['x.db.ndjson'], ['xlsx']])
      expect((await pagewise([server.url, ...paged, '-o', ...args], { cwd })).code).toBe(0);
    expect(readFileSync(join(cwd, 'x.sqlite'), 'utf8')).toBe('0\n1\n2\n3\n4\n');
  });
});
