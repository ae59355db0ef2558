import { afterEach } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const kinds = ['module', 'commonjs'] as const;
export type Kind = (typeof kinds)[number];

/** How each of the transports is made in a separate process, with the options that all of them take. */
export const transports: readonly [name: string, make: (options?: string) => string][] = [
  ['cross-fetch', (options = '{}') => `pagewise.fetchTransport(${options})`],
  ['native fetch', (options = '{}') => `pagewise.fetchTransport({ ...${options}, fetch: (...args) => globalThis.fetch(...args) })`],
  ["undici's fetch", (options = '{}') => `pagewise.fetchTransport({ ...${options}, fetch: undici.fetch })`],
  ['undiciTransport', (options = '{}') => `node.undiciTransport(${options})`],
]; // prettier-ignore

const children = new Set<ChildProcess>();
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
});

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** stdout and stderr. */
  readonly out: string;
}

/** Starts a script in a separate process, with the built package: with `pagewise`, `node` (pagewise/node), `rxjs` and `undici`, imported or required. */
export function start(script: string, kind: Kind = 'module', flags: readonly string[] = []) {
  const load =
    kind === 'module'
      ? "import * as pagewise from 'pagewise'; import * as node from 'pagewise/node'; import * as rxjs from 'rxjs'; import * as undici from 'undici';"
      : "const pagewise = require('pagewise'); const node = require('pagewise/node'); const rxjs = require('rxjs'); const undici = require('undici');";
  const args = [...flags, `--input-type=${kind}`, '--eval', `${load}\n${script}`];
  const cwd = fileURLToPath(new URL('../..', import.meta.url));
  const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  children.add(child);
  let out = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (out += text));
  const ended = new Promise<Ended>((resolve) =>
    child.on('close', (code, signal) => {
      children.delete(child);
      resolve({ code, signal, out });
    }),
  );
  return { child, out: () => out, ended };
}

/** Runs a script to its end. */
export const run = (...args: Parameters<typeof start>): Promise<Ended> => start(...args).ended;
