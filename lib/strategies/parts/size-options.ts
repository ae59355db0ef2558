import { ConfigError } from '../../errors.js';
import { checkName, checkWhole } from '../../values/options.js';

/** How many items are asked for per page. */
export interface SizeOptions {
  /** Items to ask for per page. @default the API's own: no size is sent */
  readonly size?: number | undefined;
  /** The largest size that the API takes; a larger `size` is refused, for servers cap it without a word. @default none */
  readonly maxSize?: number | undefined;
  /** Wire name of the size. */
  readonly sizeParam?: string | undefined;
}

export const sizeOptions = ['size', 'maxSize', 'sizeParam'] as const satisfies readonly (keyof SizeOptions)[];

/** @throws ConfigError */
export function checkSize(kind: string, { size, maxSize, sizeParam }: SizeOptions): void {
  if (maxSize !== undefined) checkWhole(kind, 'maxSize', maxSize, 1);
  if (size !== undefined) checkWhole(kind, 'size', size, 1);
  if (size !== undefined && maxSize !== undefined && size > maxSize)
    throw new ConfigError(
      `${kind}: size ${String(size)} is above the API's maximum of ${String(maxSize)} (maxSize); ask for at most ${String(maxSize)}`,
    );
  if (sizeParam !== undefined) checkName(kind, 'sizeParam', sizeParam);
}

/** @throws ConfigError where two parameters have one name */
export function checkDistinct(kind: string, names: Readonly<Record<string, string | undefined>>): void {
  const seen = new Map<string, string>();
  for (const [option, name] of Object.entries(names)) {
    if (name === undefined) continue;
    const other = seen.get(name);
    if (other !== undefined)
      throw new ConfigError(
        `${kind}: ${other} and ${option} are both ${JSON.stringify(name)}; one would overwrite the other`,
      );
    seen.set(name, option);
  }
}

/** The size as a parameter; nothing where none is asked for. */
export const sizeParams = (name: string, size: number | undefined): Readonly<Record<string, number>> =>
  size === undefined ? {} : { [name]: size };
