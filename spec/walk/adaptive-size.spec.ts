// When pages get smaller and larger.
import { describe, expect, it } from '@jest/globals';
import {
  AttemptTimeoutError,
  CheckError,
  HttpError,
  type PagewiseError,
  type Strategy,
  TransportError,
} from 'pagewise';
import { adaptiveSize, sizeOf } from '../../lib/walk/adaptive-size.js';
import { answer, thrown } from '../support/walks.js';

type At = { readonly at: number; readonly size: number };
const step = (size: number, more: { delivered?: number; itemsBefore?: number } = {}) => ({
  position: { at: 0, size },
  index: 0,
  itemsBefore: 0,
  ...more,
});

/** Sizes that the strategy can have; what it was asked for. */
function sizes({ first = 100, can = () => true }: { first?: number | null; can?: (size: number) => boolean } = {}) {
  const asked: unknown[] = [];
  const strategy = {
    first: first === null ? 'x' : { at: 0, size: first },
    resize(position: At, factor: number, itemsBefore: number) {
      asked.push([position.size, factor, itemsBefore]);
      const size = position.size * factor;
      return can(size) ? { ...position, size } : undefined;
    },
  } as unknown as Strategy<number, At>;
  const adaptive = adaptiveSize(strategy);
  const read = (pages: number, items = 0) => {
    for (let i = 0; i < pages; i++) adaptive.pageRead(items);
  };
  /** The size after `grown`. */
  const grown = (size: number) => adaptive.grown(step(size)).position.size;
  return { adaptive, asked, read, grown };
}
const heavy = new HttpError(answer({}, 413));

describe('the size of a position', () => {
  it('is a number, if there is one', () => {
    expect([{ size: 5 }, { size: '5' }, {}, null, 'x', 7].map((position) => sizeOf(position as never))).toEqual([5, undefined, undefined, undefined, undefined, undefined]); // prettier-ignore
  });
});

describe('a page that is too heavy', () => {
  it.each<[what: string, error: PagewiseError, isHeavy: boolean]>([
    ['a 413', heavy, true],
    ['a 502', new HttpError(answer({}, 502)), true],
    ['a 504', new HttpError(answer({}, 504)), true],
    ['a 503', new HttpError(answer({}, 503)), false],
    ['a check that says so', new CheckError('x', answer({}), { tooHeavy: true }), true],
    ['a check that does not', new CheckError('x', answer({}), {}), false],
    ['an attempt that takes too long', new AttemptTimeoutError(5), true],
    ['a connection that breaks', new TransportError(new Error('x')), false],
  ])('is shown by %s: %#', (_what, error, isHeavy) => {
    const { adaptive, asked } = sizes();
    const { fixes, smaller } = adaptive;
    expect(fixes(error, step(100))).toBe(isHeavy);
    expect(smaller(step(100, { itemsBefore: 30 }), error)).toEqual(
      isHeavy ? { ...step(100, { itemsBefore: 30 }), position: { at: 0, size: 50 } } : undefined,
    );
    expect(asked).toEqual(isHeavy ? [[100, 0.5, 0], [100, 0.5, 30]] : []); // prettier-ignore
  }); // prettier-ignore

  it('stays as it is if it can not be smaller, or less would be left of it than was delivered', () => {
    const { fixes, smaller } = sizes({ can: (size) => size >= 10 }).adaptive;
    expect([fixes(heavy, step(10)), smaller(step(10), heavy)]).toEqual([false, undefined]);
    expect([fixes(heavy, step(20, { delivered: 10 })), fixes(heavy, step(20, { delivered: 11 }))]).toEqual([true, false]); // prettier-ignore
  });

  it('fails with what the strategy throws', () => {
    const cause = new Error('mine');
    const resize = () => {
      throw cause;
    };
    const { smaller } = adaptiveSize({ first: { size: 5 }, resize } as never);
    expect(thrown(() => smaller(step(10), heavy))).toMatchObject({ name: 'CallbackError', callback: 'strategy.resize', cause }); // prettier-ignore
  });

  it('can not be smaller without a way to resize, or a size', () => {
    const without = adaptiveSize({ first: { size: 5 } } as never);
    expect(without.fixes(heavy, step(10))).toBe(false);
    const odd = adaptiveSize({ first: 'x', resize: () => 'y' } as never);
    expect(odd.fixes(heavy, { ...step(10), position: 'x' })).toBe(true);
    expect(odd.fixes(heavy, { ...step(10, { delivered: 1 }), position: 'x' })).toBe(false);
  });
});

describe('a page that grows back', () => {
  it('does so after ten pages, to at most the size at the beginning', () => {
    const { read, grown, asked } = sizes();
    read(9);
    expect([grown(30), asked]).toEqual([30, []]);
    read(1);
    expect(grown(100)).toBe(100);
    expect(grown(30)).toBe(60);
    expect(grown(60)).toBe(60);
    read(10);
    expect(grown(60)).toBe(100);
    expect(asked).toEqual([[30, 2, 0], [60, 100 / 60, 0]]); // prettier-ignore
  });

  it('does so after ten pages too if smaller ones were requested before, and after errors of another kind', () => {
    const { adaptive, read, grown } = sizes();
    for (let i = 0; i < 3; i++) adaptive.smaller(step(100), heavy);
    read(9);
    expect(adaptive.smaller(step(100), new HttpError(answer({}, 500)))).toBeUndefined();
    read(1);
    expect(grown(50)).toBe(100);
  });

  it('stays as it is without a size, and without having grown', () => {
    const { adaptive, asked, read } = sizes();
    read(10);
    const without = { ...step(50), position: 'x' } as never;
    expect([adaptive.grown(without), asked]).toEqual([without, []]);
    expect(adaptive.ungrown(step(100), () => 0)).toBeUndefined();
  });

  it('stays as it is if it can not grow, and tries again with the next page', () => {
    let can = false;
    const { read, grown } = sizes({ can: () => can });
    read(10);
    expect(grown(50)).toBe(50);
    can = true;
    expect(grown(50)).toBe(100);
  });

  it('has no size at the beginning, and no limit, if the strategy has none', () => {
    const { read, grown } = sizes({ first: null });
    read(10);
    expect(grown(1e9)).toBe(2e9);
  });

  it('is tried after twice as many pages each time it fails, up to 640; a page that is heavy by itself starts anew', () => {
    const { adaptive, read, grown } = sizes();
    for (const pages of [10, 20, 40, 80, 160, 320, 640, 640, 640]) {
      read(pages - 1);
      expect([pages, grown(50)]).toEqual([pages, 50]);
      read(1);
      expect([pages, grown(50)]).toEqual([pages, 100]);
      adaptive.smaller(step(100), heavy);
    }
    read(600);
    adaptive.smaller(step(100), heavy); // Not one that has grown.
    read(639);
    expect(grown(50)).toBe(50);
    read(1);
    expect(grown(50)).toBe(100);
  });

  it('goes back to its size if it is not full, and no page has been that large: then it never grows again', () => {
    const { adaptive, read, grown } = sizes();
    read(10, 50);
    const from = step(50);
    const to = adaptive.grown(from);
    expect(to.position.size).toBe(100);
    expect(adaptive.ungrown(step(100), () => 50)).toBeUndefined(); // Another page of that size.
    expect(adaptive.ungrown(to, () => 100)).toBeUndefined();
    expect(adaptive.ungrown(to, () => 99)).toBe(from);
    read(10_000, 50);
    expect(grown(50)).toBe(50);
  });

  it.each([
    [99, true],
    [100, false],
  ])('that comes after a page with %i items goes back: %j', (most, goesBack) => {
    const { adaptive, read } = sizes();
    read(1, most);
    read(9, 50);
    const from = step(50);
    expect(adaptive.ungrown(adaptive.grown(from), () => 50)).toBe(goesBack ? from : undefined);
  });

  it('that goes back is no failure of a larger size', () => {
    const { adaptive, read } = sizes();
    read(10, 50);
    const to = adaptive.grown(step(50));
    adaptive.ungrown(to, () => 50);
    adaptive.smaller(step(50), heavy);
    read(1300, 50);
    expect(adaptive.grown(step(25))).toEqual(step(25));
  });
});
