import { ConfigError } from '../../errors.js';
import type { Json } from '../../page.js';
import { stringifyExactJson } from '../../reading/exact-json.js';
import { describe, describeError } from '../../values/describe.js';

/** How items become text. One value serves any number of files. */
export interface Format {
  /** The state of a writer that appends to existing rows. @throws ConfigError if the format can't append */
  append(): Json | undefined;
  /** @param state the final state of the earlier run's writer; `undefined` for a new file */
  open(state: Json | undefined): Promise<FormatWriter> | FormatWriter;
}

/** Makes the text of one file, page by page. */
export interface FormatWriter {
  /** The rows of one page, in pieces. The first rows of a file are preceded by its beginning, such as a header. */
  rows(items: readonly unknown[]): Iterable<string>;
  /** The text after the last row. The next row overwrites it. */
  tail(): string;
  /** What another run needs to continue the file. */
  state(): Json;
  /** The named fields that no row has; empty before the first row. */
  missing?(): readonly string[];
}

const writer: FormatWriter = {
  *rows(items) {
    for (const item of items) yield `${jsonText(item)}\n`;
  },
  tail: () => '',
  state: () => null,
};

/** One JSON value per line. */
export const ndjsonFormat: Format = { append: () => null, open: () => writer };

/** One array with one row per line. Its end is written with each page, so that the file is valid JSON at any time. */
export const jsonFormat: Format = {
  append() {
    throw new ConfigError(
      'a JSON array is closed at its end, so it can be continued only with a checkpoint; use a checkpoint, or write NDJSON',
    );
  },
  open(state) {
    let rows = typeof state === 'number' ? state : 0;
    let started = state !== undefined;
    return {
      *rows(items) {
        if (!started) yield '[';
        started = true;
        for (const item of items) yield `${rows++ === 0 ? '\n' : ',\n'}${jsonText(item)}`;
      },
      tail: () => '\n]\n',
      state: () => rows,
    };
  },
};

/** A row as JSON. @throws ConfigError for a row that JSON can't express, since it would be lost */
export function jsonText(row: unknown): string {
  let text: string | undefined;
  try {
    text = stringifyExactJson(row);
  } catch (cause) {
    // A bigint, a circular reference, a toJSON that throws.
    throw new ConfigError(
      `a row can't be written as JSON: ${describeError(cause)}; map the item to a row that can be written`,
      {
        cause,
      },
    );
  }
  if (text?.includes('null') && holdsNaN(row))
    throw new ConfigError(
      "a row holds NaN or Infinity, which JSON can't express; map the item to a row that can be written",
    );
  if (text === undefined)
    throw new ConfigError(
      `a row must be something that JSON can hold, not ${describe(row)}; map the item to a row that can be written`,
    );
  return text;
}

/** Whether a value holds NaN or an infinity, which JSON.stringify turns into null. */
const holdsNaN = (value: unknown): boolean =>
  typeof value === 'number'
    ? !Number.isFinite(value)
    : typeof value === 'object' && value !== null && !('toJSON' in value) && Object.values(value).some(holdsNaN);
