import { isUtf8 } from 'node:buffer';
import { type Arguments, type DataPiece, UsageError } from './arguments.js';
import { readInput } from './read-input.js';

/** The body that `-d` or `--json` gave. */
export interface Body {
  readonly kind: 'form' | 'json';
  readonly text: string;
  /** The value, if the text is a JSON object. */
  readonly object: Readonly<Record<string, unknown>> | undefined;
}

/** The body as curl would build it; reads `@FILE` and `@-`. @throws UsageError */
export async function readBody(
  { data = [], json = [], get }: Arguments,
  signal: AbortSignal,
): Promise<Body | undefined> {
  if (json.length > 0 && data.length > 0)
    throw new UsageError('--json and -d both define the body; use only one of them');
  if (json.length > 0 && get)
    throw new UsageError('--get with --json: JSON can only be a body; give the query with -d, or remove --get');
  if (json.length > 0) {
    const text = (
      await inTurn(json, (piece) => (piece.startsWith('@') ? readArgumentFile('--json', piece, signal) : piece))
    ).join('');
    return { kind: 'json', text, object: asObject(text) };
  }
  if (data.length === 0) return undefined;
  const text = (await inTurn(data, (piece) => textOf(piece, signal))).join('&');
  return { kind: 'form', text, object: asObject(text) };
}

async function textOf({ text, kind }: DataPiece, signal: AbortSignal): Promise<string> {
  switch (kind) {
    case 'raw':
      return text;
    case 'urlencode':
      return encoded(text, signal);
    case 'binary':
      return text.startsWith('@') ? readArgumentFile('--data-binary', text, signal) : text;
    case 'data':
      // curl strips line breaks and NUL from files of -d, but not from files of --json.
      return text.startsWith('@') ? (await readArgumentFile('-d', text, signal)).replaceAll(/[\r\n\0]/g, '') : text;
  }
}

/** `VALUE`, `=VALUE`, `NAME=VALUE`, `@FILE` or `NAME@FILE`: the value is encoded, the name is not. */
async function encoded(text: string, signal: AbortSignal): Promise<string> {
  const [, name = '', separator, rest = ''] = /^([^=@]*)([=@])(.*)$/s.exec(text) ?? [undefined, '', '=', text];
  const value = separator === '@' ? await readArgumentFile('--data-urlencode', `@${rest}`, signal) : rest;
  return `${name === '' ? '' : `${name}=`}${encodeURIComponent(value)}`;
}

/** One after the other: two of them may read stdin. */
export async function inTurn<From, To>(
  values: readonly From[],
  map: (value: From) => To | Promise<To>,
): Promise<readonly To[]> {
  const mapped: To[] = [];
  for (const value of values) mapped.push(await map(value));
  return mapped;
}

function asObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a JSON text holds a whole number that a JavaScript number can't represent. Parsing would change it. */
export function isInexact(json: string): boolean {
  const outside = json.replaceAll(/"(?:[^"\\]|\\.)*"/gs, '""');
  const whole = outside.match(/(?<![\d.eE+-])-?\d+(?![\d.eE])/g) ?? [];
  return whole.some((digits) => !Number.isFinite(Number(digits)) || BigInt(digits) !== BigInt(Number(digits)));
}

/** The text of FILE in `@FILE`, or of stdin in `@-`. @throws UsageError if the file can't be read */
export async function readArgumentFile(flag: string, argument: string, signal: AbortSignal): Promise<string> {
  const path = argument.slice(1);
  const shown = path === '-' ? 'stdin' : `the file ${path}`;
  let bytes: Buffer;
  try {
    bytes = await readInput(path, signal);
  } catch (error) {
    const { code = '' } = error as { code?: string };
    throw new UsageError(`${flag} ${argument}: can't read ${shown} (${code})`);
  }
  // Decoding would change bytes that are not UTF-8.
  if (!isUtf8(bytes)) throw new UsageError(`${flag} ${argument}: ${shown} is not UTF-8 text; convert it to UTF-8`);
  const text = bytes.toString('utf8');
  // A byte order mark is part of the file, not of the text; only --data-binary sends a file as it is.
  return flag === '--data-binary' ? text : text.replace(/^\ufeff/, '');
}
