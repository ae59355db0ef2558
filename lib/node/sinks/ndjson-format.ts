import type { Format, FormatWriter } from './format.js';
import { jsonText } from './json-text.js';

const writer: FormatWriter = {
  *rows(items) {
    for (const item of items) yield `${jsonText(item)}\n`;
  },
  tail: () => '',
  state: () => null,
};

/** One JSON value a line. */
export const ndjsonFormat: Format = { append: () => null, open: () => writer };
