// Mutation testing with Stryker, part by part: breaks the code in many small ways, and runs the specs of its area.
//
//   npm run mutation                            all parts, which takes hours
//   npm run mutation -- --mutate FILE[,FILE]    these files; FILE:10-20 is a range of lines, whose results are not stored
//   npm run mutation -- --survivors             the survivors, after tests were added
//   npm run mutation -- --report                runs nothing; writes docs/mutation.md from the stored results
//
// Results are stored per file in scripts/mutation-results.json.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parts } from './mutation-parts.mjs';
import { hashOf, isExplained, isStale, writeReport } from './mutation-report.mjs';

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

// Stryker's columns count from 0 in a range, and from 1 in its report.
const rangeOf = ({ location: { start, end } }) =>
  `${start.line}:${start.column - 1}-${end.line}:${end.column - 1}`; // prettier-ignore
const sameMutant = (range, mutator, replacement) => (mutant) =>
  rangeOf(mutant) === range && mutant.mutatorName === mutator && oneLine(mutant.replacement) === replacement;

/** Runs a part, then once more, with more time, the mutants that timed out by the clock: a busy machine must kill none. */
function runPart(specs, files) {
  const report = run(specs, files, 20_000);
  const late = Object.entries(report.files).flatMap(([file, { mutants }]) =>
    mutants
      .filter(({ status, statusReason }) => status === 'Timeout' && !statusReason?.startsWith('Hit limit'))
      .map((mutant) => ({ file, mutant })),
  );
  if (late.length === 0) return report;
  const ranges = late.map(({ file, mutant }) => `${file}:${rangeOf(mutant)}`);
  const again = run(specs, [...new Set(ranges)], 60_000);
  for (const { file, mutant } of late) {
    const same = sameMutant(rangeOf(mutant), mutant.mutatorName, oneLine(mutant.replacement));
    const found = again.files[file]?.mutants.find(same);
    if (found) mutant.status = found.status;
  }
  return report;
}

/** Runs the survivors of some files again, but those that are explained. @returns what to store now */
function askAgain(specs, results) {
  const ranges = Object.entries(results).flatMap(([file, { left }]) =>
    left.filter((one) => !isExplained(file, one)).map(({ range }) => `${file}:${range}`),
  );
  if (ranges.length === 0) return {};
  const { files } = run(specs, [...new Set(ranges)], 60_000);
  return Object.fromEntries(
    Object.entries(results).map(([file, before]) => {
      const result = { ...before };
      for (const one of before.left) {
        const { mutator, replacement, range, uncovered } = one;
        const found = files[file]?.mutants.find(sameMutant(range, mutator, replacement));
        if (found?.status !== 'Killed' && found?.status !== 'Timeout') continue;
        result[uncovered ? 'uncovered' : 'survived']--;
        result[found.status === 'Killed' ? 'killed' : 'timedOut']++;
        result.left = result.left.filter((other) => other !== one);
      }
      return [file, result];
    }),
  );
}

/** The part of a report that is stored: for each file how many mutants ended how, and those that nothing detected. */
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
      .map((mutant) => ({
        line: mutant.location.start.line,
        range: rangeOf(mutant),
        mutator: mutant.mutatorName,
        ...(mutant.status === 'NoCoverage' ? { uncovered: true } : {}),
        code: oneLine(cut(lines, mutant.location.start, mutant.location.end)),
        replacement: oneLine(mutant.replacement),
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
    return [file, { date, versions, source: hashOf(source), ...counts, left }];
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

const { values } = parseArgs({
  options: {
    mutate: { type: 'string' },
    survivors: { type: 'boolean', default: false },
    report: { type: 'boolean', default: false },
  },
});
const wanted = values.mutate?.split(',').map((path) => path.replace(/^\.\//, ''));
const all = new Set(parts.flatMap(({ mutate }) => mutate));
const strange = wanted?.filter((path) => !all.has(path.split(':')[0]));
if (strange?.length) {
  console.error(`${strange.join(', ')}: not among the files that scripts/mutation-parts.mjs names`);
  process.exit(2);
}

const kept = () => (existsSync(resultsFile) ? read(resultsFile) : {});
function keep(found) {
  const entries = Object.entries({ ...kept(), ...found }).filter(([file]) => all.has(file));
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(resultsFile, `${JSON.stringify(Object.fromEntries(entries), null, 1)}\n`);
}

if (!values.report)
  for (const { mutate, specs } of parts) {
    const chosen = wanted ? wanted.filter((path) => mutate.includes(path.split(':')[0])) : mutate;
    if (chosen.length === 0) continue;
    if (chosen.some((path) => path.includes(':'))) run(specs, chosen, 20_000);
    else if (values.survivors) {
      const results = kept();
      const known = chosen.filter((file) => results[file]);
      const stale = known.filter((file) => isStale(file, results[file]));
      if (stale.length > 0) keep(summary(runPart(specs, stale)));
      const fresh = known.filter((file) => !stale.includes(file));
      keep(askAgain(specs, Object.fromEntries(fresh.map((file) => [file, results[file]]))));
    } else keep(summary(runPart(specs, chosen)));
  }

writeReport(parts, kept());
