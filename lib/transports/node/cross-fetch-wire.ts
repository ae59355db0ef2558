import type { Send, Wire } from '../wire.js';
import { acceptEncoding } from './codings.js';
import type { AgentFor } from './cross-fetch-send.js';
import { onNode } from './on-node.js';
import { plainBodies } from './plain-bodies.js';

function lazySend(agentFor: AgentFor | undefined): Send {
  let loading: Promise<Send> | undefined;
  const load = (): Promise<Send> =>
    (loading ??= import('./cross-fetch-send.js').then(({ sendBy }) => sendBy(agentFor)));
  return (request, listener) => {
    let left = false;
    let abort = (): void => {
      left = true;
    };
    const begin = (send: Send): void => {
      if (!left) abort = send(request, listener);
    };
    // Also when it is loaded not at once: who leaves within the same turn has asked for nothing.
    load().then(begin, (error: unknown) => listener.error(error));
    return () => abort();
  };
}

/** cross-fetch, loaded with the first request, and Node's HTTP with it. */
export const crossFetchWire = (agentFor?: AgentFor): Wire => ({
  ...onNode,
  send: plainBodies(lazySend(agentFor)),
  headers: { 'accept-encoding': acceptEncoding },
});
