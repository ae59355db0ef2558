// npm run bench: what Pagewise costs, compared with alternatives. README.md says how to read it and how to add to it.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { loadContenders } from './harness/contenders.mjs';
import { startServer } from './harness/start-server.mjs';
import { document } from './report/document.mjs';
import { judge } from './report/judge.mjs';
import { machine } from './report/machine.mjs';
import { rowTable } from './report/row-table.mjs';
import { targetTable } from './report/target-table.mjs';
import { rows } from './rows.mjs';
import { setUp } from './setup.mjs';
import { gated, gates, targets } from './targets.mjs';

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    gate: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    'no-install': { type: 'boolean', default: false },
    only: { type: 'string' },
    with: { type: 'string' },
  },
});
const list = (text) => text?.split(',').map((each) => each.trim());
const [only, chosen] = [list(flags.only), flags.gate ? gated : list(flags.with)];
const isQuick = flags.quick || flags.gate;
const isNarrow = isQuick && !chosen; // Some rows of a quick run have few contenders.
// docs/performance.md is written whole or not at all.
if (flags.write && (isQuick || only || chosen)) throw new Error('--write needs a whole run: omit the other flags');

const gatedRows = new Set(gates.map(({ row }) => row));
const taken = rows.filter(({ id, quick }) => {
  if (only) return only.some((each) => (rows.some((row) => row.id === each) ? id === each : id.startsWith(each)));
  return flags.gate ? gatedRows.has(id) : !isQuick || quick;
});
if (taken.length === 0)
  throw new Error(`no row is called ${flags.only}; there are ${rows.map(({ id }) => id).join(', ')}`);

await setUp({ withPeers: !flags.gate && !flags['no-install'] });
const skipped = new Map();
const onSkip = (id, reason) => {
  if (!skipped.has(id)) console.log(`Left out: ${id}. ${reason}\n`);
  skipped.set(id, reason);
};
const contenders = await loadContenders(onSkip, chosen);
for (const id of chosen ?? [])
  if (!contenders.has(id) && !skipped.has(id))
    throw new Error(`there is no contender ${id}; bench/contenders has them`);
// A contender whose name is its id is a package.
const nameOf = (id, rowId) => {
  const { kind } = rows.find((row) => row.id === rowId);
  const [own, again] = id.split('#');
  const { name, names } = (kind && contenders.get(own)) ?? {};
  return `${names?.[kind] ?? name ?? own}${again ? `, ${again}` : ''}`;
};
const idsOf = ({ kind, controls = [] }) => {
  const ids = [...contenders.keys()].filter((id) => contenders.get(id).kinds.includes(kind) && !skipped.has(id));
  return [...ids, ...controls.filter((control) => ids.includes(control.split('#')[0]))];
};

const here = machine();
const started = performance.now();
const seconds = () => ((performance.now() - started) / 1000).toFixed(0);
const server = await startServer();
const measured = new Map();
const tables = new Map();
try {
  for (const row of taken) {
    const samples = await row.run({ isQuick, isNarrow, ids: idsOf(row), origin: server.origin, onSkip });
    measured.set(row.id, samples);
    tables.set(row, rowTable(row, samples, nameOf));
    console.log(`${row.id}: ${(isQuick && row.quickTitle) || row.title}  [${seconds()} s]\n\n${tables.get(row)}\n`);
  }
} finally {
  server.stop();
}

if (flags.gate) {
  const verdicts = gates.map((gate) => judge(gate, measured));
  console.log(targetTable(gates, measured, nameOf));
  const failed = verdicts.filter((verdict) => !verdict?.isMet).length;
  console.log(`\n${gates.length - failed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
} else {
  const touched = targets.filter((target) => measured.has(target.row) && (!chosen || judge(target, measured)));
  const text = targetTable(touched, measured, nameOf);
  console.log(`Targets\n\n${text}\n`);
  if (isQuick)
    console.log('A quick run shows orders of magnitude. Figures are the medians of three runs: npm run bench.');
  if (flags.write) {
    writeFileSync(
      new URL('../docs/performance.md', import.meta.url),
      document({ machine: here, tables, targets: text, skipped }),
    );
    console.log('Written: docs/performance.md');
  }
}
