// What is published: the files in the tarball, publint, attw, and import and require from a project that installs it.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import buildPackage from './build.mjs';
import { installed } from './installed.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const npx = (...args) => execFileSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
const bin = (name, path) => join(root, 'node_modules', name, path);
const fail = (message) => {
  throw new Error(message);
};

await buildPackage();
const folder = mkdtempSync(join(tmpdir(), 'pagewise-package-'));
try {
  const packed = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    cwd: root,
    encoding: 'utf8',
  });
  const report = JSON.parse(packed);
  const [{ filename, files, unpackedSize }] = Array.isArray(report) ? report : Object.values(report);
  const names = files.map(({ path }) => path);
  const known =
    /^(dist\/.+\.(js|d\.ts)|dist\/cjs\/package\.json|dist\/node\/cli\/LICENSES\.txt|docs\/.+\.md|docs\/images\/start\.svg|CONTRIBUTING\.md|SECURITY\.md|README\.md|LICENSE|CHANGELOG\.md|package\.json)$/;
  const strangers = names.filter((name) => !known.test(name));
  if (strangers.length > 0) fail(`files that do not belong in the package: ${strangers.join(', ')}`);
  for (const name of [
    'README.md',
    'LICENSE',
    'CHANGELOG.md',
    'docs/images/start.svg',
    'dist/node/cli/LICENSES.txt',
    'dist/node/index.js',
    'dist/browser/index.js',
    'dist/types/index.d.ts',
    'dist/types/node/index.d.ts',
  ])
    if (!names.includes(name)) fail(`the package lacks ${name}`);
  if (unpackedSize > 4_700_000) fail(`${unpackedSize} bytes unpacked are more than 4.7 MB`);
  console.log(`${names.length} files, none unexpected; ${unpackedSize} bytes unpacked`);
  // Before TypeScript 5.6, which Angular 17 and 18 do not have yet, such a type is any.
  if (/AsyncIterableIterator<.*, undefined>/.test(readFileSync(join(root, 'dist/types/pages.d.ts'), 'utf8')))
    fail('the type of pages is any to TypeScript before 5.6');

  const tarball = join(folder, filename);
  npx(bin('publint', 'src/cli.js'), 'run', root, '--strict', '--pack', 'npm');
  npx(bin('@arethetypeswrong/cli', 'dist/index.js'), tarball);

  // A project that has it installed: the tarball unpacked, its dependencies those of this checkout.
  const project = join(folder, 'project');
  mkdirSync(join(project, 'node_modules/pagewise'), { recursive: true });
  execFileSync('tar', ['-xzf', tarball, '-C', join(project, 'node_modules/pagewise'), '--strip-components=1']);
  for (const dependency of [
    ...installed,
    '@angular/core',
    '@angular/common',
    '@angular/compiler',
    'fast-xml-parser',
    'bullmq',
  ]) {
    mkdirSync(dirname(join(project, 'node_modules', dependency)), { recursive: true });
    symlinkSync(join(root, 'node_modules', dependency), join(project, 'node_modules', dependency));
  }
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const entries = Object.keys(exports)
    .filter((entry) => !entry.endsWith('.json'))
    .map((entry) => entry.replace(/^\./, 'pagewise'));
  const check =
    "if (Object.keys(found).length === 0 && name !== 'pagewise') throw new Error(name + ' exports nothing');";
  const list = JSON.stringify(entries);
  writeFileSync(
    join(project, 'import.mjs'),
    // Angular's packages need its compiler if no linker has run.
    `await import('@angular/compiler'); for (const name of ${list}) { const found = await import(name); ${check} }`,
  );
  writeFileSync(
    join(project, 'require.cjs'),
    `require('@angular/compiler'); for (const name of ${list}) { const found = require(name); ${check} }
    if (typeof require('pagewise').paginate !== 'function') throw new Error('no paginate');
    // One copy for both, so that instanceof holds.
    import('pagewise').then(({ ConfigError }) => { if (ConfigError !== require('pagewise').ConfigError) throw new Error('two copies'); });
    let refused; try { require('pagewise/dist/node/index.js'); } catch (error) { refused = error.code; }
    if (refused !== 'ERR_PACKAGE_PATH_NOT_EXPORTED') throw new Error('internals can be imported');`,
  );
  for (const node of [process.execPath, ...(process.env.OTHER_NODES ?? '').split(' ').filter(Boolean)]) {
    for (const script of ['import.mjs', 'require.cjs'])
      execFileSync(node, [join(project, script)], { stdio: 'inherit' });
    const version = execFileSync(node, [join(project, 'node_modules/pagewise/dist/node/cli/main.js'), '--version'], {
      encoding: 'utf8',
    });
    console.log(
      `import, require and the command (${version.trim()}) work on ${execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()}`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
