// The built application and its API on 127.0.0.1: npm start
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const built = fileURLToPath(new URL('dist/browser/', import.meta.url));
const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };

const words = ['River', 'Glass', 'Winter', 'Garden', 'Salt', 'Lantern', 'Harbour', 'Orchard', 'Mirror', 'Thunder'];
const names = ['Ada Quill', 'Ben Marsh', 'Cleo Vane', 'Dora Finch', 'Emil Stone', 'Fay Brook', 'Gus Thorne'];
const book = (i) => ({
  id: i + 1,
  title: `The ${words[i % 10]} and the ${words[(i * 7 + 3 + Math.floor(i / 10)) % 10]}`,
  author: names[(i * 5 + Math.floor(i / 7)) % names.length],
  year: 1890 + ((i * 37) % 130),
});

/**
 * Starts it on a free port.
 * @param {{ count?: number, answer?: Function }} options how many books there are, and what happens to a request to the
 *   API, if it is not answered immediately: `answer({ path, page, text }, send, fail, response)`, where `fail` takes
 *   a status and headers
 */
export async function startAngularExample({ count = 10_000, answer = (_, send) => send() } = {}) {
  const books = Array.from({ length: count }, (_, i) => book(i));
  const server = createServer(async (request, response) => {
    const { pathname: path, searchParams } = new URL(request.url, 'http://127.0.0.1');
    if (!path.startsWith('/api/')) return serveFile(path, response);
    let body = '';
    for await (const chunk of request) body += chunk;
    const json = (value) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    const fail = (status, headers) => response.writeHead(status, headers).end();

    if (path === '/api/search') {
      const { text, paging } = JSON.parse(body);
      const from = Number(paging.cursor ?? 0);
      const end = from + paging.limit;
      const found = books.filter(({ title, author }) =>
        `${title} ${author}`.toLowerCase().includes(text.toLowerCase()),
      );
      const send = () => json({ books: found.slice(from, end), next: end < found.length ? String(end) : null });
      return answer({ path, page: from / paging.limit + 1, text }, send, fail, response);
    }
    const [page, size] = ['page', 'per_page'].map((name) => Number(searchParams.get(name)));
    const send = () => json({ books: books.slice((page - 1) * size, page * size), total: count });
    answer({ path, page }, send, fail, response);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    close: () => (server.closeAllConnections(), server.close()),
  };
}

/** A file of the build, or the application for any of its routes. */
async function serveFile(path, response) {
  const file = extname(path) === '' ? 'index.html' : path;
  try {
    const content = await readFile(join(built, file));
    response.writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream' }).end(content);
  } catch {
    response.writeHead(404).end();
  }
}

/** As real ones: slow, rate limited, and down at times. */
function demo() {
  const sent = [];
  let failures = 0;
  return ({ path, page }, send, fail) => {
    if (path === '/api/busy') {
      const [now, limit, interval] = [performance.now(), 3, 6000];
      const within = sent.filter((at) => at > now - interval);
      if (within.length >= limit)
        return fail(429, { 'retry-after': String(Math.ceil((within.at(-limit) + interval - now) / 1000)) });
      sent.push(now);
    }
    // Three attempts make one failed page.
    if (path === '/api/outage' && page === 3 && failures++ % 4 < 3) return fail(503);
    setTimeout(send, 250);
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (!existsSync(join(built, 'index.html'))) throw new Error('nothing is built yet: npm start builds and serves');
  const { url } = await startAngularExample({ answer: demo() });
  console.log(url);
}
