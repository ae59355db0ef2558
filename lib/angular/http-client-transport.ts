import {
  type HttpClient,
  type HttpContext,
  HttpErrorResponse,
  HttpHeaders,
  type HttpResponse,
} from '@angular/common/http';
import { catchError, map, Observable, of, throwError, timeout } from 'rxjs';
import { AttemptTimeoutError, ConfigError, CrossOriginError, ParseError, TransportError } from '../errors.js';
import type { HeaderMap, PageRequest, PageResponse, Transport } from '../request.js';
import { describe } from '../values/describe.js';
import { checkNumber, checkOptions } from '../values/options.js';
import { corsHint, isElsewhere, originOf } from '../values/origin.js';
import { isA, peek } from '../values/peek.js';
import { redactText, withoutExcerpt } from '../values/redact.js';

export interface HttpClientTransportOptions {
  /** Milliseconds for one attempt, interceptors included. Retryable. @default 30_000 */
  readonly attemptTimeout?: number | undefined;
  /** What interceptors are told, of every request. */
  readonly context?: HttpContext | undefined;
  /** Whether cookies go to other origins. @default HttpClient's own: false */
  readonly withCredentials?: boolean | undefined;
  /** Whether answers of a server-side rendering are used again in the browser. @default HttpClient's own: GET without credentials */
  readonly transferCache?: boolean | { readonly includeHeaders?: string[] } | undefined;
}

const known = [
  'attemptTimeout', 'context', 'withCredentials', 'transferCache',
] as const satisfies readonly (keyof HttpClientTransportOptions)[]; // prettier-ignore

/**
 * Carries requests over Angular's HttpClient: its interceptors, XSRF tokens, testing backend and transfer cache see each
 * of them, and unsubscribing cancels.
 *
 *     paginate({ url: '/api/items' }, strategy, { transport: httpClientTransport(inject(HttpClient)) })
 *
 * An answer of any status is an answer, for the policy and the check to judge. What an interceptor throws that is no
 * answer of a server is passed on in a TransportError.
 * @throws ConfigError for options that can't work
 */
export function httpClientTransport(http: HttpClient, options: HttpClientTransportOptions = {}): Transport {
  const name = 'httpClientTransport';
  if (typeof (http as Partial<HttpClient> | undefined)?.request !== 'function')
    throw new ConfigError(`${name}: give it Angular's HttpClient, not ${describe(http)}`);
  checkOptions(name, options, known);
  const { attemptTimeout = 30_000, ...passed } = options;
  checkNumber(name, 'attemptTimeout', attemptTimeout, 1, true);
  const given = Object.fromEntries(Object.entries(passed).filter(([, value]) => value !== undefined));

  const named = typeof options.transferCache === 'object' && options.transferCache.includeHeaders !== undefined;

  return ({ url = '', method = 'GET', body, headers }: PageRequest): Observable<PageResponse> => {
    let asked = false;
    const answer$ = http
      .request<unknown>(method, url, {
        ...given,
        body,
        headers: new HttpHeaders({ ...(headers as HeaderMap | undefined) }),
        observe: 'response',
        responseType: 'json',
      })
      .pipe(
        map((response) => answer(response, response.body, !asked, named)),
        catchError((error: unknown) =>
          isA(error, HttpErrorResponse) ? answerOf(error) : throwError(() => new TransportError(error)),
        ),
        map((response) => sameOrigin(url, response)),
      );
    const sent$ = new Observable<PageResponse>((subscriber) => {
      asked = false;
      subscriber.add(answer$.subscribe(subscriber));
      asked = true;
    });
    if (attemptTimeout === Infinity) return sent$;
    const late = () => throwError(() => new AttemptTimeoutError(attemptTimeout));
    return sent$.pipe(timeout({ first: attemptTimeout, with: late }));
  };
}

/** @param early whether it was there at once, as only a cache's is; @param named whether that has kept what was named */
function answer(
  response: HttpResponse<unknown> | HttpErrorResponse,
  body: unknown,
  early = false,
  named = false,
): PageResponse {
  const { status, headers } = response;
  const isTransferred = early && (named || (body !== null && !isTyped(headers)));
  const hidden = isTransferred ? !named && uncached : isPartial(response);
  return {
    status,
    url: response.url ?? '',
    headers: hidden === false ? headers : Object.assign(headers, { hidden }),
    body: status === 204 ? undefined : body,
  };
}

const uncached =
  "it may have been left on the server, for Angular's transfer cache keeps only the headers that are named. Name it in " +
  'transferCache: { includeHeaders: […] }, of providePagewise or httpClientTransport';

// Not by has(): in development the transfer cache warns of each header that is asked for and was not kept.
const isTyped = (headers: HttpHeaders) => headers.keys().some((name) => name.toLowerCase() === 'content-type');

/** Whether it is of another origin, and so shows only what that exposes. XMLHttpRequest does not tell. */
const isPartial = ({ url, responseType }: HttpResponse<unknown> | HttpErrorResponse): boolean =>
  responseType === undefined ? url !== null && isElsewhere(url) : responseType === 'cors';

/** What HttpClient calls an error: an answer with another status, one that is no JSON, or none at all. */
function answerOf(error: HttpErrorResponse): Observable<PageResponse> {
  if (error.status === 0)
    return throwError(() => new TransportError(error, { network: true, hint: corsHint(error.url ?? '') }));
  // Of a 2xx that is no JSON the XHR backend gives what JSON.parse threw, and the text; the fetch backend the former alone.
  const broken: unknown = error.error;
  const cause = isA(broken, Error) ? broken : peek(broken, 'error');
  if (error.status >= 200 && error.status < 300 && isA(cause, Error)) {
    const text = peek(broken, 'text');
    const excerpt = typeof text === 'string' ? redactText(text) : '';
    return throwError(() => new ParseError('the body is not JSON', excerpt, withoutExcerpt(cause)));
  }
  return of(answer(error, error.error));
}

/** Browsers follow redirects unseen; to another origin the credentials may have gone along (T7). */
function sameOrigin(asked: string, response: PageResponse): PageResponse {
  const from = originOf(asked);
  const to = response.url === '' ? from : originOf(response.url);
  if (from !== undefined && to !== undefined && from !== to) throw new CrossOriginError(from, to, 'followed');
  return response;
}
