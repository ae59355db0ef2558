import { ParseError } from '../errors.js';
import type { PageResponse } from '../request.js';
import { describe } from '../values/describe.js';
import { redactText } from '../values/redact.js';
import { codingNote } from './decode-body.js';
import { invalid } from '../values/options.js';

/** How the bytes of a body become text. */
export interface TextOptions {
  /**
   * The encoding of bodies, whatever their Content-Type declares: a label of TextDecoder, such as 'windows-1252'.
   * @default as declared, else UTF-8
   */
  readonly encoding?: string | undefined;
  /**
   * How to treat bytes that are not valid in that encoding: as an error, or replaced with U+FFFD, which a notice
   * reports once per walk. @default 'error'; with `decode`, which may read the bytes itself, U+FFFD without a notice
   */
  readonly invalidText?: 'error' | 'replace' | undefined;
}

const declared = /;\s*charset\s*=\s*"?([^\s;"]+)/i;

/**
 * The text of a body.
 * @param toUtf8 decodes UTF-8, and replaces invalid bytes with U+FFFD
 * @returns the text, and whether something had to be replaced
 * @throws ParseError for invalid bytes, or an unknown encoding
 */
export function readText(
  { headers, status }: Pick<PageResponse, 'headers' | 'status'>,
  bytes: Uint8Array,
  { encoding, invalidText }: TextOptions,
  toUtf8: (bytes: Uint8Array) => string,
): { readonly text: string; readonly replaced: boolean } {
  const label = markOf(bytes) ?? encoding ?? declared.exec(headers.get('content-type') ?? '')?.[1] ?? 'utf-8';
  const isUtf8 = /^utf-?8$/i.test(label);
  const utf8 = toUtf8(bytes);
  // Bytes that are not valid always become U+FFFD, so text without it is valid. Plain ASCII is the same in nearly all
  // encodings.
  if (isUtf8 && !utf8.includes('\ufffd')) return { text: utf8, replaced: false };
  const fatal = invalidText === 'error' && status >= 200 && status < 300;
  let decoder: TextDecoder;
  try {
    decoder = new TextDecoder(label, { fatal: true });
  } catch {
    if (!utf8.includes('\ufffd')) return { text: utf8, replaced: false };
    if (!fatal) return { text: utf8, replaced: true };
    throw new ParseError(
      `the body is declared as ${describe(label)}, an encoding that is not known, and it is not UTF-8; set \`encoding\``,
      redactText(utf8),
    );
  }
  try {
    return { text: withoutControls(decoder, decoder.decode(bytes)), replaced: false };
  } catch {
    const text = isUtf8 ? utf8 : new TextDecoder(label).decode(bytes);
    if (!fatal) return { text, replaced: true };
    const at = text.indexOf('\ufffd');
    throw new ParseError(
      `the body is not valid ${label}: after ${at} characters, there are bytes that are invalid in it${codingNote(headers)}; set \`encoding: 'windows-1252'\` (Latin-1) or what the API sends, or \`invalidText: 'replace'\` to replace them with U+FFFD`,
      redactText(text),
    );
  }
}

/** The encoding that a byte order mark shows; it outranks what is declared. */
const markOf = ([a, b, c]: Uint8Array): string | undefined =>
  a === 0xef && b === 0xbb && c === 0xbf
    ? 'utf-8'
    : a === 0xff && b === 0xfe
      ? 'utf-16le'
      : a === 0xfe && b === 0xff
        ? 'utf-16be'
        : undefined;

/** What windows-1252 has for 0x80 to 0x9f. Node 20 and 22 decode these as Latin-1, to control characters. */
const punctuation = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';
const withoutControls = ({ encoding }: TextDecoder, text: string): string =>
  encoding === 'windows-1252' ? text.replace(/[\x80-\x9f]/g, (c) => punctuation.charAt(c.charCodeAt(0) - 0x80)) : text;

/** @throws ConfigError for an encoding that this platform does not know */
export function checkEncoding(of: string, encoding: unknown): void {
  try {
    new TextDecoder(encoding as string);
  } catch {
    throw invalid(of, 'encoding', encoding, `a label such as 'utf-8', 'windows-1252' or 'shift_jis'`);
  }
}
