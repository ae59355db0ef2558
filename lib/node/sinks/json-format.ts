import { ConfigError } from '../../errors.js';
import type { Format } from './format.js';
import { jsonText } from './json-text.js';

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
