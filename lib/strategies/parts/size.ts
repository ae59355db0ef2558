import { ConfigError } from '../../errors.js';
import { checkName, checkWhole } from '../../values/options.js';

/** How many items are requested per page. */
export interface SizeOptions {
  /** Items to request per page. @default the API's own: no size is sent */
  readonly size?: number | undefined;
  /**
   * The largest size that the API takes. A larger `size` is refused here, since servers cap it silently. @default none
   */
  readonly maxSize?: number | undefined;
  /** Wire name of the size. @default depends on the strategy */
  readonly sizeParam?: string | undefined;
}

export const sizeOptions = ['size', 'maxSize', 'sizeParam'] as const satisfies readonly (keyof SizeOptions)[];

/** @throws ConfigError */
export function checkSize(kind: string, { size, maxSize, sizeParam }: SizeOptions): void {
  if (maxSize !== undefined) checkWhole(kind, 'maxSize', maxSize, 1);
  if (size !== undefined) checkWhole(kind, 'size', size, 1);
  if (size !== undefined && maxSize !== undefined && size > maxSize)
    throw new ConfigError(`${size} is above the API's maximum of ${maxSize}; request at most ${maxSize}`, {
      of: kind,
      options: ['size'],
      value: size,
    });
  if (sizeParam !== undefined) checkName(kind, 'sizeParam', sizeParam);
}

/** @throws ConfigError if two parameters have the same name */
export function checkDistinct(kind: string, names: Readonly<Record<string, string | undefined>>): void {
  const seen = new Map<string, string>();
  for (const [option, name] of Object.entries(names)) {
    if (name === undefined) continue;
    const other = seen.get(name);
    if (other !== undefined)
      throw new ConfigError(`are both ${JSON.stringify(name)}; one would overwrite the other`, {
        of: kind,
        options: [other, option],
        value: name,
      });
    seen.set(name, option);
  }
}

/** The size as a parameter; no parameter if there is no size. */
export const sizeParams = (name: string, size: number | undefined): Readonly<Record<string, number>> =>
  size === undefined ? {} : { [name]: size };

/** A position at another size, for positions that do not depend on the size: an offset, a cursor, a key. */
export function resizeFreely<P extends { readonly size?: number }>(position: P, factor: number): P | undefined {
  if (position.size === undefined) return undefined;
  const size = Math.max(1, Math.floor(position.size * factor));
  return size === position.size ? undefined : { ...position, size };
}

/** A position with at most this size. */
export const cutTo = <P extends { readonly size?: number }>(position: P, size: number): P =>
  position.size === undefined || position.size <= size ? position : { ...position, size };

/**
 * The page of another size that starts with the same item: page 3 of 100 is page 5 of 50, and no page of 30. Smaller
 * sizes are tried down to 1, which always fits.
 * @param page counted from 0
 */
export function repage(page: number, size: number, factor: number): { page: number; size: number } | undefined {
  const offset = page * size;
  for (let other = Math.floor(size * factor); other >= 1; other--) {
    if (offset % other === 0) return other === size ? undefined : { page: offset / other, size: other };
    if (factor > 1) return undefined; // It may grow at a later page.
  }
  return undefined;
}

/**
 * A copy of a position with one member changed. Copied first: in V8, `{ ...position, [name]: value }` costs four times
 * as much.
 */
export function moved<P extends object, K extends keyof P>(position: P, name: K, value: P[K]): P {
  const copy = { ...position };
  copy[name] = value;
  return copy;
}
