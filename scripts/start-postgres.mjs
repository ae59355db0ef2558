// A PostgreSQL server in a temporary folder, on a socket there.
import { execFileSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** @returns {{ host: string, stop: () => void }} `host` is the folder of the socket, for PGHOST */
export function startPostgres() {
  const versions = '/usr/lib/postgresql';
  const newest = existsSync(versions) ? readdirSync(versions).sort((a, b) => Number(b) - Number(a))[0] : undefined;
  const bin = process.env.POSTGRES_BIN ?? (newest && join(versions, newest, 'bin'));
  if (!bin || !existsSync(join(bin, 'initdb')))
    throw new Error(
      `no PostgreSQL server in ${versions}; install Debian's postgresql, or name the folder of initdb in POSTGRES_BIN`,
    );

  // The server refuses to run as root.
  const id = (flag) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  const user = process.getuid?.() === 0 ? { uid: id('-u'), gid: id('-g') } : {};
  const folder = mkdtempSync(join(tmpdir(), 'pagewise-postgres-'));
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid);
  const data = join(folder, 'data');
  const run = (name, args) =>
    execFileSync(join(bin, name), args, { ...user, cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  try {
    run('initdb', ['--pgdata', data, '--auth', 'trust', '--username', 'postgres', '--encoding', 'UTF8', '--no-locale']);
    run('pg_ctl', [
      'start',
      '--pgdata',
      data,
      '--wait',
      '--log',
      join(folder, 'log'),
      '--options',
      `-c listen_addresses='' -k ${folder}`,
    ]);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  return {
    host: folder,
    stop() {
      try {
        run('pg_ctl', ['stop', '--pgdata', data, '--mode', 'immediate']);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
}
