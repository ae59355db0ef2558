import { redactUrls } from './redact.js';

/** A value as it is shown in an error message: short, on one line. */
export function describe(value: unknown): string {
  if (value === undefined) return 'undefined';
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'bigint') return `${String(value)}n`;
  if (typeof value === 'symbol') return value.toString();
  if (Array.isArray(value)) return `an array of ${String(value.length)}`;
  if (typeof value === 'object' && value !== null) {
    const keys = Object.keys(value);
    return keys.length === 0 ? 'an empty object' : `an object with ${list(keys)}`;
  }
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…"` : text;
}

const list = (keys: readonly string[]): string =>
  keys.length > 8 ? `${keys.slice(0, 8).join(', ')} and ${String(keys.length - 8)} more` : keys.join(', ');

/** An error in one line: name and message, and the code that says why where the message does not. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error) && !isErrorLike(error)) return describe(error);
  const cause = (error as { cause?: unknown }).cause;
  const code = codeOf(error) ?? codeOf(cause);
  const suffix = code !== undefined && !error.message.includes(code) ? ` (${code})` : '';
  return `${error.name}: ${redactUrls(error.message)}${suffix}`;
}

const isErrorLike = (value: unknown): value is { name: string; message: string } =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as { name?: unknown }).name === 'string' &&
  typeof (value as { message?: unknown }).message === 'string';

const codeOf = (value: unknown): string | undefined => {
  const code = typeof value === 'object' && value !== null ? (value as { code?: unknown }).code : undefined;
  return typeof code === 'string' ? code : undefined;
};
