import { describe, expect, it } from '@jest/globals';
import { parseDuration, parseRate, parseStart, source, wholeFrom } from '../../lib/cli/flags/parse-values.js';
import { detectionText, progressText } from '../../lib/cli/terminal/progress.js';
import { createTally } from '../../lib/cli/output/tally.js';
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

describe('progress', () => {
  const tally = () => createTally(() => {});
  const page = (items: number, total?: number) => ({ type: 'page', pageIndex: 0, items, total }) as const;

  it('shows pages, items and their rate', () => {
    const one = tally();
    one.wrote({ itemsBefore: 0 }, 2000);
    expect(progressText(one, one.started + 1000)).toBe('1 page, 2,000 items, 2,000 items/s');
  });

  it('draws a bar if a total is known, earlier runs included', () => {
    const one = tally();
    one.next(page(10, 100));
    one.wrote({ itemsBefore: 30 }, 10);
    expect(progressText(one, one.started + 2000)).toBe(
      '[========            ]  40%  1 page, 10 items, 5 items/s, 12 s left',
    );
  });

  it('never draws more than all of it', () => {
    const one = tally();
    one.next(page(10, 5));
    one.wrote({ itemsBefore: 0 }, 10);
    expect(progressText(one, one.started + 1000)).toContain('[====================] 100%');
  });

  it('shows retries, and what the next request waits for', () => {
    const one = tally();
    const wait = (reason: 'retry' | 'throttle', ms: number, error?: unknown) =>
      one.next({ type: 'wait', pageIndex: 0, reason, ms, error });
    const text = () => progressText(one, performance.now());
    one.next({ type: 'request', pageIndex: 0, attempt: 1 });
    wait('retry', 60_000, { status: 503 });
    expect(text()).toMatch(/waiting \d+ s before a retry$/);
    wait('throttle', 100);
    expect(text()).toMatch(/waiting \d+ s before a retry$/);
    one.next({ type: 'request', pageIndex: 0, attempt: 2 });
    expect(text()).toMatch(/, 1 retry$/);
    for (const [reason, error] of [['retry', { status: 429 }], ['retry', { throttled: true }], ['throttle']] as const) {
      wait(reason, 60_000, error);
      expect(text()).toMatch(/waiting \d+ s for the rate limit$/);
    }
  });

  it('shows what detection is doing, its retries and waits', () => {
    const one = tally();
    const text = () => detectionText(one, performance.now());
    expect(text()).toBe('');
    one.next({ type: 'request', pageIndex: 0, attempt: 1 });
    expect(text()).toBe('Detecting how the API pages: 1 request');
    one.next({ type: 'wait', pageIndex: 0, reason: 'retry', ms: 60_000, error: { status: 503 } });
    expect(text()).toMatch(/^Detecting how the API pages: 1 request, waiting \d+ s before a retry$/);
    one.next({ type: 'request', pageIndex: 0, attempt: 2 });
    expect(text()).toBe('Detecting how the API pages: 2 requests, 1 retry');
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
