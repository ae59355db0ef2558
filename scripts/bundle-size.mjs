// Bundles what a browser application ships for one kind of paging, and holds it against the budget in package.json.
import { build } from 'esbuild';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const { bundleBudget } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

const { outputFiles, metafile } = await build({
  stdin: {
    contents: `export { paginate, pageNumber, retryRequests, throttleRequests } from 'pagewise';`,
    resolveDir: new URL('..', import.meta.url).pathname,
  },
  bundle: true,
  minify: true,
  format: 'esm',
  platform: 'browser',
  tsconfigRaw: '{}', // The package as others see it, not the paths of this checkout.
  target: 'es2022',
  external: ['rxjs'],
  // As applications are built: what shared code is moved to must not be more than what is used.
  splitting: true,
  outdir: 'bundle',
  write: false,
  metafile: true,
});

const nodeOnly = Object.keys(metafile.inputs).filter((file) => /cross-fetch|node-fetch|dist\/node\//.test(file));
const size = outputFiles.reduce((sum, { contents }) => sum + gzipSync(contents).length, 0);
const rows = Object.values(metafile.outputs)
  .flatMap(({ inputs }) => Object.entries(inputs))
  .map(([file, { bytesInOutput }]) => [bytesInOutput, file.replace(/^.*node_modules\//, '')])
  .sort(([a], [b]) => b - a);
for (const [bytes, file] of rows.slice(0, 12)) console.log(String(bytes).padStart(6), file);
console.log(`${size} bytes gzipped without rxjs; the budget is ${bundleBudget.gzipBytes}`);

if (nodeOnly.length > 0) throw new Error(`Node code in the browser bundle: ${nodeOnly.join(', ')}`);
if (size > bundleBudget.gzipBytes) throw new Error('over the budget');
