// Stryker's build command, run in its sandbox: the chosen specs become one module, with what they use of lib/ and rxjs,
// which would otherwise be loaded again, file by file, for each mutant.
import { build } from 'esbuild';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const rxjs = join(dirname(createRequire(import.meta.url).resolve('rxjs/package.json')), 'dist/esm');

await build({
  stdin: {
    contents: process.env.MUTATION_SPECS.split(' ')
      .map((spec, i) => `export * as specs${i} from './${spec}.spec.ts';`) // Only what is exported is kept.
      .join('\n'),
    resolveDir: 'spec',
  },
  outfile: 'spec/specs.spec.mjs',
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
