import type { PageRequest } from '../../request.js';

/** One request as it arrived. */
export interface ReceivedRequest {
  readonly method: string;
  readonly url: URL;
  /** The request target as it stood on the wire, byte for byte. */
  readonly target: string;
  /** By lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One page as it is to be written. */
export interface ServedPage {
  /** From 0. */
  readonly index: number;
  readonly items: readonly unknown[];
  /** Index of the next page; `undefined` after the last one. */
  readonly next: number | undefined;
  /** Items on all pages. */
  readonly total: number;
  /** Of the server, for URLs of next pages. */
  readonly origin: string;
}

/** An answer as it goes on the wire; a body that is no text and no bytes is written as JSON. */
export interface ServedAnswer {
  /** @default 200 */
  readonly status?: number | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: unknown;
}

/** How an API pages, seen from its server. */
export interface PagedApi {
  /** What to ask beside the URL: a method, a body, headers. @default a GET */
  readonly request?: Omit<PageRequest, 'url'> | undefined;
  /** Which page a request asks for, from 0; past the last one there are no items. */
  asked(request: ReceivedRequest, pages: readonly (readonly unknown[])[]): number;
  /** How a page is written. */
  answer(page: ServedPage, request: ReceivedRequest): ServedAnswer;
}
