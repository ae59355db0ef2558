import { describe, expect, it, jest } from '@jest/globals';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { json, numbered, rows, serve, until, type Seen } from '../support/server.js';
import { pagewise, startPagewise, temporaryFolder } from './pagewise.js';

jest.setTimeout(60_000);

const paged = ['--paging', 'page', '--items', 'items', '--size', '10'];
const lines = (items: readonly unknown[]) => items.map((item) => `${JSON.stringify(item)}\n`).join('');

/** 50 rows; page 3 is answered when `open` is called, and then always. */
async function gated() {
  let open: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (open = resolve));
  const server = await serve(async ({ url }, response) => {
    const page = Number(url.searchParams.get('page'));
    if (page === 3) await gate;
    json(response, { items: rows(50).slice((page - 1) * 10, page * 10) });
  });
  const waiting = () => server.seen.some(({ url }: Seen) => url.searchParams.get('page') === '3');
  return { server, open, waiting };
}

const args = (url: string) => [url, ...paged, '-o', 'items.ndjson', '--checkpoint', 'place.json'];

describe('a second run with a checkpoint that is in use', () => {
  it('exits with 4 before it sends anything, and names the first; the first is not disturbed', async () => {
    const { server, open, waiting } = await gated();
    const cwd = temporaryFolder();
    const first = startPagewise(args(server.url), { cwd });
    await until('the first run is in the middle', waiting);
    const sent = server.seen.length;
    for (const more of [[], ['-q'], ['--when-done', 'restart']]) {
      const second = await pagewise([...args(server.url), ...more], { cwd });
      expect(second).toMatchObject({ code: 4, stdout: '' });
      expect(second.stderr).toMatch(
        /^pagewise: the checkpoint "place.json" is in use by .*, process \d+ since 20\S+Z; wait for that run, or stop it; if it has crashed, its lease ends at 20\S+Z \[LeaseError\]\n$/,
      );
      expect(second.stderr).toContain(`${hostname()}, process ${first.child.pid} `);
    }
    expect(server.seen).toHaveLength(sent);
    expect(statSync(join(cwd, 'place.json.lock')).mode & 0o777).toBe(0o600);
    open();
    expect((await first.ended).code).toBe(0);
    expect(readFileSync(join(cwd, 'items.ndjson'), 'utf8')).toBe(lines(rows(50)));
    expect(readdirSync(cwd).sort()).toEqual(['items.ndjson', 'place.json']);
    expect((await pagewise(args(server.url), { cwd })).code).toBe(0);
    expect(readdirSync(cwd).sort()).toEqual(['items.ndjson', 'place.json']);
  });

  (process.platform === 'linux' ? it : it.skip)('takes over from one that was killed, at once', async () => {
    const { server, open, waiting } = await gated();
    const cwd = temporaryFolder();
    const first = startPagewise(args(server.url), { cwd });
    await until('the first run is in the middle', waiting);
    await until('two pages are stored', () => readFileSync(join(cwd, 'place.json'), 'utf8').includes('"index":2'));
    first.child.kill('SIGKILL');
    await first.ended;
    expect(existsSync(join(cwd, 'place.json.lock'))).toBe(true);
    open();
    expect((await pagewise(args(server.url), { cwd })).code).toBe(0);
    expect(readFileSync(join(cwd, 'items.ndjson'), 'utf8')).toBe(lines(rows(50)));
    expect(readdirSync(cwd).sort()).toEqual(['items.ndjson', 'place.json']);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('%s releases the checkpoint', async (signal) => {
    const { server, open, waiting } = await gated();
    const cwd = temporaryFolder();
    const first = startPagewise(args(server.url), { cwd });
    await until('the first run is in the middle', waiting);
    first.child.kill(signal);
    await first.ended;
    expect(existsSync(join(cwd, 'place.json.lock'))).toBe(false);
    open();
    expect((await pagewise(args(server.url), { cwd })).code).toBe(0);
    expect(readFileSync(join(cwd, 'items.ndjson'), 'utf8')).toBe(lines(rows(50)));
  });

  it('leaves no lock after a failure, or if something else is refused', async () => {
    const server = await serve((_, response) => json(response, {}, 400));
    const cwd = temporaryFolder();
    expect((await pagewise(args(server.url), { cwd })).code).toBe(1);
    expect(readdirSync(cwd).filter((name) => name.includes('lock'))).toEqual([]);
    writeFileSync(join(cwd, 'place.json'), '{');
    expect((await pagewise(args(server.url), { cwd })).code).toBe(2);
    expect(readdirSync(cwd).filter((name) => name.includes('lock'))).toEqual([]);
    expect((await pagewise([server.url, ...paged, '--checkpoint', 'a', '-o', 'a.lock'], { cwd })).stderr).toContain(
      '-o and the lock of --checkpoint both name a.lock; name two files',
    );
  });

  it('ends a run whose lease another one has taken over with 4, and writes nothing more', async () => {
    const { server, open, waiting } = await gated();
    const cwd = temporaryFolder();
    const first = startPagewise(args(server.url), { cwd });
    await until('the first run is in the middle', waiting);
    await until('two pages are stored', () => readFileSync(join(cwd, 'place.json'), 'utf8').includes('"index":2'));
    const before = readFileSync(join(cwd, 'place.json'), 'utf8');
    writeFileSync(join(cwd, 'place.json.lock'), JSON.stringify({ id: 'b', holder: 'worker-2', since: 0, ms: 60_000 }));
    open();
    const { code, stderr } = await first.ended;
    expect(code).toBe(4);
    expect(stderr).toContain('the lease of the checkpoint "place.json" is lost');
    expect(stderr).toContain('worker-2 has taken it over since 1970-01-01T00:00:00.000Z');
    expect(readFileSync(join(cwd, 'place.json'), 'utf8')).toBe(before);
    expect(readFileSync(join(cwd, 'place.json.lock'), 'utf8')).toContain('worker-2');
  });

  it('is the least of the exit codes of several jobs', async () => {
    const { server, open, waiting } = await gated();
    const whole = await serve(numbered(25));
    const missing = await serve(({ url }, response) =>
      json(response, { items: url.searchParams.get('page') === '1' ? rows(5) : [], total: 9 }),
    );
    const broken = await serve((_, response) => json(response, {}, 400));
    const cwd = temporaryFolder();
    const job = (url: string) => ({ url, paging: 'page', items: 'items', size: 10 });
    const config = {
      jobs: {
        busy: { ...job(server.url), output: 'busy' },
        whole: { ...job(whole.url), output: 'whole' },
        missing: { ...job(missing.url), total: 'total', output: 'missing' },
        broken: { ...job(broken.url), output: 'broken' },
      },
    };
    writeFileSync(join(cwd, 'pagewise.config.json'), JSON.stringify(config));
    const first = startPagewise(['run', 'busy'], { cwd });
    await until('the first run is in the middle', waiting);
    const code = async (...names: string[]) => (await pagewise(['run', ...names], { cwd })).code;
    expect(await code('busy', 'whole')).toBe(4);
    expect(readFileSync(join(cwd, 'whole'), 'utf8')).toBe(lines(rows(25)));
    expect(await code('busy', 'missing')).toBe(3);
    expect(await code('busy', 'broken')).toBe(1);
    open();
    expect((await first.ended).code).toBe(0);
  });
});

describe('pagewise checkpoints', () => {
  it('lists, shows and deletes them, but not one that is in use', async () => {
    const { server, open, waiting } = await gated();
    const done = await serve(numbered(25));
    const cwd = temporaryFolder();
    expect(await pagewise(['checkpoints'], { cwd })).toMatchObject({
      code: 0,
      stdout: 'no checkpoints in .pagewise\n',
    });
    mkdirSync(join(cwd, '.pagewise'));
    await pagewise([done.url, ...paged, '-o', 'done.ndjson', '--distinct', '.', '--checkpoint', '.pagewise/done.json'], { cwd }); // prettier-ignore
    const hour = new Date(Date.now() - 3_700_000);
    utimesSync(join(cwd, '.pagewise/done.json'), hour, hour);
    writeFileSync(join(cwd, '.pagewise/cut.json'), '{"v":1,"resume":{"v":2,"pos');
    writeFileSync(join(cwd, '.pagewise/notes.json'), '{}');
    const run = [server.url, ...paged, '-o', 'busy.ndjson', '--checkpoint', '.pagewise/busy.json'];
    const first = startPagewise(run, { cwd });
    await until('the first run is in the middle', waiting);
    await until('two pages are stored', () => readFileSync(join(cwd, '.pagewise/busy.json'), 'utf8').includes('"index":2')); // prettier-ignore
    const user = `in use by ${hostname()}, process ${first.child.pid} since 20`;
    const { stdout, stderr, code } = await pagewise(['checkpoints', 'list'], { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n').map((line) => line.replace(/ since.*/, ''))).toEqual([
      expect.stringMatching(/^\.pagewise\/busy\.json {2}page 3 is next: 20 items {3,}\d seconds? ago, in use by /),
      expect.stringMatching(/^\.pagewise\/cut\.json {3}damaged, or no checkpoint {2}\d seconds? ago$/),
      expect.stringMatching(/^\.pagewise\/done\.json {2}done: 25 items {4,}1 hour ago$/),
      '',
    ]);
    expect(stdout).toContain(user);
    expect((await pagewise(['checkpoints'], { cwd })).stdout.split('\n')).toHaveLength(4);

    const shown = await pagewise(['checkpoints', 'show', '.pagewise/busy.json', '.pagewise/done.json'], { cwd });
    expect(shown.stdout).toMatch(
      /^\.pagewise\/busy\.json\n {2}state {5}page 3 is next: 20 items\n {2}position {2}not shown, since it may be a secret; it is in the file\n {2}output {4}busy\.ndjson, \d+ bytes\n {2}saved {5}20.*ago\n {2}lease {5}in use by /,
    );
    expect(shown.stdout).not.toContain('"page"');
    expect(shown.stdout).toMatch(
      /\.pagewise\/done\.json\n {2}state {5}done: 25 items\n {2}output {4}done\.ndjson, \d+ bytes\n {2}saved .*, 1 hour ago\n$/,
    );

    const refused = await pagewise(['checkpoints', 'delete', '.pagewise/busy.json'], { cwd });
    expect(refused.code).toBe(4);
    expect(refused.stderr).toContain(user);
    expect(await pagewise(['checkpoints', 'delete', '.pagewise/done.json'], { cwd })).toMatchObject({
      code: 0,
      stdout: 'deleted .pagewise/done.json\n',
    });
    open();
    expect((await first.ended).code).toBe(0);
    expect(readFileSync(join(cwd, 'busy.ndjson'), 'utf8')).toBe(lines(rows(50)));
    expect(readdirSync(join(cwd, '.pagewise')).sort()).toEqual(['busy.json', 'cut.json', 'notes.json']);
  });

  it.each<[string[], string]>([
    [
      ['lst'],
      'checkpoints lst (Did you mean list?): give one of list, show, delete, as in pagewise checkpoints list lst',
    ],
    [['show'], 'checkpoints show needs the file of a checkpoint, such as .pagewise/JOB.json; pagewise checkpoints list names them'], // prettier-ignore
    [['delete'], 'checkpoints delete needs the file of a checkpoint'],
    [['list', 'gone'], "checkpoints: can't read gone (ENOENT); name a folder of checkpoints, or one of its files"],
    [['show', 'gone.json'], "checkpoints: can't read gone.json (ENOENT)"],
    [['delete', 'folder'], 'checkpoints delete folder: this is a folder; name the files, as in folder/*.json'],
    [['delete', 'notes.txt'], 'checkpoints delete notes.txt: the file is damaged, or no checkpoint; delete it with rm if you are sure'], // prettier-ignore
  ])('%j is refused', async (words, message) => {
    const cwd = temporaryFolder();
    mkdirSync(join(cwd, 'folder'));
    writeFileSync(join(cwd, 'notes.txt'), 'milk');
    const { code, stdout, stderr } = await pagewise(['checkpoints', ...words], { cwd });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`pagewise: ${message}`);
    expect(readdirSync(cwd).sort()).toEqual(['folder', 'notes.txt']);
  });
});
