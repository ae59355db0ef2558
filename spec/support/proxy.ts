import { afterEach } from '@jest/globals';
import { createServer, type RequestListener, request as httpRequest } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';

export interface TestProxy {
  readonly url: string;
  /** The requests it received: `GET http://…` or `CONNECT host:port`, with their headers. */
  readonly seen: { readonly line: string; readonly headers: Readonly<Record<string, unknown>> }[];
}

const closing = new Set<() => void>();
afterEach(() => {
  for (const close of closing) close();
  closing.clear();
});

/**
 * A forward proxy on loopback: absolute URLs for http, CONNECT for https. Closed after the test.
 * @param tls it is reached over TLS, at localhost
 */
export async function startProxy(tls?: { readonly key: string; readonly cert: string }): Promise<TestProxy> {
  const seen: TestProxy['seen'] = [];
  const sockets = new Set<Socket>();
  const carry: RequestListener = (asked, response) => {
    seen.push({ line: `${asked.method ?? ''} ${asked.url ?? ''}`, headers: asked.headers });
    const { 'proxy-authorization': _, ...headers } = asked.headers;
    const onward = httpRequest(asked.url ?? '', { method: asked.method, headers }, (answered) => {
      response.writeHead(answered.statusCode ?? 502, answered.headers);
      answered.pipe(response);
    });
    onward.on('error', () => response.writeHead(502).end());
    asked.pipe(onward);
  };
  const server = tls ? createSecureServer(tls, carry) : createServer(carry);
  server.on('connect', (asked, socket: Socket, head) => {
    seen.push({ line: `CONNECT ${asked.url ?? ''}`, headers: asked.headers });
    const [host = '', port = ''] = (asked.url ?? '').split(':');
    const onward = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      onward.write(head);
      onward.pipe(socket).pipe(onward);
    });
    for (const one of [socket, onward]) {
      sockets.add(one);
      one.on('error', () => undefined);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.add(() => {
    server.close();
    server.closeAllConnections();
    for (const socket of sockets) socket.destroy();
  });
  const { port } = server.address() as AddressInfo;
  return { url: tls ? `https://localhost:${port}` : `http://127.0.0.1:${port}`, seen };
}
