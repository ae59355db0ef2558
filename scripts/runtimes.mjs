// The library on the runtimes that are not the Node of the other tests: Bun, Deno, workerd, React Native's fetch, and
// bundles for Node on the Nodes of OTHER_NODES. With words as arguments, only the targets and checks that have them in
// their name: `npm run test:runtimes -- workerd R1`.
import { build } from 'esbuild';
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import buildCode from './build-code.mjs';
import { titles } from './runtimes/checks.mjs';
import { startServers } from './runtimes/servers.mjs';
import { installed } from './installed.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const [onlyTarget = '', only = ''] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'pagewise-runtimes-'));

/** From the npm registry, with the binaries in them. The last miniflare for Node 20. */
const packages = [
  '@oven/bun-linux-x64-baseline@1.4.5',
  '@deno/linux-x64-glibc@2.9.6',
  'miniflare@4.20260426.0',
  'whatwg-fetch@3.6.20',
];

/** @returns the folder of the runtimes: that of RUNTIMES if they are there already */
function install() {
  const at = process.env.RUNTIMES ?? folder;
  if (!existsSync(join(at, 'node_modules/miniflare')))
    execFileSync('npm', ['install', '--silent', '--no-save', '--no-package-lock', '--ignore-scripts', '--prefix', at, ...packages], { stdio: 'inherit' }); // prettier-ignore
  return join(at, 'node_modules');
}

/** A project that has Pagewise and its dependencies installed, and the files of the checks. */
function makeProject() {
  const project = join(folder, 'project');
  const into = (name) => join(project, 'node_modules', name);
  mkdirSync(into('pagewise'), { recursive: true });
  for (const name of ['dist', 'package.json'])
    cpSync(join(root, name), join(into('pagewise'), name), { recursive: true });
  for (const name of installed)
    cpSync(join(root, 'node_modules', name), into(name), { recursive: true, dereference: true });
  cpSync(join(root, 'scripts/runtimes'), project, { recursive: true });
  return project;
}

const bundle = async (name, options) => {
  const outfile = join(folder, 'bundles', name);
  const { metafile } = await build({
    metafile: true,
    absWorkingDir: project,
    entryPoints: [join(project, options.entry ?? 'in-process.mjs')],
    outfile,
    bundle: true,
    format: 'esm',
    logLevel: 'error',
    ...Object.fromEntries(Object.entries(options).filter(([key]) => key !== 'entry')),
  });
  return { outfile, metafile };
};

let passed = 0;
let failed = 0;
function report(target, title, problem) {
  if (problem === undefined) {
    passed++;
    return;
  }
  failed++;
  console.log(`✗ ${target}: ${title}\n    ${problem.replaceAll('\n', '\n    ')}`);
}

/** Runs the checks in a process, and reports what it prints. Anything on stderr is a fault. */
async function runProcess(target, command, args, has, without) {
  const setting = { name: target, home: servers.home, other: servers.other, only, has, without };
  const child = spawn(command, [...args, JSON.stringify(setting)], { cwd: project, stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, errors] = ['', ''];
  child.stdout.on('data', (data) => (out += data));
  child.stderr.on('data', (data) => (errors += data));
  const late = setTimeout(() => child.kill('SIGKILL'), 120_000);
  const code = await new Promise((resolve) => child.on('close', (status, signal) => resolve(signal ?? status)));
  clearTimeout(late);
  const lines = out.split('\n').filter((line) => line.startsWith('{'));
  for (const { title, problem } of lines.map((line) => JSON.parse(line))) report(target, title, problem);
  const wanted = titles.filter((title) => title.includes(only) && !(without && title.startsWith(without))).length;
  report(target, 'runs all checks and exits', code === 0 && lines.length === wanted ? undefined : `exit ${code}, ${lines.length} of ${wanted} checks`); // prettier-ignore
  // Bun itself prints why it could not decompress a body.
  const warnings = errors.replace(/^Decompression error: ZlibError\n/gm, '');
  report(target, 'prints no warning', warnings === '' ? undefined : warnings);
}

async function runWorker(target, code) {
  const { Miniflare } = createRequire(join(runtimes, 'miniflare/package.json'))('miniflare');
  const worker = new Miniflare({
    modules: true,
    script: readFileSync(code, 'utf8'),
    compatibilityDate: '2026-04-01',
  });
  const ask = async (check) => {
    const setting = JSON.stringify({
      name: target,
      home: servers.home,
      other: servers.other,
      has: seesRedirects,
      ...check,
    });
    const answer = await worker.dispatchFetch(`http://worker/?check=${encodeURIComponent(setting)}`);
    const text = await answer.text();
    return answer.ok ? JSON.parse(text) : { problem: text, result: text };
  };
  for (const [index, title] of titles.entries())
    if (title.includes(only)) report(target, title, (await ask({ index })).problem);
  // What a request leaves behind when it ends, and what the next one then gets. Its timers are gone.
  for (const [share, expected] of [
    ['throttle', '12 items'],
    ['transport', '3 items, AttemptTimeoutError'],
  ]) {
    await ask({ share, leave: true });
    const late = new Promise((resolve) => setTimeout(() => resolve({ result: 'nothing for 20 s' }), 20_000).unref());
    const { result } = await Promise.race([ask({ share }), late]);
    report(
      target,
      `a ${share} that requests share`,
      result === expected ? undefined : `${result}, expected ${expected}`,
    );
  }
  await worker.dispose();
}

const seesRedirects = { seesRedirects: true };
const hidesRedirects = { seesRedirects: false };
/** jsdom's XMLHttpRequest reports nothing if a body breaks off, so that only the attempt's timeout ends it. */
const cut = 'a body that is cut';

await buildCode();
const runtimes = install();
const project = makeProject();
const servers = await startServers();
const bun = join(runtimes, '@oven/bun-linux-x64-baseline/bin/bun');
const deno = join(runtimes, '@deno/linux-x64-glibc/deno');
const nodes = [process.execPath, ...(process.env.OTHER_NODES ?? '').split(' ').filter(Boolean)];
const script = join(project, 'in-process.mjs');
const denoRun = ['run', '--allow-all', '--no-prompt', '--quiet'];

// As browsers, workers and React Native get it: no module of Node.
const { outfile: neutral } = await bundle('neutral.mjs', { platform: 'neutral', mainFields: ['module', 'main'] });
const { outfile: worker } = await bundle('worker.mjs', { platform: 'neutral', mainFields: ['module', 'main'], conditions: ['workerd', 'worker', 'browser'], entry: 'worker.mjs' }); // prettier-ignore
const { outfile: esm, metafile } = await bundle('node.mjs', { platform: 'node' });
const { outfile: cjs } = await bundle('node.cjs', { platform: 'node', format: 'cjs' });

/** What Angular's builder warns of in a server's bundle: packages that Pagewise imports, and that are CommonJS. */
function commonJs() {
  const { inputs } = metafile;
  const ours = Object.keys(inputs).filter((file) => file.includes('node_modules/pagewise/'));
  const imports = ours.flatMap((file) => inputs[file].imports.filter(({ external }) => external !== true));
  // rxjs has both: Angular's builder takes the other.
  const packages = imports.filter(({ original }) => original !== undefined && !/^(\.|rxjs$)/.test(original));
  return packages.filter(({ path }) => inputs[path].format !== 'esm').map(({ original }) => original);
}

const targets = [
  ['Bun, from npm', () => runProcess('Bun, from npm', bun, [script], seesRedirects)],
  ['Bun, bundled without Node', () => runProcess('Bun, bundled without Node', bun, [neutral], seesRedirects)],
  ['Deno, from npm', () => runProcess('Deno, from npm', deno, [...denoRun, '--node-modules-dir=manual', script], seesRedirects)],
  ['Deno, bundled without Node', () => runProcess('Deno, bundled without Node', deno, [...denoRun, neutral], seesRedirects)],
  ['workerd', () => runWorker('workerd', worker)],
  ['React Native', () => runProcess('React Native', process.execPath, [join(root, 'scripts/runtimes/react-native.mjs'), neutral, join(runtimes, 'whatwg-fetch/dist/fetch.umd.js')], hidesRedirects, cut)],
  ...nodes.flatMap((node) => {
    const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
    return [
      [`Node ${version}, from npm`, script],
      [`Node ${version}, ESM bundle`, esm],
      [`Node ${version}, CommonJS bundle`, cjs],
    ].map(([name, file]) => [name, () => runProcess(name, node, [file], seesRedirects)]);
  }),
]; // prettier-ignore
report('ESM bundle for Node', 'imports no CommonJS', commonJs().join(', ') || undefined);
const left = targets.filter(([name]) => name.includes(onlyTarget));
// Three at the same time: much of it is waiting.
await Promise.all(
  [1, 2, 3].map(async () => {
    for (let next = left.shift(); next; next = left.shift()) {
      const [name, run] = next;
      const start = performance.now();
      await run();
      console.log(`${name}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
    }
  }),
);
servers.close();
rmSync(folder, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
