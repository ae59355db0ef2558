import {
  type HttpClient,
  type HttpContext,
  HttpErrorResponse,
  HttpHeaders,
  type HttpResponse,
} from '@angular/common/http';
import { catchError, map, Observable, of, throwError, timeout } from 'rxjs';
import { AttemptTimeoutError, CrossOriginError, ParseError, TransportError } from '../errors.js';
import type { HeaderMap, PageRequest, PageResponse, Transport } from '../request.js';
import { checkCalled, checkNumber, checkOptions, invalid } from '../values/options.js';
import { corsHint, isElsewhere, originOf } from '../values/origin.js';
import { isA, peek } from '../values/peek.js';
import { redactText, withoutExcerpt } from '../values/redact.js';

export interface HttpClientTransportOptions {
  /** Milliseconds for one attempt, interceptors included; a timeout is retryable. @default 30_000 */
  readonly attemptTimeout?: number | undefined;
  /** Context that interceptors receive with every request. @default none */
  readonly context?: HttpContext | undefined;
  /** Whether cookies go to other origins. @default HttpClient's own: false */
  readonly withCredentials?: boolean | undefined;
  /**
   * Whether the browser reuses answers from server-side rendering. @default HttpClient's own: GET without credentials
   */
  readonly transferCache?: boolean | { readonly includeHeaders?: string[] } | undefined;
}

type Defined<Options> = { [Name in keyof Options]: Exclude<Options[Name], undefined> };

const known = [
  'attemptTimeout', 'context', 'withCredentials', 'transferCache',
] as const satisfies readonly (keyof HttpClientTransportOptions)[]; // prettier-ignore

/**
 * Carries requests over Angular's HttpClient: each one passes its interceptors, XSRF tokens, testing backend and
 * transfer cache, and unsubscribing cancels it.
 *
 *     paginate({ url: '/api/items' }, strategy, { transport: httpClientTransport(inject(HttpClient)) })
 *
 * Answers of any status are passed on for the policy and the check to judge. If an interceptor throws anything but a
 * server's answer, the attempt fails with a TransportError.
 * @throws ConfigError for options that can't work
 */
export function httpClientTransport(http: HttpClient, options: HttpClientTransportOptions = {}): Transport {
  const name = 'httpClientTransport';
  checkCalled(name, http);
  if (typeof (http as Partial<HttpClient> | undefined)?.request !== 'function')
    throw invalid(name, 'http', http, `Angular's HttpClient`);
  checkOptions(name, options, known);
  const { attemptTimeout = 30_000, ...passed } = options;
  checkNumber(name, 'attemptTimeout', attemptTimeout, 1, true);
  const named = typeof options.transferCache === 'object' && options.transferCache.includeHeaders !== undefined;

  return ({ url = '', method = 'GET', body, headers }: PageRequest): Observable<PageResponse> => {
    let asked = false;
    const answer$ = http
      .request<unknown>(method, url, {
        ...(passed as Defined<typeof passed>), // To HttpClient, undefined is absent.
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

/**
 * @param early whether the answer arrived synchronously, as only a cached one does
 * @param named whether `includeHeaders` was set
 */
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
  "the header may have been lost: Angular's transfer cache keeps only those that you name in " +
  'transferCache: { includeHeaders: […] } of providePagewise or httpClientTransport';

// Not by has(): in development the transfer cache warns about each header that is read but was not kept.
const isTyped = (headers: HttpHeaders) => headers.keys().some((name) => name.toLowerCase() === 'content-type');

/**
 * Whether the answer is from another origin, so that only exposed headers are visible. XMLHttpRequest does not report
 * it.
 */
const isPartial = ({ url, responseType }: HttpResponse<unknown> | HttpErrorResponse): boolean =>
  responseType === undefined ? url !== null && isElsewhere(url) : responseType === 'cors';

/** Converts what HttpClient calls an error: an answer with another status, one that is not JSON, or no answer. */
function answerOf(error: HttpErrorResponse): Observable<PageResponse> {
  if (error.status === 0)
    return throwError(() => new TransportError(error, { network: true, hint: corsHint(error.url ?? '') }));
  // For a 2xx that is not JSON, the XHR backend has the error of JSON.parse and the text; the fetch backend only the
  // error.
  const broken: unknown = error.error;
  const cause = isA(broken, Error) ? broken : peek(broken, 'error');
  if (error.status >= 200 && error.status < 300 && isA(cause, Error)) {
    const text = peek(broken, 'text');
    const excerpt = typeof text === 'string' ? redactText(text) : '';
    return throwError(() => new ParseError('the body is not JSON', excerpt, withoutExcerpt(cause)));
  }
  return of(answer(error, error.error));
}

/** Browsers follow redirects invisibly; credentials may have been sent to another origin. */
function sameOrigin(asked: string, response: PageResponse): PageResponse {
  const from = originOf(asked);
  const to = response.url === '' ? from : originOf(response.url);
  if (from !== undefined && to !== undefined && from !== to) throw new CrossOriginError(from, to, 'followed');
  return response;
}
