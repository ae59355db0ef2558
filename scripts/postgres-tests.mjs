// Starts a PostgreSQL server in a temporary folder, on a socket there, and runs the tests that need one.
import { spawnSync } from 'node:child_process';
import { startPostgres } from './start-postgres.mjs';

const postgres = startPostgres();
try {
  const { status } = spawnSync(
    'npm',
    [
      ...[
        'test',
        '--',
        'spec/node/postgres.spec.ts',
        'spec/docs/blocks.spec.ts',
        'spec/docs/destinations.spec.ts',
        '-t',
        'PostgreSQL',
      ],
      ...['--testPathIgnorePatterns', '/node_modules/'], // By default, slow tests are excluded.
    ],
    {
      stdio: 'inherit',
      env: { ...process.env, PGHOST: postgres.host, PGUSER: 'postgres', PGDATABASE: 'postgres' },
    },
  );
  process.exitCode = status ?? 1;
} finally {
  postgres.stop();
}
