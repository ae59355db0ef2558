import { readBody, type Send, type Wire } from './wire.js';

/** The part of `fetch` that is used; every implementation has it. */
export type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

/** Any fetch. @param init what is asked of it beside the request: to leave redirects to us, where it can */
export const fetchWire = (fetch: Fetch, init: RequestInit, rest: Omit<Wire, 'send'>): Wire => ({
  ...rest,
  send: sendBy(fetch, init),
});

const sendBy =
  (fetch: Fetch, init: RequestInit): Send =>
  ({ href, method, headers, body }, listener) => {
    const controller = new AbortController();
    const exchange = async () => {
      await Promise.resolve(); // Who leaves at once has asked for nothing; some fetches connect all the same.
      const response = await fetch(href, { method, headers, body, signal: controller.signal, ...init });
      const url = init.redirect === 'manual' ? href : response.url || href;
      listener.head(response.status, response.headers, url);
      await readBody(response, listener);
    };
    exchange().catch((error: unknown) => listener.error(error));
    return () => controller.abort();
  };
