import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Deadlines, type Timed } from '../../lib/transports/deadlines.js';

class Attempt implements Timed {
  over: number | undefined;

  constructor(private readonly then?: () => void) {}

  onTimeout(): void {
    this.over = performance.now() - begin;
    deadlines.delete(this);
    this.then?.();
  }
}

let begin: number;
let deadlines: Deadlines;
const wait = (ms: number) => void jest.advanceTimersByTime(ms);

describe('T1 the deadlines of attempts that share a timer', () => {
  beforeEach(() => {
    jest.useFakeTimers();
    begin = performance.now();
    deadlines = new Deadlines(100);
  });
  afterEach(() => void jest.useRealTimers());

  it('are independent, whichever have ended before', () => {
    const attempts = Array.from({ length: 5 }, () => {
      const attempt = new Attempt();
      deadlines.add(attempt);
      wait(30);
      return attempt;
    });
    wait(1000);
    expect(attempts.map(({ over }) => over)).toEqual([100, 130, 160, 190, 220]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it.each([[[0]], [[1]], [[2]], [[0, 1]], [[1, 2]], [[0, 2]], [[0, 1, 2]], [[2, 1, 0]]])(
    'of three, %j end',
    (ended) => {
      const attempts = [0, 1, 2].map(() => {
        const attempt = new Attempt();
        deadlines.add(attempt);
        wait(10);
        return attempt;
      });
      for (const index of ended) deadlines.delete(attempts[index]!);
      for (const index of ended) deadlines.delete(attempts[index]!); // A second call changes nothing.
      deadlines.release();
      expect(jest.getTimerCount()).toBe(ended.length === 3 ? 0 : 1);
      wait(1000);
      expect(attempts.map(({ over }) => over)).toEqual(
        [100, 110, 120].map((time, index) => (ended.includes(index) ? undefined : time)),
      );
      expect(jest.getTimerCount()).toBe(0);
    },
  );

  it('are not over yet for answers that came while a page was frozen: these get a turn', () => {
    const [answered, silent] = [new Attempt(), new Attempt()];
    deadlines.add(answered);
    deadlines.add(silent);
    const { now } = performance;
    const asleep = 3_600_000;
    jest.spyOn(performance, 'now').mockImplementation(() => Reflect.apply(now, performance, []) + asleep);
    setTimeout(() => deadlines.delete(answered), 100); // What has come is read in the turn after the timer.
    wait(100);
    wait(1);
    expect([answered.over, silent.over]).toEqual([undefined, expect.any(Number)]);
    jest.restoreAllMocks();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('apply to an attempt that starts, and not to one that ends, when another is over', () => {
    const second = new Attempt();
    const third = new Attempt();
    const first = new Attempt(() => {
      deadlines.add(third);
      deadlines.delete(second);
    });
    deadlines.add(first);
    deadlines.add(second);
    wait(1000);
    expect([first.over, second.over, third.over]).toEqual([100, undefined, 200]);
  });

  it('are a millisecond apart, as their attempts were', () => {
    const attempts = [new Attempt(), new Attempt()];
    for (const attempt of attempts) {
      deadlines.add(attempt);
      wait(1);
    }
    wait(1000);
    expect(attempts.map(({ over }) => over)).toEqual([100, 101]);
  });

  it('E12 keep the timer from one attempt to the next, and not beyond the last', () => {
    const set = jest.spyOn(globalThis, 'setTimeout');
    deadlines = new Deadlines(5000);
    wait(3000);
    for (let i = 0; i < 10; i++) {
      const attempt = new Attempt();
      deadlines.add(attempt);
      wait(5);
      deadlines.delete(attempt);
    }
    expect([set.mock.calls.length, jest.getTimerCount()]).toEqual([1, 1]);
    deadlines.release();
    expect(jest.getTimerCount()).toBe(0);
    set.mockRestore();
  });

  it('T1 are set again by the next attempt if the runtime has dropped the timer', () => {
    const set = jest.spyOn(globalThis, 'setTimeout');
    const [lost, next] = [new Attempt(), new Attempt()];
    deadlines.add(lost);
    for (const { value } of set.mock.results) clearTimeout(value as NodeJS.Timeout);
    set.mockRestore();
    wait(2000);
    expect(lost.over).toBeUndefined();
    deadlines.add(next);
    wait(1000);
    expect([lost.over, next.over]).toEqual([2001, 2100]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('do not exist beyond the maximum of timers', () => {
    for (const ms of [2 ** 31, Infinity]) {
      const attempt = new Attempt();
      const none = new Deadlines(ms);
      none.add(attempt);
      expect(jest.getTimerCount()).toBe(0);
      none.delete(attempt);
      none.release();
    }
    const longest = new Deadlines(2 ** 31 - 1);
    longest.add(new Attempt());
    expect(jest.getTimerCount()).toBe(1);
  });
});
