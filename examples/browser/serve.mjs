// The page and its API on 127.0.0.1, after npm run build: node examples/browser/serve.mjs
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

const at = (name) => fileURLToPath(new URL(name, import.meta.url));
const types = { '.html': 'text/html', '.css': 'text/css', '.js': 'text/javascript' };
const packages = { pagewise: '../..', 'p-retry': '../../node_modules/p-retry', 'is-network-error': '../../node_modules/is-network-error' }; // prettier-ignore

/** RxJS has no single file of modules for browsers; this makes it one. */
const bundle = { bundle: true, format: 'esm', minify: true, write: false, absWorkingDir: at('../..') };
const rxjs = build({ entryPoints: ['rxjs'], ...bundle }).then(({ outputFiles }) => outputFiles[0].contents);

/** Nothing but files of this server, and of inline scripts only the import map, by its hash. */
function policyFor(html) {
  const [, map] = /<script type="importmap">([^]*?)<\/script>/.exec(html);
  const hash = `'sha256-${createHash('sha256').update(map).digest('base64')}'`;
  return [
    `default-src 'none'; script-src 'self' ${hash}; style-src 'self'; connect-src 'self'; img-src data:`,
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'",
  ].join('; ');
}

/** A file of the page or of a package, with its type. */
async function read(path) {
  if (path === '/rxjs.js') return ['.js', await rxjs];
  const [, name, file] = /^\/node_modules\/([\w-]+)\/([\w./-]+\.js)$/.exec(path) ?? [];
  if (name in packages) return ['.js', await readFile(at(`${packages[name]}/${file}`))];
  const own = { '/': 'index.html', '/style.css': 'style.css', '/main.js': 'main.js' }[path];
  if (own !== undefined) return [extname(own), await readFile(at(own))];
}

const words = ['River', 'Glass', 'Winter', 'Garden', 'Salt', 'Lantern', 'Harbour', 'Orchard', 'Mirror', 'Thunder'];
const names = ['Ada Quill', 'Ben Marsh', 'Cleo Vane', 'Dora Finch', 'Emil Stone'];
const book = (i) => ({
  title: `${words[i % 10]} and ${words[(i * 7 + 3) % 10]} ${Math.floor(i / 10) + 1}`,
  author: names[i % 5],
});

/**
 * @param {{ count?: number, answer?: (request: { path: string, page: number }, send: () => void, fail: (status: number, headers?: object) => void) => void }} options
 *   how many books there are, and what happens to a request to the API, if it is not answered immediately
 */
export async function startBrowserExample({ count = 500, answer = (_, send) => send() } = {}) {
  const books = Array.from({ length: count }, (_, i) => book(i));
  const policy = policyFor(await readFile(at('index.html'), 'utf8'));
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://127.0.0.1');
    const fail = (status, headers) => response.writeHead(status, headers).end();
    const send = (body) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    let text = '';
    for await (const chunk of request) text += chunk;
    if (pathname === '/api/books') {
      const [page, size] = ['page', 'per_page'].map((name) => Number(searchParams.get(name)));
      const answered = { books: books.slice((page - 1) * size, page * size), total: count };
      return answer({ path: pathname, page }, () => send(answered), fail, response);
    }
    if (pathname === '/api/search') {
      const { text: wanted, paging } = JSON.parse(text);
      const [from, to] = [Number(paging.cursor ?? 0), Number(paging.cursor ?? 0) + paging.limit];
      const found = books.filter(({ title }) => title.toLowerCase().includes(wanted.toLowerCase()));
      const next = to < found.length ? String(to) : undefined;
      const answered = { books: found.slice(from, to), next, total: found.length };
      return answer({ path: pathname, page: to / paging.limit }, () => send(answered), fail, response);
    }
    const [type, file] = (await read(pathname).catch(() => undefined)) ?? [];
    if (file === undefined) return fail(404);
    const headers = { 'content-type': `${types[type]}; charset=utf-8`, 'x-content-type-options': 'nosniff' };
    response.writeHead(200, type === '.html' ? { ...headers, 'content-security-policy': policy } : headers).end(file);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    close: () => (server.closeAllConnections(), server.close()),
  };
}

/** Like real ones: each answer takes a while, page 4 comes after a wait of 3 s, and page 8 fails, until one tries again. */
function likeRealOnes() {
  const asked = new Map();
  return ({ path, page }, send, fail) => {
    const times = (asked.get(`${path} ${page}`) ?? 0) + 1;
    asked.set(`${path} ${page}`, times);
    setTimeout(() => {
      if (page === 4 && times === 1) fail(429, { 'retry-after': '3' });
      else if (page === 8 && times <= 3) fail(503);
      else send();
    }, 300);
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  console.log((await startBrowserExample({ answer: likeRealOnes() })).url);
