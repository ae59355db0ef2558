import { isPagewiseError, TransportError } from '../errors.js';
import { bodiless } from './decode-body.js';
import { type Fetched, headOf, readBody } from './fetched.js';
import type { HttpRequest } from './http-request.js';
import { targetOfOpaque } from './redirects.js';
import { isA } from '../values/peek.js';
import { prematureClose, type Send, type Wire } from './wire.js';

/** The part of `fetch` that is used; every implementation has it. */
export type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

/** How a fetch differs from others. */
export interface FetchTraits {
  /** Whether it hides redirects, so that a request without secrets lets it follow them: a browser's. */
  readonly follows?: boolean;
  /** Whether a body that breaks off has no other sign than a TypeError. */
  readonly bare?: boolean;
}

/** A wire over any fetch. */
export const fetchWire = (fetch: Fetch, traits: FetchTraits, rest: Omit<Wire, 'send'>): Wire => ({
  ...rest,
  send: sendBy(fetch, traits),
  // Some fetches take a compressed body that breaks off for a whole one, and undici's over HTTP/2 a body that is too short.
  isCut: (headers, body) =>
    (headers.get('content-encoding') !== null || Number(headers.get('content-length')) > body.byteLength) &&
    endsEarly(rest.toText(body)),
});

/** Whether JSON stops within an object, an array or a string. */
function endsEarly(json: string): boolean {
  const open = json.replace(/"(?:[^"\\]|\\.)*"/gs, '');
  const count = (characters: RegExp) => open.match(characters)?.length ?? 0;
  return /^\s*[[{]/.test(json) && (open.includes('"') || count(/[[{]/g) > count(/[\]}]/g));
}

/** Whether a request has nothing that another origin must not see. */
const isBare = ({ headers, body }: HttpRequest): boolean =>
  body === null && Object.keys(headers).every((name) => name.toLowerCase() === 'accept');

/** Sends each request with a fetch. */
export const sendBy =
  (fetch: Fetch, { follows = false, bare = false }: FetchTraits): Send =>
  (request, listener) => {
    const { href, method, headers, body } = request;
    // Without one, cancelling only drops the answer.
    const controller = typeof AbortController === 'function' ? new AbortController() : undefined;
    const signal = controller && { signal: controller.signal };
    let cancelled = false;
    const find = async () => {
      const { body: unread, url } = await fetch(href, { ...signal });
      unread?.cancel().catch(() => undefined);
      return url;
    };
    const exchange = async () => {
      await Promise.resolve(); // An immediate abort sends nothing; some fetches would connect anyway.
      if (cancelled) return;
      const redirect = follows && isBare(request) ? 'follow' : 'manual';
      const response = (await fetch(href, { method, headers, body, ...signal, redirect })) as Fetched;
      if ((response as Fetched | undefined)?.type === 'opaqueredirect') {
        const location = await targetOfOpaque(request, find);
        listener.head(307, { get: (name) => (name.toLowerCase() === 'location' ? location : null) }, href);
        listener.end();
        return;
      }
      const head = headOf(response);
      const { url = '', redirected } = response;
      listener.head(head.status, head.headers, url !== '' && (follows || redirected === true) ? url : href);
      const reading = readBody(response, bodiless.has(head.status) || method === 'HEAD', listener, prematureClose);
      await (bare && isA(response, Response) ? reading.catch(asNetwork) : reading);
    };
    exchange().catch((error: unknown) => listener.error(error));
    return () => {
      cancelled = true;
      controller?.abort();
    };
  };

/** @throws the failure of a body, which is one of the network whatever its text says */
function asNetwork(error: unknown): never {
  throw isPagewiseError(error) ? error : new TransportError(error, { network: true });
}
