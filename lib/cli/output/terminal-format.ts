import type { Format, FormatWriter } from '../../node/sinks/format.js';
import { visible } from '../terminal/say.js';

/**
 * Wraps a format for stdout on a terminal: the same lines, without control characters. JSON stays the same JSON; a CSV
 * cell shows its line breaks as `\n`.
 */
export const onTerminal = (format: Format): Format => ({
  append: () => format.append(),
  open: async (state) => shown(await format.open(state)),
});

const shown = (writer: FormatWriter): FormatWriter => ({
  *rows(items) {
    for (const text of writer.rows(items)) yield visibleRows(text);
  },
  tail: () => writer.tail(),
  state: () => writer.state(),
});

/** Only a line break outside of quotes ends a row. Each text is whole rows. */
const visibleRows = (text: string): string => text.replace(/"(?:[^"]|"")*"|[^"\r\n]+/g, visible);
