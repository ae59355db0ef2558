import { ConfigError } from '../../errors.js';
import { describe } from '../../values/describe.js';

/** A row as JSON. @throws ConfigError for what JSON has no text for: it would be lost */
export function jsonText(row: unknown): string {
  const text = JSON.stringify(row) as string | undefined;
  if (text === undefined)
    throw new ConfigError(`a row must be something that JSON can hold, not ${describe(row)}; map it to a row`);
  return text;
}
