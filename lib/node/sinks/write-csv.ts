import { type Columns, csvFormat } from './csv-format.js';
import { fileSink, type FileSinkOptions, type FileWritten } from './file-sink.js';
import type { Sink } from './sink.js';

export interface WriteCsvOptions<Item = unknown> extends FileSinkOptions<Item> {
  /**
   * Paths of the cells, `['id', 'customer.name']`, or paths by the column's name. Fields without a column are left out.
   * @default the fields of the first page that has items; a later item with another one is an error
   */
  readonly columns?: Columns | undefined;
  /** Puts a ' before cells that a spreadsheet would take for a formula; it changes them. @default false */
  readonly escapeFormulas?: boolean | undefined;
}

/**
 * Writes items into a CSV file (RFC 4180: CRLF, a header); gzipped where its name ends in `.gz`. Objects and arrays within
 * an item become JSON, `null` an empty cell. Exactly once with a checkpoint, as `writeNdjson`; the columns are kept in it.
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
