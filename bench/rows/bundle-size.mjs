import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Samples } from '../harness/samples.mjs';
import { cost } from './columns.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

export const bundleSize = {
  id: 'bundle-size',
  title: 'Browser bundle of `paginate`, one strategy, retry and throttle, without rxjs',
  columns: [cost('bytes, gzipped', 'bytes')],
  quick: true,
  run() {
    // It fails if the budget is exceeded, after it has printed the size.
    const { stdout, stderr } = spawnSync(process.execPath, ['scripts/bundle-size.mjs'], {
      cwd: root,
      encoding: 'utf8',
    });
    const [, bytes] = /([\d,]+) bytes gzipped/.exec(stdout) ?? [];
    if (bytes === undefined) throw new Error(`scripts/bundle-size.mjs names no size\n${stdout}${stderr}`);
    const samples = new Samples();
    samples.add('pagewise', 0, { bytes: Number(bytes.replaceAll(',', '')) });
    return samples;
  },
};
