import type { Exchange, HostileRequest } from './fault.js';
import type { ReceivedRequest } from './paged-api.js';
import type { Socket } from './platform.node.js';
import { toBytes, whole, type WireAnswer } from './wire.js';

/** The server as a connection uses it. */
interface Answering {
  /** Answers, or plays a fault. */
  answer(exchange: Exchange): void;
  /** The answer without a fault. */
  correct(request: HostileRequest): WireAnswer;
  readonly origin: string;
  /** Changes the number of requests in flight. */
  inFlight(change: 1 | -1): void;
}

/** A second URL path of a page. */
const elsewhere = (page: number): string => `/elsewhere/${page}`;

export function pageElsewhere(target: string): number | undefined {
  const page = /^\/elsewhere\/(\d+)$/.exec(target)?.[1];
  return page === undefined ? undefined : Number(page);
}

/** One connection: its requests are answered one after the other, as HTTP/1.1 requires. */
export function connection(socket: Socket, server: Answering): (request: HostileRequest) => void {
  const waiting: HostileRequest[] = [];
  const timers = new Set<NodeJS.Timeout>();
  let busy: HostileRequest | undefined;

  const done = () => {
    if (busy === undefined) return;
    busy = undefined;
    server.inFlight(-1);
    const next = waiting.shift();
    if (next) start(next);
  };
  socket.on('close', () => {
    for (const timer of timers) clearTimeout(timer);
    waiting.length = 0;
    done();
  });

  function start(request: HostileRequest): void {
    busy = request;
    server.inFlight(1);
    const answer = server.correct(request);
    const write = (bytes: string | Uint8Array) => {
      if (socket.writable) socket.write(toBytes(bytes));
    };
    server.answer({
      request,
      answer,
      elsewhere: `${server.origin}${elsewhere(request.page)}`,
      send(changes = {}) {
        write(whole({ ...answer, ...changes }));
        done();
      },
      write,
      answered: done,
      close: () => socket.end(),
      reset: () => socket.resetAndDestroy(),
      later(ms, what) {
        const timer = setTimeout(() => {
          timers.delete(timer);
          if (!socket.destroyed) what();
        }, ms);
        timers.add(timer);
      },
      soon(what) {
        setImmediate(() => {
          if (!socket.destroyed) what();
        });
      },
    });
  }

  return (request) => {
    if (busy === undefined) start(request);
    else waiting.push(request);
  };
}

/**
 * Reads the requests of one connection, which may arrive in pieces or several together. Bodies need a Content-Length.
 */
export function requestReader(onRequest: (request: ReceivedRequest) => void): (chunk: Uint8Array) => void {
  let unread = '';
  return (chunk) => {
    unread += latin1(chunk);
    for (;;) {
      const end = unread.indexOf('\r\n\r\n');
      if (end === -1) return;
      const [first = '', ...lines] = unread.slice(0, end).split('\r\n');
      const headers = Object.fromEntries(
        lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
      );
      const length = Number(headers['content-length'] ?? 0);
      if (unread.length < end + 4 + length) return;
      const body = fromLatin1(unread.slice(end + 4, end + 4 + length));
      unread = unread.slice(end + 4 + length);
      const [method = '', target = ''] = first.split(' ');
      onRequest({ method, target, headers, body, url: new URL(target, 'http://host') });
    }
  };
}

// One character per byte, so that lengths match the wire.
function latin1(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

const fromLatin1 = (text: string): string =>
  new TextDecoder().decode(Uint8Array.from(text, (character) => character.charCodeAt(0)));
