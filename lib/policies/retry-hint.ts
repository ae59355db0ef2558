import type { HeaderReader } from '../failure.js';

// This file imports only types: browsers load it with p-retry, separately.

/**
 * Milliseconds that the server asks to wait before the next request; `undefined` if it gives no readable hint.
 * Strongest first: retry-after-ms, x-ms-retry-after-ms, Retry-After, `RateLimit` with r=0, RateLimit-Reset,
 * X-RateLimit-Reset with nothing remaining.
 */
export function retryHint(get: HeaderReader, now?: number): number | undefined {
  const precise = millis(get('retry-after-ms')) ?? millis(get('x-ms-retry-after-ms'));
  if (precise !== undefined) return precise;
  const retryAfter = get('retry-after');
  // Present but invalid means plain backoff: a weaker header does not override what the server meant to say.
  if (retryAfter !== null) return parseRetryAfter(retryAfter, serverNow(get, now));
  return exhausted(get, now);
}

/** Milliseconds until a used-up rate limit resets, if the answer says so. */
export function exhausted(get: HeaderReader, now?: number): number | undefined {
  const usedUp = (name: string) => get(name)?.trim() === '0';
  return (
    rateLimit(get('ratelimit')) ??
    // The draft says seconds; GitLab sends a timestamp.
    (usedUp('ratelimit-remaining') ? resetAt(get('ratelimit-reset'), serverNow(get, now)) : undefined) ??
    (usedUp('x-ratelimit-remaining') ? resetAt(get('x-ratelimit-reset'), serverNow(get, now)) : undefined)
  );
}

/** The server's clock, if the answer has a Date: the local clock may be hours off. */
const serverNow = (get: HeaderReader, now = Date.now()): number => parseHttpDate(get('date') ?? '') ?? now;

/**
 * `Retry-After`: seconds (RFC 9110: whole ones; fractions are sent too) or an HTTP date, relative to the server's
 * clock; waits round up.
 */
export function parseRetryAfter(value: string, serverNow: number): number | undefined {
  const text = value.trim();
  if (/^\d+(\.\d+)?$/.test(text)) return Math.ceil(Number(text)) * 1000;
  const date = parseHttpDate(text);
  return date === undefined ? undefined : Math.max(0, Math.ceil((date - serverNow) / 1000) * 1000);
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const imfFixdate = /^\w{3}, (?<day>\d{2}) (?<month>\w{3}) (?<year>\d{4}) (?<time>\d{2}:\d{2}:\d{2}) GMT$/;
const rfc850 = /^\w{6,9}, (?<day>\d{2})-(?<month>\w{3})-(?<year>\d{2}) (?<time>\d{2}:\d{2}:\d{2}) GMT$/;
const asctime = /^\w{3} (?<month>\w{3}) (?<day>[ \d]\d) (?<time>\d{2}:\d{2}:\d{2}) (?<year>\d{4})$/;

/** One of RFC 9110's three date formats in epoch milliseconds; rejects whatever else `Date.parse` accepts. */
export function parseHttpDate(text: string): number | undefined {
  const groups = (imfFixdate.exec(text) ?? rfc850.exec(text) ?? asctime.exec(text))?.groups;
  if (!groups) return undefined;
  const { day = '', month = '', year = '', time = '' } = groups;
  const monthIndex = months.indexOf(month.toLowerCase());
  const [hours = 0, minutes = 0, secs = 0] = time.split(':').map(Number);
  if (monthIndex === -1 || hours > 23 || minutes > 59 || secs > 60) return undefined;
  const date = Date.UTC(fullYear(year), monthIndex, Number(day), hours, minutes, secs);
  return new Date(date).getUTCDate() === Number(day) || secs === 60 ? date : undefined;
}

// RFC 9110: a two-digit year more than 50 years ahead is in the past.
function fullYear(year: string): number {
  if (year.length === 4) return Number(year);
  const thisYear = new Date().getUTCFullYear();
  const full = Math.floor(thisYear / 100) * 100 + Number(year);
  return full > thisYear + 50 ? full - 100 : full;
}

const millis = (value: string | null): number | undefined =>
  value !== null && /^\d+(\.\d+)?$/.test(value.trim()) ? Math.ceil(Number(value)) : undefined;

const seconds = (value: string | null): number | undefined =>
  value !== null && /^\d+(\.\d+)?$/.test(value.trim()) ? Math.ceil(Number(value) * 1000) : undefined;

/**
 * `RateLimit: "policy";r=0;t=30` (the draft's structured field): the longest `t` of the members with nothing remaining.
 */
function rateLimit(value: string | null): number | undefined {
  if (value === null || value.length > 4096) return undefined;
  const waits = value.split(',').flatMap((member) => {
    const parameters = member.split(';').map((part) => part.trim());
    const time = parameters.find((part) => part.startsWith('t='));
    const wait = parameters.includes('r=0') && time !== undefined ? seconds(time.slice(2)) : undefined;
    return wait === undefined ? [] : [wait];
  });
  return waits.length === 0 ? undefined : Math.max(...waits);
}

/**
 * X-RateLimit-Reset has no specification, and servers do not follow RateLimit-Reset's. From 1e12 the value is epoch
 * milliseconds, from 1e9 epoch seconds, otherwise seconds from now.
 */
function resetAt(value: string | null, now: number): number | undefined {
  if (value === null || !/^\d+(\.\d+)?$/.test(value.trim())) return undefined;
  const reset = Number(value);
  const wait = reset >= 1e12 ? reset - now : reset >= 1e9 ? (reset + 1) * 1000 - now : reset * 1000;
  return Math.max(0, Math.ceil(wait));
}
