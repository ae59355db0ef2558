import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PaginationLoopError, type Position } from 'pagewise';
import { loopGuard } from '../../lib/walk/guards.js';

/** At which of these positions the guard detects a loop, and the page that it repeats. */
function found(positions: Iterable<Position>, first = 0): { at: number; again: number } | undefined {
  const guard = loopGuard();
  let at = first;
  for (const position of positions) {
    try {
      guard(position, at);
    } catch (error) {
      expect(error).toBeInstanceOf(PaginationLoopError);
      return { at, again: Number(/that of page (\d+)/.exec((error as Error).message)?.[1]) - 1 };
    }
    at++;
  }
  return undefined;
}
const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
const shapes: [string, (n: number) => Position][] = [
  ['numbers', (n) => n],
  ['numbers that shrink', (n) => -n],
  ['texts', (n) => `cursor-${n}`],
  ['page numbers', (page) => ({ page, size: 10 })],
  ['arrays', (n) => [n, 5]],
  ['several tokens', (n) => ({ a: `x${n}`, b: n })],
];

describe('E9 the loop guard', () => {
  it.each(shapes)('%s: any of the last 1,000 is detected immediately, at any time', (_name, shape) => {
    for (const length of [1, 2, 3, 999, 1000, 1001, 2500])
      for (const back of [1, 2, 500, 1000].filter((n) => n <= length))
        expect(found([...numbers(0, length), length - back].map(shape), 7)).toEqual({ at: 7 + length, again: 7 + length - back }); // prettier-ignore
  });

  it.each(shapes)('%s: longer cycles are detected within about three times their length', (_name, shape) => {
    for (const [before, length] of [[0, 1001], [0, 5000], [3000, 2500], [1, 4000], [5000, 4999]] as const) {
      function* cycle(): Iterable<Position> {
        yield* numbers(0, before).map(shape);
        for (let round = 0; round < 8; round++) yield* numbers(before, before + length).map(shape);
      }
      expect(found(cycle())?.at).toBeLessThan(3 * (before + length) + 5);
    }
  }); // prettier-ignore

  it('numbers that grow for long, then cycle elsewhere', () => {
    function* late(): Iterable<Position> {
      yield* numbers(0, 10_000);
      for (let round = 0; round < 3; round++) yield* numbers(500, 4000);
    }
    expect(found(late())?.at).toBeLessThanOrEqual(10_000 + 3500);
  });

  it.each(shapes)('%s: 100,000 positions that differ pass', (_name, shape) => {
    expect(found(numbers(0, 100_000).map(shape))).toBeUndefined();
  });

  it('distinguishes positions that only look the same', () => {
    const alike: Position[] = [
      1, '1', '"1"', [1], ['1'], { '0': 1 }, null, 'null', true, 'true', false, '', {}, [], '{}', '[]', { a: 1 }, { b: 1 },
      { a: 1, b: 1 }, { a: '1' }, { a: null }, { a: [1] }, '{"a":1}', 'NaN', 0.5, -1, 1e21, '1e21',
    ]; // prettier-ignore
    expect(found(alike)).toBeUndefined();
    for (const one of alike) expect(found([...alike, one])).toBeDefined();
  });

  it('detects positions of which each has something greater than the one before', () => {
    const apart = [{ a: 1, b: 2 }, { a: 2, b: 1 }, { a: 1, b: 2 }]; // prettier-ignore
    expect(found(apart)).toEqual({ at: 2, again: 0 });
    const mixed = [{ a: '10' }, { a: '9' }, { a: 9.5 }, { a: '10' }];
    expect(found(mixed)).toEqual({ at: 3, again: 0 });
  });

  it('is exact for the last 1,000 of any positions, and never reports one that did not occur', () => {
    const small = fc.integer({ min: -3, max: 30 });
    const position = fc.oneof(
      small,
      small,
      fc.record({ page: small, size: fc.constantFrom(1, 2) }),
      fc.record({ offset: small }),
      fc.constantFrom('a', 'b', null),
      fc.tuple(small, small),
      fc.constantFrom(NaN, Infinity, -Infinity, -0, 0),
    );
    const sorted = fc.array(small).map((all) => [...new Set(all)].sort((a, b) => a - b));
    fc.assert(
      fc.property(fc.oneof(fc.array(position), sorted), fc.array(position), (begin, end) => {
        const positions = [...begin, ...end];
        const keys = positions.map((one) => (typeof one === 'number' ? String(one + 0) : JSON.stringify(one)));
        const repeated = keys.findIndex((key, i) => keys.indexOf(key) < i);
        const result = found(positions);
        expect(result?.at ?? -1).toBe(repeated);
        expect(result && keys[result.again]).toBe(keys[repeated]);
      }),
      { numRuns: 2000 },
    );
  });
});
