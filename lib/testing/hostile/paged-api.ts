import type { PageRequest } from '../../request.js';

/** One received request. */
export interface ReceivedRequest {
  readonly method: string;
  readonly url: URL;
  /** The request target as on the wire, byte for byte. */
  readonly target: string;
  /** By lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One page for the API to write. */
export interface ServedPage {
  /** From 0. */
  readonly index: number;
  readonly items: readonly unknown[];
  /** Index of the next page; `undefined` after the last one. */
  readonly next: number | undefined;
  /** Items on all pages. */
  readonly total: number;
  /** The server's origin, for URLs of next pages. */
  readonly origin: string;
}

/** An answer to send; a body that is neither text nor bytes is written as JSON. */
export interface ServedAnswer {
  /** @default 200 */
  readonly status?: number | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: unknown;
}

/** How an API pages, from the server's side. */
export interface PagedApi {
  /** What a request has besides the URL: a method, a body, headers. @default a GET */
  readonly request?: Omit<PageRequest, 'url'> | undefined;
  /** Index of the page that a request asks for, from 0; past the last one there are no items. */
  asked(request: ReceivedRequest, pages: readonly (readonly unknown[])[]): number;
  /** Writes a page. */
  answer(page: ServedPage, request: ReceivedRequest): ServedAnswer;
}
