import { ConfigError } from '../../errors.js';
import type { Json } from '../../page.js';
import { type HeaderMap, type PageRequest, withHeaders } from '../../request.js';
import { checkOptions, invalid } from '../../values/options.js';

export interface NextRequestOptions {
  /**
   * What is different in requests after the first page: another URL (absolute, or relative to the template's), method,
   * body or headers. The body replaces the template's, the headers are added to it, and the parameters are written into
   * the result.
   *
   *     POST /events/_search?scroll=1m { "size": 500 }, then POST /_search/scroll { "scroll": "1m", "scroll_id": "…" }
   *
   *     nextRequest: { url: '/_search/scroll', body: { scroll: '1m' } }
   *
   * @default the template
   */
  readonly nextRequest?: NextRequest | undefined;
}

export interface NextRequest {
  readonly url?: string | undefined;
  readonly method?: string | undefined;
  readonly body?: unknown;
  readonly headers?: HeaderMap | undefined;
}

/** @returns a function that makes the template of later pages from the first one's @throws ConfigError */
export function nextRequests(kind: string, { nextRequest }: NextRequestOptions): (request: PageRequest) => PageRequest {
  if (nextRequest === undefined) return (request) => request;
  const of = `${kind}: nextRequest`;
  checkOptions(of, nextRequest, ['url', 'method', 'body', 'headers']);
  const { url, method, body, headers } = nextRequest;
  for (const [name, value] of Object.entries({ url, method }))
    if (value !== undefined && (typeof value !== 'string' || value === ''))
      throw invalid(of, name, value, 'a non-empty string');
  if (method?.toUpperCase() === 'GET' && body !== undefined)
    throw new ConfigError("is sent with a request that has one; remove it, or set `method: 'POST'`", {
      of,
      options: ['body'],
    });
  return ({ body: first, ...request }) => {
    const sent = body ?? (method?.toUpperCase() === 'GET' ? undefined : first);
    return {
      ...request,
      ...(url === undefined ? {} : { url: resolved(url, request.url) }),
      ...(method === undefined ? {} : { method }),
      ...(sent === undefined ? {} : { body: sent }),
      ...(headers === undefined ? {} : { headers: withHeaders(request.headers, headers) }),
    };
  };
}

/** For a resume token: it belongs to these requests. */
export const nextIdentity = ({ nextRequest }: NextRequestOptions): Readonly<Record<string, Json>> =>
  nextRequest?.url === undefined ? {} : { nextRequest: nextRequest.url };

/** Without a template's URL, or with one relative to a document, a URL stays as it is: the transport resolves it. */
function resolved(url: string, template: string | undefined): string {
  try {
    return new URL(url, template).href;
  } catch {
    return url;
  }
}
