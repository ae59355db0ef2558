import type { PageResponse } from '../../request.js';
import type { Verdict } from '../../strategy.js';
import { describe } from '../../values/describe.js';
import { redactText } from '../../values/redact.js';

interface GraphQLError {
  readonly message?: unknown;
  readonly type?: unknown;
  readonly extensions?: { readonly code?: unknown } | null;
}

/** GraphQL's errors come with HTTP 200. */
export function judgeErrors({ body, status }: PageResponse, partial: 'fail' | 'accept'): Verdict | undefined {
  const { errors, data } = (typeof body === 'object' && body !== null ? body : {}) as {
    errors?: unknown;
    data?: unknown;
  };
  // Some servers give one error as it is.
  const all = (
    Array.isArray(errors) ? errors : errors === undefined || errors === null ? [] : [errors]
  ) as readonly (GraphQLError | null)[];
  if (all.length === 0) return undefined;
  const reason = redactText(`GraphQL: ${all.map((error) => describe(error?.message)).join('; ')}`);
  if (all.some((error) => limits.has(String(error?.type)) || limits.has(String(error?.extensions?.code))))
    return { retry: reason, throttled: true };
  if (status < 200 || status >= 300) return undefined; // The status says more: whether it is worth another try.
  return partial === 'accept' && data !== undefined && data !== null ? undefined : { fail: reason };
}

const limits = new Set(['RATE_LIMITED', 'RATE_LIMIT', 'THROTTLED']);
