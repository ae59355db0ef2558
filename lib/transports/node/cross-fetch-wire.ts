import type { Send, Wire } from '../wire.js';
import type { AgentFor } from './cross-fetch-send.js';
import { onNode } from './on-node.js';

function lazySend(agentFor: AgentFor | undefined): Send {
  let loading: Promise<Send> | undefined;
  const load = (): Promise<Send> =>
    (loading ??= import('./cross-fetch-send.js').then(({ sendBy }) => sendBy(agentFor)));
  return (request, listener) => {
    let cancelled = false;
    let abort = (): void => {
      cancelled = true;
    };
    const begin = (send: Send): void => {
      if (!cancelled) abort = send(request, listener);
    };
    // Also asynchronous when loaded: an unsubscription within the same turn sends nothing.
    load()
      .then(begin)
      .catch((error: unknown) => listener.error(error));
    return () => abort();
  };
}

/** cross-fetch, loaded with the first request, as is Node's HTTP. */
export const crossFetchWire = (agentFor?: AgentFor): Wire => ({
  ...onNode,
  send: plainBodies(lazySend(agentFor)),
  headers: { 'accept-encoding': acceptEncoding },
});

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
    encoded.arrayBuffer().then(
      (bytes) => {
        const type = encoded.headers.get('content-type');
        const typed = type === null || hasType(headers) ? headers : { ...headers, 'content-type': type };
        if (!cancelled) abort = send({ ...request, body: bytes, headers: typed }, listener);
      },
      (error: unknown) => listener.error(error),
    );
    return () => abort();
  };

const hasType = (headers: object) => Object.keys(headers).some((name) => name.toLowerCase() === 'content-type');

/** The content codings that decompress.ts knows. Not in that file, since it loads zlib. */
export const acceptEncoding = 'gzip, deflate, br';
