import { checkRedirect } from './check-redirect.js';
import { fetchWire, type Fetch } from './fetch-wire.js';
import { carefulFetch } from './careful-fetch.js';
import { inBrowser } from './in-browser.js';
import { networkError } from './network-error.js';
import type { Platform } from './platform.js';

const utf8 = new TextDecoder();

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
export const platform: Platform = { wire, defaultWire: wire((url, init) => globalThis.fetch(url, init)) };
