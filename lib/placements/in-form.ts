import { ConfigError } from '../errors.js';
import type { Placement } from '../strategy.js';
import { describe } from '../values/describe.js';
import { writeQuery } from './query-text.js';

/**
 * Writes parameters into a form body (`application/x-www-form-urlencoded`): a string, bytes, `URLSearchParams`, or no
 * body yet. A field of the same name is replaced.
 *
 *     POST q=dog  ▸  inForm()(request, { page: 2, per_page: 20 })  ▸  POST q=dog&page=2&per_page=20
 *
 * @throws ConfigError for a body that is not a form, or a value that a form can't hold
 */
export const inForm = (): Placement => (request, params) => ({
  ...request,
  body: new URLSearchParams(writeQuery('inForm', textOf(request.body), params, 'repeat')),
});

function textOf(body: unknown): string {
  if (body === undefined || body === null) return '';
  if (typeof body === 'string') return checked(body);
  if (body instanceof URLSearchParams) return body.toString();
  if (body instanceof Uint8Array) return checked(new TextDecoder().decode(body));
  throw new ConfigError(
    `the body is ${describe(body)}, not a form; pass a string, \`new URLSearchParams({ … })\` or no body`,
    { of: 'inForm' },
  );
}

/** Rejects text that would change on the way: it is sent as URLSearchParams, which reads it as UTF-8. */
function checked(text: string): string {
  if (/^\s*[[{]/.test(text))
    throw new ConfigError('the body looks like JSON; pass an object, and use `inBody()`', { of: 'inForm' });
  try {
    decodeURIComponent(text);
  } catch {
    throw new ConfigError(
      'the body holds percent-encoding that is not UTF-8, which would change on the way; encode the values with `new URLSearchParams({ … })`',
      { of: 'inForm' },
    );
  }
  return text;
}
