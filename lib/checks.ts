import { type Read, reader } from './reading/read.js';
import type { PageResponse } from './request.js';
import type { Check } from './strategy.js';
import { digitsOf } from './values/compare.js';
import { describe } from './values/describe.js';
import { factory } from './values/options.js';
import { redactText } from './values/redact.js';

/**
 * A check that fails an answer with a 2xx status in which something is set, such as an error inside a success.
 *
 *     { "success": false, "errors": [{ "code": 10000 }], "result": [] }
 *
 *     paginate(request, strategy, { check: failIf('errors') })
 *     paginate(request, strategy, { check: [failIf('status', 'error'), retryIf('status', 'busy')] })
 *
 * @param path where it is: a path into the body, `header('X-Error')`, or a function
 * @param value what it must be, compared as text with a string, number or boolean. Without it, anything holds but
 *   absent, null, false, 0, '', [] and {}
 * @throws ConfigError for a path that is none
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

/** The same for answers of any status that are worth another attempt: after Retry-After, if the answer has one. */
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

/** The same for answers that are usable pages, whatever their status, and whatever looks like a failure in them. */
export const okIf = /* @__PURE__ */ factory('okIf', (path: Read<unknown>, value?: string | number | boolean): Check => {
  const holds = condition('okIf', path, value);
  return (response) => (holds(response) === undefined ? undefined : 'ok');
});

/** @returns reads what holds, in words; `undefined` if it does not hold */
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

/** Whether there is something: not absent, null, false, 0, '', [] or {}. */
export function isSet(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return Boolean(value);
  const digits = digitsOf(value);
  return digits === undefined ? Object.keys(value).length > 0 : Number(digits) !== 0;
}

const isScalar = (value: unknown): boolean => ['string', 'number', 'boolean', 'bigint'].includes(typeof value) || digitsOf(value) !== undefined; // prettier-ignore

const textOf = (value: unknown): string => digitsOf(value) ?? String(value);
