import { describe, expect, it } from '@jest/globals';
import { parseHttpDate, parseRetryAfter, retryHint } from '../../lib/policies/retry-hint.js';

const now = Date.UTC(2026, 0, 1, 12, 0, 0);
const hint = (headers: Record<string, string>) => retryHint((name) => headers[name] ?? null, now);

describe('hints of how long to wait', () => {
  it('R6 in order of strength', () => {
    const all = {
      'retry-after-ms': '1500',
      'x-ms-retry-after-ms': '2500',
      'retry-after': '3',
      ratelimit: '"a";r=0;t=4',
      'ratelimit-remaining': '0',
      'ratelimit-reset': '5',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': '6',
    };
    const expected = [1500, 2500, 3000, 4000, 5000, 6000];
    const order = [
      'retry-after-ms',
      'x-ms-retry-after-ms',
      'retry-after',
      'ratelimit',
      'ratelimit-reset',
      'x-ratelimit-reset',
    ];
    const headers: Record<string, string> = { ...all };
    for (const [i, name] of order.entries()) {
      expect(hint(headers)).toBe(expected[i]);
      delete headers[name];
    }
    expect(hint(headers)).toBeUndefined();
  });

  it.each(['retry-after-ms', 'x-ms-retry-after-ms'])('R6 %s is milliseconds, and rounds up', (name) => {
    expect(hint({ [name]: '1.2' })).toBe(2);
    expect(hint({ [name]: '41.25' })).toBe(42);
    expect(hint({ [name]: ' 70 ' })).toBe(70);
    expect(hint({ [name]: '0' })).toBe(0);
    for (const invalid of ['', 'x7', '7x', '-7', '7.', '.5', '1e3', '0x10', '7 8']) {
      expect(hint({ [name]: invalid })).toBeUndefined();
      expect(hint({ [name]: invalid, 'retry-after': '3' })).toBe(3000);
    }
  });

  it.each(['0x10', '1e3', '5s', '-5', '2026-01-01T12:00:05Z', '', '5, 10', '1.', '.5', 'x5', 'Thu, 01 Jan 2026'])(
    'R7 Retry-After %j is invalid',
    (value) => {
      expect(hint({ 'retry-after': value })).toBeUndefined();
    },
  );

  it.each([
    ['0', 0], ['120', 120_000], [' 7 ', 7000], ['2.0', 2000], ['1.5', 2000], ['0.001', 1000],
    ['Thu, 01 Jan 2026 12:00:05 GMT', 5000], ['Thursday, 01-Jan-26 12:00:05 GMT', 5000], ['Thu Jan  1 12:00:05 2026', 5000],
    ['Thu, 01 Jan 2026 11:00:00 GMT', 0],
  ])('R7 Retry-After %j is %i ms', (value, ms) => {
    expect(hint({ 'retry-after': value })).toBe(ms);
  }); // prettier-ignore

  it.each([
    'Thu, 31 Feb 2026 12:00:00 GMT',
    'Thu, 01 Foo 2026 12:00:00 GMT',
    'Thu, 01 Jan 2026 25:00:00 GMT',
    'Thu, 01 Jan 2026 12:00:00 CET',
    'Thu, 01 Jan 2026 24:00:00 GMT',
    'Thu, 01 Jan 2026 12:60:00 GMT',
    'Thu, 01 Jan 2026 12:00:61 GMT',
    'Thu, 00 Jan 2026 12:00:00 GMT',
    'Thu, 32 Jan 2026 12:00:00 GMT',
    'xThu, 01 Jan 2026 12:00:00 GMT',
    'Thu, 01 Jan 2026 12:00:00 GMTx',
    'Th, 01 Jan 2026 12:00:00 GMT',
    'Thu, 1 Jan 2026 12:00:00 GMT',
    'Thu, 01 January 2026 12:00:00 GMT',
    'Thu, 01 Jan 226 12:00:00 GMT',
    'Thu, 01 Jan 2026 2:00:00 GMT',
    'Thu, 01 Jan 2026 12:0:00 GMT',
    'Thu, 01 Jan 2026 12:00:0 GMT',
    'Fr*day, 01-Jan-26 12:00:00 GMT',
    'Fri, 01-Jan-26 12:00:00 GMT',
    'Thursdayyyy, 01-Jan-26 12:00:00 GMT',
    'Thursday, 1-Jan-26 12:00:00 GMT',
    'Thursday, 01-January-26 12:00:00 GMT',
    'Thursday, 01-Jan-2026 12:00:00 GMT',
    'Thursday, 01-Jan-26 12:00:00 GMT+1',
    'x Thursday, 01-Jan-26 12:00:00 GMT',
    'Thu Jan 1 12:00:00 2026',
    'Thu Jan x1 12:00:00 2026',
    'Thu January  1 12:00:00 2026',
    'xThu Jan  1 12:00:00 2026',
    'Thu Jan  1 12:00:00 2026x',
    'Thu Jan  1 12:00:00 26',
    'Thu Jan  1 2:00:00 2026',
  ])('R7 %j is not an HTTP date', (text) => {
    expect(parseHttpDate(text)).toBeUndefined();
  });

  it('R7 every month, the last second of a day, and a leap second', () => {
    const names = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
    for (const [month, name] of names.entries())
      for (const text of [`Sun, 28 ${name} 2027 23:59:59 GMT`, `Sun ${name.toUpperCase()} 28 23:59:59 2027`])
        expect(parseHttpDate(text)).toBe(Date.UTC(2027, month, 28, 23, 59, 59));
    expect(parseHttpDate('Thu, 31 Dec 2026 23:59:60 GMT')).toBe(Date.UTC(2027, 0, 1));
  });

  it('R7 a two-digit year up to 50 years ahead is in the future', () => {
    const year = new Date().getUTCFullYear();
    const two = (full: number) => String(full % 100).padStart(2, '0');
    const parsed = (full: number) => new Date(parseHttpDate(`Friday, 01-Mar-${two(full)} 12:00:00 GMT`) ?? 0);
    expect(parsed(year + 50).getUTCFullYear()).toBe(year + 50);
    expect(parsed(year + 51).getUTCFullYear()).toBe(year + 51 - 100);
  });

  it('R7 a two-digit year more than 50 years ahead is in the past', () => {
    expect(parseHttpDate('Friday, 01-Jan-99 12:00:00 GMT')).toBe(Date.UTC(1999, 0, 1, 12));
  });

  it('R8 a date is read against the Date header, and rounds up', () => {
    const headers = { date: 'Thu, 01 Jan 2026 15:00:00 GMT', 'retry-after': 'Thu, 01 Jan 2026 15:00:05 GMT' };
    expect(hint(headers)).toBe(5000);
    expect(parseRetryAfter('Thu, 01 Jan 2026 12:00:05 GMT', now + 500)).toBe(5000);
  });

  it.each([
    ['30', 30_000], ['1.5', 1500], ['1.255', 1255], [String((now + 5000) / 1000), 6000], [String(now + 5000), 5000], [String(now - 5000), 0], ['soon', undefined],
  ])('R9 X-RateLimit-Reset %s is %s ms, and so is RateLimit-Reset', (value, ms) => {
    expect(hint({ 'ratelimit-remaining': '0', 'ratelimit-reset': value })).toBe(ms);
    expect(hint({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': value })).toBe(ms);
    expect(hint({ 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': value })).toBeUndefined();
  }); // prettier-ignore

  it('R6 spaces around the remaining count are ignored', () => {
    for (const prefix of ['', 'x-'])
      expect(hint({ [`${prefix}ratelimit-remaining`]: ' 0\t', [`${prefix}ratelimit-reset`]: ' 5 ' })).toBe(5000);
  });

  it('R6 a spent limit whose reset is unreadable defers to the next header', () => {
    const weaker = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '6' };
    expect(hint({ 'ratelimit-remaining': '0', 'ratelimit-reset': 'soon', ...weaker })).toBe(6000);
    expect(hint({ 'ratelimit-remaining': '0', ...weaker })).toBe(6000);
    expect(hint({ 'x-ratelimit-remaining': '0' })).toBeUndefined();
  });

  it('R8 R9 a time of reset is read against the Date header too', () => {
    const reset = String(Date.UTC(2026, 0, 1, 15, 0, 5));
    const headers = { date: 'Thu, 01 Jan 2026 15:00:00 GMT', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset };
    expect(hint(headers)).toBe(5000);
  });

  it('R9 from 1e9 on it is a time in seconds, from 1e12 on in milliseconds', () => {
    const reset = (value: string, at: number) =>
      retryHint((name) => ({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': value })[name] ?? null, at);
    expect(reset('999999999', 0)).toBe(999_999_999_000);
    expect(reset('1000000000', 1e12)).toBe(1000);
    expect(reset('999999999999', 999_999_999_999_000)).toBe(1000);
    expect(reset('1000000000000', 1e12 - 5)).toBe(5);
    expect(reset('1000000000000.5', 1e12)).toBe(1);
    for (const invalid of ['', 'x5', '5x', '5.', '.5', '-5']) expect(reset(invalid, 0)).toBeUndefined();
  });

  it.each([
    ['"a" ; r=0 ; t=5', 5000],
    ['"a";t=5;r=0', 5000],
    ['"a";r=0;t=1.0001', 1001],
    ['"a";r=0;t=5, broken', 5000],
    [`${' '.repeat(4096 - 11)}"a";r=0;t=5`, 5000],
    [`${' '.repeat(4096 - 10)}"a";r=0;t=5`, undefined],
    ['"a";r=0;xt=5', undefined],
    ['"a";r=0;t=5x', undefined],
    ['"a";r=0;t=x5', undefined],
    ['"a";r=0;t=', undefined],
    ['"a";r=00;t=5', undefined],
  ])('R6 RateLimit %j is %s ms', (value, ms) => {
    expect(hint({ ratelimit: value })).toBe(ms);
  });

  it.each(['', ';;;', 'r=0', '"a";r=0', '"a";r=0;t=x', '"a";r=1;t=5', 'limit=100', '"a";r=0;t=-5'])(
    'a malformed or unspent RateLimit %j gives no hint',
    (value) => {
      expect(hint({ ratelimit: value })).toBeUndefined();
    },
  );

  it('the longest of several spent limits counts', () => {
    expect(hint({ ratelimit: '"hour";r=0;t=50, "day";r=3;t=500, "minute";r=0;t=7' })).toBe(50_000);
  });
});
