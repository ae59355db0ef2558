// lib/ as it is published, in dist/: the code, and types by TypeScript, one file each, once for ES modules and once for
// CommonJS.
import { execFileSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import buildCode from './build-code.mjs';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

export default async function build() {
  rmSync(at('dist'), { recursive: true, force: true });
  execFileSync(process.execPath, [at('node_modules/typescript/bin/tsc'), '-p', at('tsconfig.build.json')], {
    stdio: 'inherit',
  });
  await buildCode();
  // To TypeScript, a declaration is CommonJS if the nearest package.json says so.
  cpSync(at('dist/types'), at('dist/cjs/types'), { recursive: true });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build();
