import { ConfigError } from '../../errors.js';
import { describe, describeError } from '../../values/describe.js';

/** A row as JSON. @throws ConfigError for what JSON has no text for: it would be lost */
export function jsonText(row: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(row);
  } catch (cause) {
    // A bigint, a circle, a toJSON that throws.
    throw new ConfigError(`a row can't be written as JSON: ${describeError(cause)}; map it to a row that can`, {
      cause,
    });
  }
  if (text === undefined)
    throw new ConfigError(`a row must be something that JSON can hold, not ${describe(row)}; map it to a row`);
  return text;
}
