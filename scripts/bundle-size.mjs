// Bundles what a browser application ships for one kind of paging, and compares it with the budget in package.json.
import { readFileSync } from 'node:fs';
import { bundle } from './bundle.mjs';

const { bundleBudget } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

const { metafile, size, later } = await bundle(`export { paginate, pageNumber, retryRequests } from 'pagewise';`, [
  'rxjs',
]);

const nodeOnly = Object.keys(metafile.inputs).filter((file) => /cross-fetch|node-fetch|dist\/node\//.test(file));
const rows = Object.values(metafile.outputs)
  .flatMap(({ inputs }) => Object.entries(inputs))
  .map(([file, { bytesInOutput }]) => [bytesInOutput, file.replace(/^.*node_modules\//, '')])
  .sort(([a], [b]) => b - a);
for (const [bytes, file] of rows.slice(0, 12)) console.log(String(bytes).padStart(6), file);
console.log(
  `${size} bytes gzipped without rxjs, and ${later} loaded later; the budget is ${bundleBudget.gzipBytes} at the start`,
);

// A helper must not pull in any of the walk.
for (const [helper, most] of Object.entries(bundleBudget.helperGzipBytes)) {
  const { size: bytes } = await bundle(`export { ${helper} } from 'pagewise';`, ['rxjs']);
  console.log(`${bytes} bytes gzipped for ${helper} alone; the budget is ${most}`);
  if (bytes > most) throw new Error(`${helper} is over the budget`);
}
if (nodeOnly.length > 0) throw new Error(`Node code in the browser bundle: ${nodeOnly.join(', ')}`);
for (const page of ['README.md', 'docs/comparison.md']) {
  const [, claimed] = / ([\d.]+) kB gzipped without RxJS/.exec(readFileSync(new URL(`../${page}`, import.meta.url), 'utf8')) ?? []; // prettier-ignore
  if (claimed !== (size / 1000).toFixed(1)) throw new Error(`${page} says ${claimed} kB`);
}
if (size > bundleBudget.gzipBytes) throw new Error('over the budget');
