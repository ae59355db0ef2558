import { checkWhenDone, continuedAt, type CheckpointOptions, type Follower, syncAppends } from '../../checkpoint.js';
import { CallbackError, ConfigError, continueAt, WriteError } from '../../errors.js';
import type { Page, ResumeToken } from '../../page.js';
import { parseToken } from '../../resume-token.js';
import { describe } from '../../values/describe.js';
import { checkCalled, checkFunction, checkOptions } from '../../values/options.js';
import { type Rows, rowsOf, type Sink, sourceOf } from './sink.js';

/** A table, and its checkpoint in the same database. */
export interface Table<Item = unknown> {
  /** The checkpoint of the last committed `write`; `undefined` or `null` if there is none. */
  load(): unknown;
  /** Writes the rows of one page and the checkpoint after that page, in one transaction. */
  write(rows: readonly unknown[], checkpoint: string, page: Page<Item>): unknown;
}

export interface WriteTableOptions<Item = unknown> extends CheckpointOptions {
  /** The rows to write for a page. @default its items */
  readonly rows?: Rows<Item> | undefined;
}

/**
 * Writes pages to a database, each in a transaction that also stores the checkpoint. After a crash, the next run
 * continues after the last committed page, and no row is lost or written twice.
 *
 *     await paginate(request, strategy).to(writeTable({
 *       load: () => db.get('SELECT checkpoint FROM jobs WHERE name = ?', ['orders'])?.checkpoint,
 *       write: (rows, checkpoint) => { … BEGIN; upsert the rows; upsert the checkpoint; COMMIT … },
 *     }));
 *
 * @throws ConfigError for options that can't work; later WriteError with what `write` throws, CallbackError with what
 *   `load` throws, ResumeError if the checkpoint belongs to another query
 */
export function writeTable<Item = unknown>(table: Table<Item>, options: WriteTableOptions<Item> = {}): Sink<Item> {
  const name = 'writeTable';
  checkCalled(name, table);
  checkOptions(name, options, ['rows', 'whenDone'] satisfies (keyof WriteTableOptions)[]);
  checkWhenDone(name, options);
  const { rows } = options;
  checkFunction(name, 'rows', rows);
  for (const method of ['load', 'write'] as const)
    if (typeof (table as Partial<Table> | undefined)?.[method] !== 'function')
      throw new ConfigError(`${name}: the table must have load and write, not ${describe(table)}`);

  return async (pages) => {
    const { checkpoint, pull, shared, syncs } = sourceOf(name, pages);
    if (syncs && options.whenDone !== undefined) throw new ConfigError(syncAppends(name));
    if (shared)
      throw new ConfigError(
        `${name}: a table can't be one of the sinks of both, since it stores the checkpoint itself; run one walk per output, or write the other output from the table`,
      );
    const follower = checkpoint && 'pagewise.follow' in checkpoint ? (checkpoint as Follower) : undefined;
    if (checkpoint && !follower)
      throw new ConfigError(`${name}: the table stores the checkpoint itself; remove the checkpoint option`);
    const stored = await loadFrom(table);
    let resume = stored && continuedAt(stored, options);
    follower?.['pagewise.follow'](resume);
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
      await follower?.save({ resume });
      written++;
      items += page.items.length;
    }
    return { pages: written, items };
  };
}

async function loadFrom(table: Table<never>): Promise<ResumeToken | undefined> {
  let stored: unknown;
  try {
    stored = await table.load();
  } catch (cause) {
    throw new CallbackError('writeTable.load', cause);
  }
  return stored === undefined || stored === null ? undefined : parseToken(stored);
}
