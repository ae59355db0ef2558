import { readBody, type Send, type Wire } from './wire.js';

/** The part of `fetch` that is used; every implementation has it. */
export type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

/** A wire over any fetch. @param init options for each call: those that leave redirects to us, if the fetch can */
export const fetchWire = (fetch: Fetch, init: RequestInit, rest: Omit<Wire, 'send'>): Wire => ({
  ...rest,
  send: sendBy(fetch, init),
});

const sendBy =
  (fetch: Fetch, init: RequestInit): Send =>
  ({ href, method, headers, body }, listener) => {
    const controller = new AbortController();
    const exchange = async () => {
      await Promise.resolve(); // An immediate abort sends nothing; some fetches would connect anyway.
      const response = await fetch(href, { method, headers, body, signal: controller.signal, ...init });
      const url = init.redirect === 'manual' ? href : response.url || href;
      listener.head(response.status, response.headers, url);
      await readBody(response, listener);
    };
    exchange().catch((error: unknown) => listener.error(error));
    return () => controller.abort();
  };
