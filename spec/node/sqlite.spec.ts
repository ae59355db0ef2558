import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'libsql';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkpoint } from 'pagewise';
import { writeTable, type Table } from 'pagewise/node';
import { rejection } from '../support/walks.js';
import { orders, ordersOf, pagesOfOrders, serveOrders, type Order } from './rows-api.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pagewise-sqlite-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A table by key, and its checkpoint beside it; `crash` is called before each statement of a page's transaction. */
function openDatabase(crash: () => boolean = () => false) {
  const db = new Database(join(folder, 'orders.db'));
  db.exec(`CREATE TABLE IF NOT EXISTS orders (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS jobs (name TEXT PRIMARY KEY, place TEXT NOT NULL)`);
  const upsert = db.prepare('INSERT INTO orders VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET name = excluded.name');
  const keep = db.prepare(
    "INSERT INTO jobs VALUES ('orders', ?) ON CONFLICT (name) DO UPDATE SET place = excluded.place",
  );
  const run = (statement: Database.Statement, ...values: unknown[]) => {
    if (crash()) throw new Error('killed');
    statement.run(...values);
  };
  const table: Table<Order> = {
    load: () =>
      (db.prepare("SELECT place FROM jobs WHERE name = 'orders'").get() as { place: string } | undefined)?.place,
    write: db.transaction((rows: readonly Order[], place: string) => {
      for (const { id, name } of rows) run(upsert, id, name);
      run(keep, place);
    }),
  };
  const read = () => db.prepare('SELECT id, name FROM orders ORDER BY id').raw().all();
  const index = () => {
    const place = table.load() as string | undefined;
    return place === undefined ? 0 : (JSON.parse(place) as { index: number }).index;
  };
  return { db, table, read, index };
}
const asRows = (some: readonly Order[]) => some.map(({ id, name }) => [id, name]);

describe('writeTable into SQLite', () => {
  it('upserts by key: a repeated order is there once, in its last version', async () => {
    const { walk } = await serveOrders();
    const { db, table, read } = openDatabase();
    expect(await walk().to(writeTable(table))).toEqual({ pages: 7, items: 30 });
    expect(read()).toEqual(asRows(orders));
    db.close();
  });

  it('rolls page and checkpoint back together, wherever within the transaction the run dies', async () => {
    const statements = pagesOfOrders.reduce((sum, { length }) => sum + length + 1, 0);
    for (let nth = 1; nth <= statements; nth += 4) {
      const { walk, asked, server } = await serveOrders();
      let count = 0;
      const dying = openDatabase(() => ++count === nth);
      const error = await rejection(walk().to(writeTable(dying.table)));
      expect(error).toMatchObject({ name: 'WriteError', cause: { message: 'killed' } });
      // The table holds the pages before the checkpoint, and nothing else.
      expect(dying.read()).toEqual(asRows(ordersOf(dying.index())));
      dying.db.close();
      server.seen.length = 0;
      const next = openDatabase();
      await walk().to(writeTable(next.table));
      expect(asked()[0]).toBe(pagesOfOrders.length - asked().length);
      expect(next.read()).toEqual(asRows(orders));
      next.db.exec('DELETE FROM orders; DELETE FROM jobs');
      next.db.close();
    }
  });

  it('leaves the checkpoint to the table: another one beside it is refused', async () => {
    const { walk, server } = await serveOrders();
    const { db, table } = openDatabase();
    const kept = walk({ checkpoint: checkpoint(new Map(), 'job') });
    expect((await rejection(kept.to(writeTable(table)))).message).toContain(
      'the table stores the checkpoint itself; remove the checkpoint option',
    );
    expect(server.seen).toEqual([]);
    db.close();
  });
});
