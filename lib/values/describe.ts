import { isA, isErrorLike, peek } from './peek.js';
import { redactUrl, redactUrls } from './redact.js';

/** A value as an error message shows it: short, on one line. Takes any value and never throws. */
export function describe(value: unknown): string {
  try {
    return inWords(value);
  } catch {
    return 'a value that throws when it is read';
  }
}

/** A string unchanged, anything else described. For callers without types. */
export const asText = (value: unknown): string => (typeof value === 'string' ? value : describe(value));

function inWords(value: unknown): string {
  switch (typeof value) {
    case 'function':
      return 'a function';
    case 'symbol':
      return cut(value.toString(), 60);
    case 'bigint':
      return -(10n ** 60n) < value && value < 10n ** 60n ? `${value}n` : 'a bigint of more than 60 digits';
    case 'string': {
      const start = value.slice(0, 1000); // Cut first: the text may be megabytes.
      const text = JSON.stringify((/\/\/|:[^]*@/.test(start) ? redactUrl(start) : start).slice(0, 61));
      return text.length > 60 ? `${text.slice(0, 57)}…"` : text;
    }
    case 'object':
      return value === null ? 'null' : objectInWords(value);
    default:
      return String(value);
  }
}

function objectInWords(value: object): string {
  if (Array.isArray(value)) return `an array of ${value.length}`;
  const keys = Object.keys(value);
  if (keys.length > 0) return `an object with ${list(keys)}`;
  const className = peek(peek(value, 'constructor'), 'name');
  return typeof className === 'string' && className !== '' && className !== 'Object'
    ? `an object of class ${cut(className, 40)}`
    : 'an empty object';
}

function list(keys: readonly string[]): string {
  // Messages mark code by backticks, so that a key with some is quoted.
  const shown = keys.slice(0, 8).map((key) => (key.includes('`') ? JSON.stringify(cut(key, 40)) : cut(key, 40)));
  return keys.length > 8 ? `${shown.join(', ')} and ${keys.length - 8} more` : shown.join(', ');
}

const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

/**
 * An error on one line: its name, its message with URLs cut to their origins, and its code if the message lacks it.
 * Takes any value and never throws.
 */
export function describeError(error: unknown): string {
  if (typeof error === 'string') return describe(shortMessage(error));
  if (!isErrorLike(error) && !isA(error, Error)) return describe(error);
  const [name, message] = [peek(error, 'name'), peek(error, 'message')];
  const title = typeof name === 'string' && name !== '' ? cut(name, 60) : 'Error';
  const reason = message === undefined ? '' : shortMessage(asText(message));
  const code = codeOf(error) ?? codeOf(peek(error, 'cause'));
  const suffix = code !== undefined && !reason.includes(code) ? ` (${code})` : '';
  return `${title}${reason === '' ? '' : `: ${reason}`}${suffix}`;
}

/** Redacted, up to 1,000 characters. A word that the cut splits is dropped: half a URL would be redacted wrongly. */
const shortMessage = (message: string): string =>
  redactUrls(message.length > 1000 ? `${message.slice(0, 1000).replace(/\S+$/, '')}…` : message);

const codeOf = (value: unknown): string | undefined => {
  const code = peek(value, 'code');
  return typeof code === 'string' && code !== '' ? cut(code, 60) : undefined;
};
