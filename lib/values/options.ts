import { ConfigError } from '../errors.js';
import { describe } from './describe.js';

/** Names of options, alone and in lists: nested, since a bundler keeps what an array is spread into. */
export type Names<Options> = readonly (keyof Options | readonly (keyof Options)[])[];

/** Refuses options that are no object or hold a name that is not known: a misspelt option is never ignored. */
export function checkOptions(place: string, options: unknown, known: readonly (string | readonly string[])[]): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw new ConfigError(`${place}: options must be an object, not ${describe(options)}`);
  const names = known.flat();
  for (const name of Object.keys(options))
    if (!names.includes(name))
      throw new ConfigError(`${place}: unknown option ${JSON.stringify(name)}; it takes ${names.join(', ')}`);
}

/** Refuses anything but a whole number of at least `min`. */
export function checkWhole(place: string, name: string, value: unknown, min: number): void {
  if (!Number.isSafeInteger(value) || (value as number) < min)
    throw new ConfigError(`must be a whole number of at least ${String(min)}, not ${describe(value)}`, {
      of: place,
      options: [name],
      value,
    });
}

/** Refuses anything but a number of at least `min`; `Infinity` only where a limit may be off. */
export function checkNumber(place: string, name: string, value: unknown, min: number, infinity = false): void {
  if (typeof value !== 'number' || Number.isNaN(value) || value < min || (value === Infinity && !infinity))
    throw new ConfigError(
      `must be a number of at least ${String(min)}${infinity ? ' or Infinity' : ''}, not ${describe(value)}`,
      { of: place, options: [name], value },
    );
}

export function checkName(place: string, name: string, value: unknown): void {
  if (typeof value !== 'string' || value === '')
    throw new ConfigError(`must be a name, not ${describe(value)}`, { of: place, options: [name], value });
}

export function checkFunction(place: string, name: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'function')
    throw new ConfigError(`must be a function, not ${describe(value)}`, { of: place, options: [name], value });
}

/** @throws ConfigError for a word that is none of these */
export function checkOneOf(kind: string, name: string, value: unknown, known: readonly string[]): void {
  if (known.includes(value as string)) return;
  const names = known.map((each) => `'${each}'`);
  throw new ConfigError(`must be ${names.slice(0, -1).join(', ')} or ${names.at(-1) ?? ''}, not ${describe(value)}`, {
    of: kind,
    options: [name],
    value,
  });
}
