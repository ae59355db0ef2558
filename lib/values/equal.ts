import { digitsOf } from './digits.js';

/** Whether two JSON values are the same. Parts that are one object cost nothing, so copies with one change are cheap to compare. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    return a.every((item, i) => sameJson(item, b[i]));
  }
  if (!isPlain(a) || !isPlain(b)) return sameText(a, b);
  const keys = Object.keys(a);
  for (const key of keys) if (!Object.hasOwn(b, key) || !sameJson(a[key], b[key])) return false;
  return keys.length === Object.keys(b).length;
}

/** Forms, and numbers of a JSON parser that keeps all digits. Other classes are not looked into: they may hold more than they show. */
const sameText = (a: object, b: object): boolean => {
  if (a instanceof URLSearchParams && b instanceof URLSearchParams) return a.toString() === b.toString();
  const digits = digitsOf(a);
  return digits !== undefined && digits === digitsOf(b);
};

const isPlain = (value: object): value is Record<string, unknown> => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};
