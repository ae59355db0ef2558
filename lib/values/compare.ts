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

/** A short hash of a value: equal for equal JSON, whatever the order of its keys. Not for secrecy against guessing. */
export function fingerprint(value: unknown): string {
  return hash(canonical(value));
}

function canonical(value: unknown): string {
  if (value === undefined) return 'undefined';
  if (typeof value === 'bigint') return `${String(value)}n`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? typeof value;
  if (value instanceof URLSearchParams || value instanceof Date) return JSON.stringify(String(value));
  if (ArrayBuffer.isView(value)) return `bytes ${hash(String(bytesOf(value)))}`;
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const entries = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join(',')}}`;
}

const bytesOf = (view: ArrayBufferView) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);

// cyrb53: 53 bits, synchronous everywhere, which crypto.subtle is not.
function hash(text: string): string {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    a = Math.imul(a ^ c, 2654435761);
    b = Math.imul(b ^ c, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return (4294967296 * (2097151 & b) + (a >>> 0)).toString(36);
}

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
