import type { ReceivedRequest } from './paged-api.js';

/** Reads the requests of one connection, which may come in pieces or several at once. Bodies need a Content-Length. */
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

// One character a byte, so that lengths are those of the wire.
function latin1(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

const fromLatin1 = (text: string): string =>
  new TextDecoder().decode(Uint8Array.from(text, (character) => character.charCodeAt(0)));
