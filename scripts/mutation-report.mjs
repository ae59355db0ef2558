// Writes docs/mutation.md from the results that scripts/mutation.mjs keeps, and says which survivors are known.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { kinds } from './mutation-survivors.mjs';

const document = fileURLToPath(new URL('../docs/mutation.md', import.meta.url));

const sum = (results, name) => results.reduce((all, result) => all + result[name], 0);

/** A row of the table: detected mutants are those killed or timed out, as Stryker scores them. */
function row(title, results) {
  const [mutants, killed, timedOut, survived, uncovered] = [
    'mutants', 'killed', 'timedOut', 'survived', 'uncovered',
  ].map((name) => sum(results, name)); // prettier-ignore
  const valid = killed + timedOut + survived + uncovered;
  const score = valid === 0 ? '–' : `${((100 * (killed + timedOut)) / valid).toFixed(1)} %`;
  const known = results.flatMap(({ left }) => left).filter(({ kind }) => kind !== undefined).length;
  return `| ${title} | ${[mutants, killed, timedOut, survived, uncovered, known].join(' | ')} | ${score} |`;
}

/** A survivor as it is named in scripts/mutation-survivors.mjs: without its line, which moves. */
const nameOf = (file, { code, replacement }) => `${file}: ${code} → ${replacement}`;
const kindOf = new Map(kinds.flatMap((kind) => kind.survivors.map((name) => [name, kind])));

export const isExplained = (file, survivor) => kindOf.has(nameOf(file, survivor));

const asCode = (text) => `\`${text.replaceAll('`', '´').replaceAll('|', '\\|')}\``;

/** Whether a file is another one than that of its results. */
export const isStale = (file, { source }) =>
  source !== hashOf(readFileSync(new URL(`../${file}`, import.meta.url), 'utf8'));
export const hashOf = (source) => createHash('sha256').update(source).digest('hex').slice(0, 16);

export function writeReport(parts, kept) {
  const results = Object.fromEntries(
    Object.entries(kept).map(([file, result]) => [
      file,
      { ...result, left: result.left.map((one) => ({ ...one, kind: kindOf.get(nameOf(file, one)) })) },
    ]),
  );
  const all = Object.values(results);
  const left = Object.entries(results).flatMap(([file, result]) => result.left.map((one) => ({ file, ...one })));
  const versions = [...new Set(all.map(({ versions: v }) => `Stryker ${v.stryker}, Jest ${v.jest}, TypeScript ${v.typescript}, Node ${v.node}`))]; // prettier-ignore
  const dates = all.map(({ date }) => date).sort();
  const missing = parts.flatMap(({ mutate }) => mutate).filter((file) => !(file in results));
  const stale = Object.keys(kept).filter((file) => existsSync(new URL(`../${file}`, import.meta.url)) && isStale(file, kept[file])); // prettier-ignore
  const unknown = left.filter(({ kind }) => kind === undefined);
  const spans = dates[0] === dates.at(-1) ? dates[0] : `${dates[0]} to ${dates.at(-1)}`;

  const lines = [
    '# Mutation testing',
    '',
    'Written by `npm run mutation`. [Stryker](https://stryker-mutator.io) breaks the code in small ways, one at a time (a `<` becomes `<=`, a condition `true`, a block empty, a text another one), and runs the tests that cover the changed code. A mutant that makes them fail is killed; one that makes them hang has timed out, which counts as detected; one that they pass with has survived, and shows a missing test, or code that makes no difference.',
    '',
    '```sh',
    'npm run mutation                                              # all parts, which takes hours',
    'npm run mutation -- --mutate lib/reading/links.ts              # some files, separated by commas',
    'npm run mutation -- --mutate lib/reading/links.ts:30-50        # some lines; the results are not stored',
    'npm run mutation -- --survivors                               # the survivors, after tests were added',
    'npm run mutation -- --report                                  # this page alone, from the stored results',
    '```',
    '',
    '- What is mutated, and which specs run for each part, is in `scripts/mutation-parts.mjs`. They are only the specs of the same area: a mutant that only another test detects counts as a survivor here.',
    '- Not mutated: the texts of errors, that is, templates and texts of more than one word within the arguments of a `new …Error(…)` (`scripts/mutation-texts.mjs`), with the expressions in such a template. Wire names, headers, codes, statuses, names of options and texts elsewhere are mutated. No code is exempted by a comment, and no mutator is turned off.',
    '- It is not part of CI. Results are stored per file in `scripts/mutation-results.json`.',
    '',
    `Run ${spans}: ${versions.join('; ')}.`,
    '',
    '| | mutants | killed | timed out | survived | not covered | of these known | score |',
    '|---|---|---|---|---|---|---|---|',
    row('**all**', all),
  ];
  for (const title of new Set(parts.map((part) => part.title))) {
    const files = parts.filter((part) => part.title === title).flatMap(({ mutate }) => mutate);
    const here = files.filter((file) => file in results);
    if (here.length === 0) continue;
    if (here.length > 1) lines.push(row(`**${title}**`, here.map((file) => results[file]))); // prettier-ignore
    for (const file of here) lines.push(row(`\`${file}\``, [results[file]]));
  }
  lines.push(
    '',
    `"Known" are survivors that the list below explains. The score is what was killed or timed out of all but ${sum(all, 'invalid')} that broke the runner. If tests were added after a file's run, only its survivors ran again (\`--survivors\`).`,
  );
  if (missing.length > 0)
    lines.push(
      '',
      `Not run as of ${new Date().toISOString().slice(0, 10)}, though they are in a part, so nothing is known of their tests: ${missing.map((file) => `\`${file}\``).join(', ')}.`,
    );
  if (stale.length > 0)
    lines.push('', `Changed since their run, if only in a comment or a message: ${stale.map((file) => `\`${file}\``).join(', ')}.`); // prettier-ignore
  lines.push('', '## What survives, and why that is right', '');
  for (const kind of kinds) {
    const found = left.filter(({ kind: one }) => one === kind);
    if (found.length === 0) continue;
    const shown = found.slice(0, 3).map(({ file, line, code, replacement }) => `\`${file}:${line}\` ${asCode(code)} → ${asCode(replacement)}`); // prettier-ignore
    lines.push(`- ${kind.why} (${found.length}): ${shown.join('; ')}${found.length > 3 ? '; …' : ''}`);
  }
  lines.push('', '## What survives, and is not explained', '');
  if (unknown.length === 0) lines.push('Nothing.');
  for (const { file, line, code, replacement, mutator, uncovered } of unknown)
    lines.push(
      `- \`${file}:${line}\` ${mutator}: ${asCode(code)} → ${asCode(replacement)}${uncovered ? ' (not covered)' : ''}`,
    );
  writeFileSync(document, `${lines.join('\n')}\n`);
  console.log(row('all', all));
  console.log(
    `docs/mutation.md is written; ${unknown.length} of ${left.length} survivors are not explained in scripts/mutation-survivors.mjs`,
  );
}
