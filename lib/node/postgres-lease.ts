import { randomBytes } from 'node:crypto';
import type { CheckpointStore, LeaseTaken } from '../checkpoint.js';
import { ConfigError } from '../errors.js';
import { describe } from '../values/describe.js';
import { checkOptions, invalid } from '../values/options.js';

/** A pool or a client of `pg`, or anything with the same `query`. */
export interface PostgresClient {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  query(text: string, values?: any[]): Promise<{ readonly rows: any[]; readonly rowCount: number | null }>;
}

export interface PostgresLeaseOptions {
  /** The table, which may have a schema before its name. It is created if it is missing. @default 'pagewise_checkpoints' */
  readonly table?: string | undefined;
}

/**
 * A store of checkpoints in PostgreSQL, with leases: runs of all machines that use this database are kept apart.
 *
 *     checkpoint(postgresLease(new pg.Pool()), 'orders')   ▸   pagewise_checkpoints: key, value, token, holder, since, until
 *
 * A commit checks its lease in the statement that stores it, and all times are those of the server. A table that is
 * missing is created:
 *
 *     CREATE TABLE pagewise_checkpoints (key text PRIMARY KEY, value text,
 *       token text, holder text, since timestamptz, until timestamptz)
 *
 * @param pool a pool, since a run renews its lease while a page may be being written; it is not closed
 * @throws ConfigError for anything else, or a table that is no name
 */
export function postgresLease(
  pool: PostgresClient,
  options: PostgresLeaseOptions = {},
): Required<CheckpointStore> & { delete(key: string): Promise<void> } {
  if (typeof (pool as Partial<PostgresClient> | undefined)?.query !== 'function')
    throw new ConfigError(`postgresLease: the pool must be a Pool of pg, not ${describe(pool)}`);
  checkOptions('postgresLease', options, ['table'] satisfies (keyof PostgresLeaseOptions)[]);
  const { table = 'pagewise_checkpoints' } = options;
  if (typeof table !== 'string' || !/^[\w$]+(\.[\w$]+)?$/.test(table))
    throw invalid('postgresLease', 'table', table, `the name of a table, such as 'etl.checkpoints'`);
  const name = table.split('.').map((part) => `"${part}"`).join('.'); // prettier-ignore

  async function query(text: string, values: readonly unknown[]) {
    try {
      return await pool.query(text, [...values]);
    } catch (error) {
      if (codeOf(error) !== '42P01') throw error; // undefined_table
      await createTable();
      return pool.query(text, [...values]);
    }
  }
  async function createTable(): Promise<void> {
    const columns = 'key text PRIMARY KEY, value text, token text, holder text, since timestamptz, until timestamptz';
    try {
      await pool.query(`CREATE TABLE IF NOT EXISTS ${name} (${columns})`);
    } catch (error) {
      // Another run has created it at the same moment.
      if (!['23505', '42P07', '42710'].includes(String(codeOf(error)))) throw error;
    }
  }
  const later = (parameter: string) => `clock_timestamp() + ${parameter} * interval '1 millisecond'`;

  async function holderOf(key: string): Promise<LeaseTaken> {
    const { rows } = await query(
      `SELECT holder, extract(epoch FROM since) * 1000 AS since, extract(epoch FROM until) * 1000 AS until
       FROM ${name} WHERE key = $1`,
      [key],
    );
    const [row = {}] = rows as readonly Record<string, unknown>[];
    const time = (value: unknown) => (value === null || value === undefined ? undefined : Math.round(Number(value)));
    return { holder: (row['holder'] ?? undefined) as string | undefined, since: time(row['since']), until: time(row['until']) }; // prettier-ignore
  }

  return {
    async get(key) {
      const { rows } = await query(`SELECT value FROM ${name} WHERE key = $1`, [key]);
      return (rows as readonly { readonly value: unknown }[])[0]?.value;
    },
    set: (key, text) =>
      query(`INSERT INTO ${name} (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value`, [
        key,
        text,
      ]),
    async lease(key, holder, ms) {
      const token = randomBytes(12).toString('hex');
      const taken = await query(
        `INSERT INTO ${name} AS mine (key, token, holder, since, until)
         VALUES ($1, $2, $3, clock_timestamp(), ${later('$4::float8')})
         ON CONFLICT (key) DO UPDATE SET token = excluded.token, holder = excluded.holder,
           since = excluded.since, until = excluded.until
         WHERE mine.until IS NULL OR mine.until < clock_timestamp()`,
        [key, token, holder, ms],
      );
      if (taken.rowCount !== 1) return holderOf(key);

      /** Changes the row if the lease is still held. */
      const change = async (values: readonly unknown[], set: string) => {
        const { rowCount } = await query(`UPDATE ${name} SET ${set} WHERE key = $1 AND token = $2`, [
          key,
          token,
          ...values,
        ]);
        return rowCount === 1 ? true : holderOf(key);
      };
      return {
        renew: () => change([ms], `until = ${later('$3::float8')}`),
        set: (text) => change([ms, text], `value = $4, until = ${later('$3::float8')}`),
        release: () => change([], 'token = NULL, holder = NULL, since = NULL, until = NULL'),
      };
    },
    async delete(key) {
      await query(`UPDATE ${name} SET value = NULL WHERE key = $1`, [key]);
      await query(`DELETE FROM ${name} WHERE key = $1 AND token IS NULL`, [key]);
    },
  };
}

const codeOf = (error: unknown): unknown => (error as { code?: unknown }).code;
