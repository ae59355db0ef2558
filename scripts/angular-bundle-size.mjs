// Bundles what an Angular application ships of Pagewise, without rxjs and Angular, and holds it against the budget in
// package.json.
import { build } from 'esbuild';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { nodeFiles, nodeWords } from './angular/node-only.mjs';

const { bundleBudget } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

const { outputFiles, metafile } = await build({
  stdin: {
    contents: `
      export { pageNumber, paginate, retryRequests } from 'pagewise';
      export { httpClientTransport, injectPaginate } from 'pagewise/angular';`,
    resolveDir: new URL('..', import.meta.url).pathname,
  },
  bundle: true,
  minify: true,
  format: 'esm',
  platform: 'browser',
  tsconfigRaw: '{}', // The package as others see it, not the paths of this checkout.
  target: 'es2022',
  external: ['rxjs', '@angular/*'],
  // As Angular's builder does.
  splitting: true,
  outdir: 'bundle',
  write: false,
  metafile: true,
});

const size = outputFiles.reduce((sum, { contents }) => sum + gzipSync(contents).length, 0);
console.log(
  `${size} bytes gzipped for Angular, without rxjs and Angular; the budget is ${bundleBudget.angularGzipBytes}`,
);

const taken = nodeFiles(Object.keys(metafile.inputs));
const words = outputFiles.flatMap(({ text }) => nodeWords(text));
if (taken.length + words.length > 0) throw new Error(`Node in Angular's bundle: ${[...taken, ...words].join(', ')}`);
if (size > bundleBudget.angularGzipBytes) throw new Error('over the budget');
