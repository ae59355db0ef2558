// The built application, rendered by this server, and its API, on 127.0.0.1: npm start
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const built = new URL('dist/browser/', import.meta.url);
const source = new URL('src/app/', import.meta.url);
const renderer = new URL('dist/server/server.mjs', import.meta.url);
const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.ts': 'text/plain' };

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
 * @param {{ count?: number, answer?: Function, render?: boolean }} options how many books there are; what happens to a
 *   request to the API, if it is not answered immediately: `answer({ path, page, text, by, fault }, send, fail,
 *   response)`, where `by` is `browser`, or `server` for a page that is rendered, and `fail` takes a status and headers;
 *   and whether this server renders pages
 */
export async function startAngularExample({ count = 10_000, answer = (_, send) => send(), render = true } = {}) {
  const books = Array.from({ length: count }, (_, i) => book(i));
  const server = createServer((request, response) => {
    handle(request, response).catch((error) => {
      console.error(error);
      response.destroy();
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    close: () => (server.closeAllConnections(), server.close()),
  };

  async function handle(request, response) {
    const { pathname: path, searchParams } = new URL(request.url, 'http://127.0.0.1');
    if (path.startsWith('/api/')) return api(path, searchParams, request, response);
    if (path.startsWith('/source/')) return sendFile(source, path.slice(8), request, response);
    if (extname(path) !== '') return sendFile(built, path.slice(1), request, response);
    if (!render) return sendFile(built, 'index.csr.html', request, response);
    const { reqHandler } = await import(renderer.href);
    const page = await reqHandler(new globalThis.Request(new URL(request.url, `http://${request.headers.host}`)));
    await send(Buffer.from(await page.arrayBuffer()), Object.fromEntries(page.headers), request, response, page.status);
  }

  async function api(path, query, request, response) {
    let body = '';
    for await (const chunk of request) body += chunk;
    const by = request.headers['user-agent']?.startsWith('Mozilla') ? 'browser' : 'server';
    const json = (value) =>
      void send(Buffer.from(JSON.stringify(value)), { 'content-type': 'application/json' }, request, response);
    const fail = (status, headers) => response.writeHead(status, headers).end();

    if (path === '/api/search') {
      const { text, paging } = JSON.parse(body);
      const from = Number(paging.cursor ?? 0);
      const end = from + paging.limit;
      const wanted = text.toLowerCase().split(/\s+/);
      const found = books.filter(({ title, author }) => {
        const words = `${title} ${author}`.toLowerCase();
        return wanted.every((word) => words.includes(word));
      });
      const next = end < found.length ? String(end) : null;
      const give = () => json({ books: found.slice(from, end), total: found.length, next });
      return answer({ path, page: from / paging.limit + 1, text, by }, give, fail, response);
    }
    const [page, size] = ['page', 'per_page'].map((name) => Number(query.get(name)));
    const give = () => json({ books: books.slice((page - 1) * size, page * size), total: count });
    answer({ path, page, by, fault: request.headers['x-demo-fault'] }, give, fail, response);
  }
}

async function sendFile(folder, name, request, response) {
  // One name, and no path that leads out of the folder.
  const content = /^[\w-][\w.-]*$/.test(name)
    ? await readFile(new URL(name, folder)).catch(() => undefined)
    : undefined;
  if (content === undefined) return response.writeHead(404).end();
  const isHashed = /-[A-Z0-9]{8}\.\w+$/.test(name);
  const headers = {
    'content-type': `${types[extname(name)] ?? 'application/octet-stream'}; charset=utf-8`,
    'cache-control': isHashed ? 'public, max-age=31536000, immutable' : 'no-cache',
  };
  await send(content, headers, request, response);
}

const compress = {
  br: (content) => promisify(brotliCompress)(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
  gzip: promisify(gzip),
};

/** Compressed, if that is worth it and the client can read it. */
async function send(content, headers, request, response, status = 200) {
  const accepted = request.headers['accept-encoding'] ?? '';
  const encoding = content.length < 1000 ? undefined : ['br', 'gzip'].find((name) => accepted.includes(name));
  const body = encoding === undefined ? content : await compress[encoding](content);
  response.writeHead(status, {
    ...headers,
    vary: 'accept-encoding',
    ...(encoding && { 'content-encoding': encoding }),
    'content-length': body.length,
  });
  response.end(body);
}

/** As real ones: slow, rate limited, and down when they are asked to be. */
export function demo() {
  const sent = [];
  return ({ path, page, fault }, send, fail, response) => {
    if (path === '/api/busy') {
      const [now, limit, interval] = [performance.now(), 3, 6000];
      const within = sent.filter((at) => at > now - interval);
      if (within.length >= limit)
        return fail(429, { 'retry-after': String(Math.ceil((within.at(-limit) + interval - now) / 1000)) });
      sent.push(now);
    }
    if (path === '/api/outage' && page >= 3) {
      const status = { down: 503, limit: 429, missing: 404 }[fault];
      if (status !== undefined) return fail(status);
      if (fault === 'cut') return response.destroy();
    }
    setTimeout(send, 250);
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (!existsSync(renderer)) throw new Error('nothing is built yet: npm start builds and serves');
  const { url } = await startAngularExample({ answer: demo() });
  console.log(url);
}
