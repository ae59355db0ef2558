/**
 * The digits of a bigint, or of a number object of a JSON parser that keeps all digits (lossless-json, bignumber.js);
 * `undefined` for anything else, a class with a text of its own above all.
 */
export function digitsOf(value: unknown): string | undefined {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { toString: write } = value as { toString?: unknown };
  if (typeof write !== 'function' || write === Object.prototype.toString) return undefined;
  const text: unknown = write.call(value);
  return typeof text === 'string' && /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) ? text : undefined;
}
