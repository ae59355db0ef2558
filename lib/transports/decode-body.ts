import { ParseError } from '../errors.js';
import type { PageResponse } from '../request.js';
import { describe, describeError } from '../values/describe.js';
import { redactText, withoutExcerpt } from '../values/redact.js';

export type ParseJson = (text: string) => unknown;

/** An answer before its body is decoded. */
export interface EncodedAnswer extends Pick<PageResponse, 'status' | 'url' | 'headers'> {
  /** The received body, decompressed. */
  readonly bytes: Uint8Array;
}

/** Decodes a body from its text (UTF-8, without a byte order mark) or its bytes. */
export type Decode = (text: string, answer: EncodedAnswer) => unknown;

/** Statuses whose answers have no body by definition. */
export const bodiless = new Set([204, 205, 304]);

/**
 * The decoded body. If `decode` fails, a successful answer is an error. Other answers keep the text, because errors
 * also come as HTML and plain text.
 * @throws ParseError
 */
export function decodeBody(text: string, answer: EncodedAnswer, decode: Decode): unknown {
  const { status } = answer;
  if (bodiless.has(status)) return undefined;
  try {
    return decode(text, answer);
  } catch (thrown) {
    if (status < 200 || status >= 300 || status === 202) return text;
    if (thrown instanceof ParseError) throw thrown;
    const error = withoutExcerpt(thrown);
    throw new ParseError(`decode threw ${describeError(error)} on the body`, redactText(text), error);
  }
}

/** A note for errors that the body may still be encoded, if not all transports decode its Content-Encoding. */
export function codingNote(headers: PageResponse['headers']): string {
  const coding = headers.get('content-encoding') ?? '';
  return /^((x-)?gzip|br|deflate|identity|[\s,])*$/i.test(coding)
    ? ''
    : `; its Content-Encoding is ${describe(coding)}, which this transport may not be able to decode`;
}

/** Bodies are JSON, whatever their Content-Type says. */
export const jsonDecoder =
  (parseJson: ParseJson): Decode =>
  (text, { status, headers }) => {
    if (text.trim() === '')
      throw new ParseError(
        `an empty body with status ${status}, but JSON was expected (204 would be an empty page)`,
        '',
      );
    try {
      return parseJson(text);
    } catch (cause) {
      const type = headers.get('content-type');
      throw new ParseError(
        `the body is not JSON${type === null ? '' : ` (${type})`}${codingNote(headers)}`,
        redactText(text),
        withoutExcerpt(cause),
      );
    }
  };
