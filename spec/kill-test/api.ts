import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export const lastPage = 199;

/** Page 0 … 199, always the same: most are small, some empty, some of several writes. */
function itemsOn(page: number): object[] {
  if (page % 40 === 7) return [];
  const long = page % 50 === 11 ? 'много – 長い – 🙂 '.repeat(400) : 'x'.repeat(page % 13);
  return Array.from({ length: 20 }, (_, index) => ({
    id: page * 20 + index,
    page,
    name: `“${index}”, "quoted"${index % 4 === 0 ? '\r\n' : ''}; 🙂 ${long}`,
  }));
}

/** What a job walks: `?page=` answers `{ items, next }`. It reports each request before it answers. */
export async function startApi(onRequest: (page: number) => void) {
  const server = createServer(({ url = '' }, response) => {
    const page = Number(new URL(url, 'http://localhost').searchParams.get('page') ?? 0);
    onRequest(page);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ items: itemsOn(page), next: page < lastPage ? page + 1 : null }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
