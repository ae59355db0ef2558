import { fingerprint } from '../../values/fingerprint.js';
import { failure } from './trial.js';

/** Whether two values hold the same, of whatever class. */
export const isSame = (a: unknown, b: unknown): boolean => fingerprint(a) === fingerprint(b);

/** @throws Error which shows both */
export function expectSame(what: string, found: unknown, expected: unknown): void {
  if (!isSame(found, expected)) throw failure(`${what}: ${show(found)}, and not ${show(expected)}`);
}

/** A value in an error: its JSON, up to a length. */
export function show(value: unknown): string {
  let text: string;
  try {
    text = JSON.stringify(value) ?? String(value);
  } catch {
    text = String(value);
  }
  return text.length > 300 ? `${text.slice(0, 299)}…` : text;
}
