import { platform } from '#platform';
import { Observable } from 'rxjs';
import { AttemptTimeoutError, ConfigError, isPagewiseError, TransportError } from '../errors.js';
import type { PageRequest, PageResponse, Transport } from '../request.js';
import { checkFunction, checkNumber, checkOptions, checkWhole } from '../values/options.js';
import { redactUrls } from '../values/redact.js';
import { documentUrl } from '../values/origin.js';
import { decodeBody, jsonDecoder, type Decode, type ParseJson } from './decode-body.js';
import { toHttpRequest, type HttpRequest } from './http-request.js';
import type { Fetch } from './platform.js';
import { decodeText, readBytes, readWhole } from './read-body.js';

export interface FetchTransportOptions {
  /** What sends: any fetch. @default cross-fetch on Node (loaded with the first request), the native fetch in browsers */
  readonly fetch?: Fetch | undefined;
  /** Milliseconds for one attempt: connecting, headers and the whole body. Retryable. @default 30_000 */
  readonly attemptTimeout?: number | undefined;
  /** The largest answer that is read, in decompressed bytes. @default 67_108_864 (64 MiB) */
  readonly maxResponseBytes?: number | undefined;
  /** Redirects that are followed for one attempt, within the origin. Browsers have a limit of their own. @default 5 */
  readonly maxRedirects?: number | undefined;
  /** Turns JSON into a value, for numbers beyond 2⁵³ say. What it throws is a ParseError. @default JSON.parse */
  readonly parseJson?: ParseJson | undefined;
  /** Turns a body that is no JSON into a value: XML, CSV, bytes. What it throws is a ParseError. @default JSON, by parseJson */
  readonly decode?: Decode | undefined;
}

const known = [
  'fetch', 'attemptTimeout', 'maxResponseBytes', 'maxRedirects', 'parseJson', 'decode',
] as const satisfies readonly (keyof FetchTransportOptions)[]; // prettier-ignore

/** A failure of fetch itself. cross-fetch writes the URL into the message, which may hold a cursor or a key. */
function networkError(error: unknown): TransportError {
  const network = !platform.namesNetworkErrors;
  if (!(error instanceof Error) || !error.message.includes('://')) return new TransportError(error, { network });
  const { name, code } = error as { name: string; code?: unknown };
  const cause = Object.assign(new Error(redactUrls(error.message)), { name, ...(code === undefined ? {} : { code }) });
  return new TransportError(cause, { network });
}

/** Of an error's body so much is read; it explains, and may be megabytes of HTML. */
const errorBytes = 64 * 1024;

/**
 * Carries requests over `fetch`, any of them. JSON in, JSON out; redirects within the origin; the attempt is aborted
 * when it is unsubscribed from before it has answered, and when it takes too long.
 *
 *     paginate(request, strategy, { transport: fetchTransport({ attemptTimeout: 10_000 }) })
 *
 * @throws ConfigError for options that can't work
 */
export function fetchTransport(options: FetchTransportOptions = {}): Transport {
  checkOptions('fetchTransport', options, known);
  const {
    attemptTimeout = 30_000,
    maxResponseBytes = 64 * 1024 * 1024,
    maxRedirects = 5,
    parseJson = JSON.parse,
    decode = jsonDecoder(parseJson),
  } = options;
  checkFunction('fetchTransport', 'fetch', options.fetch);
  checkFunction('fetchTransport', 'parseJson', options.parseJson);
  checkFunction('fetchTransport', 'decode', options.decode);
  if (options.decode !== undefined && options.parseJson !== undefined)
    throw new ConfigError('fetchTransport: parseJson and decode both read the body; leave one of them out');
  // What is decoded otherwise is seldom JSON.
  const accept = options.decode === undefined ? 'application/json' : '*/*';
  checkNumber('fetchTransport', 'attemptTimeout', attemptTimeout, 1, true);
  checkWhole('fetchTransport', 'maxResponseBytes', maxResponseBytes, 1);
  checkWhole('fetchTransport', 'maxRedirects', maxRedirects, 0);

  let loading: Promise<Fetch> | undefined;
  const { fetch: given } = options;
  const loadFetch = () => (loading ??= given ? Promise.resolve(given) : platform.loadFetch());

  async function exchange(request: HttpRequest, controller: AbortController): Promise<PageResponse> {
    const fetch = await loadFetch();
    const { response, url } = await platform.send(fetch, request, controller.signal, maxRedirects);
    const { status, headers } = response;
    let bytes: Uint8Array;
    if (status >= 200 && status < 300) bytes = await readWhole(response, maxResponseBytes);
    else {
      const read = await readBytes(response, Math.min(errorBytes, maxResponseBytes));
      // The rest of an error is of no use, and unread it would keep its socket.
      if (read.cut) controller.abort();
      bytes = read.bytes;
    }
    const answer = { status, url, headers };
    return { ...answer, body: decodeBody(decodeText(bytes), { ...answer, bytes }, decode) };
  }

  const transport = (request: PageRequest): Observable<PageResponse> =>
    new Observable((subscriber) => {
      const http = toHttpRequest(request, documentUrl(), accept);
      const controller = new AbortController();
      let settled = false;
      const settle = () => {
        settled = true;
        clearTimeout(timer);
      };
      const fail = (error: unknown) => {
        settle();
        subscriber.error(error);
      };
      const onTimeout = () => {
        fail(new AttemptTimeoutError(attemptTimeout));
        controller.abort();
      };
      // Ref'd: with cross-fetch, a body that is cut off below its Content-Length never settles.
      const timer = attemptTimeout < 2 ** 31 ? setTimeout(onTimeout, attemptTimeout) : undefined;

      exchange(http, controller).then(
        (response) => {
          if (settled) return;
          settle(); // Before next: take(1) tears us down inside it, and what has answered is not aborted.
          subscriber.next(response);
          subscriber.complete();
        },
        (error: unknown) => {
          if (settled) return;
          fail(isPagewiseError(error) ? error : networkError(error));
          controller.abort(); // Whatever is unread would keep its socket.
        },
      );
      return () => {
        if (settled) return;
        settle();
        controller.abort();
      };
    });

  return Object.assign(transport, {
    checkRequest: (request: PageRequest) => void toHttpRequest(request, documentUrl(), accept),
  });
}
