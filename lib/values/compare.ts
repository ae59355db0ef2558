/**
 * Whether two JSON values are equal, at any depth. Values that can't be read are unequal. Parts that are the same
 * object in both cost nothing, so copies with one change are cheap to compare.
 */
export function sameJson(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (!isObject(a) || !isObject(b)) return false;
  try {
    return sameObjects(a, b);
  } catch {
    return false; // A getter or a Proxy threw.
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** How many pairs are compared before they are remembered: only cycles and huge values have more. */
const patience = 10_000;

function sameObjects(a: object, b: object): boolean {
  const open: object[] = [a, b]; // Not by recursion: a body may be 100,000 levels deep.
  let seen: Map<object, Set<object>> | undefined;
  let compared = 0;

  /** Compares primitive values now, and queues objects. */
  const maySame = (a: unknown, b: unknown): boolean => {
    if (Object.is(a, b)) return true;
    return isObject(a) && isObject(b) && open.push(a, b) > 0;
  };
  for (;;) {
    const b = open.pop();
    const a = open.pop();
    if (a === undefined || b === undefined) return true;
    if (++compared > patience) {
      seen ??= new Map();
      const others = seen.get(a) ?? new Set();
      if (others.has(b)) continue;
      seen.set(a, others.add(b));
    }
    if (!sameMembers(a, b, maySame)) return false;
  }
}

function sameMembers(a: object, b: object, maySame: (a: unknown, b: unknown) => boolean): boolean {
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    return a.every((item, i) => maySame(item, b[i]));
  }
  if (!isPlain(a) || !isPlain(b)) return sameText(a, b);
  const keys = Object.keys(a);
  for (const key of keys) if (!Object.hasOwn(b, key) || !maySame(a[key], b[key])) return false;
  return keys.length === Object.keys(b).length;
}

/** Compares forms, and numbers of a lossless JSON parser. Other classes are unequal: they may have hidden content. */
const sameText = (a: object, b: object): boolean => {
  if (a instanceof URLSearchParams && b instanceof URLSearchParams) return a.toString() === b.toString();
  const digits = digitsOf(a);
  return digits !== undefined && digits === digitsOf(b);
};

const isPlain = (value: object): value is Record<string, unknown> => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

/**
 * A short hash of a value: equal for equal JSON, in any order of keys. It does not protect a secret from guessing.
 * Takes any value and never throws: what is deeper than 100 levels, or comes after 20,000 objects, makes no difference.
 */
export function fingerprint(value: unknown): string {
  try {
    return hash(canonical(value));
  } catch {
    return hash('unreadable'); // A getter or a Proxy threw.
  }
}

function canonical(value: unknown): string {
  let levels = 100;
  let objects = 20_000;

  function write(value: unknown): string {
    const alone = isObject(value) ? instance(value) : scalar(value);
    if (alone !== undefined) return alone;
    if (levels === 0 || --objects < 0) return '…';
    levels--;
    const text = Array.isArray(value)
      ? `[${Array.from(value, write).join()}]`
      : `{${membersOf(value as object).map(([key, member]) => `${JSON.stringify(key)}:${write(member)}`).join()}}`; // prettier-ignore
    levels++;
    return text;
  }
  return write(value);
}

function scalar(value: unknown): string {
  if (value === undefined) return 'undefined';
  if (typeof value === 'bigint') return `${value}n`;
  return JSON.stringify(value) ?? typeof value;
}

/** Objects that hold one value which their members do not show, such as dates and bytes. */
function instance(value: object): string | undefined {
  if (Array.isArray(value) || isPlain(value)) return undefined; // Most are.
  if (value instanceof URLSearchParams || value instanceof Date) return JSON.stringify(String(value));
  if (ArrayBuffer.isView(value)) return `bytes ${hash(String(bytesOf(value)))}`;
  return value instanceof ArrayBuffer ? `bytes ${hash(String(new Uint8Array(value)))}` : upload(value);
}

/** Whether bodies of this kind can be compared (S14): the content of blobs and files can't be read now. */
export const isComparable = (body: unknown): boolean => !isObject(body) || !(upload(body)?.includes(hidden) ?? false);

const hidden = '\u0000content';

/** A form by its texts. Blobs, and the files of a form, have their size, type and name, and hidden content. */
function upload(value: object): string | undefined {
  const kind = Object.prototype.toString.call(value); // Not by instanceof: accessing FormData loads half of Node's own fetch.
  if (kind === '[object FormData]')
    return `form ${[...(value as FormData)].map(([name, part]) => JSON.stringify(name) + (typeof part === 'string' ? JSON.stringify(part) : (upload(part) ?? ''))).join()}`;
  if (kind !== '[object Blob]' && kind !== '[object File]') return undefined;
  const { size, type, name = '' } = value as Blob & { name?: string };
  return `blob ${size} ${JSON.stringify(type)} ${JSON.stringify(name)} ${hidden}`;
}

const membersOf = (value: object): [string, unknown][] =>
  Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));

const bytesOf = (view: ArrayBufferView) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);

// cyrb53: 53 bits and synchronous, unlike crypto.subtle.
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
 * The digits of a bigint, or of a number object from a lossless JSON parser (lossless-json, bignumber.js); `undefined`
 * for anything else, including classes with another toString.
 */
export function digitsOf(value: unknown): string | undefined {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { toString: write } = value as { toString?: unknown };
  if (typeof write !== 'function' || write === Object.prototype.toString) return undefined;
  const text: unknown = write.call(value);
  return typeof text === 'string' && /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) ? text : undefined;
}
