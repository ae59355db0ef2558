import { AsyncLocalStorage, createHook } from 'node:async_hooks';
import type { ClientRequest } from 'node:http';

// Agents of proxies connect by themselves, and hand the socket over when the proxy has answered. Until then the request
// knows none: to abort it leaves a connection behind, for as long as the proxy does not answer. So what is being connected
// is found by the asynchronous context that it is made in. Such hooks slow all promises down, and are on only meanwhile.

/** The handles of the sockets that are made for one request. */
const making = new AsyncLocalStorage<object[]>();
const hook = createHook({
  init(_id, type, _trigger, handle: object) {
    if (type === 'TCPWRAP') making.getStore()?.push(handle);
  },
});
let watched = 0;

/**
 * Watches what the agent of a request connects.
 * @param request the request, after `send`
 * @returns what `send` does, and what destroys the connections that are being made, until the request has its socket
 */
export function watchConnecting<T>(
  send: () => T,
  request: () => ClientRequest | undefined,
): { answer: T; disconnect: () => void } {
  const handles: object[] = [];
  let watching = true;
  const end = () => {
    if (watching) release();
    watching = false;
  };
  if (watched++ === 0) hook.enable();
  const answer = making.run(handles, send);
  const sent = request();
  if (sent) sent.once('socket', end).once('close', end);
  else end();
  const disconnect = () => {
    if (!watching) return;
    watching = false;
    for (const handle of handles) socketOf(handle)?.destroy();
    // What the agent has begun within this turn, too.
    setImmediate(() => {
      for (const handle of handles) socketOf(handle)?.destroy();
      release();
    });
  };
  return { answer, disconnect };
}

function release(): void {
  if (--watched > 0) return;
  hook.disable();
  making.disable();
}

/** The socket of a handle, which Node keeps by a symbol of its own. */
function socketOf(handle: object): { destroy(): void } | undefined {
  const owner = Object.getOwnPropertySymbols(handle).find(({ description }) => description === 'owner_symbol');
  const socket = owner && (handle as Record<symbol, { destroy?: unknown } | null | undefined>)[owner];
  return typeof socket?.destroy === 'function' ? (socket as { destroy(): void }) : undefined;
}
