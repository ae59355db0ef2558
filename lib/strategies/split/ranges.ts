import { ConfigError } from '../../errors.js';
import type { Params } from '../../strategy.js';
import { describe } from '../../values/describe.js';
import { checkOneOf } from '../../values/options.js';
import { scaleOf } from './bounds.js';
import type { Part, Parts } from './parts.js';

export interface RangeOptions {
  readonly from: string | number | bigint;
  readonly to: string | number | bigint;
  readonly params: (from: string | number, to: string | number) => Params;
  /** The names of the parameters, if they have any: for messages and the identity. */
  readonly names: readonly string[];
  readonly unit?: string | number | undefined;
  readonly bounds: Bounds;
}

export type Bounds = '[)' | '[]' | '()' | '(]';

/** A range of times or whole numbers, cut in halves. Its ends are counted in units from `from`. */
export function ranges({ from, to, params, names, unit: given, bounds }: RangeOptions): Parts {
  checkOneOf('splitRanges', 'bounds', bounds, ['[)', '[]', '()', '(]']);
  const scale = scaleOf(from, to, given);
  const { unit } = scale;
  const width = scale.to - scale.from;
  const count = Number((width + unit - 1n) / unit);
  const [isOpen, isClosed] = [bounds.startsWith('('), bounds.endsWith(']')];
  if (isClosed && width % unit !== 0n)
    throw new ConfigError(
      `must divide the range from ${describe(from)} to ${describe(to)}, since the upper bound that is sent is one unit less than to`,
      { of: 'splitRanges', options: ['unit'], value: given },
    );
  const ends = ([low = '', high = '']: Part) => [decoded(low), decoded(high)] as const;
  const valueOf = (at: number) => (at >= count ? scale.to : scale.from + BigInt(at) * unit);

  return {
    first: [[encoded(0), encoded(count)]],
    identity: { from: String(from), to: String(to), unit: given ?? null, bounds, params: names },
    cut(part) {
      const [low, high] = ends(part);
      if (high - low < 2) return undefined;
      const middle = encoded(low + Math.floor((high - low) / 2));
      return [
        [encoded(low), middle],
        [middle, encoded(high)],
      ];
    },
    params(part) {
      const [low, high] = ends(part);
      return params(
        scale.write(valueOf(low) - (isOpen ? unit : 0n)),
        scale.write(valueOf(high) - (isClosed ? unit : 0n)),
      );
    },
    words(part) {
      const [low, high] = ends(part);
      return `${String(scale.write(valueOf(low)))} to ${String(scale.write(valueOf(high)))}`;
    },
    holds(part, value) {
      const found = scale.read(value);
      if (found === undefined) return undefined;
      const [low, high] = ends(part);
      return found[1] > valueOf(low) && found[0] < valueOf(high);
    },
    isPart(part): part is Part {
      if (!Array.isArray(part) || part.length !== 2) return false;
      const [low, high] = (part as unknown[]).map((end) => (typeof end === 'string' ? decoded(end) : NaN));
      return low !== undefined && high !== undefined && low >= 0 && low < high && high <= count;
    },
    parameters: names.length > 0 ? names.join(' and ') : 'the parameters',
    uncut: `it is as narrow as \`unit\` allows; give a smaller \`unit\` if the API has finer values, or split by another field`,
    fewer:
      "rows between the parts would be lost: an upper bound that the API leaves out needs `bounds: '[)'`, and values that are finer than `unit` need a smaller one",
    more: "rows at the cut would come twice: an upper bound that the API includes needs `bounds: '[]'`",
  };
}

// Not as a number or in decimal digits: those of a position are hidden in messages.
const encoded = (at: number): string => at.toString(36);
const decoded = (end: string | number): number =>
  /^[\da-z]{1,11}$/.test(String(end)) ? parseInt(String(end), 36) : NaN;
