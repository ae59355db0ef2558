// Stryker's build command, run in its sandbox: one module in place of all those of lib/, which each spec file would load
// anew for each mutant. rxjs stays outside, so that the specs' schedulers are those of the code.
import { build } from 'esbuild';

await build({
  entryPoints: ['lib/index.ts'],
  outfile: 'lib/bundle.mjs',
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'es2022',
  packages: 'external',
  alias: { '#platform': './lib/transports/platform.node.ts' },
});
