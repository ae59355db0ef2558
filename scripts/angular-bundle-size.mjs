// Bundles what an Angular application ships of Pagewise, without rxjs and Angular, and compares it with the budget in
// package.json.
import { readFileSync } from 'node:fs';
import { nodeFiles, nodeWords } from './angular/node-only.mjs';
import { bundle } from './bundle.mjs';

const { bundleBudget } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

const { outputFiles, metafile, size } = await bundle(
  `export { pageNumber } from 'pagewise';
   export { httpClientTransport, injectPaginate } from 'pagewise/angular';`,
  ['rxjs', '@angular/*'],
);

console.log(
  `${size} bytes gzipped for Angular, without rxjs and Angular; the budget is ${bundleBudget.angularGzipBytes}`,
);

const withResources = async (names) =>
  (
    await bundle(`export { pageNumber } from 'pagewise'; export { ${names} } from 'pagewise/angular';`, [
      'rxjs',
      '@angular/*',
    ])
  ).size - size;
for (const names of ['pagedResource', 'numberedResource', 'pagedResource, numberedResource'])
  console.log(`${await withResources(names)} bytes more for ${names}`);

const taken = nodeFiles(Object.keys(metafile.inputs));
const words = outputFiles.flatMap(({ text }) => nodeWords(text));
if (taken.length + words.length > 0) throw new Error(`Node in Angular's bundle: ${[...taken, ...words].join(', ')}`);
if (size > bundleBudget.angularGzipBytes) throw new Error('over the budget');
