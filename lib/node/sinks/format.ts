import { ConfigError } from '../../errors.js';
import type { Json } from '../../page.js';
import { describe, describeError } from '../../values/describe.js';

/** How items become text. One value serves any number of files. */
export interface Format {
  /** The state of a writer that continues after rows which it did not write. @throws ConfigError with what that needs */
  append(): Json | undefined;
  /** @param state what the writer of an earlier run had come to; `undefined` for a new file */
  open(state: Json | undefined): Promise<FormatWriter> | FormatWriter;
}

/** One file's text, page by page. */
export interface FormatWriter {
  /** The rows of one page, in pieces; with the first ones whatever comes before them. */
  rows(items: readonly unknown[]): Iterable<string>;
  /** What goes behind the last row, and is written over by the next one. */
  tail(): string;
  /** What going on in another run needs to know. */
  state(): Json;
}

const writer: FormatWriter = {
  *rows(items) {
    for (const item of items) yield `${jsonText(item)}\n`;
  },
  tail: () => '',
  state: () => null,
};

/** One JSON value a line. */
export const ndjsonFormat: Format = { append: () => null, open: () => writer };

/** One array, a row a line. Its end is written with each page, so that the file is valid JSON all along. */
export const jsonFormat: Format = {
  append() {
    throw new ConfigError('an array has an end, and can be gone on with only by a checkpoint; or write NDJSON');
  },
  open(state) {
    let rows = typeof state === 'number' ? state : 0;
    let begun = state !== undefined;
    return {
      *rows(items) {
        if (!begun) yield '[';
        begun = true;
        for (const item of items) yield `${rows++ === 0 ? '\n' : ',\n'}${jsonText(item)}`;
      },
      tail: () => '\n]\n',
      state: () => rows,
    };
  },
};

/** A row as JSON. @throws ConfigError for what JSON has no text for: it would be lost */
export function jsonText(row: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(row);
  } catch (cause) {
    // A bigint, a circle, a toJSON that throws.
    throw new ConfigError(`a row can't be written as JSON: ${describeError(cause)}; map it to a row that can`, {
      cause,
    });
  }
  if (text === undefined)
    throw new ConfigError(`a row must be something that JSON can hold, not ${describe(row)}; map it to a row`);
  return text;
}
