// The page and its API on 127.0.0.1: node examples/browser/serve.mjs
import { build } from 'esbuild';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';

const at = (name) => fileURLToPath(new URL(name, import.meta.url));
const words = ['River', 'Glass', 'Winter', 'Garden', 'Salt', 'Lantern', 'Harbour', 'Orchard', 'Mirror', 'Thunder'];
const names = ['Ada Quill', 'Ben Marsh', 'Cleo Vane', 'Dora Finch', 'Emil Stone'];
const books = Array.from({ length: 500 }, (_, i) => ({
  title: `${words[i % 10]} and ${words[(i * 7 + 3) % 10]} ${Math.floor(i / 10) + 1}`,
  author: names[i % 5],
}));

/**
 * @param {{ answer?: (request: { path: string, page: number }, send: () => void, fail: (status: number) => void) => void }} options
 *   what happens to a request to the API, if it is not answered immediately
 */
export async function startBrowserExample({ answer = (_, send) => send() } = {}) {
  const { outputFiles } = await build({
    entryPoints: [at('main.js')],
    bundle: true,
    format: 'esm',
    platform: 'browser',
    tsconfigRaw: '{}',
    write: false,
  });
  const files = new Map([
    ['/', ['text/html', await readFile(at('index.html'))]],
    ['/main.js', ['text/javascript', outputFiles[0].contents]],
  ]);
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://127.0.0.1');
    const file = files.get(pathname);
    if (file) return response.writeHead(200, { 'content-type': file[0] }).end(file[1]);
    let text = '';
    for await (const chunk of request) text += chunk;
    const json = (body) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    const fail = (status) => response.writeHead(status).end();
    if (pathname === '/api/books') {
      const [page, size] = ['page', 'per_page'].map((name) => Number(searchParams.get(name)));
      const send = () => json({ books: books.slice((page - 1) * size, page * size), total: books.length });
      answer({ path: pathname, page }, send, fail, response);
    } else if (pathname === '/api/search') {
      const { text: wanted, paging = {} } = JSON.parse(text);
      const from = Number(paging.cursor ?? 0);
      const found = books.filter(({ title }) => title.toLowerCase().includes(wanted.toLowerCase()));
      const next = from + 20 < found.length ? String(from + 20) : undefined;
      const send = () => json({ books: found.slice(from, from + 20), next });
      answer({ path: pathname, page: from / 20 + 1 }, send, fail, response);
    } else fail(404);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    close: () => (server.closeAllConnections(), server.close()),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { url } = await startBrowserExample({
    // Like real ones: slow at times, and down at others.
    answer: ({ page }, send, fail) =>
      setTimeout(() => (page % 7 === 0 && Math.random() < 0.5 ? fail(503) : send()), 200),
  });
  console.log(url);
}
