import { afterEach } from '@jest/globals';
import type { IncomingHttpHeaders } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { selfSigned } from './self-signed.js';

const open = new Set<Server>();
afterEach(() => {
  for (const server of open) {
    server.close();
    server.closeAllConnections();
  }
  open.clear();
});

/** A server on https://localhost that no one trusts yet, with five rows by page number. Closed after the test. */
export async function serveSecurely() {
  const { key, cert } = selfSigned();
  const seen: { readonly url: string; readonly headers: IncomingHttpHeaders }[] = [];
  const server = createServer({ key, cert }, ({ url = '', headers }, response) => {
    seen.push({ url, headers });
    const page = Number(new URL(url, 'https://localhost').searchParams.get('page'));
    response.end(JSON.stringify({ items: page === 1 ? [1, 2, 3, 4, 5] : [] }));
  });
  open.add(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `https://localhost:${(server.address() as AddressInfo).port}/items`, cert, key, seen };
}
