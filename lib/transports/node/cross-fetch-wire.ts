import type { Send, Wire } from '../wire.js';
import { acceptEncoding } from './codings.js';
import { onNode } from './on-node.js';
import { plainBodies } from './plain-bodies.js';

let loading: Promise<Send> | undefined;
const load = (): Promise<Send> => (loading ??= import('./cross-fetch-send.js').then((loaded) => loaded.send));

const send: Send = (request, listener) => {
  let left = false;
  let abort = (): void => {
    left = true;
  };
  const begin = (sendNow: Send): void => {
    if (!left) abort = sendNow(request, listener);
  };
  // Also when it is loaded not at once: who leaves within the same turn has asked for nothing.
  load().then(begin, (error: unknown) => listener.error(error));
  return () => abort();
};

/** cross-fetch, loaded with the first request, and Node's HTTP with it. */
export const crossFetchWire: Wire = {
  ...onNode,
  send: plainBodies(send),
  headers: { 'accept-encoding': acceptEncoding },
};
