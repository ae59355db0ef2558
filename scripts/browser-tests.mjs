// The library in a real browser, over the native fetch: Chromium driven by playwright-core, servers on loopback.
import { build } from 'esbuild';
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { chromium } from 'playwright-core';
import { testBrowserExample } from './browser-example.mjs';
import { testReport } from './browser-report.mjs';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const rows = Array.from({ length: 25 }, (_, i) => i);

const bundle = await build({
  entryPoints: ['spec/browser/page.ts'],
  bundle: true,
  format: 'iife',
  platform: 'browser',
  tsconfigRaw: '{}', // The package as others see it.
  write: false,
});
const script = bundle.outputFiles[0].text;

const serve = async (handle) => {
  const seen = [];
  let left = 0;
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, 'http://test');
    if (url.pathname === '/favicon.ico') return response.writeHead(404).end();
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('access-control-allow-headers', '*');
    if (request.method === 'OPTIONS') return response.end();
    response.once('close', () => (left += response.writableFinished ? 0 : 1));
    let body = '';
    for await (const chunk of request) body += chunk;
    if (url.pathname !== '/') seen.push({ method: request.method, url, body });
    handle({ method: request.method, url, body }, response, seen.length - 1);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${server.address().port}`;
  return {
    origin,
    url: `${origin}/items`,
    seen,
    left: () => left,
    close: () => (server.closeAllConnections(), server.close()),
  };
};
const numbered = ({ url, body }, response) => {
  if (url.pathname === '/') return response.setHeader('content-type', 'text/html').end('<!doctype html>');
  const { page, per_page: size } = body === '' ? Object.fromEntries(url.searchParams) : JSON.parse(body).pagination;
  response.end(JSON.stringify({ items: rows.slice((page - 1) * size, page * size) }));
};
const until = async (isSo) => {
  for (let i = 0; i < 2000 && !isSo(); i++) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.ok(isSo());
};

const browser = await chromium.launch({
  executablePath,
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});
const servers = [];
let passed = 0;
let failed = 0;

async function test(title, run) {
  const home = await serve(numbered);
  servers.push(home);
  const page = await browser.newPage();
  await page.goto(`${home.origin}/`);
  await page.addScriptTag({ content: script });
  const call = (name, ...args) => page.evaluate(([name, args]) => globalThis.tests[name](...args), [name, args]);
  const open = async (handle) => {
    const server = await serve(handle);
    servers.push(server);
    return server;
  };
  try {
    await run({ call, home, open });
    passed++;
    console.log(`✓ ${title}`);
  } catch (error) {
    failed++;
    console.error(`✗ ${title}\n`, error);
  }
  await page.close();
}

await test('pages a GET in the query, from another origin too', async ({ call, home, open }) => {
  assert.deepEqual(await call('get', home.url), rows);
  const other = await open(numbered);
  assert.deepEqual(await call('get', other.url), rows);
  assert.equal(other.seen.length, 4);
});
await test('resolves a relative URL against the document', async ({ call, home }) => {
  assert.deepEqual(await call('relative'), rows);
  assert.deepEqual(
    home.seen.map(({ url }) => url.search),
    [1, 2, 3, 4].map((page) => `?page=${page}&per_page=10`),
  );
});
await test('pages a POST in the body', async ({ call, home }) => {
  assert.deepEqual(await call('post', home.url), rows);
  assert.deepEqual(JSON.parse(home.seen[1].body), { pagination: { page: 2, per_page: 10 } });
});
await test('loops with for await', async ({ call, home }) => {
  assert.equal(await call('loop', home.url), 3);
});
await test('E3 take sends exactly the requests needed', async ({ call, home }) => {
  assert.deepEqual(await call('take', home.url), rows.slice(0, 10));
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(home.seen.length, 1);
});
await test('T3 unsubscribing closes the connection', async ({ call, open }) => {
  const silent = await open(() => {});
  await call('leave', silent.url);
  await until(() => silent.left() === 1);
});
await test('T1 a server that never answers is a timeout, and retried', async ({ call, open }) => {
  const silent = await open(() => {});
  const error = await call('timeout', silent.url);
  assert.deepEqual([error.name, error.attempts, silent.seen.length], ['AttemptTimeoutError', 2, 2]);
});
await test('T7 a redirect within the origin is followed', async ({ call, open }) => {
  const moved = await open((seen, response) =>
    seen.url.pathname === '/items'
      ? response.writeHead(307, { location: `/moved${seen.url.search}` }).end()
      : numbered(seen, response),
  );
  assert.deepEqual(await call('get', moved.url), rows);
});
await test('T7 a redirect to another origin is an error, found by the final URL', async ({ call, open }) => {
  const other = await open(numbered);
  const moved = await open(({ url }, response) => response.writeHead(302, { location: other.url + url.search }).end());
  const error = await call('fails', moved.url);
  assert.equal(error.name, 'CrossOriginError');
  assert.ok(error.message.includes(other.origin));
});
await test('R1 a network failure is retried, though the browser names no code', async ({ call, open }) => {
  const broken = await open((_seen, response) => response.destroy());
  const error = await call('fails', broken.url);
  assert.deepEqual([error.name, error.attempts], ['TransportError', 3]);
});

await testReport(test, browser);
await testBrowserExample(test, browser);

await browser.close();
for (const server of servers) server.close();
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
