import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Samples } from '../harness/samples.mjs';
import { shuffled } from '../harness/shuffled.mjs';
import { cost, more } from './columns.mjs';

const run = promisify(execFile);
const script = fileURLToPath(new URL('../harness/cold.mjs', import.meta.url));

/** New processes, one after the other. */
async function rounds(count, ids, argumentsOf) {
  const samples = new Samples();
  for (let round = 0; round < count; round++) {
    for (const id of shuffled(ids, round)) {
      const start = performance.now();
      const { stdout } = await run(process.execPath, [script, ...argumentsOf(id.split('#')[0])]);
      const whole = performance.now() - start;
      samples.add(id, 0, { ...JSON.parse(stdout), whole });
    }
  }
  return samples;
}

const packages = ['cross-fetch', 'undici', 'got', 'ky', 'openai', '@octokit/core', '@azure-rest/core-client'];

export const coldStart = [
  {
    id: 'cold-import',
    title: 'Import of a package, in a new process',
    columns: [
      cost('import, ms', 'ms'),
      more('ms more than rxjs', 'ms', 'rxjs'),
      cost('CPU ms', 'cpu'),
      more('CPU ms more than rxjs', 'cpu', 'rxjs'),
      cost('whole process, ms', 'whole'),
      cost('its peak RSS, MB', 'rss'),
    ],
    quick: true,
    run({ isQuick }) {
      const ids = ['rxjs', 'rxjs#again', 'pagewise', ...(isQuick ? [] : packages)];
      return rounds(isQuick ? 7 : 15, ids, (id) => ['import', id]);
    },
  },
  {
    id: 'cold-page',
    title: 'From the start of a process to its first page',
    kind: 'number',
    columns: [
      cost('import and first page, ms', 'ms'),
      cost('CPU ms', 'cpu'),
      cost('whole process, ms', 'whole'),
      cost('its CPU, ms', 'wholeCpu'),
      cost('its peak RSS, MB', 'rss'),
    ],
    controls: ['cross-fetch-signal#again'],
    quick: true,
    run({ isQuick, isNarrow, ids, origin }) {
      const params = JSON.stringify({ origin, kind: 'number', pages: 1, size: 128 });
      // One page is never two in flight.
      const taking = ids.filter((id) =>
        isNarrow ? /^(undici|cross-fetch-signal|expand|pagewise)$/.test(id) : id !== 'pagewise-concurrency',
      );
      return rounds(isQuick ? 3 : 9, taking, (id) => ['page', id, params]);
    },
  },
];
