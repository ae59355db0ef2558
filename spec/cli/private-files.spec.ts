import { describe, expect, it, jest } from '@jest/globals';
import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'; // prettier-ignore
import { join } from 'node:path';
import { numbered, rows, serve } from '../support/server.js';
import { command, pagewise, start, temporaryFolder } from './pagewise.js';

jest.setTimeout(60_000);

const paged = ['--paging', 'page', '--items', 'items', '--size', '10'];
const ndjson = rows(25).map((row) => `${row}\n`).join(''); // prettier-ignore

describe('D8 --checkpoint', () => {
  it('makes the checkpoint and its keys readable by their owner only, keys of earlier runs too', async () => {
    const server = await serve(numbered(25));
    const cwd = temporaryFolder();
    const args = [server.url, ...paged, '-o', 'a.ndjson', '--checkpoint', 'place', '--distinct', '.'];
    const modes = () => ['place', 'place.keys'].map((name) => statSync(join(cwd, name)).mode & 0o777);
    // A umask that takes nothing away.
    const first = ['-c', 'umask 0; exec "$0" "$@"', process.execPath, command, ...args, '--max-pages', '1'];
    expect((await start('/bin/sh', first, { cwd }).ended).code).toBe(0);
    expect(modes()).toEqual([0o600, 0o600]);
    for (const name of ['place', 'place.keys']) chmodSync(join(cwd, name), 0o644);
    expect((await pagewise(args, { cwd })).code).toBe(0);
    expect(modes()).toEqual([0o600, 0o600]);
    expect(readFileSync(join(cwd, 'a.ndjson'), 'utf8')).toBe(ndjson);
  });

  it('keeps a link at its path, follows none that is planted, and removes what a killed run has left', async () => {
    const server = await serve(numbered(25));
    const cwd = temporaryFolder();
    mkdirSync(join(cwd, 'real'));
    writeFileSync(join(cwd, 'victim'), 'untouched');
    symlinkSync('real/place', join(cwd, 'place'));
    writeFileSync(join(cwd, 'real/place.0123456789ab.tmp'), 'half a check');
    symlinkSync('../victim', join(cwd, 'real/place.ba9876543210.tmp'));
    const args = [server.url, ...paged, '-o', 'a.ndjson', '--checkpoint', 'place'];
    await pagewise([...args, '--max-pages', '1'], { cwd });
    expect((await pagewise(args, { cwd })).code).toBe(0);
    expect(lstatSync(join(cwd, 'place')).isSymbolicLink()).toBe(true);
    expect(readdirSync(join(cwd, 'real'))).toEqual(['place']);
    expect(readFileSync(join(cwd, 'victim'), 'utf8')).toBe('untouched');
    expect(readFileSync(join(cwd, 'a.ndjson'), 'utf8')).toBe(ndjson);
  });

  it('refuses a device, which would be replaced by a file', async () => {
    const { code, stderr } = await pagewise(['http://127.0.0.1:1/', ...paged, '--checkpoint', '/dev/null']);
    expect(code).toBe(2);
    expect(stderr).toContain(
      "--checkpoint /dev/null: this is a device or a pipe, which can't be read again; name a file",
    );
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });
});
