// The pages of the site, in site/generated: docs/ with links that lead somewhere, the reference from the types, and the
// pages of site/pages. docs/ itself is only read.
import { execFile, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startDemoApi } from '../examples/demo-api.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const run = promisify(execFile);
const at = (path) => join(root, path);
export const out = at('site/generated');

/** Files of the repository that are pages too, by their path in it. */
const pages = {
  'CHANGELOG.md': 'changelog.md',
  'CONTRIBUTING.md': 'contributing.md',
  'SECURITY.md': 'security.md',
  'bench/README.md': 'bench.md',
};

/** Where a file of the repository is on the site; `undefined`: only in the repository. */
function pageOf(file) {
  if (file in pages) return pages[file];
  if (!file.startsWith('docs/') || !file.endsWith('.md')) return undefined;
  return file.slice('docs/'.length).replace(/(^|\/)README\.md$/, '$1index.md');
}

/** Links lead to pages, and to images; what only the repository has is its path, as text. */
function withLinks(text, file) {
  const page = pageOf(file);
  const link = (whole, words, target) => {
    if (/^([a-z]+:|#)/.test(target)) return whole;
    const [path, hash = ''] = target.split(/(?=#)/);
    const named = posix.join(posix.dirname(file), path);
    const found = pageOf(named) ?? (existsSync(at(`${named}/README.md`)) ? pageOf(`${named}/README.md`) : undefined);
    if (found !== undefined) return `[${words}](${relative(page, found)}${hash})`;
    if (named.startsWith('docs/images/')) return `[${words}](${relative(page, named.slice('docs/'.length))})`;
    return words.replaceAll('`', '') === named ? `\`${named}\`` : `${words} (\`${named}\`)`;
  };
  return outsideCode(text, (part) => part.replaceAll(/\[([^\]]+)\]\(([^)\s]+)\)/g, link));
}

const relative = (from, to) => {
  const path = posix.relative(posix.dirname(from), to);
  return path.startsWith('.') ? path : `./${path}`;
};

/** Changes a text, but not its fences and not its code in backticks. */
function outsideCode(text, change) {
  const kept = [];
  const keep = (code) => `\uE000${kept.push(code) - 1}\uE001`;
  const shown = text.replaceAll(/^( *)```[^]*?^\1```$/gm, keep).replaceAll(/(?<!`|\[)`[^`\n]+`(?!\])/g, keep);
  let changed = change(shown);
  while (changed.includes('\uE000')) changed = changed.replaceAll(/\uE000(\d+)\uE001/g, (_, n) => kept[Number(n)]);
  return changed;
}

const write = (page, text) => {
  const file = join(out, page);
  mkdirSync(dirname(file), { recursive: true });
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeFileSync(file, text);
};

/** Copies docs/ and what belongs to it. Takes no time, so `npm run site:dev` does it after each change. */
export function copyDocs() {
  const files = readdirSync(at('docs'), { recursive: true }).map(
    (name) => `docs/${String(name).replaceAll('\\', '/')}`,
  );
  for (const file of [...files, ...Object.keys(pages)]) {
    const page = pageOf(file);
    if (page === undefined) continue;
    const text = readFileSync(at(file), 'utf8')
      .replaceAll(/^<!-- site: (\w+) -->$/gm, '<$1 />')
      .replaceAll(/\b(src|srcset)="images\//g, '$1="./images/');
    write(page, withLinks(file === 'docs/apis/README.md' ? withFilter(text) : text, file));
  }
  cpSync(at('docs/images'), join(out, 'images'), { recursive: true });
  for (const name of readdirSync(at('site/pages'))) write(name, filled(readFileSync(at(`site/pages/${name}`), 'utf8')));
}

const withFilter = (text) => text.replace('\n| API |', '\n<TableFilter label="Filter the APIs" />\n\n| API |');

/** What a page of the site takes from docs/, so that it is said, and checked, once: `<!-- code of … -->`, `<!-- number … -->`. */
function filled(text) {
  const home = readFileSync(at('docs/five-minutes.md'), 'utf8');
  const code = (_, heading, label) => {
    const section = home.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0];
    const [, language, lines] =
      /^```(\w+)\n([^]*?)^```$/m.exec(section ?? '') ?? stop(`docs/five-minutes.md has no code below ${heading}`);
    return `\`\`\`${language} [${label}]\n${lines}\`\`\``;
  };
  return text
    .replaceAll(/^<!-- code of (.+) as (.+) -->$/gm, code)
    .replaceAll(/\$NUMBER\{(\w+)\}/g, (_, name) => numbers()[name] ?? stop(`no number ${name}`));
}

/** The numbers of the home page, read where they were written by what measured them. */
function numbers() {
  const read = (file, pattern) =>
    pattern.exec(readFileSync(at(file), 'utf8'))?.[1] ?? stop(`${file} has no ${pattern}`);
  const row = (name) => new RegExp(`^\\| http-128 .*\\| CPU ≤ [\\d.]+ × ${name} +\\| ([\\d.]+)`, 'm');
  return {
    right: read('docs/detection.md', /^\| several pages: right \|.*\| \d+ of \d+ \(([\d.]+ %)\) \|$/m),
    wrong: read('docs/detection.md', /^\| several pages: wrong \|.*\| (\d+) of \d+ \([\d.]+ %\) \|$/m),
    walks: read('docs/detection.md', /^\| several pages: wrong \|.*\| \d+ of (\d+) \([\d.]+ %\) \|$/m),
    got: read('docs/performance.md', row('got.paginate')),
    measured: read('docs/performance.md', /^\| date \| (\S+) \|$/m),
    apis: String(readdirSync(at('docs/apis')).length - 1),
  };
}

function stop(message) {
  throw new Error(message);
}

/** Every exported name, a page each, from the types and what is written on them. */
export async function writeReference() {
  const { exports } = JSON.parse(readFileSync(at('package.json'), 'utf8'));
  const entries = Object.keys(exports).filter((name) => !name.endsWith('.json'));
  const sources = entries.map((name) => `lib/${name === '.' ? '' : `${name.slice(2)}/`}index.ts`);
  const reference = join(out, 'reference');
  // Reading all types takes a quarter of a minute: not again if nothing is newer.
  const last = join(reference, 'index.md');
  if (existsSync(last) && Math.max(newest('lib'), newest('site/prepare.mjs')) < statSync(last).mtimeMs) return;
  rmSync(reference, { recursive: true, force: true });
  const options = {
    plugin: 'typedoc-plugin-markdown', tsconfig: 'tsconfig.json', out: reference, router: 'member', readme: 'none',
    entryFileName: 'index', basePath: 'lib', logLevel: 'Error', parametersFormat: 'table', indexFormat: 'table',
    propertiesFormat: 'table', interfacePropertiesFormat: 'table', typeAliasPropertiesFormat: 'table',
    classPropertiesFormat: 'table', typeDeclarationFormat: 'table', tableColumnSettings: '{"hideSources":true}',
  }; // prettier-ignore
  const flags = [
    'skipErrorChecking',
    'excludeInternal',
    'excludePrivate',
    'excludeExternals',
    'disableSources',
    'hidePageHeader',
    'hideBreadcrumbs',
  ];
  await run(
    process.execPath,
    [
      at('node_modules/typedoc/bin/typedoc'),
      ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]),
      ...flags.map((name) => `--${name}`),
      ...sources.flatMap((source) => ['--entryPoints', source]),
    ],
    { cwd: root },
  );
  missingNames(reference, sources);
  const rename = (page, change) =>
    writeFileSync(join(reference, page), change(readFileSync(join(reference, page), 'utf8')));
  for (const name of entries.map((entry) => entry.replace(/^\.\/?/, '') || 'index'))
    rename(`${name}/index.md`, (text) => text.replace(/^# .*$/m, `# ${importedAs(name)}`));
  rename('index.md', (text) =>
    text
      .replace(
        /^# .*$/m,
        '# Every exported name\n\nFrom the types, with what is written on them. Each entry of the package:',
      )
      .replaceAll(/\[(\w+)\](?=\(\w+\/index\.md\))/g, (_, name) => `[${importedAs(name)}]`),
  );
}

const importedAs = (name) => (name === 'index' ? 'pagewise' : `pagewise/${name}`);

/** A name that an entry exports and that has no page is an error of the build. */
function missingNames(reference, sources) {
  const found = new Set(readdirSync(reference, { recursive: true }).map((name) => posix.basename(String(name), '.md')));
  const missing = sources.flatMap((source) =>
    [...readFileSync(at(source), 'utf8').matchAll(/export (?:type )?\{([^}]*)\}/g)]
      .flatMap(([, names]) => names.split(','))
      .map((name) => name.trim().replace(/^(type\s+)?(\w+\s+as\s+)?/, ''))
      .filter((name) => name !== '' && !found.has(name))
      .map((name) => `${name} of ${source}`),
  );
  if (missing.length === 0) return;
  rmSync(reference, { recursive: true });
  stop(`the reference lacks ${missing.join(', ')}`);
}

/** When a file, or the youngest file of a folder, was written. */
function newest(path) {
  const { mtimeMs } = statSync(at(path));
  if (!statSync(at(path)).isDirectory()) return mtimeMs;
  return Math.max(
    mtimeMs,
    ...readdirSync(at(path), { recursive: true }).map((name) => statSync(at(join(path, String(name)))).mtimeMs),
  );
}

/** The report of a real run of the command, on the demo API with its failures. */
export async function writeRun() {
  const file = join(out, 'public/run-report.html');
  if (existsSync(file) && newest('lib') < statSync(file).mtimeMs) return;
  mkdirSync(dirname(file), { recursive: true });
  const api = await startDemoApi();
  try {
    const url = `${api.url}/v2/users/demo/apps/pets/inputs`;
    const args = [
      '-H',
      'Authorization: Key demo',
      url,
      '--profile',
      'clarifai',
      '--size',
      '50',
      '--report',
      file,
      '-q',
    ];
    const child = spawn(process.execPath, [at('dist/node/cli/main.js'), ...args], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const code = await new Promise((done) => child.on('close', done));
    if (code !== 0) stop(`the run for the page "See a run" ended with ${code}`);
  } finally {
    await api.close();
  }
}

/** All of it. Code is built only if it is missing or older than lib/. */
export async function prepare() {
  const built = at('dist/browser/index.js');
  if (!existsSync(built) || newest('lib') > statSync(built).mtimeMs) {
    const { default: buildCode } = await import('../scripts/build-code.mjs');
    await buildCode();
  }
  const kept = ['reference', 'public'];
  for (const name of existsSync(out) ? readdirSync(out) : [])
    if (!kept.includes(name)) rmSync(join(out, name), { recursive: true });
  copyDocs();
  await Promise.all([writeReference(), writeRun()]);
}
