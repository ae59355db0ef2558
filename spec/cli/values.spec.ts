import { describe, expect, it } from '@jest/globals';
import { parseDuration, parseRate, parseStart, source, wholeFrom } from '../../lib/cli/flags/parse-values.js';
import { counted, retried, shellQuoted } from '../../lib/cli/terminal/words.js';

describe('values of flags', () => {
  it.each([
    ['10', 10, 1000],
    ['10/s', 10, 1000],
    ['600/m', 600, 60_000],
    ['5/100ms', 5, 100],
    ['1/2s', 1, 2000],
    ['100/h', 100, 3_600_000],
  ])('a rate of %s', (text, limit, interval) => {
    expect(parseRate(text)).toEqual({ limit, interval });
  });

  it.each(['', '0', '0/s', '1.5/s', '10/', '10/0s', '10/5', '-1', '10 /s', 'x'])('not a rate: %j', (text) => {
    expect(() => parseRate(text)).toThrow('like 10/s');
  });

  it.each([
    ['30', 30_000],
    ['30s', 30_000],
    ['1.5s', 1500],
    ['500ms', 500],
    ['2m', 120_000],
  ])('a time of %s', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(['', '0', '0.1ms', '-1s', '1 s', 's', '1d', 'NaN'])('not a time: %j', (text) => {
    expect(() => parseDuration(text)).toThrow('like 30s');
  });

  it('reads where a token is, or where each of several tokens is', () => {
    expect(source('meta.next')).toBe('meta.next');
    expect(source('header:X-Next')).toBe('header:X-Next');
    expect(source('{"key-marker": "NextKeyMarker"}')).toEqual({ 'key-marker': 'NextKeyMarker' });
    for (const text of ['{', '{}', '{"a": null}', '{"a": {}}'])
      expect(() => source(text)).toThrow('{"PARAMETER": "PATH"}');
  });

  it('accepts whole numbers, and nothing else', () => {
    expect(wholeFrom(1)('12')).toBe(12);
    for (const text of ['0', '1.5', '-1', '1e3', '', ' 1', '9007199254740993'])
      expect(() => wholeFrom(1)(text)).toThrow('at least 1');
    expect([parseStart('0'), parseStart('1')]).toEqual([0, 1]);
  });
});

describe('words', () => {
  it('counts', () => {
    expect([counted(1, 'page'), counted(1000, 'item'), retried(1), retried(0)]).toEqual([
      '1 page',
      '1,000 items',
      '1 retry',
      '0 retries',
    ]);
  });

  it('quotes them for a shell', () => {
    expect(shellQuoted(`{"a":"it's"}`)).toBe(`'{"a":"it'\\''s"}'`);
  });
});
