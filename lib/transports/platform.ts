import type { HttpRequest } from './http-request.js';

/** The part of `fetch` that is used; every implementation has it. */
export type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

export interface Sent {
  readonly response: Response;
  /** The URL that answered, after redirects. */
  readonly url: string;
}

/** @throws CrossOriginError, RedirectError */
export type Send = (fetch: Fetch, request: HttpRequest, signal: AbortSignal, maxRedirects: number) => Promise<Sent>;

/** What differs between Node and browsers; package.json's `imports` chooses the file. */
export interface Platform {
  loadFetch(): Promise<Fetch>;
  /** Sends a request and keeps redirects within its origin, as well as the platform lets it. */
  readonly send: Send;
  /** Whether a network failure carries a code. In browsers it is a bare TypeError. */
  readonly namesNetworkErrors: boolean;
}
