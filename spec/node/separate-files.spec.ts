import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recordRun } from 'pagewise/node';

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
