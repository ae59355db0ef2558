import { acceptEncoding } from '../transports/node/codings.js';
import { onNode } from '../transports/node/on-node.js';
import { plainBodies } from '../transports/node/plain-bodies.js';
import type { Send, Wire } from '../transports/wire.js';
import type { UndiciHandler, UndiciRequest } from './undici-dispatcher.js';
import { UndiciExchange } from './undici-exchange.js';

/** Sends a request. @returns ends the connection that is being made for it alone, where there is one and it can be told */
export type Dispatch = (request: UndiciRequest, handler: UndiciHandler) => (() => void) | undefined;

/** undici's dispatchers, without the streams of its `request` and its `fetch`. @param dispatch loads what sends */
export function undiciWire(dispatch: () => Promise<Dispatch>): Wire {
  const send: Send = (asked, listener) => {
    const exchange = new UndiciExchange(asked, listener);
    const begin = (ready: Dispatch) => {
      if (exchange.left) return;
      const { origin, path, method, headers, body } = asked;
      const request: UndiciRequest = {
        origin,
        path,
        method,
        headers,
        body: body === null || typeof body === 'string' ? body : toBytes(body as ArrayBuffer | ArrayBufferView),
        // Pages are only read: next to others on one connection, or asked for again on another, they do no harm.
        idempotent: true,
        blocking: false,
        // attemptTimeout covers both.
        headersTimeout: 0,
        bodyTimeout: 0,
      };
      exchange.disconnect = ready(request, exchange);
    };
    // Also when it is loaded not at once: who leaves within the same turn has asked for nothing.
    dispatch()
      .then(begin)
      .catch((error: unknown) => listener.error(error));
    return () => exchange.leave();
  };
  return {
    ...onNode,
    send: plainBodies(send),
    headers: { 'accept-encoding': acceptEncoding, 'user-agent': 'pagewise' }, // Without one, some APIs answer 403.
  };
}

const toBytes = (body: ArrayBuffer | ArrayBufferView): Uint8Array =>
  ArrayBuffer.isView(body) ? new Uint8Array(body.buffer, body.byteOffset, body.byteLength) : new Uint8Array(body);
