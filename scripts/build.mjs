// lib/ as it is published, in dist/: the code, and types by TypeScript, one file each, once for ES modules and once for
// CommonJS.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import buildCode, { isBuilt } from './build-code.mjs';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

export default async function build() {
  if (isBuilt()) return;
  rmSync(at('dist'), { recursive: true, force: true });
  execFileSync(process.execPath, [at('node_modules/typescript/bin/tsc'), '-p', at('tsconfig.build.json')], {
    stdio: 'inherit',
  });
  await buildCode();
  removeUnreached();
  // To TypeScript, a declaration is CommonJS if the nearest package.json says so.
  cpSync(at('dist/types'), at('dist/cjs/types'), { recursive: true });
}

/** TypeScript writes a declaration for each file, also for those that no entry's types name. */
function removeUnreached() {
  const reached = new Set();
  const reach = (file) => {
    if (reached.has(file) || !existsSync(file)) return;
    reached.add(file);
    for (const [, path] of readFileSync(file, 'utf8').matchAll(/(?:from|import\()\s*'(\.[^']+)\.js'/g))
      reach(resolve(dirname(file), `${path}.d.ts`));
  };
  const { exports } = JSON.parse(readFileSync(at('package.json'), 'utf8'));
  for (const { import: imported } of Object.values(exports)) if (imported) reach(at(imported.types));
  for (const file of readdirSync(at('dist/types'), { recursive: true }).map((name) => at(`dist/types/${name}`)))
    if (file.endsWith('.d.ts') && !reached.has(file)) rmSync(file);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build();
