// A Redis server in a temporary folder, on a socket there.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

/**
 * @param {string[]} more further arguments of redis-server
 * @returns {Promise<{ socket: string, restart: (signal: NodeJS.Signals, ms: number) => Promise<void>, stop: () => Promise<void> }>}
 */
export async function startRedis(...more) {
  const folder = mkdtempSync(join(tmpdir(), 'pagewise-redis-'));
  const socket = join(folder, 'socket');
  let server;

  async function start() {
    let gone;
    server = spawn('redis-server', ['--port', '0', '--unixsocket', socket, '--dir', folder, '--save', '', ...more], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    server.once('error', ({ code }) => (gone = `can't be started (${code}); install Debian's redis-server`));
    server.once('exit', (code) => (gone ??= `ended with ${code}`));
    for (let i = 0; i < 500 && !gone && !existsSync(socket); i++) await setTimeout(20);
    if (gone || !existsSync(socket)) {
      rmSync(folder, { recursive: true, force: true });
      throw new Error(`redis-server ${gone ?? 'does not listen'}`);
    }
  }
  async function end(signal) {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill(signal);
    await ended;
  }

  await start();
  return {
    socket,
    /** Ends the server by a signal, and starts it again after some milliseconds, with the data that it has kept. */
    async restart(signal, ms) {
      await end(signal);
      rmSync(socket, { force: true });
      await setTimeout(ms);
      await start();
    },
    async stop() {
      await end('SIGTERM');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
