// The library in a real browser, over the native fetch: Chromium driven by playwright-core, servers on loopback.
// With a word as argument, only the tests that have it in their title; with --firefox those that need no DevTools of
// Chromium, in Firefox.
import { build } from 'esbuild';
import assert from 'node:assert/strict';
import { countChecks } from './count-checks.mjs';
import { testAway } from './browser-away.mjs';
import { testBrowserExample, testBrowserExampleFigures } from './browser-example.mjs';
import { testCors } from './browser-cors.mjs';
import { testLeaving } from './browser-leaving.mjs';
import { testMemory } from './browser-memory.mjs';
import { testRedirects } from './browser-redirects.mjs';
import { testReport } from './browser-report.mjs';
import { numbered, rows, serve } from './browser-servers.mjs';
import { testStreams } from './browser-streams.mjs';
import { testWorker } from './browser-worker.mjs';
import { launchChromium } from './launch-chromium.mjs';
import { launchFirefox } from './launch-firefox.mjs';

const bundle = await build({
  entryPoints: ['spec/browser/page.ts'],
  bundle: true,
  format: 'iife',
  platform: 'browser',
  tsconfigRaw: '{}', // The package as users see it.
  write: false,
});
const script = bundle.outputFiles[0].text;

const inFirefox = process.argv.includes('--firefox');
const browser = await (inFirefox ? launchFirefox() : launchChromium());
if (inFirefox) console.log(`Firefox ${browser.version()}`);
const [only = ''] = process.argv.slice(2).filter((word) => word !== '--firefox');
const servers = [];
const { check, end } = countChecks();

async function test(title, run) {
  if (!title.includes(only)) return;
  const home = await serve(numbered);
  servers.push(home);
  const page = await browser.newPage();
  const problems = [];
  // Firefox calls a failed request to another origin an error of the page.
  page.on('pageerror', (error) => /^Cross-Origin Request Blocked/.test(String(error)) || problems.push(error));
  await page.goto(`${home.origin}/`);
  await page.addScriptTag({ content: script });
  const call = (name, ...args) => page.evaluate(([name, args]) => globalThis.tests[name](...args), [name, args]);
  const open = async (handle, cors) => {
    const server = await serve(handle, cors);
    servers.push(server);
    return server;
  };
  await check(title, async () => {
    await run({ call, home, open, page });
    assert.deepEqual(problems, []);
  });
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
await test('R1 a network failure is retried, though the browser names no code', async ({ call, open }) => {
  const broken = await open((_seen, response) => response.destroy());
  const error = await call('fails', broken.url);
  assert.deepEqual([error.name, error.attempts], ['TransportError', 3]);
});

await testLeaving(test);
await testStreams(test, browser);
// Firefox can't be set to a theme yet, and has 90 seconds.
await testBrowserExample(test, browser, inFirefox ? [['light', 320]] : undefined);
if (!inFirefox) {
  await testAway(test, script);
  await testCors(test);
  await testRedirects(test);
  await testWorker(test, browser, script);
  await testMemory(test);
  await testReport(test, browser);
  await testBrowserExampleFigures(test, browser);
}

await browser.close();
for (const server of servers) server.close();
end();
