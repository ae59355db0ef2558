import { fileURLToPath } from 'node:url';
import { runProcess } from '../harness/run-process.mjs';
import { Samples } from '../harness/samples.mjs';
import { shuffled } from '../harness/shuffled.mjs';
import { cost, times } from './columns.mjs';

const main = fileURLToPath(new URL('../../dist/node/cli/main.js', import.meta.url));

/** What node is started with, by id, and what it must print. */
const commands = {
  'node -e 0': { args: ['-e', '0'], prints: /^$/ },
  'pagewise --version': { args: [main, '--version'], prints: /^\d+\.\d+\.\d+/ },
  'pagewise --help': { args: [main, '--help'], prints: /--paging/ },
};

/** What the command costs when it does nothing: whole processes, one after the other. */
export const startup = {
  id: 'startup',
  title: 'The command from its start to its end, when it calls no API',
  columns: [
    cost('ms', 'wall'),
    cost('CPU ms', 'cpu'),
    times('time × `node -e 0`', 'wall', 'node -e 0'),
    times('CPU × `node -e 0`', 'cpu', 'node -e 0'),
  ],
  quick: true,
  async run({ isQuick }) {
    const samples = new Samples();
    for (let run = 0; run < (isQuick ? 1 : 3); run++)
      for (let round = 0; round < (isQuick ? 5 : 9); round++)
        for (const id of shuffled([...Object.keys(commands), 'node -e 0#again'], 1000 * run + round)) {
          const { args, prints } = commands[id.split('#')[0]];
          const { cost, stdout } = await runProcess(args);
          if (!prints.test(stdout)) throw new Error(`${id} has printed ${JSON.stringify(stdout)}`);
          samples.add(id, run, cost);
        }
    return samples;
  },
};
