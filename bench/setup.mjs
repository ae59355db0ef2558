import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import buildPackage from '../scripts/build.mjs';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const changed = (path) => statSync(at(path), { throwIfNoEntry: false })?.mtimeMs ?? 0;

/**
 * Installs the peers, builds dist/, and lets bench/ find it as `pagewise`: by a link, which no lock file has to follow.
 * rxjs, cross-fetch and undici are found where Pagewise finds them, so that everyone has the same.
 */
export async function setUp({ withPeers }) {
  if (withPeers && changed('node_modules/.package-lock.json') < changed('package-lock.json'))
    execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--prefix', at('.')], { stdio: ['ignore', 2, 2] });
  if (isStale()) await buildPackage();
  const link = at('node_modules/pagewise');
  if (existsSync(link)) return;
  mkdirSync(at('node_modules'), { recursive: true });
  rmSync(link, { force: true });
  symlinkSync('../..', link, 'junction');
}

function isStale() {
  const built = changed('../dist/node/index.js');
  return (
    built === 0 || readdirSync(at('../lib'), { recursive: true }).some((file) => changed(`../lib/${file}`) > built)
  );
}
