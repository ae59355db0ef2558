import { UsageError } from './arguments.js';

/** Values read from the environment, by name. Messages never show them. */
const read = new Map<string, string>();

/**
 * Replaces each `$ENV{NAME}` in a text by the environment's value; `$$ENV{NAME}` becomes the text `$ENV{NAME}`.
 * @param location the flag, or the file, job and name, for the message
 * @throws UsageError if a variable is not set
 */
export const expandEnvironment = (text: string, location: string): string =>
  text.replaceAll(/\$(\$?)ENV\{([^}]*)\}/g, (found, escaped: string, name: string) => {
    if (escaped !== '') return found.slice(1);
    if (!/^[A-Za-z_]\w*$/.test(name))
      throw new UsageError(`${location}: $ENV{…} needs the name of an environment variable, like $ENV{API_KEY}`);
    const value = Object.hasOwn(process.env, name) ? process.env[name] : undefined;
    if (value === undefined)
      throw new UsageError(
        `${location}: the environment variable ${name} is not set; set it, or write $$ENV{${name}} for the text $ENV{${name}}`,
      );
    read.set(name, value);
    return value;
  });

/**
 * Does the same for every text within a JSON value.
 * @throws UsageError also for a value that is nested too deeply to be a flag
 */
export function expandWithin(value: unknown, location: string, depth = 0): unknown {
  if (depth > deepest) throw new UsageError(`${location}: the value is nested more than ${deepest} levels deep`);
  if (typeof value === 'string') return expandEnvironment(value, location);
  if (Array.isArray(value)) return value.map((each) => expandWithin(each, location, depth + 1));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, expandWithin(each, location, depth + 1)]),
  );
}

/** No request body of a job is deeper; JSON.stringify would run out of stack at some thousand. */
const deepest = 200;

// Shorter values occur as parts of words.
const shortest = 4;

/** Replaces values read from the environment in a message by their `$ENV{NAME}`. */
export function hideValues(message: string): string {
  let shown = message;
  for (const [name, value] of read)
    if (value.length >= shortest)
      for (const form of new Set([value, encodeURIComponent(value)])) shown = shown.replaceAll(form, `$ENV{${name}}`);
  return shown;
}
