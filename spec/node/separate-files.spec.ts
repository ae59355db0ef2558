import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { recordRun } from 'pagewise/node';
import { fileId, isSameFile } from '../../lib/node/same-file.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pagewise-separate-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('D4 recordRun', () => {
  it('refuses two files that are one', () => {
    symlinkSync('.', join(folder, 'over'));
    const paths = { report: join(folder, 'x'), har: join(folder, 'over/x') };
    expect(() => recordRun(paths)).toThrow(`recordRun: report and har must be two files, but both are ${paths.har}`);
    recordRun({ ...paths, har: join(folder, 'over/y') });
  });
});

describe('D4 two files that do not exist yet', () => {
  /** As on a file system that ignores case. */
  const folded = (path: string) =>
    readdirSync(dirname(path)).some((name) => name.toLowerCase() === basename(path).toLowerCase());
  const id = (name: string) => fileId(join(folder, name));

  it.each<[a: string, b: string, same: boolean]>([
    ['A.json', 'a.json', true],
    ['É.csv', 'é.csv', true],
    ['new/A.json', 'NEW/a.json', true],
    ['over/A.json', 'a.json', true],
    ['a.json', 'b.json', false],
    ['a.json', 'a.jsonl', false],
    ['sub/A.json', 'a.json', false],
  ])('%s and %s', (a, b, same) => {
    mkdirSync(join(folder, 'sub'));
    symlinkSync('.', join(folder, 'over'));
    const before = readdirSync(folder);
    expect(isSameFile(id(a), id(b), folded)).toBe(same);
    expect(isSameFile(id(b), id(a), folded)).toBe(same);
    // The trial leaves nothing.
    expect(readdirSync(folder)).toEqual(before);
  });

  it('with names that differ by case are one exactly where the file system ignores it', () => {
    writeFileSync(join(folder, 'probe'), '');
    const ignoresCase = existsSync(join(folder, 'PROBE'));
    expect(isSameFile(id('A.json'), id('a.json'))).toBe(ignoresCase);
    expect(isSameFile(id('a.json'), id('./a.json'))).toBe(true);
  });
});
