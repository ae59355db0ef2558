// Starts a Redis server in a temporary folder, on a socket there, and runs the tests that need one.
import { spawnSync } from 'node:child_process';
import { startRedis } from './start-redis.mjs';

const redis = await startRedis();
try {
  const { status } = spawnSync(
    'npm',
    // One after the other: they share the server, and some empty it.
    ['test', '--', '--runInBand', 'spec/node/redis.spec.ts', 'spec/node/shared-throttle.spec.ts', 'spec/bullmq'],
    {
      stdio: 'inherit',
      env: { ...process.env, REDIS_SOCKET: redis.socket },
    },
  );
  process.exitCode = status ?? 1;
} finally {
  await redis.stop();
}
