// A walk in a Web Worker, and pages under a strict policy and by an import map, as docs/browser.md describes them.
import { build } from 'esbuild';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { numbered, rows, until } from './browser-servers.mjs';

const books = Array.from({ length: 50 }, (_, i) => ({ id: i + 1, title: `Book ${i + 1}` }));
const booksOf = ({ url }, response) => {
  if (url.pathname === '/') return response.setHeader('content-type', 'text/html').end('<!doctype html>');
  const page = Number(url.searchParams.get('page'));
  response.end(JSON.stringify({ books: books.slice((page - 1) * 20, page * 20), total: books.length }));
};
const titles = (n) => books.slice(0, n).map(({ title }) => title);

/** @param tests the bundle that the tests run on */
export async function testWorker(test, browser, tests) {
  const script = await bundled('spec/recipes/worker/walk-worker.ts');

  await test('walks in a worker: one page for each turn of the loop, to the last page', async ({ call, open }) => {
    const server = await open(booksOf);
    assert.deepEqual(await call('fromWorker', script, server.url, Infinity), { titles: titles(50), total: 50 });
    assert.equal(server.seen.length, 3);
    const first = await open(booksOf);
    assert.deepEqual(await call('fromWorker', script, first.url, 1), { titles: titles(20), total: 50 });
    assert.equal(first.seen.length, 1);
  });

  await test('a worker passes its error on, and ends with the loop', async ({ call, open }) => {
    const server = await open((seen, response) =>
      seen.url.searchParams.get('page') === '2' ? response.writeHead(404).end() : booksOf(seen, response),
    );
    const { titles: shown, failed } = await call('fromWorker', script, server.url, Infinity);
    assert.deepEqual(shown, titles(20));
    assert.match(failed, /^HttpError: Page 2 failed: 404/);
  });

  await test('walks through a service worker, and from what it has kept while there is no network', async ({
    open,
  }) => {
    const serviceWorker = await bundled('spec/recipes/worker/service-worker.ts');
    let down = false;
    const server = await open((seen, response) => {
      if (seen.url.pathname === '/sw.js')
        return response.writeHead(200, { 'content-type': 'text/javascript' }).end(serviceWorker);
      if (down) response.destroy();
      else numbered(seen, response);
    });
    const page = await browser.newPage();
    await page.goto(`${server.origin}/`);
    await page.evaluate(async () => {
      const { serviceWorker } = globalThis.navigator;
      await serviceWorker.register('/sw.js');
      await serviceWorker.ready;
    });
    await page.reload(); // Now the service worker controls it.
    await page.addScriptTag({ content: tests });
    const call = (name, url) => page.evaluate(([name, url]) => globalThis.tests[name](url), [name, url]);
    assert.deepEqual(await call('get', `${server.origin}/api/items`), rows);
    down = true;
    assert.deepEqual(await call('get', `${server.origin}/api/items`), rows);
    const { name, attempts } = await call('fails', `${server.origin}/api/others`);
    assert.deepEqual([name, attempts], ['TransportError', 3]);
    await page.close();
  });

  await test('runs without a bundler: by an import map, under a policy without inline code or eval', async ({
    open,
  }) => {
    const files = new Map([
      ['/', ['text/html', document]],
      ['/main.js', ['text/javascript', main]],
    ]);
    const policy = `default-src 'none'; script-src 'self' '${hashOf(importMap)}'; connect-src 'self'`;
    const server = await open(
      async (seen, response) => {
        const { pathname } = seen.url;
        const [type, text] = files.get(pathname) ?? (await moduleAt(pathname));
        if (text === undefined) return booksOf(seen, response);
        response.writeHead(200, { 'content-type': type }).end(text);
      },
      { 'content-security-policy': policy },
    );
    const page = await browser.newPage();
    const problems = [];
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    await page.goto(`${server.origin}/`);
    await page.waitForFunction(() => globalThis.document.title !== '');
    assert.deepEqual([await page.title(), problems], ['50 of 50', []]);
    await page.close();
    await until(() => server.seen.filter(({ url }) => url.pathname === '/api/books').length === 3, 'three requests');
  });
}

/** A file and what it imports, as one script. */
async function bundled(file) {
  const { outputFiles } = await build({
    entryPoints: [file],
    bundle: true,
    format: 'iife',
    platform: 'browser',
    tsconfigRaw: '{}',
    write: false,
  });
  return outputFiles[0].text;
}

const importMap = '{ "imports": { "pagewise": "/node_modules/pagewise/dist/browser/index.js", "rxjs": "/rxjs.js", "p-retry": "/node_modules/p-retry/index.js", "is-network-error": "/node_modules/is-network-error/index.js" } }'; // prettier-ignore
const document = `<!doctype html><script type="importmap">${importMap}</script><script type="module" src="/main.js"></script>`;
const main = `
import { pageNumber, paginate } from 'pagewise';
let shown = 0;
let total;
for await (const page of paginate({ url: '/api/books' }, pageNumber({ size: 20, items: 'books', total: 'total' }))) {
  shown += page.items.length;
  total = page.total;
}
document.title = shown + ' of ' + total;
`;

const hashOf = (text) => `sha256-${createHash('sha256').update(text).digest('base64')}`;

let rxjs;
async function moduleAt(pathname) {
  // RxJS has no single file of modules for browsers.
  if (pathname === '/rxjs.js')
    rxjs ??= await build({ entryPoints: ['rxjs'], bundle: true, format: 'esm', write: false, platform: 'browser' });
  if (pathname === '/rxjs.js') return ['text/javascript', rxjs.outputFiles[0].text];
  if (!/^\/(node_modules|dist)\//.test(pathname)) return [];
  const path = pathname.replace('/node_modules/pagewise/', '/').slice(1);
  return ['text/javascript', await readFile(path, 'utf8')];
}
