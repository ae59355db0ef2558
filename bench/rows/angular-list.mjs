import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Samples } from '../harness/samples.mjs';
import { shuffled } from '../harness/shuffled.mjs';
import { cost } from './columns.mjs';

const run = promisify(execFile);
const script = fileURLToPath(new URL('../harness/angular-list.mjs', import.meta.url));

/** What a template reads after each page. */
const reads = { 'reads `pages()`': 'pages', 'reads `items()`': 'items' };

/** Whether a long list costs more for each page than a short one. */
export const angularList = {
  id: 'angular-list',
  title: '`pagedResource` from memory: 1,000 pages of 20 items',
  columns: [
    cost('µs a page, the first 100', 'first'),
    cost('µs a page, the last 100', 'last'),
    cost('last ÷ first', 'growth'),
    cost('all pages, ms', 'whole'),
  ],
  quick: true,
  async run({ isQuick }) {
    const samples = new Samples();
    for (let round = 0; round < (isQuick ? 3 : 9); round++)
      for (const id of shuffled(Object.keys(reads), round)) {
        const { stdout } = await run(process.execPath, [script, '1000', '20', reads[id]]);
        const measured = JSON.parse(stdout);
        samples.add(id, 0, { ...measured, growth: measured.last / measured.first });
      }
    return samples;
  },
};
