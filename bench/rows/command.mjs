import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProcess } from '../harness/run-process.mjs';
import { Samples } from '../harness/samples.mjs';
import { shuffled } from '../harness/shuffled.mjs';
import { tally } from '../harness/tally.mjs';
import { cost, speed, times } from './columns.mjs';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const loop = 'a loop over undici `request`';
const size = 500;

/** What node is started with, by id. The paging is given: detecting it costs requests. */
const commands = {
  'pagewise -o FILE': (url, file) => [
    at('../../dist/node/cli/main.js'),
    ...['--paging', 'page', '--size', String(size), '--size-param', 'per_page'],
    ...['--items', 'items', '--has-more', 'has_more', '-o', file, url],
  ],
  [loop]: (url, file) => [at('../harness/loop-to-file.mjs'), url, String(size), file],
};

/** Whole processes, from their start to their end. */
export const command = {
  id: 'command',
  title: '400 pages of 500 items of about 120 bytes, into an NDJSON file',
  quickTitle: '100 pages of 500 items of about 120 bytes, into an NDJSON file',
  columns: [
    cost('CPU ms of the process', 'cpu'),
    cost('ms', 'wall'),
    times('CPU × the loop', 'cpu', loop),
    speed('speed × the loop', loop),
  ],
  quick: true,
  async run({ isQuick, origin }) {
    const samples = new Samples();
    const pages = isQuick ? 100 : 400;
    const folder = mkdtempSync(join(tmpdir(), 'pagewise-bench-'));
    const file = join(folder, 'out.ndjson');
    const write = async (id) => {
      const [own] = id.split('#');
      const { cost } = await runProcess(commands[own](`${origin}/records/${pages}/0`, file));
      check(file, pages * size);
      return cost;
    };
    try {
      await write(loop); // The server makes its pages.
      for (let run = 0; run < (isQuick ? 1 : 3); run++)
        for (let round = 0; round < 3; round++)
          for (const id of shuffled([...Object.keys(commands), `${loop}#again`], 1000 * run + round))
            samples.add(id, run, await write(id));
    } finally {
      rmSync(folder, { recursive: true });
    }
    return samples;
  },
};

function check(file, count) {
  const { takeItem, check } = tally();
  for (const line of readFileSync(file, 'utf8').trimEnd().split('\n')) takeItem(JSON.parse(line));
  check({ count, sum: (count * (count - 1)) / 2 });
}
