// Random jobs, compared with what the list of their API holds.
//
//   npm run fuzz                          2,000 jobs
//   npm run fuzz -- --walks 50000         more of them
//   npm run fuzz -- --seed 17 --walks 1   one of them again
//   npm run fuzz -- --case '{…}'          the line that is printed for a job that failed
import { parseArgs } from 'node:util';
import { judge } from './judge.js';
import { Loopback, runCase } from './run.js';
import { caseOf, simpler, type WalkCase } from './walk-case.js';

const { values } = parseArgs({
  options: {
    walks: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    case: { type: 'string' },
    verbose: { type: 'boolean', default: false },
  },
});
for (const name of ['walks', 'seed'] as const)
  if (!/^\d+$/.test(values[name])) throw new Error(`--${name} must be a whole number, not '${values[name]}'`);

const strangers: string[] = [];
process.on('unhandledRejection', (error) => strangers.push(`unhandled rejection: ${String(error)}`));
process.on('uncaughtException', (error) => strangers.push(`uncaught: ${error.stack ?? String(error)}`));

const loopback = await new Loopback().start();

async function wrongWith(one: WalkCase): Promise<string[]> {
  strangers.length = 0;
  try {
    return [...judge(one, await runCase(one, loopback)), ...strangers];
  } catch (error) {
    return [`it throws ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`];
  }
}

/** The kind of a failure, without the numbers of its case. */
const kindOf = (wrong: readonly string[]): string => (wrong[0] ?? '').replace(/^run \d+:? /, '').replace(/[\d,]+/g, 'N').slice(0, 30); // prettier-ignore

/** The simplest case that is found with a failure of the same kind. */
async function shrink(one: WalkCase, wrong: readonly string[]): Promise<[WalkCase, readonly string[]]> {
  const kind = kindOf(wrong);
  let tries = 0;
  for (let found: [WalkCase, readonly string[]] = [one, wrong]; ;) {
    const before = found[0];
    for (const next of simpler(before)) {
      if (JSON.stringify(next) === JSON.stringify(before) || ++tries > 150) continue;
      const also = await wrongWith(next);
      if (also.length > 0 && kindOf(also) === kind) {
        found = [next, also];
        break;
      }
    }
    if (found[0] === before) return found;
  }
}

let passed = 0;
let failed = 0;
const first = Number(values.seed);
const cases: Iterable<[string, WalkCase]> =
  values.case === undefined
    ? (function* () {
        for (let n = 0; n < Number(values.walks); n++) yield [`seed ${String(first + n)}`, caseOf(first + n)];
      })()
    : [['this case', JSON.parse(values.case) as WalkCase]];
const kinds = new Map<string, number>();
for (const [name, one] of cases) {
  const wrong = await wrongWith(one);
  if (wrong.length === 0) {
    passed++;
    continue;
  }
  failed++;
  const kind = kindOf(wrong);
  kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  if (values.verbose) console.log(JSON.stringify(await runCase(one, loopback), null, 1));
  if ((kinds.get(kind) ?? 0) > 3) continue;
  const [simplest, also] = values.case === undefined ? await shrink(one, wrong) : [one, wrong];
  console.log(`✗ ${name}: ${also.join('; ')}\n  npm run fuzz -- --case '${JSON.stringify(simplest)}'`);
}
for (const [kind, count] of kinds) console.log(`${String(count)} × ${kind}`);
loopback.stop();
console.log(`${String(passed)} passed, ${String(failed)} failed`);
process.exitCode = failed === 0 ? 0 : 1;
