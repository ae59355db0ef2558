import { type Columns, csvFormat } from './csv-format.js';
import { fileSink, type FileSinkOptions, type FileWritten } from './file-sink.js';
import type { Rows, Sink } from './sink.js';

interface CsvOptions<Row> {
  /**
   * Paths of the cells, `['id', 'customer.name']`, or paths by the name of their column. They are checked against the
   * type of the items; for names that only the run knows, write `writeCsv<unknown>(…)`. Other fields are omitted. A
   * notice at the end reports a column that no item has; if the items have a field of a similar name, it is an error.
   * @default the fields of the first page that has items; a later item with another field is an error
   */
  readonly columns?: Columns<Row> | undefined;
  /** Puts a ' before cells that a spreadsheet would read as a formula, which changes them. @default false */
  readonly escapeFormulas?: boolean | undefined;
}

/** Columns are fields of the items or, if `rows` makes other rows, of those. */
export type WriteCsvOptions<Item = unknown> =
  | (CsvOptions<Item> & FileSinkOptions<Item> & { readonly rows?: undefined })
  | (CsvOptions<unknown> & FileSinkOptions<Item> & { readonly rows: Rows<Item> });

/**
 * Writes items to a CSV file (RFC 4180: CRLF, a header), gzipped if its name ends in `.gz`. Objects and arrays in an
 * item become JSON, and `null` becomes an empty cell. With a checkpoint, which also stores the columns, each item is
 * written exactly once, as with `writeNdjson`.
 *
 *     await paginate(request, strategy).to(writeCsv('orders.csv', { columns: { id: 'id', customer: 'customer.name' } }));
 *
 *     { "id": 7, "customer": { "name": "Ann" } }   ▸   id,customer␍␊7,Ann␍␊
 *
 * @throws ConfigError for options that can't work; later ConfigError for an item with a field that has no column,
 *   WriteError, ResumeError, and whatever the pages throw
 */
export const writeCsv = <Item = unknown>(file: string, options: WriteCsvOptions<Item> = {}): Sink<Item, FileWritten> =>
  fileSink(
    'writeCsv',
    file,
    options,
    ['columns', 'escapeFormulas'],
    csvFormat('writeCsv', options?.columns, options?.escapeFormulas ?? false),
  );
