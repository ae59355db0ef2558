// `npm start` shows the command at work on a demo API; `npm start -- URL …` runs it with these arguments.
import { spawn } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { constants } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';
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
      title: '1. GET, paging in the query: 1,000 inputs, 100 a page, by the profile of this API',
      lines: [key, ['--profile', 'clarifai', '--size', '100'], [`${path}/inputs`]],
      items: 1000,
    },
    {
      title: '2. POST, paging in the body: 300 concepts, 50 a page; the command detects how the API pages',
      lines: [
        key,
        ['--json', '{"concept_query":{"name":"*"}}'],
        ['--in', 'body:pagination', '--items', 'concepts', '--size', '50', '--rate', '30/s'],
        [`${path}/concepts/searches`],
      ],
      items: 300,
    },
  ];
  console.log(`A demo API listens on ${api.url}. It answers every 7th request with 429 and every 11th with 503.`);
  try {
    for (const { title, lines, items } of shows) {
      const before = api.stats.requests;
      const typed = lines.map((line) => line.map(quoted).join(' ')).join(' \\\n    ');
      console.log(`\n${styled('bold', title)}\n\n${styled('dim', '$')} ${styled('cyan', `pagewise ${typed}`)}\n`);
      let written = 0;
      const code = await run(
        lines.flat().map((arg) => arg.replace('$PAT', 'demo-key')),
        (line) => {
          if (++written <= 2) show(line);
          else if (written === 3) show('…');
        },
      );
      const isWhole = code === 0 && written === items;
      const mark = isWhole ? styled('green', '✓') : styled('red', '✗');
      console.log(
        `${mark} ${written.toLocaleString('en-US')} lines of JSON; the API counted ${api.stats.requests - before} requests.`,
      );
      if (code !== 0) return code;
      if (!isWhole) {
        console.error(`Expected ${items} items.`);
        return 1;
      }
    }
    return 0;
  } finally {
    await api.close();
  }
}

/** In a style, if stdout is a terminal. */
function styled(style, text) {
  return process.stdout.isTTY && process.env.NO_COLOR === undefined ? styleText(style, text) : text;
}

/** A row on one line of a terminal, which the command's progress leaves for it. */
function show(row) {
  const { isTTY, columns } = process.stdout;
  if (!isTTY) console.log(row);
  else console.log(`\r\u001b[K${row.length < columns ? row : `${row.slice(0, columns - 2)}…`}`);
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
