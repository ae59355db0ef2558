import { describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { writeFileSync, rmSync } from 'node:fs';
import { promisify } from 'node:util';
import { Samples } from '../../bench/harness/samples.mjs';
import { judge } from '../../bench/report/judge.mjs';

const run = promisify(execFile);
const bench = (...flags: string[]) => run(process.execPath, ['bench/run.mjs', '--no-install', '--quick', ...flags]);

describe('npm run bench', () => {
  it('walks the same pages with each contender, and shows them beside each other', async () => {
    const { stdout } = await bench('--only', 'link-128', '--with', 'pagewise,undici');
    const names = [...stdout.matchAll(/^\| ([^|]*[^| ]) +\| [\d.,]+ \(/gm)].map(([, name]) => name).sort();
    const undici = 'undici `request`, a bare loop';
    expect(names).toEqual(['**Pagewise**, `for await`', undici, `${undici}, again`]);
  }, 60_000);

  it('fails if a contender delivers the wrong items', async () => {
    const file = 'bench/contenders/short.mjs';
    writeFileSync(
      file,
      "export default { name: 'short', walks: { memory: ({ source, take }) => take(source(1).items) } };",
    );
    try {
      await expect(bench('--only', 'memory', '--with', 'short')).rejects.toThrow(
        /short: Error: delivered 1 items of sum 0, not 20000/,
      );
    } finally {
      rmSync(file);
    }
  }, 60_000);

  it('refuses unknown names, and lists the known ones', async () => {
    await expect(bench('--only', 'htp')).rejects.toThrow(/no row is called htp; there are http-10, /);
    await expect(bench('--with', 'undicy')).rejects.toThrow(/there is no contender undicy/);
  }, 60_000);
});

describe('what was measured', () => {
  const samples = new Samples();
  const rounds = [
    { a: [4, 100, 6], b: [2, 50, 3] },
    { a: [9, 9, 9], b: [3, 3, 3] },
    { a: [8, 8, 8], b: [2, 2, 2] },
  ];
  rounds.forEach(({ a, b }, index) => {
    a.forEach((wall) => samples.add('a', index, { wall }));
    b.forEach((wall) => samples.add('b', index, { wall }));
  });

  it('is the median of the medians of runs, and of ratios within rounds', () => {
    expect(samples.figure('a', 'wall')).toEqual({ median: 8, min: 6, max: 9 });
    expect(samples.ratio('a', 'b', 'wall')).toEqual({ median: 3, min: 2, max: 4 });
    expect(samples.difference('a', 'b', 'wall')).toEqual({ median: 6, min: 3, max: 6 });
  });

  it('is compared with the targets: speed is the inverse of time', () => {
    const measured = new Map([['row', samples]]);
    const target = { row: 'row', id: 'a', against: 'b' };
    expect(judge({ ...target, metric: 'wall', max: 3 }, measured)).toMatchObject({ isMet: true });
    expect(judge({ ...target, metric: 'wall', max: 2.9 }, measured)).toMatchObject({ isMet: false });
    expect(judge({ ...target, metric: 'speed', min: 0.34 }, measured)).toMatchObject({ isMet: false });
    expect(judge({ ...target, metric: 'speed', min: 0.33 }, measured)?.found).toEqual({
      median: 1 / 3,
      min: 1 / 4,
      max: 1 / 2,
    });
    expect(judge({ ...target, row: 'other', metric: 'wall', max: 3 }, measured)).toBeUndefined();
  });
});
