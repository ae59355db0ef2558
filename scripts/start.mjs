// `npm start` shows the command at work on a demo API; `npm start -- URL …` runs it with these arguments.
import { spawn } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { constants } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { startDemoApi } from '../examples/demo-api.mjs';
import buildCode from './build-code.mjs';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const command = at('dist/node/cli/main.js');
const given = process.argv.slice(2);

if (isStale()) await buildCode();
// An interrupt goes to the command as well; it says how to resume, and its exit code is passed on.
process.on('SIGINT', () => undefined);
process.exitCode = given.length > 0 ? await run(given) : await demo();

async function demo() {
  const api = await startDemoApi();
  const path = `${api.url}/v2/users/demo/apps/pets`;
  const key = ['-H', 'Authorization: Key $PAT'];
  // One line of the command for each list.
  const shows = [
    {
      title: 'GET, with paging in the query: 1,000 inputs, 50 a page, by the profile of this API.',
      lines: [key, [`${path}/inputs`], ['--profile', 'clarifai', '--size', '50', '--progress']],
      items: 1000,
    },
    {
      title: 'POST, with paging in the body: 300 concepts, 20 a page, without a profile.',
      lines: [
        key,
        ['--json', '{"concept_query":{"name":"*"}}'],
        [`${path}/concepts/searches`],
        ['--in', 'body:pagination', '--items', 'concepts', '--size', '20', '--rate', '15/s', '--progress'],
      ],
      items: 300,
    },
  ];
  console.log(`A demo API listens on ${api.url}. It answers every 7th request with 429 and every 11th with 503.`);
  try {
    for (const { title, lines, items } of shows) {
      const before = api.stats.requests;
      const typed = lines.map((line) => line.map(quoted).join(' ')).join(' \\\n    ');
      console.log(`\n${title}\n\n$ pagewise ${typed}`);
      let written = 0;
      const code = await run(
        lines.flat().map((arg) => arg.replace('$PAT', 'demo-key')),
        (line) => {
          if (++written <= 2) console.log(line);
          else if (written === 3) console.log('…');
        },
      );
      console.log(`${written} lines of JSON; the API counted ${api.stats.requests - before} requests.`);
      if (code !== 0) return code;
      if (written !== items) {
        console.error(`Expected ${items} items.`);
        return 1;
      }
    }
    return 0;
  } finally {
    await api.close();
  }
}

/** Runs the command as a separate process; `onLine` gets each line of its stdout, which is otherwise inherited. */
function run(args, onLine) {
  return new Promise((resolve, reject) => {
    const stdio = onLine ? ['ignore', 'pipe', 'inherit'] : 'inherit';
    const child = spawn(process.execPath, [command, ...args], { stdio });
    if (onLine) createInterface({ input: child.stdout }).on('line', onLine);
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
}

/** As typed in a POSIX shell. */
function quoted(argument) {
  if (/^[\w./:-]+$/.test(argument)) return argument;
  return argument.includes('$PAT') ? `"${argument}"` : `'${argument}'`;
}

function isStale() {
  const built = statSync(command, { throwIfNoEntry: false });
  if (!built) return true;
  return readdirSync(at('lib'), { recursive: true }).some(
    (file) => statSync(at(`lib/${file}`)).mtimeMs > built.mtimeMs,
  );
}
