import { sendBy as sendByFetch } from '../fetch-wire.js';
import type { Send, Wire } from '../wire.js';
import type { AgentFor } from './cross-fetch-send.js';
import { describeError } from '../../values/describe.js';
import { onNode } from './on-node.js';

function lazySend(agentFor: AgentFor | undefined): Send {
  let loading: Promise<Send> | undefined;
  const load = (): Promise<Send> => {
    const runtime = agentFor ? undefined : otherRuntime();
    if (runtime !== undefined) return Promise.resolve(nativeSend(`on ${runtime}`));
    return (loading ??= import('./cross-fetch-send.js').then(
      ({ sendBy }) => sendBy(agentFor),
      (error: unknown) => {
        if (agentFor) throw error; // Only cross-fetch can use it.
        return nativeSend(describeError(error));
      },
    ));
  };
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

/** Runtimes whose imitation of Node's HTTP does not show what cross-fetch's answers are read from. */
const otherRuntime = () => ['Bun', 'Deno'].find((name) => name in globalThis);

/** The native fetch, for runtimes and bundles in which cross-fetch can't be loaded or used. */
function nativeSend(why: string): Send {
  const send = sendByFetch((url, init) => globalThis.fetch(url, init), {});
  return (request, listener) => {
    listener.notice?.(
      `cross-fetch can't be used here (${why}), so the native fetch sends the requests. It takes a compressed answer that was cut off for a whole one, unless its JSON shows it; with the header accept-encoding: identity no answer is compressed.`,
    );
    // It decompresses what it has asked for itself.
    const { 'accept-encoding': asked, ...others } = request.headers;
    return send(asked === acceptEncoding ? { ...request, headers: others } : request, listener);
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
