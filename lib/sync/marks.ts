import type { Json } from '../page.js';
import { digitsOf } from '../values/compare.js';

/** How values are compared. */
export type MarkKind = 'time' | 'number' | 'text';

/** A value that can be compared with others of its kind. */
export interface Mark {
  readonly kind: MarkKind;
  /** As it stands in the item. */
  readonly raw: string | number;
  /** Milliseconds since 1970, for times; the digits, for numbers; the text itself. */
  readonly at: number | string;
  /** The digits of a time below a millisecond, without zeros at the end. */
  readonly below: string;
}

/** ISO 8601: a date alone, or with a time of any precision, in UTC where no zone is given. */
const iso = /^(\d{4})-(\d\d)-(\d\d)(?:([T ])(\d\d):(\d\d)(?::(\d\d)(?:([.,])(\d+))?)?\s?(Z|[+-]\d\d(?::?\d\d)?)?)?$/i;
/** The date of mail and HTTP: `Tue, 24 Feb 2026 00:00:00 GMT`. */
const mail = /^(?:[a-z]{3}, )?\d{1,2} [a-z]{3} \d{4} \d\d:\d\d(?::\d\d)? (?:GMT|UTC|Z|[+-]\d{4})$/i;
/** Dates whose texts have another order than their times: 24/02/2026, Feb 24, 2026. */
const disordered =
  /^\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}\b|^[a-z]{3,9}\.? \d{1,2},? \d{4}\b|^[a-z]{3,9},? \d{1,2} [a-z]{3}/i;
const decimal = /^-?\d+(\.\d+)?$/;

/**
 * @param kind how the values of this job are compared; without it, the value decides
 * @returns `undefined` if the value can't be compared so
 */
export function markOf(value: unknown, kind?: MarkKind): Mark | undefined {
  const raw = typeof value === 'string' || typeof value === 'number' ? value : digitsOf(value);
  if (raw === undefined || raw === '') return undefined;
  if (kind === 'text') return typeof raw === 'string' ? { kind, raw, at: raw, below: '' } : undefined;
  const time = typeof raw === 'string' && kind !== 'number' ? timeOf(raw) : undefined;
  if (time !== undefined || kind === 'time') return time;
  const digits = decimalOf(raw);
  if (digits !== undefined || kind === 'number' || typeof raw === 'number')
    return digits === undefined ? undefined : { kind: 'number', raw, at: digits, below: '' };
  return disordered.test(raw) ? undefined : { kind: 'text', raw, at: raw, below: '' };
}

function timeOf(raw: string): Mark | undefined {
  const [, year, month, day, , hour = '0', minute = '0', second = '0', , fraction = '', zone = 'Z'] =
    iso.exec(raw) ?? [];
  if (year === undefined) {
    const at = mail.test(raw) ? Date.parse(raw) : NaN;
    return Number.isNaN(at) ? undefined : { kind: 'time', raw, at, below: '' };
  }
  const [date, clock] = [[year, month, day].map(Number), [hour, minute, second].map(Number)] as [number[], number[]];
  const utc = Date.UTC(
    date[0] ?? 0,
    (date[1] ?? 0) - 1,
    date[2],
    clock[0],
    clock[1],
    clock[2],
    Number(fraction.slice(0, 3).padEnd(3, '0')),
  );
  // 2026-02-31 is no date, and 24:00 and the leap second 60 are the next day.
  if (new Date(Date.UTC(date[0] ?? 0, (date[1] ?? 0) - 1, date[2])).getUTCDate() !== date[2]) return undefined;
  if ((clock[0] ?? 0) > 24 || (clock[1] ?? 0) > 59 || (clock[2] ?? 0) > 60) return undefined;
  return { kind: 'time', raw, at: utc - offsetOf(zone), below: fraction.slice(3).replace(/0+$/, '') };
}

/** Milliseconds that a zone is ahead of UTC. */
function offsetOf(zone: string): number {
  const [, sign, hours = '0', minutes = '0'] = /^([+-])(\d\d):?(\d\d)?$/.exec(zone) ?? [];
  return sign === undefined ? 0 : (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}

function decimalOf(raw: string | number): string | undefined {
  const text = String(raw);
  if (decimal.test(text)) return text;
  const value = Number(raw);
  // 1e21 and 1e-7 are written out.
  return Number.isFinite(value) && text.trim() !== '' && /^-?\d/.test(text) ? (Number.isInteger(value) ? BigInt(value).toString() : value.toFixed(20)) : undefined; // prettier-ignore
}

/** Negative if `a` is older than `b`. Both are of one kind. */
export function compareMarks(a: Mark, b: Mark): number {
  if (a.kind === 'number') return compareDecimals(a.at as string, b.at as string);
  if (a.at !== b.at) return a.at < b.at ? -1 : 1;
  return a.below === b.below ? 0 : a.below < b.below ? -1 : 1; // Digits after the point: 5 is more than 45.
}

function compareDecimals(a: string, b: string): number {
  const [negative, positive] = [a.startsWith('-'), b.startsWith('-')];
  const [x = '', xs = ''] = a.replace('-', '').split('.');
  const [y = '', ys = ''] = b.replace('-', '').split('.');
  const width = Math.max(x.length, y.length);
  const digits = Math.max(xs.length, ys.length);
  const left = x.padStart(width, '0') + xs.padEnd(digits, '0');
  const right = y.padStart(width, '0') + ys.padEnd(digits, '0');
  const isZero = (text: string) => /^0*$/.test(text);
  const signs = (isZero(left) || !negative ? 1 : -1) - (isZero(right) || !positive ? 1 : -1);
  if (signs !== 0) return Math.sign(signs);
  if (left === right) return 0;
  return (left < right ? -1 : 1) * (negative && positive ? -1 : 1);
}

/**
 * A value that is older by `ms` milliseconds, or, for numbers that are no times, by that number; written as the value
 * is, and rounded down to its precision.
 * @returns `undefined` for a text
 */
export function earlier(mark: Mark, ms: number): Mark | undefined {
  if (ms === 0) return mark;
  const { kind, raw } = mark;
  if (kind === 'text') return undefined;
  if (kind === 'time') return markOf(writeTime(raw as string, (mark.at as number) - ms), 'time');
  const unit = epochUnit(mark);
  const less = String(Math.ceil(unit === undefined ? ms : ms * unit));
  const [whole = '0'] = (mark.at as string).split('.');
  const shifted = (BigInt(whole) - BigInt(less)).toString();
  return markOf(typeof raw === 'number' ? Number(shifted) : shifted, 'number');
}

/** How many units of a number are a millisecond, if it is a time since 1970: seconds, milliseconds, µs or ns. */
export function epochUnit({ kind, at }: Mark): number | undefined {
  if (kind !== 'number') return undefined;
  const digits = (at as string).replace(/^-|\..*/g, '').length;
  return digits < 9 ? undefined : digits <= 11 ? 0.001 : digits <= 14 ? 1 : digits <= 17 ? 1000 : digits <= 20 ? 1e6 : undefined; // prettier-ignore
}

/** The moment of a time or of a time since 1970; `undefined` for other values. */
export function momentOf(mark: Mark): number | undefined {
  if (mark.kind === 'time') return mark.at as number;
  const unit = epochUnit(mark);
  return unit === undefined ? undefined : Number(mark.at) / unit;
}

/** A moment, written as `like` is. */
export function markAt(ms: number, like: Mark): Mark | undefined {
  if (like.kind === 'time') return markOf(writeTime(like.raw as string, ms), 'time');
  const unit = epochUnit(like);
  if (unit === undefined) return undefined;
  const value = Math.floor(ms * unit);
  return markOf(typeof like.raw === 'number' ? value : String(value), 'number');
}

/** A moment with the precision and the zone of another time. Digits below a millisecond become 0. */
function writeTime(like: string, ms: number): string {
  const [, year, , , between, , , second, point = '.', fraction, zone] = iso.exec(like) ?? [];
  if (year === undefined) return new Date(ms).toUTCString();
  const local = new Date(ms + offsetOf(zone ?? 'Z')).toISOString();
  const [date = '', clock = ''] = local.split('T');
  if (between === undefined) return date;
  const digits =
    fraction === undefined ? '' : point + clock.slice(9, 12).padEnd(fraction.length, '0').slice(0, fraction.length);
  return date + between + clock.slice(0, second === undefined ? 5 : 8) + digits + (zone ?? '');
}

/** A mark as JSON holds it. */
export const rawOf = ({ raw }: Mark): Json => raw;
