import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const usage = fileURLToPath(new URL('usage.cjs', import.meta.url));

/** Runs node until it exits: the milliseconds it takes, the CPU of the whole process, and what it prints. */
export async function runProcess(args) {
  const start = performance.now();
  const child = spawn(process.execPath, ['--require', usage, ...args], { stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
  const output = Promise.all(child.stdio.slice(1).map(text));
  const [code, signal] = await once(child, 'exit');
  const wall = performance.now() - start;
  const [stdout, stderr, cpu] = await output;
  if (code !== 0) throw new Error(`node ${args.join(' ')} ended with ${code ?? signal}\n${stderr}`);
  return { cost: { cpu: Number(cpu) / 1000, wall }, stdout };
}
