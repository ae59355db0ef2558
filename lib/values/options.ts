import { ConfigError } from '../errors.js';
import { describe } from './describe.js';

/** Names of options, alone or in lists. Nested because a bundler keeps whatever an array is spread into. */
export type Names<Options> = readonly (keyof Options | readonly (keyof Options)[])[];

/** Rejects options that are not an object or have an unknown name: a misspelt option is never ignored. */
export function checkOptions(of: string, options: unknown, known: readonly (string | readonly string[])[]): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw new ConfigError(`${of}: options must be an object, not ${describe(options)}`);
  const names = known.flat();
  for (const name of Object.keys(options))
    if (!names.includes(name))
      throw new ConfigError(`${of}: unknown option ${JSON.stringify(name)}; expected one of ${names.join(', ')}`);
}

/** Rejects anything but a whole number of at least `min`. */
export function checkWhole(of: string, name: string, value: unknown, min: number): void {
  if (!Number.isSafeInteger(value) || (value as number) < min)
    throw new ConfigError(`must be a whole number of at least ${min}, not ${describe(value)}`, {
      of,
      options: [name],
      value,
    });
}

/** Rejects anything but a number of at least `min`. With `infinity`, `Infinity` is valid too. */
export function checkNumber(of: string, name: string, value: unknown, min: number, infinity = false): void {
  if (typeof value !== 'number' || Number.isNaN(value) || value < min || (value === Infinity && !infinity))
    throw new ConfigError(
      `must be a number of at least ${min}${infinity ? ' or Infinity' : ''}, not ${describe(value)}`,
      { of, options: [name], value },
    );
}

export function checkName(of: string, name: string, value: unknown): void {
  if (typeof value !== 'string' || value === '')
    throw new ConfigError(`must be a name, not ${describe(value)}`, { of, options: [name], value });
}

export function checkFunction(of: string, name: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'function')
    throw new ConfigError(`must be a function, not ${describe(value)}`, { of, options: [name], value });
}

/** @throws ConfigError if the value is not one of the known words */
export function checkOneOf(of: string, name: string, value: unknown, known: readonly string[]): void {
  if (known.includes(value as string)) return;
  const names = known.map((each) => `'${each}'`);
  throw new ConfigError(`must be ${names.slice(0, -1).join(', ')} or ${names.at(-1) ?? ''}, not ${describe(value)}`, {
    of,
    options: [name],
    value,
  });
}
