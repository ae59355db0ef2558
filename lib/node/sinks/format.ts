import type { Json } from '../../page.js';

/** How items become text. One value serves any number of files. */
export interface Format {
  /** Whether it goes on in a file that it did not begin. @throws ConfigError with what that needs */
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
