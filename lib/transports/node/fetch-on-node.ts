import { type Fetch, fetchWire } from '../fetch-wire.js';
import { networkError, type Send, type Wire } from '../wire.js';
import { onNode } from './on-node.js';

/** Converts forms and blobs to bytes, for clients that don't know them. */
export const plainBodies =
  (send: Send): Send =>
  (request, listener) => {
    const { body, headers } = request;
    // Strings and null first: accessing FormData loads half of Node's own fetch.
    if (body === null || typeof body === 'string') return send(request, listener);
    if (!(body instanceof FormData) && !(body instanceof Blob)) return send(request, listener);
    let cancelled = false;
    let abort = (): void => {
      cancelled = true;
    };
    const encoded = new Response(body);
    const type = encoded.headers.get('content-type'); // First: Bun forgets the type with the body.
    encoded.arrayBuffer().then(
      (bytes) => {
        const typed = type === null || hasType(headers) ? headers : { ...headers, 'content-type': type };
        if (!cancelled) abort = send({ ...request, body: bytes, headers: typed }, listener);
      },
      (error: unknown) => listener.error(error),
    );
    return () => abort();
  };

const hasType = (headers: object) => Object.keys(headers).some((name) => name.toLowerCase() === 'content-type');

/** A fetch over which redirects are left to this library. */
export const fetchOnNode = (fetch: Fetch): Wire => {
  const wire = fetchWire(fetch, {}, onNode);
  // Each fetch accepts only its own FormData, and npm packages have a different FormData from Node's.
  return { ...wire, send: plainBodies(wire.send) };
};

/** The runtime's own fetch, looked up for each request. It fails with a TypeError, which has a code only on Node. */
export const nativeWire: Wire = {
  ...fetchOnNode((url, init) => globalThis.fetch(url, init)),
  toError: (error) => onNode.toError(error instanceof TypeError ? networkError(error, true) : error),
};
