import type { Send } from '../wire.js';

/** Writes forms and blobs out as bytes, for clients that don't know them. */
export const plainBodies =
  (send: Send): Send =>
  (request, listener) => {
    const { body, headers } = request;
    // Text and nothing first: to look FormData up loads half of Node's own fetch.
    if (body === null || typeof body === 'string') return send(request, listener);
    if (!(body instanceof FormData) && !(body instanceof Blob)) return send(request, listener);
    let left = false;
    let abort = (): void => {
      left = true;
    };
    const encoded = new Response(body);
    encoded.arrayBuffer().then(
      (bytes) => {
        const type = encoded.headers.get('content-type');
        const typed = type === null || hasType(headers) ? headers : { ...headers, 'content-type': type };
        if (!left) abort = send({ ...request, body: bytes, headers: typed }, listener);
      },
      (error: unknown) => listener.error(error),
    );
    return () => abort();
  };

const hasType = (headers: object) => Object.keys(headers).some((name) => name.toLowerCase() === 'content-type');
