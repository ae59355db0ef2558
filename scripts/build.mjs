// Compiles lib/ into dist/. Also jest's globalSetup: the tests of the command and of the package use what is built.
import { execFileSync } from 'node:child_process';
import { chmodSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('..', import.meta.url);
const at = (path) => fileURLToPath(new URL(path, root));

export default function build() {
  rmSync(at('dist'), { recursive: true, force: true });
  execFileSync(process.execPath, [at('node_modules/typescript/bin/tsc'), '-p', at('tsconfig.build.json')], {
    stdio: 'inherit',
  });
  chmodSync(at('dist/cli/main.js'), 0o755);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) build();
