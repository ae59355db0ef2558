import { ConfigError } from '../../errors.js';
import { digitsOf } from '../../values/compare.js';
import { describe } from '../../values/describe.js';
import { invalid } from '../../values/options.js';

/** A kind of bound, as values of one line: integers, or times in nanoseconds. */
export interface Scale {
  readonly from: bigint;
  readonly to: bigint;
  /** The smallest width of a part. */
  readonly unit: bigint;
  /** A value in the form of the given bounds. */
  write(value: bigint): string | number;
  /** The values that a field's value stands for: from the first up to the second; `undefined` if it is not comparable. */
  read(value: unknown): readonly [bigint, bigint] | undefined;
}

const of = 'splitRanges';

/** @throws ConfigError */
export function scaleOf(from: unknown, to: unknown, unit: unknown): Scale {
  const [a, b] = [times(from, 'from'), times(to, 'to')];
  const isDate = a?.form.kind === 'basic' && b?.form.kind === 'basic';
  const wantsNumbers = typeof unit === 'number' || (typeof unit === 'string' && /^\d+$/.test(unit));
  const isSameKind = a?.form.kind === b?.form.kind;
  if (a && b && isSameKind && !(isDate && wantsNumbers)) return timeScale(a, b, unit);
  const [low, high] = [integer(from), integer(to)];
  if (low !== undefined && high !== undefined) return numberScale(from, to, [low, high], unit);
  for (const [name, value] of [['from', from], ['to', to]] as const)
    if ((name === 'from' ? (a ?? low) : (b ?? high)) === undefined)
      throw invalid(of, name, value, `a time in ISO 8601 such as '2024-01-01T00:00:00Z', a date such as '2024-01-01', or a whole number`); // prettier-ignore
  throw new ConfigError(
    `are ${describe(from)} and ${describe(to)}; give both as times, both as dates, or both as whole numbers`,
    { of, options: ['from', 'to'] },
  );
}

function checkOrder(low: bigint, high: bigint, unit: bigint, from: unknown, to: unknown): void {
  if (low >= high)
    throw new ConfigError(`must be after from: ${describe(to)} is not after ${describe(from)}`, {
      of,
      options: ['to'],
      value: to,
    });
  if ((high - low) / unit > BigInt(Number.MAX_SAFE_INTEGER))
    throw new ConfigError('is too small: the range has more than 2⁵³ of them', { of, options: ['unit'] });
}

// ---- Whole numbers --------------------------------------------------------------------------------------------------

function integer(value: unknown): bigint | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : undefined;
  if (typeof value === 'bigint') return value;
  return typeof value === 'string' && /^-?\d{1,40}$/.test(value) ? BigInt(value) : undefined;
}

function numberScale(from: unknown, to: unknown, [low, high]: readonly [bigint, bigint], given: unknown): Scale {
  const unit = given === undefined ? 1n : integer(given);
  if (unit === undefined || unit < 1n)
    throw new ConfigError(
      `must be a whole number of at least 1, as from is one, not ${describe(given)}; a second is 1000 in milliseconds`,
      { of, options: ['unit'], value: given },
    );
  checkOrder(low, high, unit, from, to);
  return {
    from: low,
    to: high,
    unit,
    write: (value) =>
      typeof from === 'string' || !Number.isSafeInteger(Number(value)) ? String(value) : Number(value),
    read(value) {
      const digits =
        typeof value === 'number' && Number.isInteger(value) ? String(BigInt(value)) : (digitsOf(value) ?? value);
      if (typeof digits === 'string' && /^-?\d{1,40}$/.test(digits)) return [BigInt(digits), BigInt(digits) + 1n];
      if (typeof value === 'number') return [BigInt(Math.floor(value)), BigInt(Math.floor(value)) + 1n];
      // A time, where the bounds are its seconds, milliseconds or microseconds.
      const time = typeof value === 'string' ? parseTime(value) : undefined;
      const per = time && epochUnit(low > 0n ? low : high);
      if (time === undefined || per === undefined) return undefined;
      return [floor(time.at, per), floor(time.at + time.form.unit - 1n, per) + 1n];
    },
  };
}

const floor = (value: bigint, by: bigint): bigint => (value - (((value % by) + by) % by)) / by;

// ---- Times ----------------------------------------------------------------------------------------------------------

const second = 1_000_000_000n;
const units: Readonly<Record<string, bigint>> = {
  ns: 1n, us: 1000n, µs: 1000n, ms: 1_000_000n, s: 1_000_000_000n, m: 60_000_000_000n, h: 3_600_000_000_000n, d: 86_400_000_000_000n,
}; // prettier-ignore

/** How a time is written. */
interface Form {
  /** `20240131`, `2024-01-31`, or with a time of day. */
  readonly kind: 'basic' | 'date' | 'time';
  readonly between: string;
  readonly hasSeconds: boolean;
  readonly point: string;
  /** Digits after the point. */
  readonly digits: number;
  /** `Z`, `+02:00`, or nothing. */
  readonly zone: string;
  /** What the zone is ahead of UTC. */
  readonly ahead: bigint;
  /** What it can express, in nanoseconds. */
  readonly unit: bigint;
}

interface Time {
  /** Nanoseconds since 1970; of a time without a zone, as if it were UTC. */
  readonly at: bigint;
  readonly form: Form;
}

const pattern =
  /^(\d{4})(-?)(\d\d)\2(\d\d)(?:([Tt ])(\d\d):(\d\d)(?::(\d\d)(?:([.,])(\d{1,9}))?)?([Zz]|[+-]\d\d(?::?\d\d)?)?)?$/;

function parseTime(text: string): Time | undefined {
  const found = pattern.exec(text);
  if (!found) return undefined;
  const [, year, dash, month, day, between = '', hour = '0', minute = '0', seconds, point = '.', fraction = '', zone = ''] = found; // prettier-ignore
  if (dash === '' && between !== '') return undefined;
  const date = new Date(Date.UTC(2000, Number(month) - 1, Number(day)));
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  const isDate = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
  if (!isDate || Number(hour) > 23 || Number(minute) > 59 || Number(seconds ?? 0) > 59) return undefined;
  const [, sign, hours = '0', minutes = '0'] = /^([+-])(\d\d):?(\d\d)?$/.exec(zone) ?? [];
  const ahead = BigInt((sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes))) * 60n * second;
  const ofDay = BigInt(Number(hour) * 3600 + Number(minute) * 60 + Number(seconds ?? 0)) * second;
  const kind = between !== '' ? 'time' : dash === '' ? 'basic' : 'date';
  const hasSeconds = seconds !== undefined;
  const digits = fraction.length;
  return {
    at: BigInt(date.getTime()) * 1_000_000n + ofDay + BigInt(fraction.padEnd(9, '0')) - ahead,
    form: { kind, between, hasSeconds, point, digits, zone, ahead, unit: unitOf(kind, hasSeconds, digits) },
  };
}

const unitOf = (kind: Form['kind'], hasSeconds: boolean, digits: number): bigint =>
  kind !== 'time' ? 86_400n * second : hasSeconds ? second / 10n ** BigInt(digits) : 60n * second;

function writeTime(at: bigint, { kind, between, hasSeconds, point, digits, zone, ahead }: Form): string {
  const local = at + ahead;
  const ms = floor(local, 1_000_000n);
  const text = new Date(Number(ms)).toISOString();
  const date = text.slice(0, 10);
  if (kind !== 'time') return kind === 'basic' ? date.replaceAll('-', '') : date;
  if (!hasSeconds) return `${date}${between}${text.slice(11, 16)}${zone}`;
  const fraction = String(local - floor(local, second) * second).padStart(9, '0').slice(0, digits); // prettier-ignore
  return `${date}${between}${text.slice(11, 19)}${digits > 0 ? point + fraction : ''}${zone}`;
}

/** @throws ConfigError for a text that looks like a time but is none */
function times(value: unknown, name: string): Time | undefined {
  if (typeof value !== 'string') return undefined;
  const time = parseTime(value);
  if (time === undefined && /^\d{4}-/.test(value))
    throw invalid(of, name, value, `a time in ISO 8601 such as '2024-01-01T00:00:00Z', or a date such as '2024-01-01'`);
  return time;
}

function timeScale(from: Time, to: Time, given: unknown): Scale {
  if (from.form.kind === 'time' && (from.form.zone === '') !== (to.form.zone === ''))
    throw new ConfigError('must both have a zone (`Z` or `+02:00`), or none of them', { of, options: ['from', 'to'] });
  const finest = from.form.unit < to.form.unit ? from.form : to.form;
  const unit = given === undefined ? finest.unit : duration(given);
  if (finest.kind !== 'time' && unit % finest.unit !== 0n)
    throw new ConfigError(`is ${describe(given)}, but from and to are dates; write them with their time of day`, {
      of,
      options: ['unit'],
      value: given,
    });
  const [hasSeconds, digits] = [finest.hasSeconds || unit % (60n * second) !== 0n, digitsFor(unit)];
  const form = { ...from.form, hasSeconds, digits: Math.max(finest.digits, digits) };
  checkOrder(from.at, to.at, unit, writeTime(from.at, form), writeTime(to.at, form));
  return {
    from: from.at,
    to: to.at,
    unit,
    write: (value) => writeTime(value, form),
    read(value) {
      const time = typeof value === 'string' ? parseTime(value) : undefined;
      const digits = time ? undefined : typeof value === 'number' ? value : Number(digitsOf(value) ?? value);
      if (time) {
        // Without a zone it may be the time of any place.
        const isSame = form.kind === 'time' ? (time.form.zone === '') === (form.zone === '') : time.form.zone === '';
        const slack = isSame ? 0n : 14n * 3600n * second;
        return [time.at - slack, time.at + time.form.unit + slack];
      }
      if (
        digits === undefined ||
        !Number.isFinite(digits) ||
        value === null ||
        typeof value === 'boolean' ||
        value === ''
      )
        return undefined;
      const per = epochUnit(BigInt(Math.floor(digits)));
      const slack = form.zone === '' ? 14n * 3600n * second : 0n;
      const at = BigInt(Math.floor(digits)) * per;
      return [at - slack, at + per + slack];
    },
  };
}

/** How many digits of a second a unit needs. */
function digitsFor(unit: bigint): number {
  for (const digits of [0, 3, 6]) if (unit % (second / 10n ** BigInt(digits)) === 0n) return digits;
  return 9;
}

function duration(given: unknown): bigint {
  const [, count, name = ''] = /^(\d{1,9})(ns|us|µs|ms|s|m|h|d)$/.exec(typeof given === 'string' ? given : '') ?? [];
  if (!(Number(count) >= 1)) throw invalid(of, 'unit', given, `a time such as '1s', '1ms' or '1d', as from is a time`);
  return BigInt(count ?? 1) * (units[name] ?? 1n);
}

/** Whether a time since 1970 is in seconds, milliseconds, microseconds or nanoseconds: years from 1973 to 5138. */
function epochUnit(value: bigint): bigint {
  const size = value < 0n ? -value : value;
  return size < 10n ** 11n ? second : size < 10n ** 14n ? 1_000_000n : size < 10n ** 17n ? 1000n : 1n;
}
