// The code of lib/ as it is published, in dist/: in few files, once for Node and once for browsers, since finding and opening
// 240 files takes longer than running them; and as CommonJS, for what can't require an ES module, such as Jest. Also jest's globalSetup: the tests of the command use the built files.
import { transform } from 'esbuild';
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build as bundle } from 'rolldown';

const root = new URL('..', import.meta.url);
const at = (path) => fileURLToPath(new URL(path, root));

/** What package.json names. */
const everywhere = [
  'index', 'profiles/index', 'grpc/index', 'angular/index', 'tanstack/index', 'testing/index', 'xml/index',
]; // prettier-ignore
const onNode = [...everywhere, 'node/index', 'bullmq/index'];
const builds = { node: [...onNode, 'cli/main'], browser: everywhere, cjs: onNode };

/**
 * What only the command uses is bundled into it, with its licence: for users of the library installing it would be wasted.
 * Packages that the library takes as optional peers are bundled where the command itself imports them.
 */
const bundled = withDependencies(['commander', 'ajv', 'ajv-formats', 'fast-xml-parser', 'tough-cookie']);
const isBundled = (id, importer = '') =>
  bundled.some((name) => id === name || id.startsWith(`${name}/`)) && /\/(lib\/cli|node_modules)\//.test(importer);
/** Packages without CommonJS. Angular's are transformed by the tests of applications. */
const onlyEsm = ['p-retry', 'is-network-error'];

/** What entries share, in few files. Code loaded on use (`import()` in lib/) stays out of these. */
const shared = [
  { name: 'paging', test: /^(?!.*\/node_modules\/).*\/lib\/detect\/(?!find)/ },
  // Apart from the engine, which would else import what browsers load only after a failure.
  { name: 'throttle', test: /\/lib\/policies\/throttle-requests\.ts/ },
  { name: 'retry-hint', priority: 2, test: /\/lib\/policies\/retry-hint\.ts/ },
  {
    name: 'engine',
    priority: 1,
    test: /^(?!.*\/node_modules\/).*\/lib\/(?!detect\/|grpc\/|xml\/|bullmq\/|angular\/|tanstack\/|node\/|profiles\/|testing\/|cli\/|index\.ts|.*\/(cross-fetch-send|after-failure|retry-hint|when-online|shared-throttle|throttle-requests|decompress|undici-[a-z]+|proxies|tunnel)\.ts)/,
  },
];

/**
 * On Node the code is as readable as its source: Node prints the line that throws, and names stand in stack traces.
 * What browsers get is not compressed further: that would hide from bundlers what nobody uses (15 kB of it).
 */
const minified = { node: false, browser: { compress: false, mangle: true, codegen: { removeWhitespace: true } }, cjs: true }; // prettier-ignore

/** .ci/run builds once and sets this, so that steps beside each other read the same files. */
export const isBuilt = () => process.env.PAGEWISE_BUILT === 'yes' && existsSync(at('dist/cjs/types/index.d.ts'));

export default async function buildCode() {
  if (isBuilt()) return;
  for (const [folder, entries] of Object.entries(builds)) {
    const isCommonJs = folder === 'cjs';
    const platform = isCommonJs ? 'node' : folder;
    rmSync(at(`dist/${folder}`), { recursive: true, force: true });
    await bundle({
      cwd: at('.'),
      input: Object.fromEntries(entries.map((entry) => [entry, `lib/${entry}.ts`])),
      external: (id, importer) =>
        !(isCommonJs && onlyEsm.includes(id)) &&
        ((!/^[./#]/.test(id) && !isBundled(id, importer)) || id.endsWith('/package.json')),
      platform: platform === 'node' ? 'node' : 'neutral',
      resolve: {
        alias: {
          '#platform': at(`lib/transports/platform.${platform}.ts`),
          '#after-failure': at(`lib/policies/after-failure.${platform}.ts`),
          '#hostile': at(`lib/testing/hostile/platform.${platform}.ts`),
          ...(platform === 'browser' && { './detect/finder.js': at('lib/detect/finder.browser.ts') }),
        },
      },
      tsconfig: false,
      // Constructors assign them: declared too, they are code that does nothing.
      transform: { typescript: { removeClassFieldsWithoutInitializer: true } },
      output: {
        dir: `dist/${folder}`,
        ...(isCommonJs ? { format: 'cjs', dynamicImportInCjs: false } : { format: 'es' }),
        minify: minified[folder],
        entryFileNames: '[name].js',
        chunkFileNames: 'shared/[name]-[hash].js',
        codeSplitting: { groups: shared },
      },
    });
    if (isCommonJs) for (const file of readdirSync(at('dist/cjs'), { recursive: true })) await breakLines(at(`dist/cjs/${file}`)); // prettier-ignore
  }
  writeFileSync(at('dist/cjs/package.json'), `${JSON.stringify({ type: 'commonjs' })}\n`);
  chmodSync(at('dist/node/cli/main.js'), 0o755);
  writeFileSync(at('dist/node/cli/LICENSES.txt'), bundled.map(licenceOf).join('\n'));
}

/** Jest prints the line that throws: one of the whole file would bury the message. */
async function breakLines(file) {
  if (!file.endsWith('.js')) return;
  const options = { minifyWhitespace: true, lineLimit: 120, charset: 'utf8' };
  writeFileSync(file, (await transform(readFileSync(file, 'utf8'), options)).code);
}

/** Packages, and what they need in turn. */
function withDependencies(names, found = new Set()) {
  for (const name of names) {
    if (found.has(name)) continue;
    found.add(name);
    withDependencies(Object.keys(packageOf(name).dependencies ?? {}), found);
  }
  return [...found];
}

function packageOf(name) {
  return JSON.parse(readFileSync(at(`node_modules/${name}/package.json`), 'utf8'));
}

/** What must be shipped with the code of a package. */
function licenceOf(name) {
  const folder = `node_modules/${name}`;
  const { version, license, author } = packageOf(name);
  const file = readdirSync(at(folder)).find((one) => /^licen[cs]e/i.test(one));
  const text =
    file === undefined ? `${license}, by ${author?.name ?? author}\n` : readFileSync(at(`${folder}/${file}`), 'utf8');
  return `${name} ${version} is part of the command.\n\n${text}`;
}
