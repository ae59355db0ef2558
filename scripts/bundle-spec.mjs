// A program of spec/ becomes one module in coverage/, with the sources of this checkout that it uses.
import { build } from 'esbuild';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

export async function bundleSpec(entry, name = basename(entry, '.ts')) {
  const outfile = at(`coverage/${name}.mjs`);
  await build({
    entryPoints: [at(entry)],
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
      '#after-failure': at('lib/policies/after-failure.node.ts'),
      '#hostile': at('lib/testing/hostile/platform.node.ts'),
    },
    sourcemap: 'inline',
    logLevel: 'error',
  });
  return outfile;
}
