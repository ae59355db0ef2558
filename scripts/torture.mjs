// Runs spec/torture in a process of its own; what it takes is in spec/torture/main.ts.
import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const outfile = at('coverage/torture.mjs');
await build({
  entryPoints: [at('spec/torture/main.ts')],
  outfile,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  // Not external: the sources of this checkout.
  alias: {
    pagewise: at('lib/index.ts'),
    'pagewise/profiles': at('lib/profiles/index.ts'),
    'pagewise/node': at('lib/node/index.ts'),
    'pagewise/testing': at('lib/testing/index.ts'),
    '#platform': at('lib/transports/platform.node.ts'),
    '#hostile': at('lib/testing/hostile/platform.node.ts'),
  },
  sourcemap: 'inline',
  logLevel: 'error',
});
const { status } = spawnSync(process.execPath, ['--enable-source-maps', outfile, ...process.argv.slice(2)], {
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
