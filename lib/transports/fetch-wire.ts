import { readBody, type Send, type Wire } from './wire.js';

/** The part of `fetch` that is used; every implementation has it. */
export type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

/** A wire over any fetch. @param init options for each call: those that leave redirects to us, if the fetch can */
export const fetchWire = (fetch: Fetch, init: RequestInit, rest: Omit<Wire, 'send'>): Wire => ({
  ...rest,
  send: sendBy(fetch, init),
  isCut: (headers, body) => headers.get('content-encoding') !== null && endsEarly(rest.toText(body)),
});

/** Whether JSON stops within an object, an array or a text. */
function endsEarly(json: string): boolean {
  const open = json.replace(/"(?:[^"\\]|\\.)*"/gs, '');
  const count = (characters: RegExp) => open.match(characters)?.length ?? 0;
  return /^\s*[[{]/.test(json) && (open.includes('"') || count(/[[{]/g) > count(/[\]}]/g));
}

const sendBy =
  (fetch: Fetch, init: RequestInit): Send =>
  ({ href, method, headers, body }, listener) => {
    // Without one, cancelling only drops the answer.
    const controller = typeof AbortController === 'function' ? new AbortController() : undefined;
    const exchange = async () => {
      await Promise.resolve(); // An immediate abort sends nothing; some fetches would connect anyway.
      const response = await fetch(href, { method, headers, body, ...(controller && { signal: controller.signal }), ...init });
      const url = init.redirect === 'manual' ? href : response.url || href;
      listener.head(response.status, response.headers, url);
      await readBody(response, listener);
    };
    exchange().catch((error: unknown) => listener.error(error));
    return () => controller?.abort();
  };
