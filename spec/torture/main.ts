// The torture run: every fault of lib/testing/torture, and those of ./scenarios, over the strategies of ./subjects.
//
//   npm run torture                       all of it
//   npm run torture -- --seeds 5000       with more random schedules than the usual 200
//   npm run torture -- --seed 17          one of them again
//   npm run torture -- --only 'cursor in body, cross-fetch: 429'     what has this in its title
import { parseArgs } from 'node:util';
import { torture, type TortureCase } from 'pagewise/testing';
import { lonelyScenarios, scenarios } from './scenarios.js';
import { subjects, transports } from './subjects.js';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '200' },
    seed: { type: 'string' },
    only: { type: 'string' },
    jobs: { type: 'string', default: '24' },
    verbose: { type: 'boolean', default: false },
  },
});

const whole = (name: 'seeds' | 'seed' | 'jobs'): number => {
  const text = values[name] ?? '';
  if (!/^\d+$/.test(text)) throw new Error(`--${name} must be a whole number, not '${text}'`);
  return Number(text);
};

/** Seeds cycle through the strategies and their transports, so that a seed always means the same walk. */
function allCases(): TortureCase[] {
  const rounds = Object.entries(subjects).flatMap(([name, { everywhere, ...subject }]) =>
    Object.entries(transports)
      .slice(0, everywhere ? undefined : 1)
      .map(([transport, make]) => ({ name, subject, transports: { [transport]: make } })),
  );
  const seeds = values.seed === undefined ? Array.from({ length: whole('seeds') }, (_, n) => n + 1) : [whole('seed')];
  return rounds.flatMap(({ name, subject: { make, ...options }, transports: one }, round) => {
    const own = seeds.filter((seed) => seed % rounds.length === round);
    return torture(make, { ...options, transports: one, seeds: own }).map((found) => ({
      ...found,
      title: `${name}, ${found.title}`,
    }));
  });
}

const chosen = ({ title, seed }: TortureCase) =>
  (values.seed === undefined || seed === Number(values.seed)) &&
  (values.only === undefined || title.includes(values.only));
const together = [...allCases(), ...scenarios()].filter(chosen);
const alone = lonelyScenarios().filter(chosen);
const cases = [...together, ...alone];

const strangers: string[] = [];
process.on('unhandledRejection', (error) => strangers.push(`unhandled rejection: ${String(error)}`));
process.on('uncaughtException', (error) => strangers.push(`uncaught exception: ${String(error)}`));
process.on('warning', (warning) => strangers.push(`warning: ${warning.name}: ${warning.message}`));

const failures: { one: TortureCase; error: unknown }[] = [];
const counts = { completed: 0, 'failed and resumed': 0, failed: 0 };
let faults = 0;

async function work(queue: TortureCase[]): Promise<void> {
  for (let one = queue.shift(); one; one = queue.shift()) {
    try {
      const began = performance.now();
      const result = await one.play();
      faults += result.faults;
      counts[result.survival]++;
      if (values.verbose) console.log(`${(performance.now() - began).toFixed(0).padStart(6)} ms  ${one.title}`);
    } catch (error) {
      failures.push({ one, error });
      console.log(`FAILED ${one.title}\n       ${error instanceof Error ? error.message : String(error)}`);
      const again = one.seed === undefined ? `--only '${one.title}'` : `--seed ${one.seed}`;
      console.log(`       again: npm run torture -- ${again}`);
    }
  }
}

const began = performance.now();
await Promise.all(Array.from({ length: Math.max(1, whole('jobs')) }, () => work(together)));
await work(alone);
// An error reported a moment late counts too.
await new Promise((resolve) => setTimeout(resolve, 200));
for (const stranger of strangers) console.log(`FAILED ${stranger}`);

const about = (what: RegExp) => failures.filter(({ error }) => what.test(String(error))).length;
const failed = failures.length + strangers.length;
console.log(`${faults} faults tried in ${cases.length} walks, ${((performance.now() - began) / 1000).toFixed(0)} s`);
console.log(
  `survived: ${counts.completed} completed, ${counts['failed and resumed']} failed as they must and went on without a loss,`,
);
console.log(`          ${counts.failed} refused to continue forever`);
console.log(`walks with lost or doubled items: ${about(/\blost\b|twice/)}`);
console.log(`walks with leaked sockets: ${about(/leaked/)}`);
console.log(`${cases.length - failures.length} passed, ${failed} failed`);
process.exitCode = failed === 0 && cases.length > 0 ? 0 : 1;
