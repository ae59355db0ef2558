import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import KeyvPostgres from '@keyv/postgres';
import Keyv from 'keyv';
import pg from 'pg';
import { checkpoint, type CheckpointStore, type Lease, type LeaseTaken } from 'pagewise';
import { postgresLease, writeTable, type Table } from 'pagewise/node';
import { run } from '../process/run.js';
import { rejection, thrown } from '../support/walks.js';
import { orders, ordersOf, serveOrders, type Order } from './rows-api.js';

// `npm run test:postgres` starts a server, and says where.
const host = process.env['PGHOST'];
// Its own tables: docs/etl.md runs at the same time.
const options = '-c search_path=spec';
const pool = new pg.Pool({ options });
afterAll(() => pool.end());

/** The same as text: a process that is killed runs it too. */
const tableSource = `
  const table = {
    async load() {
      const { rows } = await pool.query("SELECT place FROM jobs WHERE name = 'orders'");
      return rows[0]?.place;
    },
    async write(rows, place) {
      const client = await pool.connect();
      try {
        await client.query('BEGIN');
        await client.query(
          'INSERT INTO orders SELECT * FROM unnest($1::int[], $2::text[]) ON CONFLICT (id) DO UPDATE SET name = excluded.name',
          [rows.map(({ id }) => id), rows.map(({ name }) => name)],
        );
        crash();
        await client.query(
          "INSERT INTO jobs VALUES ('orders', $1) ON CONFLICT (name) DO UPDATE SET place = excluded.place",
          [place],
        );
        crash();
        await client.query('COMMIT');
        crash();
      } catch (error) {
        await client.query('ROLLBACK');
        throw error;
      } finally {
        client.release();
      }
    },
  };`;
const makeTable = (crash: () => void): Table<Order> =>
  // eslint-disable-next-line @typescript-eslint/no-implied-eval
  (new Function('pool', 'crash', `${tableSource}; return table;`) as (pool: pg.Pool, crash: () => void) => Table<Order>)(pool, crash); // prettier-ignore

const read = async () => (await pool.query<Order>('SELECT id, name FROM orders ORDER BY id')).rows;
const index = async () => {
  const place = (await pool.query<{ place: { index: number } }>('SELECT place FROM jobs')).rows[0]?.place;
  return place?.index ?? 0;
};

(host ? describe : describe.skip)('PostgreSQL (by npm run test:postgres)', () => {
  beforeEach(async () => {
    // jsonb returns the checkpoint parsed, with its keys in another order.
    await pool.query(`CREATE SCHEMA spec;
      CREATE TABLE orders (id int PRIMARY KEY, name text NOT NULL);
      CREATE TABLE jobs (name text PRIMARY KEY, place jsonb NOT NULL)`);
  });
  afterEach(() => pool.query('DROP SCHEMA spec CASCADE'));

  it('upserts by key: a repeated order is there once, in its last version', async () => {
    const { walk } = await serveOrders();
    expect(await walk().to(writeTable(makeTable(() => undefined)))).toEqual({ pages: 7, items: 30 });
    expect(await read()).toEqual(orders);
  });

  it('rolls page and checkpoint back together when the transaction fails', async () => {
    for (let nth = 1; nth <= 21; nth += 5) {
      const { walk } = await serveOrders();
      let count = 0;
      const dying = makeTable(() => {
        if (++count === nth) throw new Error('killed');
      });
      expect(await rejection(walk().to(writeTable(dying)))).toMatchObject({ name: 'WriteError' });
      expect(await read()).toEqual(ordersOf(await index()));
      await walk().to(writeTable(makeTable(() => undefined)));
      expect(await read()).toEqual(orders);
      await pool.query('DELETE FROM orders; DELETE FROM jobs');
    }
  });

  it('and when the process is killed in it', async () => {
    for (const nth of [1, 5, 9, 12, 20]) {
      const { walk, server, asked } = await serveOrders();
      const script = `
        import pg from 'pg';
        const pool = new pg.Pool({ options: '${options}' });
        let count = 0;
        const crash = () => { if (++count === ${nth}) process.kill(process.pid, 'SIGKILL'); };
        ${tableSource}
        await pagewise.paginate({ url: '${server.url}' }, pagewise.cursor({ items: 'items', next: 'next', cursorParam: 'page' })).to(node.writeTable(table));`;
      expect(await run(script)).toMatchObject({ signal: 'SIGKILL' });
      expect(await read()).toEqual(ordersOf(await index()));
      const before = new Set(asked());
      server.seen.length = 0;
      await walk().to(writeTable(makeTable(() => undefined)));
      expect(asked().filter((page) => before.has(page)).length).toBeLessThan(2);
      expect(await read()).toEqual(orders);
      await pool.query('DELETE FROM orders; DELETE FROM jobs');
    }
  });

  describe('a Keyv over it', () => {
    const uri = `postgresql:///postgres?host=${encodeURIComponent(host ?? '')}&user=postgres`;
    it('keeps a checkpoint: a new one resumes where the one before stopped', async () => {
      const { walk, asked, server } = await serveOrders();
      const seen: number[] = [];
      for (let run = 0; run < 4; run++) {
        const keyv = new Keyv({
          store: new KeyvPostgres({ uri, table: 'places', schema: 'spec' }),
          throwOnErrors: true,
        });
        for await (const page of walk({ checkpoint: checkpoint(keyv, 'orders') })) {
          seen.push(page.index);
          if (page.index % 3 === 2 && run < 3) break;
        }
        await keyv.disconnect();
      }
      expect(seen).toEqual([0, 1, 2, 2, 2, 2, 3, 4, 5, 6]);
      expect(asked().length).toBe(server.seen.length);
    });

    it('that cannot reach it fails instead of starting over', async () => {
      const { walk, server } = await serveOrders();
      const nowhere = 'postgresql:///postgres?host=%2Fnowhere&user=postgres';
      const keyv = new Keyv({ store: new KeyvPostgres({ uri: nowhere }), throwOnErrors: true });
      keyv.on('error', () => undefined);
      const pages = walk({ checkpoint: checkpoint(keyv, 'orders') })[Symbol.asyncIterator]();
      const error = await rejection(pages.next());
      expect(error).toMatchObject({ name: 'CallbackError', callback: 'checkpoint.get' });
      expect(server.seen).toEqual([]);
    });
  });

  describe('postgresLease', () => {
    const table = 'spec.places';
    const lease = async (of: CheckpointStore, holder: string, ms = 60_000) =>
      (await of.lease!('orders', holder, ms)) as Lease & LeaseTaken;

    it('creates its table, resumes, and is free after the run', async () => {
      const { walk } = await serveOrders();
      const seen: number[] = [];
      for (let run = 0; run < 3; run++)
        for await (const { index } of walk({ checkpoint: checkpoint(postgresLease(pool, { table }), 'orders') })) {
          seen.push(index);
          if (index === 2 && run === 0) break;
        }
      expect(seen).toEqual([0, 1, 2, 2, 3, 4, 5, 6]);
      const { rows } = await pool.query<Record<string, unknown>>('SELECT key, token, holder, until FROM spec.places');
      expect(rows).toEqual([{ key: 'orders', token: null, holder: null, until: null }]);
      await postgresLease(pool, { table }).delete('orders');
      expect((await pool.query('SELECT 1 FROM spec.places')).rowCount).toBe(0);
    });

    it('refuses a run while another one is under way, and says who that is', async () => {
      const { walk, server } = await serveOrders();
      const first = await lease(postgresLease(pool, { table }), 'worker-1');
      const pages = walk({ checkpoint: checkpoint(postgresLease(pool, { table }), 'orders') });
      const refused = await rejection(pages[Symbol.asyncIterator]().next());
      expect(refused).toMatchObject({ name: 'LeaseError', holder: 'worker-1', lost: false });
      expect(Math.abs(Number(refused['since']) - Date.now())).toBeLessThan(60_000);
      expect(Math.abs(Number(refused['until']) - Number(refused['since']) - 60_000)).toBeLessThan(10);
      expect(server.seen).toEqual([]);
      await first.release();
      let count = 0;
      for await (const { items } of pages) count += items.length;
      expect(count).toBeGreaterThan(0);
    });

    it('of many that begin at once, also with the table missing, one gets the lease', async () => {
      const results = await Promise.all(
        Array.from({ length: 8 }, (_, i) => lease(postgresLease(pool, { table }), `worker-${i}`)),
      );
      expect(results.filter((one) => 'set' in one)).toHaveLength(1);
    });

    it('a lease that was taken over renews, commits and releases nothing; one that no one took continues', async () => {
      const store = postgresLease(pool, { table });
      const first = await lease(store, 'worker-1', 500);
      await new Promise((resolve) => setTimeout(resolve, 600));
      expect(await first.set('1')).toBe(true);
      expect(await lease(store, 'worker-2')).toMatchObject({ holder: 'worker-1' });
      await new Promise((resolve) => setTimeout(resolve, 600));
      const second = await lease(store, 'worker-2');
      expect(await store.get('orders')).toBe('1');
      expect(await first.set('late')).toMatchObject({ holder: 'worker-2' });
      expect(await first.renew()).toMatchObject({ holder: 'worker-2' });
      await first.release();
      expect(await second.renew()).toBe(true);
      expect(await second.set('2')).toBe(true);
      await second.release();
      expect(await first.set('late')).toEqual({ holder: undefined, since: undefined, until: undefined });
      expect(await store.get('orders')).toBe('2');
    });

    it('refuses anything but a pool and the name of a table', () => {
      expect(thrown(() => postgresLease('postgres://' as never)).message).toBe(
        'postgresLease: the pool must be a Pool of pg, not "postgres://"',
      );
      expect(thrown(() => postgresLease(pool, { table: 'a; DROP TABLE b' })).message).toBe(
        `postgresLease: table must be the name of a table, such as 'etl.checkpoints', not "a; DROP TABLE b"`,
      );
    });
  });
});
