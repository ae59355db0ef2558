import type { PageResponse } from '../request.js';

/**
 * Why a header that is not seen may be there all the same, and what to do; '' where that can't be. Where every header is
 * exposed (`*`), the one that says so is seen too.
 */
export function hiddenHeader(name: string, { headers }: PageResponse): string {
  const { hidden = false } = headers;
  if (hidden === false || headers.get(name) !== null) return '';
  if (hidden !== true) return `; ${hidden}`;
  if (headers.get('access-control-expose-headers')?.includes('*') === true) return '';
  return (
    '; it may be hidden: of another origin, a browser shows only the headers that this exposes. ' +
    `Let the server send Access-Control-Expose-Headers: ${name}, or ask it through a proxy on your own origin`
  );
}
