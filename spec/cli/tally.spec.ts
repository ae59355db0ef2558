// What the command counts of a run, and how rows are shown on a terminal.
import { describe, expect, it, jest } from '@jest/globals';
import { CheckError, HttpError, type WalkEvent } from 'pagewise';
import { createTally, reasonOf } from '../../lib/cli/output/tally.js';
import { onTerminal } from '../../lib/cli/output/terminal-format.js';
import { answer } from '../support/walks.js';

const error = new HttpError(answer({}, 500));
const waiting = (more: object) => ({ type: 'wait', pageIndex: 0, reason: 'retry', ms: 500, error, ...more }) as never;

describe('the tally of a run', () => {
  it('begins with nothing', () => {
    jest.useFakeTimers();
    jest.advanceTimersByTime(70);
    const { started, ...tally } = createTally(() => {});
    expect(started).toBe(performance.now());
    jest.useRealTimers();
    expect(tally).toMatchObject({ requests: 0, retries: 0, pages: 0, items: 0, received: 0, pagesBefore: 0, itemsBefore: 0, gaps: [] }); // prettier-ignore
    expect([tally.total, tally.wait, tally.end]).toEqual([undefined, undefined, undefined]);
  });

  it('counts requests and retries', () => {
    const tally = createTally(() => {});
    for (const attempt of [1, 2, 3]) tally.next({ type: 'request', pageIndex: 0, attempt });
    expect([tally.requests, tally.retries]).toEqual([3, 2]);
  });

  it('adds up the lengths of the answers, as far as they are known', () => {
    const tally = createTally(() => {});
    for (const bytes of [100, undefined, 20])
      tally.next({ type: 'response', pageIndex: 0, attempt: 1, bytes } as unknown as WalkEvent);
    expect(tally.bytes).toBe(120);
  });

  it('counts what is written and what arrived, after what an earlier run has written', () => {
    const tally = createTally(() => {});
    tally.resumed({ index: 3, itemsBefore: 30 });
    expect([tally.pagesBefore, tally.itemsBefore]).toEqual([3, 30]);
    tally.wrote({ itemsBefore: 25 }, 4);
    tally.wrote({ itemsBefore: 29 }, 5, 7);
    expect([tally.pages, tally.items, tally.received, tally.itemsBefore, tally.pagesBefore]).toEqual([2, 9, 11, 25, 3]);
  });

  it('has the last total, the gaps, the end, and passes on notices', () => {
    const notices: string[] = [];
    const tally = createTally((message) => notices.push(message));
    const gap = { type: 'gap', pageIndex: 1, error } as const;
    const end = { type: 'end', reason: 'last-page' } as unknown as WalkEvent;
    tally.next({ type: 'page', pageIndex: 0, items: 1, total: 9 });
    expect(tally.total).toBe(9);
    tally.next({ type: 'page', pageIndex: 1, items: 1, total: undefined });
    expect(tally.total).toBeUndefined();
    for (const event of [gap, { type: 'notice', message: 'mine' } as const, end]) tally.next(event);
    expect([tally.gaps, notices, tally.end]).toEqual([[gap], ['mine'], end]);
    expect([tally.requests, tally.pages, tally.wait]).toEqual([0, 0, undefined]);
  });

  it('shows a wait of half a second or more, until the next request', () => {
    jest.useFakeTimers();
    const tally = createTally(() => {});
    tally.next(waiting({ ms: 499 }));
    expect(tally.wait).toBeUndefined();
    tally.next(waiting({ ms: 500 }));
    expect(tally.wait).toEqual({ until: performance.now() + 500, reason: 'before a retry', attempt: 2, error });
    tally.next({ type: 'request', pageIndex: 0, attempt: 2 });
    expect(tally.wait).toBeUndefined();
    tally.next({ type: 'request', pageIndex: 1, attempt: 1 });
    tally.next(waiting({ ms: 500 }));
    expect(tally.wait).toMatchObject({ attempt: 3 });
    tally.next({ type: 'page', pageIndex: 0, items: 1, total: undefined });
    tally.next(waiting({ ms: 500, reason: 'throttle', error: undefined }));
    expect(tally.wait).toEqual({ until: performance.now() + 500, reason: 'for the rate limit' });
    jest.useRealTimers();
  });

  it.each<[what: string, wait: object, reason: string]>([
    ['a retry', {}, 'before a retry'],
    ['a retry without an error', { error: undefined }, 'before a retry'],
    ['a retry after null', { error: null }, 'before a retry'],
    ['a retry after a text', { error: 'text' }, 'before a retry'],
    ['the throttle', { reason: 'throttle', error: undefined }, 'for the rate limit'],
    ['a 429', { error: new HttpError(answer({}, 429)) }, 'for the rate limit'],
    ['a check that says so', { error: new CheckError('x', answer({}), { throttled: true }) }, 'for the rate limit'],
    ['a check that does not', { error: new CheckError('x', answer({}, 429), { throttled: false }) }, 'before a retry'],
  ])('names what is waited for: %s', (_what, wait, reason) => {
    expect(reasonOf(waiting(wait))).toBe(reason);
  });
});

describe('H5 rows on a terminal', () => {
  it('have no control characters outside of line breaks between rows, and end as their format does', async () => {
    const texts = ['a\u001b,"b\n\r""\u202e""c"\r\n', 'd😀\ne\r\n'];
    const writer = {
      *rows(items: readonly unknown[]) {
        for (const item of items) yield texts[item as number]!;
      },
      tail: () => 'tail',
      state: () => 'state',
    };
    const opened: unknown[] = [];
    const format = onTerminal({ append: () => ({ empty: true }), open: (state: unknown) => (opened.push(state), writer) }); // prettier-ignore
    expect(format.append()).toEqual({ empty: true });
    const shown = await format.open(5);
    expect(opened).toEqual([5]);
    expect([...shown.rows([0, 1])]).toEqual(['a\\u001b,"b\\n\\r""\\u202e""c"\r\n', 'd😀\ne\r\n']);
    expect([shown.tail(), shown.state()]).toEqual(['tail', 'state']);
  });
});
