import { fingerprint, sameJson } from './compare.js';

/** Names of keys, best first. */
const keyNames = [/(^|\/)_?(id|uuid|guid|key|slug|sku)$/i, /(_id|I[dD])$/];
const idName = /(^|\/)_?id$/i;

/** Names of fields that belong to the answer, whatever they hold: another one each time. */
const ofAnswer = /(^|\/)(x[-_])?(request|response|trace|span|correlation)[-_]?(id|uuid)$|(^|\/)nonce$/i;

/** Parameters that sign a URL, or say how long it is valid. */
const signed = /[?&][^=&]*(sig|token|expir|hmac|policy|credential|nonce)[^=&]*=/i;

/** How many fields of an item are compared at most, and how deep. */
const mostFields = 200;
const deepest = 6;

/** The scalars of an item, by their paths. */
type Fields = ReadonlyMap<string, unknown>;

/**
 * Whether two pages hold the same items though a volatile field differs, such as a signed URL, a clock or the id of a request (P16): the
 * same keys in the same order, and more than half of all other fields equal. Metrics, which keep their keys and change
 * the rest, are not alike, nor are rows of another hour or day. Pages of other items are told apart by their first
 * ones.
 * @param a the page that has just come
 * @param b the page before it, or the first one
 */
export function alikeItems(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length || isOther(a[0], b[0])) return false;
  try {
    return alike(a, b);
  } catch {
    return false; // A getter or a Proxy threw.
  }
}

/** Whether a page of these items is unlikely to come again by chance: they have keys, or at least five differ. */
export function areTelling(items: readonly unknown[]): boolean {
  try {
    return keysOf(fieldsOf(items[0])).length > 0 || new Set(items.slice(0, 100).map(fingerprint)).size >= 5;
  } catch {
    return false; // A getter or a Proxy threw.
  }
}

/** The cheap answer for most pages: the first items have other ids, or no fields. */
function isOther(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return true;
  const { id } = a as { id?: unknown };
  return typeof id !== 'object' && id !== (b as typeof a & { id?: unknown }).id;
}

function alike(a: readonly unknown[], b: readonly unknown[]): boolean {
  let before: Fields = new Map();
  let keys = keysOf(fieldsOf(a[0]));
  const named = keys.length;
  const values = new Set<string>();
  let fields = 0;
  let equal = 0;
  for (const [i, item] of a.entries()) {
    const x = fieldsOf(item);
    const y = fieldsOf(b[i]);
    if (i === 0 && named === 0) keys = [...x.keys()];
    // Without a name for it, the key is what differs from item to item, and not from page to page.
    keys = keys.filter((key) => sameJson(x.get(key), y.get(key)) && (named > 0 || x.get(key) !== before.get(key)));
    if (keys.length === 0 || keys.length < named) return false;
    values.add(JSON.stringify(keys.map((key) => x.get(key))));
    for (const name of new Set([...x.keys(), ...y.keys()])) {
      fields++;
      if (!x.has(name) || !y.has(name)) continue;
      if (ofAnswer.test(name) || isSame(x.get(name), y.get(name))) equal++;
      else if (isOtherTime(x.get(name), y.get(name))) return false;
    }
    before = x;
  }
  const inKeys = keys.length * a.length;
  return (named > 0 || a.length > 1) && values.size === a.length && (equal - inKeys) * 2 > fields - inKeys;
}

function fieldsOf(value: unknown, path = '', depth = 0, fields = new Map<string, unknown>()): Fields {
  const prototype: unknown = typeof value === 'object' && value !== null ? Object.getPrototypeOf(value) : undefined;
  if (depth === deepest || ![Object.prototype, Array.prototype, null].includes(prototype as object))
    return fields.set(path, value);
  for (const [name, member] of Object.entries(value as object))
    if (fields.size < mostFields) fieldsOf(member, depth === 0 ? name : `${path}/${name}`, depth + 1, fields);
  return fields;
}

/** The paths of an item's keys by name, the shallowest ones. */
function keysOf(fields: Fields): string[] {
  for (const name of keyNames) {
    const found = [...fields.keys()].filter((path) => name.test(path));
    const depths = found.map((path) => path.split('/').length);
    const shallow = found.filter((_path, i) => depths[i] === Math.min(...depths));
    const ids = shallow.filter((path) => idName.test(path));
    if (found.length > 0) return ids.length > 0 ? ids : shallow;
  }
  return [];
}

/** Whether two fields are equal; of a signed URL, the part before its query. Times are, if the first one is now. */
const isSame = (a: unknown, b: unknown): boolean =>
  sameJson(a, b) ||
  (isNow(timeOf(a)) && timeOf(b) !== undefined) ||
  (typeof a === 'string' && typeof b === 'string' && signed.test(a) && signed.test(b) && bare(a) === bare(b));

const minute = 60_000;
const hour = 60 * minute;

/** The time in a field, in milliseconds: a date, with a time or without, or the seconds or milliseconds since 1970. */
function timeOf(value: unknown): number | undefined {
  if (typeof value === 'string' && /^\d{4}-\d\d(-\d\d([T ]\d\d:.*)?)?$/.test(value))
    return Date.parse(value) || undefined;
  if (typeof value !== 'number' || !(value > 1e9 && value < 1e13)) return undefined;
  return value < 1e10 ? value * 1000 : value > 1e12 ? value : undefined;
}

/** Whether a time is that of the answer, as a clock shows it. */
const isNow = (time = 0): boolean => Math.abs(Date.now() - time) < minute;

/** Whether two times show that the data differ: from page to page, no clock goes back, or forward by an hour. */
function isOtherTime(a: unknown, b: unknown): boolean {
  const passed = Number(timeOf(a)) - Number(timeOf(b));
  return passed >= hour || passed <= -minute;
}

const bare = (url: string): string => url.replace(/\?.*/s, '');

/**
 * A short text by which a later run recognizes a page: the number of items, the first one's keys, all keys, and some of
 * the first one's other fields. If no field has the name of a key: the first item, and all items.
 */
export function sketchOf(items: readonly unknown[]): string {
  try {
    const first = fieldsOf(items[0]);
    const keys = keysOf(first);
    const times = [...first].filter(([, value]) => timeOf(value) !== undefined).map(([path]) => path);
    const data = times.filter((path) => !isNow(timeOf(first.get(path))));
    const keyed = (item: unknown): unknown => {
      const fields = keys.length === 0 ? undefined : fieldsOf(item);
      const hourOf = (path: string) => Math.floor((timeOf(fields?.get(path)) ?? 0) / hour);
      return fields === undefined ? item : [...keys.map((key) => fields.get(key)), ...data.map(hourOf)];
    };
    const isOther = ([path]: [string, unknown]) =>
      !keys.includes(path) && !times.includes(path) && !ofAnswer.test(path);
    const others = keys.length === 0 ? [] : [...first].filter(isOther).slice(0, 12);
    const parts = [keyed(items[0]), items.map(keyed), ...others].map(fingerprint);
    return [items.length, ...parts.map((part, i) => (i < 2 ? part : part.slice(-5)))].join(':');
  } catch {
    return ''; // A getter or a Proxy threw. It fits no page.
  }
}

/** Whether a page matches a sketch, apart from volatile fields. Most pages differ in their first item. */
export function fitsSketch(items: readonly unknown[], sketch: string): boolean {
  const [count, ...parts] = sketch.split(':');
  if (count !== String(items.length) || sketchOf(items.slice(0, 1)).split(':')[1] !== parts[0]) return false;
  const [first, all, ...others] = sketchOf(items).split(':').slice(1);
  const equal = others.filter((part, i) => part === parts[i + 2]).length;
  return first === parts[0] && all === parts[1] && (parts.length === 2 || equal * 2 > parts.length - 2);
}
