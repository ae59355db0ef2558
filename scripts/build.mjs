// lib/ as it is published, in dist/: the code, and types by TypeScript, one file each, once for ES modules and once for
// CommonJS.
import { execFileSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import buildCode from './build-code.mjs';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

export default async function build() {
  rmSync(at('dist'), { recursive: true, force: true });
  execFileSync(process.execPath, [at('node_modules/typescript/bin/tsc'), '-p', at('tsconfig.build.json')], {
    stdio: 'inherit',
  });
  await buildCode();
  for (const file of readdirSync(at('dist'), { recursive: true }))
    if (file.endsWith('.js.map')) withoutDependencies(at(`dist/${file}`));
  // To TypeScript, a declaration is CommonJS if the nearest package.json says so.
  cpSync(at('dist/types'), at('dist/cjs/types'), { recursive: true });
}

/** Nobody debugs the dependencies of the command, whose sources are larger than all of lib/. */
function withoutDependencies(file) {
  const map = JSON.parse(readFileSync(file, 'utf8'));
  map.sourcesContent = map.sourcesContent.map((text, i) => (map.sources[i].includes('node_modules/') ? null : text));
  writeFileSync(file, JSON.stringify(map));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build();
