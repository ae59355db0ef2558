import { ConfigError } from '../errors.js';
import { inBrowser } from './browser-fetch.js';
import { type Fetch, fetchWire } from './fetch-wire.js';
import type { Platform } from './platform.js';
import { followRedirect } from './redirects.js';
import { networkError } from './wire.js';

let utf8: TextDecoder | undefined;

/** Not made when the module is loaded: React Native may lack it, and have a polyfill by then. */
function toText(bytes: Uint8Array): string {
  if (typeof TextDecoder !== 'function')
    throw new ConfigError('this runtime has no TextDecoder, which reads answers; load a polyfill of it first');
  return (utf8 ??= new TextDecoder()).decode(bytes);
}

const wire = (fetch: Fetch, native: boolean) =>
  fetchWire(
    inBrowser(fetch, native),
    { follows: true, bare: true },
    { redirect: followRedirect, toError: (error) => networkError(error, native || undefined), toText },
  );

/**
 * In browsers: the native fetch, looked up for each request, so that a replaced one (a service worker's mock) is used.
 */
export const platform: Platform = {
  wire: (fetch) => wire(fetch, fetch === globalThis.fetch),
  defaultWire: /* @__PURE__ */ wire((url, init) => globalThis.fetch(url, init), true),
};
