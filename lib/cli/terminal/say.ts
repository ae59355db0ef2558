import { inColour, isColoured } from './colour.js';

/** Invisible characters: they move the cursor, begin a line, or hide or reorder text. */
const invisible = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

const escapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** The escapes are those of JSON, so a resume token with them is the same token. */
const escaped = (found: string): string =>
  escapes[found] ??
  Array.from({ length: found.length }, (_, at) => `\\u${found.charCodeAt(at).toString(16).padStart(4, '0')}`).join('');

/** A text on one line, without control characters: they become visible escapes. */
export const visible = (text: string): string => text.replace(invisible, escaped);

/** Lines for a terminal. Whatever a server sent, each is one line of visible text. */
export const visibleLines = (lines: readonly string[]): string => lines.map((line) => `${visible(line)}\n`).join('');

/** Writes lines to stderr. All other output there is progress, which holds nothing from a server. */
export const say = (lines: readonly string[], then?: () => void): void => {
  const shown = isColoured(process.stderr)
    ? lines.map((line) => `${inColour(visible(line))}\n`).join('')
    : visibleLines(lines);
  process.stderr.write(shown, then);
};

const most = 2000;
const kept = 500;

/** A line of readable length. Its end stays, since messages end with what to do. */
export const shortened = (line: string): string =>
  line.length <= most ? line : `${line.slice(0, most - kept)} … ${line.slice(-kept)}`;
