import type { PageRequest } from '../../request.js';

/** Where parameters can be written into this request, likeliest first. */
export function placesOf({ method = 'GET', body, headers }: PageRequest): readonly string[] {
  if (/^(get|head)$/i.test(method) || body === undefined || body === null) return ['query'];
  const isForm =
    typeof headers === 'object' &&
    Object.entries(headers).some(
      ([name, value]) => /^content-type$/i.test(name) && /x-www-form-urlencoded/i.test(value),
    );
  if (typeof body === 'string' || body instanceof URLSearchParams || (isForm && body instanceof Uint8Array))
    return ['form', 'query'];
  if (typeof body !== 'object' || ArrayBuffer.isView(body)) return ['query'];
  const nested = Object.entries(body).filter(
    ([name, value]) => /^(pagination|paging|page)$/i.test(name) && typeof value === 'object',
  );
  return [
    ...nested.map(([name]) => `body:${name}`),
    'body',
    ...(nested.length > 0 ? [] : ['body:pagination']),
    'query',
  ];
}
