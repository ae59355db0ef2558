// Which tests prove which promise: prints the table, and writes it into docs/promises.md.
//
//   npm run promises                        runs the tests first
//   npm run promises -- --results [FILE]    reads an earlier run: FILE of `jest --json`, or the last whole
//                                         `npm test` and `npm run test:slow`
//   npm run promises -- --check             writes nothing; fails if docs/promises.md is out of date
//
// A test proves a promise if its title, or that of a describe around it, begins with the number (`S1 S3 it does`),
// or ends with a list in parentheses (`it does (P1, P6–P8)`).
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { resultsFile, slowResultsFile } from './promise-reporter.mjs';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const document = at('docs/promises.md');
const number = '[DEHPRST][1-9]\\d?';

/** The numbers that a title names. */
export function numbersIn(title) {
  const first = new RegExp(`^(?:${number}\\s+)+|^${number}$`).exec(title)?.[0] ?? '';
  const list = new RegExp(`\\(((?:${number}(?:–${number})?(?:, )?)+)\\)$`).exec(title)?.[1] ?? '';
  const names = [...first.matchAll(new RegExp(number, 'g'))].map(([name]) => name);
  for (const [, from, to = from] of list.matchAll(new RegExp(`(${number})(?:–(${number}))?`, 'g')))
    for (let n = Number(from.slice(1)); n <= Number(to.slice(1)); n++) names.push(from[0] + n);
  return names;
}

/** Tests by promise: how many passed, and how many did not. */
export function countTests({ testResults }) {
  const counts = new Map();
  for (const { assertionResults } of testResults)
    for (const { ancestorTitles, title, status } of assertionResults)
      for (const name of new Set([...ancestorTitles, title].flatMap(numbersIn))) {
        const count = counts.get(name) ?? { tests: 0, failed: 0 };
        counts.set(name, count);
        count.tests++;
        if (status !== 'passed') count.failed++;
      }
  return counts;
}

/** What is reported for each promise, group by group. */
export const toGroups = (groups, counts) =>
  groups.map(({ title, promises }) => ({
    title,
    rows: Object.entries(promises).map(([name, [promise, byDefault, built]]) => {
      const { tests, failed } = counts.get(name) ?? { tests: 0, failed: 0 };
      const missing = built === 'not built' ? 'not built' : 'MISSING';
      const state = tests === 0 ? missing : failed > 0 ? `${failed} FAILED` : 'passed';
      return { name, promise, byDefault, tests, state };
    }),
  }));

export function toDocument(groups) {
  const all = groups.flatMap(({ rows }) => rows);
  const proved = all.filter(({ state }) => state === 'passed').length;
  const rest = all.filter(({ state }) => state !== 'passed').map(({ name, state }) => `${name} ${state}`);
  const lines = [
    '# Promises, and the tests that prove them',
    '',
    'Written by `npm run promises`; the texts are in `spec/promises/promises.json`. A test that proves a promise has its number in its title: `npm test -- -t "S1 "` runs those of S1.',
    '',
    `${proved} of ${all.length} are proved${rest.length === 0 ? '' : `; not: ${rest.join(', ')}`}.`,
  ];
  for (const { title, rows } of groups)
    lines.push(
      '',
      `## ${title}`,
      '',
      '| # | promise | default | tests | |',
      '|---|---|---|---|---|',
      ...rows.map(
        ({ name, promise, byDefault, tests, state }) => `| ${name} | ${promise} | ${byDefault} | ${tests} | ${state} |`,
      ),
    );
  return `${lines.join('\n')}\n`;
}

/** Number and promise of each row. Counts are those of the run that wrote them: every new test would make them wrong. */
export const rowsOf = (text) =>
  [...text.matchAll(/^\| ([DEHPRST]\d+) \| (.*?) \| .*? \| \d+ \| .*$/gm)].map(([, name, promise]) =>
    [name, promise].join(' | '),
  );

/** Lines that only one of two documents has. */
export function differences(before, after) {
  const [old, now] = [rowsOf(before), rowsOf(after)];
  return [
    ...old.filter((row) => !now.includes(row)).map((row) => `- ${row}`),
    ...now.filter((row) => !old.includes(row)).map((row) => `+ ${row}`),
  ];
}

function main() {
  const { values, positionals } = parseArgs({
    options: { check: { type: 'boolean' }, results: { type: 'boolean' } },
    allowPositionals: true,
  });
  const files = positionals.length > 0 ? positionals : [resultsFile, slowResultsFile];
  if (!values.results && positionals.length > 0) throw new Error('give a file with --results');
  if (!values.results) {
    const run = (script) => spawnSync('npm', ['run', script], { cwd: at('.'), stdio: 'inherit' }).status;
    if (['test', 'test:slow'].map(run).some((status) => status !== 0))
      console.error('The tests failed; the promises affected follow.');
  }
  for (const file of files)
    if (!existsSync(file))
      throw new Error(`${relative('.', file)} is missing: run npm test and npm run test:slow, all of them, first`);

  const testResults = files.flatMap((file) => JSON.parse(readFileSync(file, 'utf8')).testResults);
  const counts = countTests({ testResults });
  const groups = toGroups(JSON.parse(readFileSync(at('spec/promises/promises.json'), 'utf8')), counts);
  const all = groups.flatMap(({ rows }) => rows);
  const [wide, deep] = [Math.max(...all.map(({ promise }) => promise.length)), 5];
  for (const { title, rows } of groups) {
    console.log(`\n${title}`);
    for (const { name, promise, tests, state } of rows)
      console.log(`  ${name.padEnd(4)}${promise.padEnd(wide)}  ${String(tests).padStart(deep)}  ${state}`);
  }
  console.log('');

  const wrong = all.filter(({ state }) => state === 'MISSING').map(({ name }) => `${name} has NO TEST`);
  wrong.push(...all.filter(({ state }) => state.endsWith('FAILED')).map(({ name, state }) => `${name}: ${state}`));
  const known = new Set(all.map(({ name }) => name));
  for (const name of counts.keys()) if (!known.has(name)) wrong.push(`${name} is in a test's title and no promise`);
  const text = toDocument(groups);
  if (values.check) {
    const found = differences(existsSync(document) ? readFileSync(document, 'utf8') : '', text);
    if (found.length > 0)
      wrong.push(`docs/promises.md is out of date; npm run promises fixes it:\n${found.join('\n')}`);
  } else writeFileSync(document, text);
  for (const problem of wrong) console.error(`!!! ${problem}`);
  if (wrong.length > 0) process.exitCode = 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
