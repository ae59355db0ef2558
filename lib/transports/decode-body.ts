import { ParseError } from '../errors.js';
import { redactText } from '../values/redact.js';

export type ParseJson = (text: string) => unknown;

/** Statuses whose answers have no body by definition. */
const bodiless = new Set([204, 205, 304]);

/**
 * The value of a body. A successful answer must be JSON, whatever its Content-Type says; of any other answer the text
 * is kept where it is not, since errors come as HTML and plain text too.
 * @throws ParseError
 */
export function decodeBody(status: number, text: string, contentType: string | null, parseJson: ParseJson): unknown {
  if (bodiless.has(status)) return undefined;
  const success = status >= 200 && status < 300;
  if (!success) {
    try {
      return parseJson(text);
    } catch {
      return text;
    }
  }
  if (text.trim() === '')
    throw new ParseError(
      `an empty body with status ${String(status)}, where JSON was expected (204 would be an empty page)`,
      '',
    );
  try {
    return parseJson(text);
  } catch (cause) {
    const type = contentType === null ? '' : ` (${contentType})`;
    throw new ParseError(`the body is not JSON${type}`, redactText(text), cause);
  }
}
