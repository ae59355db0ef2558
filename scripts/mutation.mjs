// Mutation testing with Stryker, part by part: breaks the code in many small ways, and asks the specs of its area.
//
//   npm run mutation                            all parts, which takes hours
//   npm run mutation -- --mutate FILE[,FILE]    these files; FILE:10-20 is a range of lines, whose results are not kept
//   npm run mutation -- --report                runs nothing; writes docs/mutation.md from the results that are kept
//
// Results are kept file by file in scripts/mutation-results.json.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parts } from './mutation-parts.mjs';
import { writeReport } from './mutation-report.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const resultsFile = `${root}scripts/mutation-results.json`;
const strykerReport = `${root}reports/mutation.json`;
const read = (file) => JSON.parse(readFileSync(file, 'utf8'));

/** Runs Stryker over some files or ranges by some specs. @returns its report */
function run(specs, files, timeout) {
  console.log(`\n=== ${files.join(', ')}, by spec/${specs.join(', spec/')}`);
  rmSync(strykerReport, { force: true });
  const { status } = spawnSync(
    process.execPath,
    [`${root}node_modules/@stryker-mutator/core/bin/stryker.js`, 'run', '--mutate', files.join(',')],
    {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, MUTATION_SPECS: specs.join(' '), MUTATION_TIMEOUT: timeout },
    },
  );
  if (status !== 0 || !existsSync(strykerReport)) throw new Error(`Stryker ended with ${status}`);
  return read(strykerReport);
}

/** Runs a part, then once more, with more time, what ran out of time by the clock: a busy machine must kill no mutant. */
function runPart(specs, files) {
  const report = run(specs, files, 20_000);
  const idOf = ({ location: { start, end }, mutatorName, replacement }) =>
    [start.line, start.column, end.line, end.column, mutatorName, replacement].join(' ');
  const late = Object.entries(report.files).flatMap(([file, { mutants }]) =>
    mutants
      .filter(({ status, statusReason }) => status === 'Timeout' && !statusReason?.startsWith('Hit limit'))
      .map((mutant) => ({ file, mutant })),
  );
  if (late.length === 0) return report;
  // Stryker's columns count from 0 in a range, and from 1 in its report.
  const ranges = late.map(
    ({ file, mutant: { location: { start, end } } }) =>
      `${file}:${start.line}:${start.column - 1}-${end.line}:${end.column - 1}`,
  ); // prettier-ignore
  const again = run(specs, [...new Set(ranges)], 120_000);
  for (const { file, mutant } of late) {
    const found = again.files[file]?.mutants.find((one) => idOf(one) === idOf(mutant));
    if (found) mutant.status = found.status;
  }
  return report;
}

/** What is kept of a report: for each file how many mutants ended how, and those that nothing found out. */
function summary({ files, framework }) {
  const versions = {
    node: process.versions.node,
    stryker: framework.version,
    jest: framework.dependencies.jest,
    typescript: framework.dependencies.typescript,
  };
  const date = new Date().toISOString().slice(0, 10);
  const entries = Object.entries(files).map(([file, { source, mutants }]) => {
    const count = (...statuses) => mutants.filter(({ status }) => statuses.includes(status)).length;
    const lines = source.split('\n');
    const left = mutants
      .filter(({ status }) => status === 'Survived' || status === 'NoCoverage')
      .map(({ location: { start, end }, mutatorName, replacement, status }) => ({
        line: start.line,
        mutator: mutatorName,
        ...(status === 'NoCoverage' ? { uncovered: true } : {}),
        code: oneLine(cut(lines, start, end)),
        replacement: oneLine(replacement),
      }));
    const counts = {
      mutants: mutants.length - count('Ignored'),
      killed: count('Killed'),
      timedOut: count('Timeout'),
      survived: count('Survived'),
      uncovered: count('NoCoverage'),
      invalid: count('CompileError', 'RuntimeError'),
      texts: count('Ignored'),
    };
    return [file, { date, versions, ...counts, left }];
  });
  return Object.fromEntries(entries);
}

const cut = (lines, start, end) =>
  lines
    .slice(start.line - 1, end.line)
    .map((line, i, { length }) =>
      line.slice(i === 0 ? start.column - 1 : 0, i === length - 1 ? end.column - 1 : undefined),
    )
    .join(' ');

const oneLine = (text) => text.replaceAll(/\s+/g, ' ').slice(0, 200);

const { values } = parseArgs({ options: { mutate: { type: 'string' }, report: { type: 'boolean', default: false } } });
const wanted = values.mutate?.split(',').map((path) => path.replace(/^\.\//, ''));
const known = new Set(parts.flatMap(({ mutate }) => mutate));
const unknown = wanted?.filter((path) => !known.has(path.split(':')[0]));
if (unknown?.length) {
  console.error(`${unknown.join(', ')}: not among the files that scripts/mutation-parts.mjs names`);
  process.exit(2);
}

const kept = () => (existsSync(resultsFile) ? read(resultsFile) : {});

if (!values.report)
  for (const { mutate, specs } of parts) {
    const chosen = wanted ? wanted.filter((path) => mutate.includes(path.split(':')[0])) : mutate;
    if (chosen.length === 0) continue;
    if (chosen.some((path) => path.includes(':'))) {
      run(specs, chosen, 20_000);
      continue;
    }
    const found = summary(runPart(specs, chosen));
    const all = Object.entries({ ...kept(), ...found }).filter(([file]) => known.has(file));
    all.sort(([a], [b]) => (a < b ? -1 : 1));
    writeFileSync(resultsFile, `${JSON.stringify(Object.fromEntries(all), null, 1)}\n`);
  }

writeReport(parts, kept());
