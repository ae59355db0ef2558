import { ConfigError } from '../../errors.js';
import type { Json } from '../../page.js';
import { namedFields } from '../../reading/named-fields.js';
import { type ItemPath, parsePath, type Path, readPath } from '../../reading/path.js';
import { describe, describeError } from '../../values/describe.js';
import { type Format, jsonText } from './format.js';
import { invalid } from '../../values/options.js';

/** Paths of the cells (`['id', 'customer.name']`), or paths by the name of their column. */
export type Columns<Row = unknown> = readonly ItemPath<Row>[] | Readonly<Record<string, ItemPath<Row>>>;

interface Column {
  readonly name: string;
  readonly path: Path;
}

/**
 * RFC 4180: CRLF, quotes if needed, a header. By default the columns are the fields of the first page that has items. A
 * later item with another field is an error, since the field would be lost.
 */
export function csvFormat(of: string, columns: Columns | undefined, escapeFormulas: boolean): Format {
  const given = columns && columnsOf(of, columns);
  return {
    append() {
      if (given) return stateOf(given);
      throw new ConfigError('must be given to append to a CSV file; name the columns, or use a checkpoint', {
        of,
        options: ['columns'],
      });
    },
    async open(state) {
      // Loaded here, since only CSV needs it.
      const { stringify } = await import('csv-stringify/sync');
      const kept = (state ?? undefined) as readonly (readonly [string, string])[] | undefined;
      let started = kept !== undefined;
      const fields =
        given && !kept
          ? namedFields(
              of,
              'columns',
              given.map(({ path }) => path),
            )
          : undefined;
      let table = kept?.map(([name, path]) => restored(of, name, path)) ?? given;
      if (given && table && JSON.stringify(stateOf(given)) !== JSON.stringify(stateOf(table)))
        throw new ConfigError(
          `are ${namesOf(given)}, but the file was started with ${namesOf(table)}; use the same columns, or start over with another file and key`,
          { of, options: ['columns'] },
        );

      const text = (rows: readonly (readonly string[])[]) =>
        checked(
          stringify(rows as string[][], {
            record_delimiter: 'windows',
            // csv-stringify quotes only its own line break; other readers treat any line break as the end of a row.
            quoted_match: /[\r\n]|^\s|\s$/,
            // Otherwise an empty value in a single column would be an empty line, which is not a row.
            quoted_empty: table?.length === 1,
          }),
        );
      function* lines(items: readonly unknown[]) {
        if (items.length === 0 && !given) return;
        fields?.check(items);
        table ??= fieldsOf(of, items);
        if (!started) yield text([table.map(({ name }) => name)]);
        started = true;
        const names = given ? undefined : new Set(table.map(({ name }) => name));
        const columns = table;
        const row = (item: unknown): readonly string[] => {
          if (names) checkFields(of, item, names);
          return cells(columns, item, escapeFormulas);
        };
        // One call per row would take about twice as long.
        for (let at = 0; at < items.length; at += batch) yield text(items.slice(at, at + batch).map(row));
      }
      return {
        rows: lines,
        tail: () => '',
        state: () => (started && table ? stateOf(table) : null),
        missing: () => fields?.missing() ?? [],
      };
    },
  };
}

/** @throws ConfigError for half a surrogate pair, which UTF-8 can't hold: it would be written as another character */
function checked(text: string): string {
  const at = /\p{Surrogate}/u.exec(text)?.index;
  if (at === undefined) return text;
  throw new ConfigError(
    `a row can't be written as CSV: a text holds half a surrogate pair (${JSON.stringify(text[at])}), which is not a character; write NDJSON, or map the item to a row that can be written`,
  );
}

/** Rows per call of `stringify`. */
const batch = 100;

const namesOf = (table: readonly Column[]): string => table.map(({ name }) => name).join(', ');

const stateOf = (table: readonly Column[]): Json => table.map(({ name, path }) => [name, path.text]);

const column = (of: string, name: string, path: string): Column => ({
  name,
  path: parsePath(of, 'columns', path),
});

function columnsOf(of: string, columns: Columns): readonly Column[] {
  const pairs: readonly (readonly [string, unknown])[] = Array.isArray(columns)
    ? (columns as readonly unknown[]).map((path) => [String(path), path] as const)
    : typeof columns === 'object' && columns !== null
      ? Object.entries(columns)
      : [];
  if (pairs.length === 0)
    throw invalid(of, 'columns', columns, `paths, as in ['id', 'customer.name'], or paths by the name of their column`);
  return pairs.map(([name, path]) => column(of, name, path as string));
}

/** The fields of items, in order of their first appearance. @throws ConfigError for an item that is not an object */
function fieldsOf(of: string, items: readonly unknown[]): readonly Column[] {
  const names = new Set<string>();
  for (const item of items) for (const name of fieldNames(of, item)) names.add(name);
  return [...names].map(fieldColumn);
}

/** The column of a field, whose name may be anything: empty, `__proto__`, with dots and slashes. */
const fieldColumn = (name: string): Column => ({
  name,
  path: { text: `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`, segments: [name] },
});

/** A column as an earlier run has stored it. */
function restored(of: string, name: string, path: string): Column {
  const field = fieldColumn(name);
  return field.path.text === path ? field : column(of, name, path);
}

function fieldNames(of: string, item: unknown): readonly string[] {
  if (typeof item === 'object' && item !== null && !Array.isArray(item)) return Object.keys(item);
  throw new ConfigError(
    `must be given: an item is ${describe(item)}, which has no fields; for the item itself, use the path '.'`,
    {
      of,
      options: ['columns'],
    },
  );
}

function checkFields(of: string, item: unknown, names: ReadonlySet<string>): void {
  const unknown = fieldNames(of, item).find((name) => !names.has(name));
  if (unknown !== undefined)
    throw new ConfigError(
      `must be given: an item has the field ${JSON.stringify(unknown)}, which no item on the first page has`,
      { of, options: ['columns'] },
    );
}

/** @throws ConfigError for an item whose fields can't be read: a getter that throws, an invalid Date */
function cells(table: readonly Column[], item: unknown, escapeFormulas: boolean): string[] {
  try {
    return table.map(({ path }) => {
      const value = readPath(item, path);
      const text = cell(value);
      // Only strings: a negative number is not a formula.
      return escapeFormulas && typeof value === 'string' && formula.test(text) ? `'${text}` : text;
    });
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause;
    throw new ConfigError(
      `a row can't be written as CSV: ${describeError(cause)}; map the item to a row that can be written`,
      {
        cause,
      },
    );
  }
}

/** Characters that begin a formula in spreadsheets, full-width ones included. */
const formula = /^[=+\-@\t\r\n＝＋－＠]/;

function cell(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'string') return value;
  return typeof value === 'bigint' || typeof value === 'number' ? String(value) : jsonText(value);
}
