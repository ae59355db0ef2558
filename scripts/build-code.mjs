// The code of lib/ as it is published, in dist/: in few files, once for Node and once for browsers, since finding and opening
// 240 files takes longer than running them. Also jest's globalSetup: the tests of the command use the built files.
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build as bundle } from 'rolldown';

const root = new URL('..', import.meta.url);
const at = (path) => fileURLToPath(new URL(path, root));

/** What package.json names. */
const everywhere = ['index', 'profiles/index', 'grpc/index', 'angular/index', 'tanstack/index', 'testing/index'];
const builds = { node: [...everywhere, 'node/index', 'cli/main'], browser: everywhere };

/** What only the command uses is bundled into it, with its licence: for users of the library installing it would be wasted. */
const bundled = ['commander'];

/** What entries share, in few files. Code loaded on use (`import()` in lib/) stays out of these. */
const shared = [
  { name: 'paging', test: /^(?!.*\/node_modules\/).*\/lib\/detect\/(?!find)/ },
  {
    name: 'engine',
    priority: 1,
    test: /^(?!.*\/node_modules\/).*\/lib\/(?!detect\/|grpc\/|angular\/|tanstack\/|node\/|profiles\/|testing\/|cli\/|index\.ts|.*\/(cross-fetch-send|decompress|undici-[a-z]+|proxies|tunnel)\.ts)/,
  },
];

export default async function buildCode() {
  for (const [platform, entries] of Object.entries(builds)) {
    rmSync(at(`dist/${platform}`), { recursive: true, force: true });
    await bundle({
      cwd: at('.'),
      input: Object.fromEntries(entries.map((entry) => [entry, `lib/${entry}.ts`])),
      external: (id) => (!/^[./#]/.test(id) && !bundled.includes(id)) || id.endsWith('package.json'),
      platform: platform === 'node' ? 'node' : 'neutral',
      resolve: {
        alias: {
          '#platform': at(`lib/transports/platform.${platform}.ts`),
          '#hostile': at(`lib/testing/hostile/platform.${platform}.ts`),
          ...(platform === 'browser' && { './detect/finder.js': at('lib/detect/finder.browser.ts') }),
        },
      },
      tsconfig: false,
      output: {
        dir: `dist/${platform}`,
        format: 'es',
        sourcemap: true,
        entryFileNames: '[name].js',
        chunkFileNames: 'shared/[name]-[hash].js',
        codeSplitting: { groups: shared },
      },
    });
  }
  chmodSync(at('dist/node/cli/main.js'), 0o755);
  writeFileSync(at('dist/node/cli/LICENSES.txt'), bundled.map(licenceOf).join('\n'));
}

/** What must be shipped with the code of a package. */
function licenceOf(name) {
  const folder = `node_modules/${name}`;
  const { version } = JSON.parse(readFileSync(at(`${folder}/package.json`), 'utf8'));
  const file = readdirSync(at(folder)).find((one) => /^licen[cs]e/i.test(one));
  return `${name} ${version} is part of the command.\n\n${readFileSync(at(`${folder}/${file}`), 'utf8')}`;
}
