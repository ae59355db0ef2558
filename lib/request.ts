import type { Observable, ObservableInput } from 'rxjs';
import { peek } from './values/peek.js';

/** Header names and values as they go on the wire. */
export type HeaderMap = Readonly<Record<string, string>>;

/**
 * Headers, or a function that is called for them before each attempt (for a rotating token, say).
 * An error that the function throws is never retried.
 */
export type HeaderSource = HeaderMap | (() => HeaderMap | Headers | ObservableInput<HeaderMap | Headers>);

// Headers that placements add to the result of a header function.
const placed = new WeakMap<object, Readonly<Record<string, string | undefined>>>();

/**
 * A copy of the headers with some set, or removed with `undefined`; the case of names does not matter. Use it in your
 * own placements and strategies: spreading a header function loses its headers.
 *
 *     { ...request, headers: withHeaders(request.headers, { range: 'page=2' }) }
 */
export function withHeaders(
  headers: HeaderSource | undefined,
  changes: Readonly<Record<string, string | undefined>>,
): HeaderSource {
  if (typeof headers === 'function') {
    const wrapped = () => headers();
    placed.set(wrapped, { ...placed.get(headers), ...changes });
    return wrapped;
  }
  const names = new Set(Object.keys(changes).map((name) => name.toLowerCase()));
  return Object.fromEntries([
    ...Object.entries(headers ?? {}).filter(([name]) => !names.has(name.toLowerCase())),
    ...Object.entries(changes).filter((change): change is [string, string] => change[1] !== undefined),
  ]);
}

/** Whether a value is a platform's `Headers`, or a package's. */
export const isHeaders = (value: unknown): value is Headers =>
  // Not `instanceof` for all: on Node, accessing Headers loads half of its own fetch, which takes 30 ms.
  typeof peek(value, 'forEach') === 'function' &&
  (Object.prototype.toString.call(value) === '[object Headers]' ||
    (typeof Headers === 'function' && value instanceof Headers)); // jsdom has none.

/** Headers as a map; `undefined` for what is none. A Map and a list of pairs have no properties: all would be lost. */
export function headerMap(given: unknown): HeaderMap | undefined {
  if (isHeaders(given)) return Object.fromEntries(given);
  return typeof given === 'object' && given !== null && !(Symbol.iterator in given) ? (given as HeaderMap) : undefined;
}

/** The headers that a header function returned, with those that placements added. @throws TypeError for what is none */
export function givenHeaders(source: () => unknown, given: unknown): HeaderMap {
  const plain = headerMap(given);
  if (plain === undefined) throw new TypeError('headers must be an object or Headers');
  const changes = placed.get(source);
  return changes === undefined ? plain : (withHeaders(plain, changes) as HeaderMap);
}

/**
 * What to ask: a request without paging parameters. It is never changed: each page's request is a copy into which the
 * strategy has written that page's position.
 *
 *     paginate({ url: new URL('/inputs?q=dog', origin), headers: new Headers({ authorization }) }, …)
 */
export interface RequestTemplate extends Omit<PageRequest, 'url' | 'headers'> {
  /** Absolute `http:` or `https:` URL; in a browser it may be relative to the document. Its query is kept as is. */
  readonly url?: string | URL | undefined;
  readonly headers?: HeaderSource | Headers | undefined;
}

/** One page's request, as strategies and placements write it and transports send it. */
export interface PageRequest {
  /** Absolute `http:` or `https:` URL; in a browser it may be relative to the document. Its query is kept as is. */
  readonly url?: string | undefined;
  /** @default 'GET' */
  readonly method?: string | undefined;
  /**
   * A plain object or array is sent as JSON; a string, `URLSearchParams`, `FormData`, `Blob` or bytes are sent as is.
   */
  readonly body?: unknown;
  readonly headers?: HeaderSource | undefined;
}

/** The headers of an answer, by name. */
export interface ResponseHeaders {
  get(name: string): string | null;
  /**
   * Whether a header may be present although it can't be read; its absence then does not end a walk. `true`: a browser
   * shows only the headers that another origin exposes. A string: another reason, and what to do.
   */
  readonly hidden?: boolean | string | undefined;
}

/** One decoded answer, whatever its status: transports emit answers and never throw for a status. */
export interface PageResponse {
  readonly status: number;
  /** The URL that answered, after redirects. */
  readonly url: string;
  readonly headers: ResponseHeaders;
  /** The decoded body; `undefined` if there is none (204). */
  readonly body: unknown;
  /** Length of the received body, decompressed, if the transport knows it. */
  readonly bytes?: number | undefined;
  /** Whether invalid bytes in the body were replaced with U+FFFD (`invalidText: 'replace'`). */
  readonly replacedText?: true | undefined;
}

/** One attempt at a page, as the transport receives it. */
export interface Attempt {
  /** Aborts when the attempt is cancelled before it is answered. */
  readonly signal: AbortSignal;
  /** Index of the page in the walk, from 0. */
  readonly pageIndex: number;
  /** 1 for the first attempt at this page. */
  readonly attempt: number;
  /**
   * When this attempt must end: milliseconds on the clock of `performance.now()`. If absent, only the transport's own
   * deadline applies.
   */
  readonly deadline?: number;
  /** Reports a message for a person, as a notice event, once a walk. */
  notice?(message: string): void;
  /** Reports that the head of an answer has arrived, which is `headMs` of the response event. */
  head?(): void;
}

/** Sends one request and returns one answer, as a Promise or an Observable. */
export interface Transport {
  (request: PageRequest, attempt: Attempt): ObservableInput<PageResponse>;
  /** Rejects a request that it could never send. Called with the first page's request when the stream is built. */
  readonly checkRequest?: (request: PageRequest) => void;
  /**
   * Loads what the first request needs, such as an HTTP client. A walk waits for it before it starts: loaded after a
   * throttle has given the first request its turn, that request would leave late. `undefined` if all is loaded. If it
   * rejects, the walk starts all the same, so that its request reports why.
   */
  readonly load?: (() => PromiseLike<unknown> | undefined) | undefined;
}

/**
 * When requests are sent and retried: an operator on one page's request. Each subscription to its source makes one
 * attempt. The operator is built once and applied to every page, so all pages share its state (a rate, a budget).
 */
export type PagePolicy = (source: Observable<PageResponse>) => Observable<PageResponse>;

/** A policy for any Observable. This generic form lets you use one `const policy = pipe(…)` everywhere. */
export type Policy = <T>(source: Observable<T>) => Observable<T>;
