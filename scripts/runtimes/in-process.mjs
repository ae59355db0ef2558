// Runs all checks where there are command line arguments: Node, Bun, Deno. Prints a line of JSON for each.
import * as pagewise from 'pagewise';
import { runCheck, titles } from './checks.mjs';

const words = globalThis.Deno?.args ?? process.argv.slice(2);
const { only = '', without, ...setting } = JSON.parse(words.at(-1));
const shared = pagewise.fetchTransport();
const transport = (options) => (options ? pagewise.fetchTransport(options) : shared);

async function runAll() {
  for (const [index, title] of titles.entries()) {
    if (!title.includes(only) || (without && title.startsWith(without))) continue;
    const problem = await runCheck(index, { pagewise, transport, ...setting });
    console.log(JSON.stringify({ title, problem }));
  }
}
// Not awaited here: this file also becomes CommonJS.
globalThis.allChecked = runAll();
