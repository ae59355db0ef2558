import { describe, expect, it, jest } from '@jest/globals';
import { cpSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { numbered, rows, serve } from '../support/server.js';
import { repository, start, temporaryFolder } from './pagewise.js';

jest.setTimeout(120_000);

const script = join(repository, 'scripts/start.mjs');

describe('npm start', () => {
  it('shows the command on the demo API and ends by itself', async () => {
    const { code, stdout, stderr } = await start(process.execPath, [script]).ended;
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stdout).toContain('$ pagewise -H "Authorization: Key $PAT"');
    expect(stdout + stderr).not.toContain('\u001b');
    expect(stdout + stderr).not.toContain('demo-key');
    expect(stdout).toMatch(/^✓ 1,000 lines of JSON; the API counted \d+ requests\.$/m);
    expect(stdout).toMatch(/^✓ 300 lines of JSON; the API counted \d+ requests\.$/m);
    expect(stderr).toMatch(/^11 pages, 1,000 items, 13 requests, 2 retries, \d+\.\d s$/m);
    expect(stderr).toMatch(/^7 pages, 300 items, \d+ requests, \d+ retr(y|ies), \d+\.\d s$/m);
  });

  it('on a terminal cuts rows to its width, and draws no progress beside them', async () => {
    const typed = `stty cols 60; '${process.execPath}' '${script}'`;
    const env = { CI: '', NO_COLOR: '1', TERM: 'xterm', LC_ALL: 'C.UTF-8' };
    const { code, stdout } = await start('script', ['-qec', typed, '/dev/null'], { env }).ended;
    expect(code).toBe(0);
    const shown = stdout.split('\r\n').map((line) => line.split('\r\u001b[K').at(-1) ?? '');
    expect(shown.filter((line) => line.startsWith('{')).map((line) => line.length)).toEqual([59, 59, 59, 59]);
    expect(shown.filter((line) => line.includes('{"id"') && !line.startsWith('{'))).toEqual([]);
    expect(shown).toContainEqual(expect.stringMatching(/^✓ 300 lines of JSON/));
  });

  it('with arguments runs the command with them and returns its exit code', async () => {
    const server = await serve(numbered(25));
    const flags = [script, server.url, '--size', '10'];
    expect(await start(process.execPath, [...flags, '--items', 'items']).ended).toMatchObject({
      code: 0,
      items: rows(25),
    });
    expect(await start(process.execPath, [...flags, '--items', 'none']).ended).toMatchObject({ code: 1 });
    expect(await start(process.execPath, [...flags, '--items', 'a..b']).ended).toMatchObject({ code: 2 });
  });

  it('builds what is not built yet', async () => {
    const clone = temporaryFolder();
    for (const name of ['lib', 'scripts', 'examples', 'package.json', 'tsconfig.json', 'tsconfig.build.json'])
      cpSync(join(repository, name), join(clone, name), { recursive: true });
    symlinkSync(join(repository, 'node_modules'), join(clone, 'node_modules'), 'dir');
    const run = start(process.execPath, [join(clone, 'scripts/start.mjs'), '--version'], { cwd: clone });
    expect(await run.ended).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+(-[\w.]+)?\n$/),
    });
  });
});
