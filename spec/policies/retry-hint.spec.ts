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

  it.each(['0x10', '1e3', '5s', '-5', '2026-01-01T12:00:05Z', '', '5, 10', '1.5', 'Thu, 01 Jan 2026'])(
    'R7 Retry-After %j is invalid',
    (value) => {
      expect(hint({ 'retry-after': value })).toBeUndefined();
    },
  );

  it.each([
    ['0', 0], ['120', 120_000], [' 7 ', 7000],
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
  ])('R7 %j is no HTTP date', (text) => {
    expect(parseHttpDate(text)).toBeUndefined();
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
    ['30', 30_000], ['1.5', 1500], [String((now + 5000) / 1000), 6000], [String(now + 5000), 5000], [String(now - 5000), 0], ['soon', undefined],
  ])('R9 X-RateLimit-Reset %s is %s ms, and so is RateLimit-Reset', (value, ms) => {
    expect(hint({ 'ratelimit-remaining': '0', 'ratelimit-reset': value })).toBe(ms);
    expect(hint({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': value })).toBe(ms);
    expect(hint({ 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': value })).toBeUndefined();
  }); // prettier-ignore

  it.each(['', ';;;', 'r=0', '"a";r=0', '"a";r=0;t=x', '"a";r=1;t=5', 'limit=100', '"a";r=0;t=-5'])(
    'a malformed or unspent RateLimit %j tells nothing',
    (value) => {
      expect(hint({ ratelimit: value })).toBeUndefined();
    },
  );

  it('the longest of several spent limits counts', () => {
    expect(hint({ ratelimit: '"hour";r=0;t=50, "day";r=3;t=500, "minute";r=0;t=7' })).toBe(50_000);
  });
});
