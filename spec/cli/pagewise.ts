import { afterEach } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repository = fileURLToPath(new URL('../..', import.meta.url));
export const command = join(repository, 'dist/node/cli/main.js');

/** A run of the command that may still be in progress. */
export interface Running {
  readonly child: ChildProcess;
  stdout(): string;
  stderr(): string;
  readonly ended: Promise<Ended>;
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** stdout, line by line, as JSON. */
  readonly items: unknown[];
  /** The value of --resume-from that stderr shows. */
  readonly token: string | undefined;
}

export interface RunOptions {
  readonly input?: string;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Leaves stdout unread. */
  readonly unread?: boolean;
}

const children = new Set<ChildProcess>();
const folders = new Set<string>();

afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  children.clear();
  folders.clear();
});

/** An empty folder, removed after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'pagewise-'));
  folders.add(folder);
  return folder;
}

/** Starts a program, collecting what it writes. */
export function start(file: string, args: readonly string[], options: RunOptions = {}): Running {
  const { cwd, input, env } = options;
  const child = spawn(file, args, { ...(cwd === undefined ? {} : { cwd }), env: { ...process.env, ...env } });
  children.add(child);
  let stdout = '';
  let stderr = '';
  if (!options.unread) child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    // A pipe with unread output never closes.
    child.once(options.unread ? 'exit' : 'close', (code: number | null) => {
      children.delete(child);
      const lines = stdout.split('\n').slice(0, -1);
      const token = /--resume-from '(.*)'$/m.exec(stderr)?.[1];
      resolve({
        code,
        stdout,
        stderr,
        token,
        get items() {
          return lines.map((line) => JSON.parse(line) as unknown);
        },
      });
    });
  });
  return { child, stdout: () => stdout, stderr: () => stderr, ended };
}

export const startPagewise = (args: readonly string[], options?: RunOptions): Running =>
  start(process.execPath, [command, ...args], options);

/** Runs the command to its end. */
export const pagewise = (args: readonly string[], options?: RunOptions): Promise<Ended> =>
  startPagewise(args, options).ended;
