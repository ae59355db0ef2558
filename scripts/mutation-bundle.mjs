// Stryker's build command, run in its sandbox: each chosen spec becomes one module, with what it uses of lib/ and rxjs,
// which would otherwise be loaded again, file by file, for each mutant.
import { build } from 'esbuild';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const rxjs = join(dirname(createRequire(import.meta.url).resolve('rxjs/package.json')), 'dist/esm');

await build({
  entryPoints: process.env.MUTATION_SPECS.split(' ').map((spec) => `spec/${spec}.spec.ts`),
  outdir: 'spec',
  outbase: 'spec',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'es2022',
  alias: {
    '#platform': './lib/transports/platform.node.ts',
    '#after-failure': './lib/policies/after-failure.node.ts',
    'rxjs/testing': join(rxjs, 'testing/index.js'),
    rxjs: join(rxjs, 'index.js'),
  },
  plugins: [
    {
      name: 'other packages stay outside',
      setup({ onResolve }) {
        onResolve({ filter: /^[@\w]/ }, ({ path, kind }) =>
          kind === 'entry-point' || /^(rxjs|pagewise)\b/.test(path) ? undefined : { path, external: true },
        );
      },
    },
  ],
});
