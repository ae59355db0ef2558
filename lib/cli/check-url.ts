import { describe } from '../values/describe.js';
import { redactText, redactUrl } from '../values/redact.js';
import { UsageError } from './usage-error.js';

/** The URL as it was given. @throws UsageError where it can't be asked */
export function checkUrl(text: string): string {
  // What stands in its place may be a header whose -H was forgotten.
  const shown = `URL ${describe(redactText(redactUrl(text)))}`;
  if (!/^https?:\/\//i.test(text)) throw new UsageError(`${shown} must begin with https:// or http://`);
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new UsageError(`${shown} is no URL; give one like https://api.example.com/items`);
  }
  if (url.username !== '' || url.password !== '')
    throw new UsageError(`${shown} holds a user name or password; give them with -u USER:PASSWORD`);
  return text;
}
