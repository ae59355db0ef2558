import { AsyncLocalStorage, createHook } from 'node:async_hooks';
import type { ClientRequest } from 'node:http';

// Proxy agents connect by themselves, and hand over the socket when the proxy has answered. Until then the request has
// no socket: aborting it leaks a connection, for as long as the proxy does not answer. So sockets in progress are found
// by the asynchronous context that creates them. The hook slows down all promises, so it is enabled only while such a
// socket is in progress.

/** The handles of the sockets that are created for one request. */
const making = new AsyncLocalStorage<object[]>();
const hook = createHook({
  init(_id, type, _trigger, handle: object) {
    if (type === 'TCPWRAP') making.getStore()?.push(handle);
  },
});
let watched = 0;

/**
 * Watches the connections that the agent of a request makes.
 * @param request returns the request, after `send`
 * @returns what `send` returns, and a function that destroys unfinished connections until the request has its socket
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
    // Also those that the agent has started within this turn.
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

/** The socket of a handle, which Node keeps under a symbol of its own. */
function socketOf(handle: object): { destroy(): void } | undefined {
  const owner = Object.getOwnPropertySymbols(handle).find(({ description }) => description === 'owner_symbol');
  const socket = owner && (handle as Record<symbol, { destroy?: unknown } | null | undefined>)[owner];
  return typeof socket?.destroy === 'function' ? (socket as { destroy(): void }) : undefined;
}
