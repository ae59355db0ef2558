import type { Observable, ObservableInput } from 'rxjs';

/** Header names and values as they go on the wire. */
export type HeaderMap = Readonly<Record<string, string>>;

/**
 * Headers, or a function that is asked for them before each attempt (a rotating token, say).
 * What the function throws is never retried.
 */
export type HeaderSource = HeaderMap | (() => HeaderMap | ObservableInput<HeaderMap>);

type HeaderChanges = Readonly<Record<string, string | undefined>>;

// Headers that placements add to what a function will give.
const placed = new WeakMap<object, HeaderChanges>();

/** The same headers with some set or removed, whatever the case of their names. */
export function withHeaders(headers: HeaderSource | undefined, changes: HeaderChanges): HeaderSource {
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

/** What a header function has given, with what placements have added to it. */
export function givenHeaders(source: () => unknown, given: HeaderMap): HeaderMap {
  const changes = placed.get(source);
  return changes === undefined ? given : (withHeaders(given, changes) as HeaderMap);
}

/**
 * What to ask. The request template is one of these without paging parameters; it is never changed: each
 * page's request is a copy into which the strategy has placed that page's position.
 */
export interface PageRequest {
  /** Absolute `http:` or `https:` URL; in a browser it may be relative to the document. Its query is kept as it is. */
  readonly url?: string | undefined;
  /** @default 'GET' */
  readonly method?: string | undefined;
  /** A plain object or array is sent as JSON; a string, `URLSearchParams`, `FormData`, `Blob` or bytes are sent as they are. */
  readonly body?: unknown;
  readonly headers?: HeaderSource | undefined;
}

/** What is read of an answer's headers. */
export interface ResponseHeaders {
  get(name: string): string | null;
  /**
   * Whether one that is not seen may be there all the same, for such an absence is no end of a walk. `true`: a browser
   * shows only the headers that another origin exposes. A text: why else, and what to do.
   */
  readonly hidden?: boolean | string | undefined;
}

/** One decoded answer, whatever its status: transports emit answers and never throw for a status. */
export interface PageResponse {
  readonly status: number;
  /** The URL that answered, after redirects. */
  readonly url: string;
  readonly headers: ResponseHeaders;
  /** The decoded body; `undefined` where there is none (204). */
  readonly body: unknown;
  /** Length of the body as it came, decompressed, where the transport knows it. */
  readonly bytes?: number | undefined;
}

/** What a transport is told about the attempt that it carries. */
export interface Attempt {
  /** Aborted when the attempt is given up before it has answered. */
  readonly signal: AbortSignal;
  /** Index of the page in the walk, from 0. */
  readonly pageIndex: number;
  /** 1 for the first attempt at this page. */
  readonly attempt: number;
  /** When this attempt must be over, in milliseconds of `performance.now()`; absent: no deadline but the transport's own. */
  readonly deadline?: number;
}

/** Carries one request and gives one answer: a Promise, an Observable, a marble. */
export interface Transport {
  (request: PageRequest, attempt: Attempt): ObservableInput<PageResponse>;
  /** Refuses what it could never send. Asked with the first page's request when the stream is built. */
  readonly checkRequest?: (request: PageRequest) => void;
}

/**
 * When requests are sent and sent again: an operator on one page's request, which makes an attempt each time that it
 * is subscribed to. Built once and applied to every page, so that its state (a rate, a budget) is shared by them.
 */
export type PagePolicy = (source: Observable<PageResponse>) => Observable<PageResponse>;

/** A policy that serves any Observable. This generic form lets one `const policy = pipe(…)` serve everywhere. */
export type Policy = <T>(source: Observable<T>) => Observable<T>;
