import { CallbackError, ConfigError, continueAt, WriteError } from '../../errors.js';
import type { Page, ResumeToken } from '../../page.js';
import { parseToken } from '../../resume-token.js';
import { describe } from '../../values/describe.js';
import { checkFunction, checkOptions } from '../../values/options.js';
import { type Rows, rowsOf, type Sink, sourceOf } from './sink.js';

/** A table, and the place that is kept beside it in the same database. */
export interface Table<Item = unknown> {
  /** The place that `write` has been given last, in the last transaction that was committed; nothing where there is none. */
  load(): unknown;
  /** Writes the rows of one page and its place, in one transaction. */
  write(rows: readonly unknown[], place: string, page: Page<Item>): unknown;
}

export interface WriteTableOptions<Item = unknown> {
  /** What is written of a page. @default its items */
  readonly rows?: Rows<Item> | undefined;
}

/**
 * Writes pages into a database, each in a transaction that keeps its place too: after a crash the next run goes on behind
 * the last page that was committed, and no row is lost or comes twice.
 *
 *     await paginate(request, strategy).to(writeTable({
 *       load: () => db.get('SELECT place FROM jobs WHERE name = ?', ['orders'])?.place,
 *       write: (rows, place) => { … BEGIN; upsert the rows; upsert the place; COMMIT … },
 *     }));
 *
 * @throws ConfigError for what can't work; later WriteError with what `write` throws, CallbackError with what `load` does,
 *   ResumeError where the place is of another query
 */
export function writeTable<Item = unknown>(table: Table<Item>, options: WriteTableOptions<Item> = {}): Sink<Item> {
  const name = 'writeTable';
  checkOptions(name, options, ['rows'] satisfies (keyof WriteTableOptions)[]);
  const { rows } = options;
  checkFunction(name, 'rows', rows);
  for (const method of ['load', 'write'] as const)
    if (typeof (table as Partial<Table> | undefined)?.[method] !== 'function')
      throw new ConfigError(`${name}: the table must have load and write, not ${describe(table)}`);

  return async (pages) => {
    const { checkpoint, pull } = sourceOf(name, pages);
    if (checkpoint) throw new ConfigError(`${name}: the table keeps the place itself; leave the checkpoint out`);
    let resume = await loadFrom(table);
    let written = 0;
    let items = 0;
    for await (const page of pull(resume)) {
      const made = rowsOf(name, rows, page);
      try {
        await table.write(made, JSON.stringify(page.resume), page);
      } catch (cause) {
        const error = new WriteError('the table', cause);
        throw resume ? continueAt(error, resume) : error;
      }
      resume = page.resume;
      written++;
      items += page.items.length;
    }
    return { pages: written, items };
  };
}

async function loadFrom(table: Table<never>): Promise<ResumeToken | undefined> {
  let place: unknown;
  try {
    place = await table.load();
  } catch (cause) {
    throw new CallbackError('writeTable.load', cause);
  }
  return place === undefined || place === null ? undefined : parseToken(place);
}
