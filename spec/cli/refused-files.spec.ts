import { describe, expect, it, jest } from '@jest/globals';
import { execFile, spawn, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs'; // prettier-ignore
import { basename, dirname, join } from 'node:path';
import { json, numbered, rows, serve } from '../support/server.js';
import { command, pagewise, temporaryFolder } from './pagewise.js';

jest.setTimeout(60_000);

const paged = ['--paging', 'page', '--items', 'items', '--size', '10'];
const ndjson = rows(25).map((row) => `${row}\n`).join(''); // prettier-ignore

describe('D8 a file that can not be written', () => {
  // root may write everything, so it becomes somebody else, if that one can read the command.
  const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const asNobody = (args: readonly string[]) =>
    new Promise<{ code: unknown; stderr: string }>((resolve) =>
      execFile(process.execPath, [command, ...args], nobody, (error, _stdout, stderr) =>
        resolve({ code: error?.code, stderr }),
      ),
    );
  const test = spawnSync(process.execPath, [command, '--version'], nobody).status === 0 ? it : it.skip;

  test('is refused before the first request: read-only files and folders', async () => {
    const server = await serve(numbered(25));
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), 'before');
    chmodSync(join(folder, 'file'), 0o444);
    mkdirSync(join(folder, 'closed'));
    chmodSync(join(folder, 'closed'), 0o555);
    chmodSync(folder, 0o755);
    symlinkSync('closed/new', join(folder, 'link'));
    for (const flag of ['--report', '--trace', '--har', '-o', '--checkpoint'])
      for (const name of ['file', 'closed/new', 'link', 'missing/new']) {
        if (flag === '--checkpoint' && name === 'missing/new') continue; // Its folder is created.
        const path = join(folder, name);
        const { code, stderr } = await asNobody([server.url, ...paged, flag, path]);
        expect({ flag, name, code, lines: stderr.split('\n').length }).toEqual({ flag, name, code: 2, lines: 2 });
        expect(stderr).toMatch(/^pagewise: --?\w+ .*(EACCES|ENOENT)/);
        expect(stderr).toContain(path);
      }
    expect(server.seen).toEqual([]);
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('before');
    chmodSync(join(folder, 'closed'), 0o755);
    expect(readdirSync(join(folder, 'closed'))).toEqual([]);
  });

  it('is refused before the first request: a program that runs', async () => {
    const server = await serve(numbered(25));
    const program = join(temporaryFolder(), 'sleep');
    copyFileSync('/bin/sleep', program);
    chmodSync(program, 0o755);
    const running = spawn(program, ['60']);
    await new Promise((resolve) => running.once('spawn', resolve));
    for (const flag of ['--report', '-o']) {
      const { code, stderr } = await pagewise([server.url, ...paged, flag, program]);
      expect({ code, requests: server.seen.length }).toEqual({ code: 2, requests: 0 });
      expect(stderr).toContain('ETXTBSY');
    }
    running.kill();
  });
});

describe('D8 a run that is refused', () => {
  it.each<[why: string, flags: readonly string[]]>([
    ['a first page that fails', ['--fail-if', 'items']],
    ['a misspelt field', ['--fields', 'custmer']],
    ['a misspelt key', ['--distinct', 'custmer', '--checkpoint', 'place']],
    ['a misspelt column', ['--fields', 'custmer', '--format', 'csv']],
    ['detection that finds nothing', ['--paging', 'auto', '--items', 'none']],
    ['a report that can not be written', ['--report', 'missing/report.html']],
    ['a bad flag', ['--in', 'nowhere']],
    ['a file that is missing', ['-d', '@missing']],
    ['an output of another format', ['-o', 'a.parquet']],
  ])('leaves no empty file behind: %s', async (_why, flags) => {
    const server = await serve((_seen, response) => json(response, { items: [{ id: 1, customer: 'Ann' }] }));
    const cwd = temporaryFolder();
    const { code } = await pagewise([server.url, ...paged, '-o', 'a.ndjson', ...flags], { cwd });
    expect(code).toBeGreaterThan(0);
    expect(readdirSync(cwd)).toEqual([]);
  });

  it('leaves the files of others as they were, and a run without items makes one', async () => {
    const server = await serve((_seen, response) => json(response, { items: [] }));
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'empty'), '');
    symlinkSync('target', join(cwd, 'link'));
    for (const name of ['empty', 'link'])
      expect((await pagewise([server.url, ...paged, '-o', name, '--fail-if', 'items=[]'], { cwd })).code).toBe(0);
    expect(readdirSync(cwd).sort()).toEqual(['empty', 'link', 'target']);
    const failing = await serve((_seen, response) => json(response, {}, 400));
    symlinkSync('other', join(cwd, 'dangling'));
    for (const name of ['empty', 'dangling'])
      expect((await pagewise([failing.url, ...paged, '-o', name], { cwd })).code).toBe(1);
    expect(readdirSync(cwd).sort()).toEqual(['dangling', 'empty', 'link', 'target']);
  });
});

describe('D8 a link at the path of', () => {
  const links: readonly [what: string, make: (folder: string) => string][] = [
    ['a file beside it', (folder) => link(folder, 'a', 'real')],
    ['a file in another folder', (folder) => link(folder, 'a', 'deep/er/real')],
    ['a file in a folder above', (folder) => link(folder, 'deep/er/a', '../../real')],
    ['a file by its whole path', (folder) => link(folder, 'a', join(folder, 'deep/real'))],
    ['a link to a link', (folder) => link(folder, 'a', basename(link(folder, 'b', 'deep/real')))],
    ['a link to a link in another folder', (folder) => link(folder, 'a', `deep/${basename(link(folder, 'deep/b', '../real'))}`)],
    ['a file below a folder that is a link', (folder) => join(link(folder, 'folder', 'deep'), basename(link(folder, 'deep/a', '../real')))],
  ]; // prettier-ignore
  function link(folder: string, name: string, target: string): string {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    mkdirSync(join(folder, 'deep/er'), { recursive: true });
    symlinkSync(target, join(folder, name));
    return join(folder, name);
  }
  const linksIn = (folder: string): readonly (readonly [string, string])[] =>
    (readdirSync(folder, { recursive: true }) as string[])
      .filter((name) => lstatSync(join(folder, name)).isSymbolicLink())
      .map((name) => [name, readlinkSync(join(folder, name))] as const)
      .sort();

  it.each(links)('a checkpoint, -o and --report stays: %s', async (_what, make) => {
    const server = await serve(numbered(25));
    const folders = ['place', 'output', 'report'].map(() => temporaryFolder());
    const [place = '', output = '', report = ''] = folders.map(make);
    const before = folders.map(linksIn);
    const args = [server.url, ...paged, '--checkpoint', place, '-o', output, '--format', 'ndjson', '--report', report];
    // First the links lead nowhere, then to files.
    expect((await pagewise([...args, '--max-pages', '1'])).code).toBe(0);
    expect((await pagewise(args)).code).toBe(0);
    expect(folders.map(linksIn)).toEqual(before);
    expect(readFileSync(output, 'utf8')).toBe(ndjson);
    expect(JSON.parse(readFileSync(place, 'utf8'))).toMatchObject({ resume: { done: true } });
    expect(readFileSync(report, 'utf8')).toContain('<html');
    const files = (folder: string) => (readdirSync(folder, { recursive: true }) as string[]).filter((name) => lstatSync(join(folder, name)).isFile()); // prettier-ignore
    for (const folder of folders) expect(files(folder).map((name) => basename(name))).toEqual(['real']);
  });

  it('all three is refused if it leads in a circle, or into a missing folder', async () => {
    const server = await serve(numbered(25));
    const folder = temporaryFolder();
    symlinkSync('circle', join(folder, 'circle'));
    symlinkSync('missing/real', join(folder, 'nowhere'));
    for (const flag of ['--checkpoint', '-o', '--report'])
      for (const name of ['circle', 'nowhere']) {
        const { code, stderr } = await pagewise([server.url, ...paged, flag, join(folder, name)]);
        expect({ flag, name, code, requests: server.seen.length }).toEqual({ flag, name, code: 2, requests: 0 });
        expect(stderr).toMatch(name === 'circle' ? /ELOOP/ : /ENOENT/);
      }
    expect(existsSync(join(folder, 'missing'))).toBe(false);
  });
});
