/** The part of `fetch` that is used; every implementation has it. */
export type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

/** What differs between Node and browsers; package.json's `imports` chooses the file. */
export interface Platform {
  loadFetch(): Promise<Fetch>;
  /** Whether fetch follows redirects unseen. On Node, where it can be told not to, the transport follows them itself. */
  readonly followsRedirects: boolean;
  /** Whether a network failure carries a code. In browsers it is a bare TypeError. */
  readonly namesNetworkErrors: boolean;
}
