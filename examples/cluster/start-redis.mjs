// The Redis of REDIS_URL, or one of its own in a temporary folder, from the redis-server on the PATH.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

const missing = `There is no redis-server on the PATH. Install it (Debian, Ubuntu: apt install redis-server; macOS: brew install redis),
or name a Redis that runs: REDIS_URL=redis://127.0.0.1:6379 npm run example:cluster`;

export async function startRedis(folder) {
  if (process.env.REDIS_URL) return { url: process.env.REDIS_URL, stop: () => undefined };
  const socket = join(folder, 'redis.sock');
  const args = ['--port', '0', '--unixsocket', socket, '--dir', folder, '--save', ''];
  const server = spawn('redis-server', args, { detached: true }); // Ctrl-C is for the example, which stops it last.
  let problem;
  server.once('error', ({ code, message }) => (problem = code === 'ENOENT' ? missing : message));
  server.once('exit', (code) => (problem ??= `redis-server ended with ${code}`));
  while (!existsSync(socket)) {
    if (problem) throw new Error(problem);
    await setTimeout(20);
  }
  return {
    url: socket,
    async stop() {
      if (server.kill()) await once(server, 'exit');
    },
  };
}
