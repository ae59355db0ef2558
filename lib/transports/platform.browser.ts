import { carefulFetch, checkRedirect, inBrowser } from './browser-fetch.js';
import { type Fetch, fetchWire } from './fetch-wire.js';
import type { Platform } from './platform.js';
import { networkError } from './wire.js';

const utf8 = /* @__PURE__ */ new TextDecoder();

const wire = (fetch: Fetch) =>
  fetchWire(
    inBrowser(carefulFetch(fetch)),
    {},
    {
      redirect: checkRedirect,
      toError: (error) => networkError(error, true),
      toText: (bytes) => utf8.decode(bytes),
    },
  );

/** In browsers: the native fetch, looked up for each request, so that a replaced one (a service worker's mock) is used. */
export const platform: Platform = {
  wire,
  defaultWire: /* @__PURE__ */ wire((url, init) => globalThis.fetch(url, init)),
};
