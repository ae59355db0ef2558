import { type Read, reader } from './reading/read.js';
import type { PageResponse } from './request.js';
import type { Check } from './strategy.js';
import { digitsOf } from './values/compare.js';
import { describe } from './values/describe.js';
import { factory } from './values/options.js';
import { redactText } from './values/redact.js';

/**
 * A check that rejects a 2xx answer if the value at `path` is set, such as an error inside a success.
 *
 *     { "success": false, "errors": [{ "code": 10000 }], "result": [] }
 *
 *     paginate(request, strategy, { check: failIf('errors') })
 *     paginate(request, strategy, { check: [failIf('status', 'error'), retryIf('status', 'busy')] })
 *
 * @param path where the value is: a path into the body, `header('X-Error')`, or a function
 * @param value what a string, number or boolean there must equal, compared as text. Without it, any value counts except
 *   absent, null, false, 0, '', [] and {}
 * @throws ConfigError for an invalid path
 */
export const failIf = /* @__PURE__ */ factory(
  'failIf',
  (path: Read<unknown>, value?: string | number | boolean): Check => {
    const holds = condition('failIf', path, value);
    return (response) => {
      // Other statuses are failures already, and say whether to retry.
      const reason = response.status < 200 || response.status >= 300 ? undefined : holds(response);
      return reason === undefined ? undefined : { fail: reason };
    };
  },
);

/** Like `failIf`, but for answers of any status, which are then retried: after Retry-After, if the answer has one. */
export const retryIf = /* @__PURE__ */ factory(
  'retryIf',
  (path: Read<unknown>, value?: string | number | boolean): Check => {
    const holds = condition('retryIf', path, value);
    return (response) => {
      const reason = holds(response);
      return reason === undefined ? undefined : { retry: reason };
    };
  },
);

/** Like `failIf`, but accepts the answer as a page, whatever its status and whatever in it looks like a failure. */
export const okIf = /* @__PURE__ */ factory('okIf', (path: Read<unknown>, value?: string | number | boolean): Check => {
  const holds = condition('okIf', path, value);
  return (response) => (holds(response) === undefined ? undefined : 'ok');
});

/** @returns a function that says in words what meets the condition; `undefined` if nothing does */
function condition(
  of: string,
  path: Read<unknown>,
  value: string | number | boolean | undefined,
): (response: PageResponse) => string | undefined {
  const from = reader(of, 'path', path);
  return (response) => {
    const found = from.read(response.body, response);
    const holds = value === undefined ? isSet(found) : isScalar(found) && textOf(found) === String(value);
    return holds ? redactText(`${from.path} is ${describe(digitsOf(found) ?? found)}`) : undefined;
  };
}

/** Whether a value is set: not absent, null, false, 0, '', [] or {}. */
export function isSet(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return Boolean(value);
  const digits = digitsOf(value);
  return digits === undefined ? Object.keys(value).length > 0 : Number(digits) !== 0;
}

const isScalar = (value: unknown): boolean => ['string', 'number', 'boolean', 'bigint'].includes(typeof value) || digitsOf(value) !== undefined; // prettier-ignore

const textOf = (value: unknown): string => digitsOf(value) ?? String(value);
