import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkpoint, type Pages } from 'pagewise';
import { both, fileStore, writeCsv, writeJson, writeNdjson, writeTable, type Table } from 'pagewise/node';
import { orders, syncTarget } from './sync.js';
import { walk } from './walk.js';

/** What a job writes into, in a folder of its own. */
export interface Target {
  /** Walks what is left, from where the run before was. */
  run(url: string, folder: string, passBy: (place: string) => void): Promise<void>;
  /** The output, if it is a file that something else may change between two runs. */
  readonly file?: string;
  /** The current content, for comparison. */
  read(folder: string): string | Promise<string>;
}

const intoFile = (name: string, write: (path: string) => (pages: Pages<unknown>) => Promise<unknown>): Target => ({
  async run(url, folder) {
    await walk(url, { checkpoint: checkpoint(fileStore(join(folder, 'jobs')), 'job') }).to(write(join(folder, name)));
  },
  file: name,
  read: (folder) => readFileSync(join(folder, name), 'latin1'),
});

/** Two files of one walk. */
const intoBoth: Target = {
  async run(url, folder) {
    await walk(url, { checkpoint: checkpoint(fileStore(join(folder, 'jobs')), 'job') }).to(
      both(writeNdjson(join(folder, 'items.ndjson')), writeCsv(join(folder, 'items.csv'))),
    );
  },
  file: 'items.csv',
  read: (folder) => ['items.ndjson', 'items.csv'].map((name) => readFileSync(join(folder, name), 'latin1')).join('\n'),
};

const openSqlite = async (folder: string) => {
  // Loaded only when needed: jobs start often.
  const { default: Database } = await import('libsql');
  return new Database(join(folder, 'items.sqlite'));
};

/** A table without a key: an item written twice would be there twice. */
const intoSqlite: Target = {
  async run(url, folder, passBy) {
    const db = await openSqlite(folder);
    db.exec('CREATE TABLE IF NOT EXISTS items (id INTEGER, name TEXT); CREATE TABLE IF NOT EXISTS jobs (place TEXT)');
    const insert = db.prepare('INSERT INTO items VALUES (?, ?)');
    const table: Table = {
      load: () => (db.prepare('SELECT place FROM jobs').get() as { place: string } | undefined)?.place,
      write(rows, place) {
        passBy('page');
        db.exec('BEGIN');
        for (const { id, name } of rows as { id: number; name: string }[]) {
          insert.run(id, name);
          if (id % 20 === 10) passBy('a row');
        }
        passBy('the place');
        db.exec('DELETE FROM jobs');
        db.prepare('INSERT INTO jobs VALUES (?)').run(place);
        passBy('COMMIT');
        db.exec('COMMIT');
        passBy('the whole page');
      },
    };
    await walk(url).to(writeTable(table));
    db.close();
  },
  async read(folder) {
    const db = await openSqlite(folder);
    const rows = db.prepare('SELECT id, name FROM items ORDER BY rowid').raw().all();
    db.close();
    return rows.map((row) => JSON.stringify(row)).join('\n');
  },
};

export const targets: Readonly<Record<string, Target>> = {
  ndjson: intoFile('items.ndjson', writeNdjson),
  'ndjson.gz': intoFile('items.ndjson.gz', writeNdjson),
  json: intoFile('items.json', writeJson),
  csv: intoFile('items.csv', writeCsv),
  both: intoBoth,
  sqlite: intoSqlite,
  ...Object.fromEntries(orders.map((order) => [`sync-${order}`, syncTarget(order)])),
};
