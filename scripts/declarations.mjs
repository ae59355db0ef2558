// The pagination that other generators of clients declare, as data: spec/declarations/*.json.
//
//   node scripts/declarations.mjs                 counts what Pagewise expresses of it, into docs/declarations.md
//   node scripts/declarations.mjs --update        makes the data again, from the newest packages
//   node scripts/declarations.mjs --update DIR    the same, with packages that were unpacked into DIR before
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { bundleSpec } from './bundle-spec.mjs';
import * as autoRest from './declarations/auto-rest.mjs';
import * as aws from './declarations/aws.mjs';
import * as speakeasy from './declarations/speakeasy.mjs';
import * as stainless from './declarations/stainless.mjs';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const peers = { aws, stainless, speakeasy, 'auto-rest': autoRest };

if (process.argv[2] === '--update') {
  const into = process.argv[3] === undefined ? mkdtempSync(join(tmpdir(), 'declarations-')) : resolve(process.argv[3]);
  for (const [name, { packages, declarationsOf }] of Object.entries(peers)) {
    const data = declarationsOf(packages.map((each) => unpacked(each, into)));
    const file = at(`spec/declarations/${name}.json`);
    writeFileSync(file, await format(compact(data), { ...(await resolveConfig(file)), parser: 'json' }));
  }
}
process.chdir(at('.'));
const { countsTable } = await import(await bundleSpec('spec/declarations/counts.ts', 'declarations'));
const page = at('docs/declarations.md');
const text = readFileSync(page, 'utf8').replace(/(<!-- counts -->\n)[^]*?(<!-- \/counts -->)/, (_all, from, to) => `${from}\n${countsTable()}\n\n${to}`); // prettier-ignore
writeFileSync(page, text);

/** A package's folder and name with version; downloaded unless it is there already. */
function unpacked(name, into) {
  const folder = join(into, name.replaceAll(/\W+/g, '-').replace(/^-/, ''));
  if (!existsSync(folder)) {
    mkdirSync(folder, { recursive: true });
    const [{ filename }] = JSON.parse(execFileSync('npm', ['pack', name, '--json', '--silent'], { cwd: folder, encoding: 'utf8' })); // prettier-ignore
    execFileSync('tar', ['xzf', filename], { cwd: folder });
  }
  const { name: own, version } = JSON.parse(readFileSync(join(folder, 'package/package.json'), 'utf8'));
  return { folder: join(folder, 'package'), name: own, version, source: `${own} ${version}` };
}

/** JSON whose small objects are one line each; the formatter keeps them so. */
function compact(value, indent = '') {
  const line = JSON.stringify(value);
  if (typeof value !== 'object' || value === null || line.length + indent.length < 100) return line;
  const inner = `${indent}  `;
  const members = Array.isArray(value)
    ? value.map((each) => compact(each, inner))
    : Object.entries(value).map(([name, each]) => `${JSON.stringify(name)}: ${compact(each, inner)}`);
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return `${open}\n${inner}${members.join(`,\n${inner}`)}\n${indent}${close}`;
}
