import { UsageError } from './arguments.js';

/** What was read from the environment, by name: none of it is shown. */
const read = new Map<string, string>();

/**
 * A text with the environment's value in the place of each `$ENV{NAME}`; `$$ENV{NAME}` is `$ENV{NAME}` itself.
 * @param place the flag, or the file, job and name, for the message
 * @throws UsageError where a variable is not set
 */
export const expandEnvironment = (text: string, place: string): string =>
  text.replaceAll(/\$(\$?)ENV\{([^}]*)\}/g, (found, escaped: string, name: string) => {
    if (escaped !== '') return found.slice(1);
    if (!/^[A-Za-z_]\w*$/.test(name))
      throw new UsageError(`${place}: $ENV{…} needs the name of an environment variable, like $ENV{API_KEY}`);
    const value = process.env[name];
    if (value === undefined)
      throw new UsageError(
        `${place}: the environment variable ${name} is not set; set it, or write $$ENV{${name}} where that text itself is meant`,
      );
    read.set(name, value);
    return value;
  });

/** The same for every text within a value of JSON. */
export function expandWithin(value: unknown, place: string): unknown {
  if (typeof value === 'string') return expandEnvironment(value, place);
  if (Array.isArray(value)) return value.map((each) => expandWithin(each, place));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, expandWithin(each, place)]));
}

// Shorter ones are parts of words.
const shortest = 4;

/** A message without what was read from the environment. */
export function hideValues(message: string): string {
  let shown = message;
  for (const [name, value] of read)
    if (value.length >= shortest)
      for (const form of new Set([value, encodeURIComponent(value)])) shown = shown.replaceAll(form, `$ENV{${name}}`);
  return shown;
}
