// lib/ as it is published, in dist/: types by TypeScript, a file each; code in few files, once for Node and once for
// browsers, since to find and open 280 files takes longer than to run them. Also jest's globalSetup: the tests of the
// command and of the package use what is built.
import { execFileSync } from 'node:child_process';
import { chmodSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build as bundle } from 'rolldown';

const root = new URL('..', import.meta.url);
const at = (path) => fileURLToPath(new URL(path, root));

/** What package.json names. */
const everywhere = ['index', 'profiles/index', 'grpc/index', 'angular/index', 'tanstack/index', 'testing/index'];
const builds = { node: [...everywhere, 'node/index', 'cli/main'], browser: everywhere };

/** What entries share, in few files. What is loaded on use (`import()` in lib/) stays out of these. */
const shared = [
  { name: 'paging', test: /\/lib\/detect\/(?!find)/ },
  {
    name: 'engine',
    priority: 1,
    test: /\/lib\/(?!detect\/|grpc\/|angular\/|tanstack\/|node\/|profiles\/|testing\/|cli\/|index\.ts|.*\/(cross-fetch-send|decompress|undici-[a-z]+)\.ts)/,
  },
];

export default async function build() {
  rmSync(at('dist'), { recursive: true, force: true });
  execFileSync(process.execPath, [at('node_modules/typescript/bin/tsc'), '-p', at('tsconfig.build.json')], {
    stdio: 'inherit',
  });
  for (const [platform, entries] of Object.entries(builds))
    await bundle({
      cwd: at('.'),
      input: Object.fromEntries(entries.map((entry) => [entry, `lib/${entry}.ts`])),
      external: (id) => !/^[./#]/.test(id) || id.endsWith('package.json'),
      platform: 'neutral',
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
  chmodSync(at('dist/node/cli/main.js'), 0o755);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build();
