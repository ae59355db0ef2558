// Which pages are requested ahead of a walk, and how many.
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Page, PageRequest, Strategy } from 'pagewise';
import { Subscription } from 'rxjs';
import type { Step } from '../../lib/resume-token.js';
import { type Lane, openLanes } from '../../lib/walk/lanes.js';
import type { WalkLog } from '../../lib/walk/walk-log.js';
import { counting, thrown } from '../support/walks.js';

const step = (position: number, index = position): Step<number> => ({ position, index, itemsBefore: 0 });
const pageOf = (count = 1, total?: number, itemsBefore = 0) =>
  ({ items: Array(count).fill(0), total, itemsBefore }) as unknown as Page<number>;
const limited = (ms: number) => ({ reason: 'retry', throttled: true, ms }) as never;

function lanes(concurrency: number, more: Partial<Strategy<number, number>> = {}) {
  const asked: { step: Step<number>; request: PageRequest; delayMs: number }[] = [];
  const left: number[] = [];
  const notices: string[] = [];
  const life = new Subscription();
  const strategy = { ...counting(1e9), guess: (from: number) => from + 1, ...more };
  const log = { notice: (message: string) => notices.push(message) };
  const plan = { request: { url: '/x' }, strategy, log: log as unknown as WalkLog };
  const made = openLanes<number, number, Lane<number>>(plan, concurrency, life, (ahead, request, delayMs) => {
    asked.push({ step: ahead, request, delayMs });
    const lane = { position: ahead.position, unsubscribe: () => void left.push(ahead.position) };
    life.add(lane);
    return lane;
  });
  const positions = () => asked.map((one) => one.step.position);
  return { ...made, lanes: made, asked, positions, left, notices, life };
}

describe('pages ahead', () => {
  it('are those that are guessed, each from the one before, with their requests', () => {
    const { fill, asked } = lanes(4);
    fill(step(5, 2));
    expect(asked).toEqual([
      { step: { position: 6, index: 3, itemsBefore: 0 }, request: { url: '/x', body: { page: 6 } }, delayMs: 0 },
      { step: { position: 7, index: 4, itemsBefore: 0 }, request: { url: '/x', body: { page: 7 } }, delayMs: 0 },
      { step: { position: 8, index: 5, itemsBefore: 0 }, request: { url: '/x', body: { page: 8 } }, delayMs: 0 },
    ]);
  });

  it('are taken when the walk arrives; wrong ones before it are cancelled, and all if there is none', () => {
    const { fill, take, left, positions, life } = lanes(4);
    fill(step(1));
    expect(take(step(3))?.position).toBe(3);
    expect(left).toEqual([2]);
    fill(step(3));
    expect(positions()).toEqual([2, 3, 4, 5, 6]);
    expect(take(step(9))).toBeUndefined();
    expect(left).toEqual([2, 4, 5, 6]);
    fill(step(9));
    life.unsubscribe();
    expect(left).toEqual([2, 4, 5, 6, 10, 11, 12]); // And neither those before, nor the one that was taken.
  });

  it('end where nothing more is guessed, where a guess stays, where it can not be placed, and with the walk', () => {
    const fail = () => {
      throw new Error('mine');
    };
    for (const [more, expected] of [
      [{ guess: (from: number) => (from < 3 ? from + 1 : undefined) }, [2, 3]],
      [{ guess: (from: number) => Math.min(from + 1, 3) }, [2, 3]],
      [{ place: (request: PageRequest, position: number) => (position < 3 ? request : fail()) }, [2]],
    ] as const) {
      const { fill, positions } = lanes(5, more);
      fill(step(1));
      expect(positions()).toEqual(expected);
    }
    const { fill, positions, life } = lanes(5);
    life.unsubscribe();
    fill(step(1));
    expect(positions()).toEqual([]);
    expect(thrown(() => lanes(5, { guess: fail }).fill(step(1)))).toMatchObject({ name: 'CallbackError', callback: 'strategy.guess' }); // prettier-ignore
  });

  it('are guessed by the page that was read last', () => {
    const seen: unknown[] = [];
    const { fill, read } = lanes(2, { guess: (from, page) => (seen.push(page), from + 1) });
    const page = pageOf();
    fill(step(1));
    read(page);
    lanes(2);
    fill(step(2));
    expect(seen).toEqual([undefined]);
    const other = lanes(3, { guess: (from, page) => (seen.push(page), from + 1) });
    other.read(page);
    other.fill(step(1));
    expect(seen.at(-1)).toBe(page);
  });

  it('are as many as the total announces, if it can be right', () => {
    const ahead = (page: Page<number>) => {
      const { fill, read, asked } = lanes(9);
      read(page);
      fill(step(1));
      return asked.length;
    };
    expect(ahead(pageOf(10, 40))).toBe(2); // Three are left, with the one that is arrived at.
    expect(ahead(pageOf(10, 41))).toBe(3);
    expect(ahead(pageOf(10, 61, 20))).toBe(3);
    expect(ahead(pageOf(10, 11))).toBe(0);
    expect(ahead(pageOf(10, 10))).toBe(8);
    expect(ahead(pageOf(10, 9))).toBe(8);
    expect(ahead(pageOf(0, 40))).toBe(8);
    expect(ahead(pageOf(10))).toBe(8);
  });

  it('are 63 at first, and 16 more with each page, up to the limit', () => {
    const { fill, read, asked } = lanes(100);
    const counts = [];
    for (let i = 0; i < 5; i++) {
      fill(step(1));
      counts.push(asked.length);
      read(pageOf());
    }
    expect(counts).toEqual([63, 79, 95, 99, 99]);
    const few = lanes(64);
    few.fill(step(1));
    few.read(pageOf());
    few.fill(step(1));
    expect(few.asked).toHaveLength(63);
  });
});

describe('the notice that pages ahead have no effect', () => {
  it('comes at once if the strategy can not guess, and once', () => {
    const { fill, notices } = lanes(4, { guess: undefined } as never);
    fill(step(1));
    expect(notices).toHaveLength(1);
    for (let i = 0; i < 5; i++) fill(step(1));
    expect(notices).toEqual([
      "`concurrency: 4` has no effect: counting can't guess the next pages; remove it, or use `pageNumber()`.",
    ]);
  });

  it('comes at the third page without a guess', () => {
    const { fill, notices } = lanes(4, { guess: () => undefined });
    for (const expected of [0, 0, 1, 1]) {
      fill(step(1));
      expect(notices).toHaveLength(expected);
    }
  });

  it('does not come after a guess, or if no page could be ahead', () => {
    let guess = true;
    const { fill, notices, take } = lanes(2, { guess: (from) => (guess ? from + 1 : undefined) });
    fill(step(1));
    guess = false;
    for (let i = 2; i < 9; i++) {
      take(step(i));
      fill(step(i));
    }
    const last = lanes(4, { guess: () => undefined });
    last.read(pageOf(10, 20));
    for (let i = 0; i < 9; i++) last.fill(step(1));
    expect([notices, last.notices]).toEqual([[], []]);
  });
});

describe('a rate limit', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());
  /** How many pages are in flight, with the one that the walk is at. */
  const width = ({ lanes: made, asked }: ReturnType<typeof lanes>) => {
    made.take(step(-1));
    const before = asked.length;
    made.fill(step(1));
    return asked.length - before + 1;
  };

  it('halves the pages in flight, down to one, once for all that report it, and holds all of them back', () => {
    const all = lanes(10);
    expect([width(all), all.pauseMs()]).toEqual([10, 0]);
    all.hear(limited(500));
    all.hear(limited(200));
    expect([width(all), all.pauseMs(), all.asked.at(-1)?.delayMs]).toEqual([5, 500, 500]);
    jest.advanceTimersByTime(499);
    all.hear(limited(300));
    expect([width(all), all.pauseMs()]).toEqual([5, 300]);
    jest.advanceTimersByTime(300);
    expect(all.pauseMs()).toBe(0);
    for (const expected of [2, 1, 1]) {
      all.hear(limited(0));
      expect(width(all)).toBe(expected);
    }
  });

  it('is a retry that is throttled, and no other wait', () => {
    const all = lanes(10);
    for (const wait of [{ reason: 'throttle', throttled: true, ms: 5 }, { reason: 'retry', throttled: false, ms: 5 }, { reason: 'retry', ms: 5 }])
      all.hear(wait as never);
    expect([width(all), all.pauseMs()]).toEqual([10, 0]);
  }); // prettier-ignore

  it('is followed by one more page in flight after each full set that arrives, up to the limit', () => {
    const all = lanes(4);
    all.hear(limited(0));
    const widths = [];
    for (let i = 0; i < 12; i++) {
      widths.push(width(all));
      all.read(pageOf());
    }
    expect(widths).toEqual([2, 2, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4]);
    all.hear(limited(0));
    expect(width(all)).toBe(2);
  });

  it('begins the count of a set anew', () => {
    const all = lanes(8);
    all.hear(limited(0));
    for (let i = 0; i < 3; i++) all.read(pageOf());
    all.hear(limited(0));
    all.read(pageOf());
    expect(width(all)).toBe(2);
    all.read(pageOf());
    expect(width(all)).toBe(3);
  });
});
