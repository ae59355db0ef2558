// A process that is measured from its start: imports a package, or walks one page with a contender.
import { contenderFile } from './contenders.mjs';
import { makeAsk } from './asks.mjs';
import { tally } from './tally.mjs';

const [what, id, params] = process.argv.slice(2);
const start = performance.now();
const before = process.cpuUsage();
if (what === 'import') {
  await import(id);
} else {
  const { walks } = (await import(contenderFile(id))).default;
  const { ask, expected } = makeAsk(JSON.parse(params));
  const { take, takeItem, check } = tally();
  await walks.number({ ...ask, take, takeItem });
  check(expected);
}
const ms = performance.now() - start;
const sum = ({ user, system }) => (user + system) / 1000;
const cpu = sum(process.cpuUsage(before));
const rss = process.resourceUsage().maxRSS / 1024;
console.log(JSON.stringify({ ms, cpu, wholeCpu: sum(process.cpuUsage()), rss }));
// Sockets that are kept alive keep some processes running.
process.exit();
