import { InvalidArgumentError } from 'commander';
import type { ThrottleOptions } from '../../policies/throttle-requests.js';

const milliseconds = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;
type Unit = keyof typeof milliseconds;

/** A parser of whole numbers of at least `min`. */
export const wholeFrom =
  (min: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < min)
      throw new InvalidArgumentError(`Give a whole number of at least ${min}.`);
    return value;
  };

/** `a,b,c` */
export const list = (text: string): readonly string[] => {
  const names = text.split(',').map((name) => name.trim());
  if (names.includes('')) throw new InvalidArgumentError('Give names separated by commas, none of them empty.');
  return names;
};

/** A path, or JSON: a list of paths, or an object of paths by the names of lists. */
export function items(text: string): string | readonly string[] | Readonly<Record<string, string>> {
  if (!/^(\{|\[\s*")/.test(text)) return text;
  const parsed = fromJson(text);
  if (typeof parsed === 'object' && parsed !== null && Object.values(parsed).every((path) => typeof path === 'string'))
    return parsed as readonly string[] | Readonly<Record<string, string>>;
  throw new InvalidArgumentError('Give a path, or several as ["a", "b"] or {"NAME": "a"}.');
}

/** A read, or JSON: an object of reads by the parameters that they become. */
export function source(text: string): string | Readonly<Record<string, string>> {
  if (!text.startsWith('{')) return text;
  const parsed = fromJson(text);
  const reads = typeof parsed === 'object' && parsed !== null ? Object.values(parsed) : [];
  if (reads.length > 0 && reads.every((read) => typeof read === 'string')) return parsed as Record<string, string>;
  throw new InvalidArgumentError('Give a path or header:NAME, or several as {"PARAMETER": "PATH"}.');
}

/** `{"url": "/next"}` */
export function object(text: string): object {
  const parsed = fromJson(text);
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed;
  throw new InvalidArgumentError('Give a JSON object.');
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `results=false,more=0` */
export function pairs(text: string): Readonly<Record<string, string>> {
  const found = list(text).map(
    (pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)] as const,
  );
  if (list(text).some((pair) => !/^[^=]+=/.test(pair)))
    throw new InvalidArgumentError('Give pairs like results=false.');
  return Object.fromEntries(found);
}

/** `404,400` */
export const statuses = (text: string): readonly number[] => list(text).map(wholeFrom(100));

/** The number of an API's first page. */
export function parseStart(text: string): 0 | 1 {
  if (text !== '0' && text !== '1') throw new InvalidArgumentError('Give 0 or 1.');
  return text === '0' ? 0 : 1;
}

/** `30s`, `500ms`, `2m`, or seconds without a unit; in milliseconds. */
export const parseDuration = (text: string): number => durationFrom(1)(text);

/** The same, of at least so many milliseconds. */
export const durationFrom =
  (least: number) =>
  (text: string): number => {
    const [, count, unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text) ?? [];
    const value = Number(count) * milliseconds[unit as Unit];
    if (!(value >= least)) throw new InvalidArgumentError('Give a time like 30s, 500ms, 2m, or 30 for 30 seconds.');
    return value;
  };

const powers = { '': 0, k: 1, m: 2, g: 3 } as const;

/** `1048576`, `100M`, `1G`: bytes, as in curl. */
export function parseBytes(text: string): number {
  const [, count, unit = ''] = /^(\d+(?:\.\d+)?)([kmg]?)b?$/i.exec(text) ?? [];
  const value = Math.floor(Number(count) * 1024 ** powers[unit.toLowerCase() as keyof typeof powers]);
  if (!(value >= 1) || !Number.isSafeInteger(value))
    throw new InvalidArgumentError('Give a number of bytes, like 1048576, 100M or 1G.');
  return value;
}

/** `10/s`, `600/m`, `5/100ms`, or a number of requests per second. */
export function parseRate(text: string): ThrottleOptions {
  const [, limit, count = '1', unit = 's'] = /^(\d+)(?:\/(\d+)?(ms|s|m|h))?$/.exec(text) ?? [];
  const rate = { limit: Number(limit), interval: Number(count) * milliseconds[unit as Unit] };
  if (!(rate.limit >= 1) || rate.interval === 0)
    throw new InvalidArgumentError('Give requests per time, like 10/s, 600/m, 1/2s, or 10 for 10 per second.');
  return rate;
}
