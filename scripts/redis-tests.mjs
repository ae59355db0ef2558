// Starts a Redis server in a temporary folder, on a socket there, and runs the tests that need one.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'pagewise-redis-'));
const socket = join(folder, 'socket');
const server = spawn('redis-server', ['--port', '0', '--unixsocket', socket, '--dir', folder, '--save', ''], {
  stdio: ['ignore', 'ignore', 'inherit'],
});
let gone;
server.once('error', ({ code }) => (gone = `can't be started (${code}); install Debian's redis-server`));
server.once('exit', (code) => (gone ??= `ended with ${code}`));

let status = 1;
try {
  for (let i = 0; i < 500 && !gone && !existsSync(socket); i++) await new Promise((resolve) => setTimeout(resolve, 20));
  if (gone || !existsSync(socket)) console.error(`redis-server ${gone ?? 'does not listen'}`);
  else
    ({ status } = spawnSync('npm', ['test', '--', 'spec/node/redis.spec.ts'], {
      stdio: 'inherit',
      env: { ...process.env, REDIS_SOCKET: socket },
    }));
} finally {
  server.kill();
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = status ?? 1;
