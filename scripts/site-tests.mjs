// The site as a reader has it: built, its links checked, and pages of each kind looked at in Chromium. With --built, as
// it is in site/.vitepress/dist; with --firefox, the most important pages in Firefox.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { gzipSync } from 'node:zlib';
import { createRequire } from 'node:module';
import { extname, join } from 'node:path';
import buildSite, { dist } from '../site/build.mjs';
import { countChecks } from './count-checks.mjs';
import { launchChromium } from './launch-chromium.mjs';
import { testPlayground } from './site-tests-playground.mjs';
import { launchFirefox } from './launch-firefox.mjs';

if (!process.argv.includes('--built')) await buildSite();

const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };
/** Bytes, compressed, without what is fetched ahead for the next page. */
let sent = 0;
const server = createServer((request, response) => {
  const { pathname } = new URL(request.url, 'http://site');
  const path = decodeURIComponent(pathname.endsWith('/') ? `${pathname}index.html` : pathname);
  try {
    const file = readFileSync(join(dist, path));
    if (request.headers['sec-purpose'] !== 'prefetch') sent += gzipSync(file).length;
    response.writeHead(200, { 'content-type': types[extname(path)] ?? 'application/octet-stream' }).end(file);
  } catch {
    response.writeHead(path === '/favicon.ico' ? 204 : 404).end();
  }
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const origin = `http://127.0.0.1:${server.address().port}`;
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const inFirefox = process.argv.includes('--firefox');
const browser = await (inFirefox ? launchFirefox() : launchChromium());
const { check, end } = countChecks();
async function test(title, run, { anywhere = false, ...options } = {}) {
  if (inFirefox && !anywhere) return;
  const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  const problems = [];
  sent = 0;
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('request', (request) => request.url().startsWith(origin) || problems.push(`asks ${request.url()}`));
  page.on(
    'response',
    (response) => response.status() >= 400 && problems.push(`${response.status()} ${response.url()}`),
  );
  await check(title, async () => {
    await run(page);
    assert.deepEqual(problems, []);
  });
  await context.close();
}

const open = (page, path) => page.goto(`${origin}${path}`, { waitUntil: 'networkidle' });

async function fits(page) {
  const { scroll, inner, wide } = await page.evaluate(() => ({
    scroll: document.documentElement.scrollWidth,
    inner: window.innerWidth,
    wide: [...document.querySelectorAll('main *')]
      .filter((element) => element.getBoundingClientRect().right > window.innerWidth + 1)
      .slice(0, 5)
      .map((element) => `${element.tagName} ${element.className} ${(element.textContent ?? '').slice(0, 40)}`),
  }));
  assert.ok(scroll <= inner, `scrolls sideways: ${scroll} > ${inner}: ${wide.join('; ')}`);
}

/** Runs in the page. */
function watchShifts() {
  window.shifted = 0;
  const add = (list) => list.getEntries().forEach(({ value }) => (window.shifted += value));
  new PerformanceObserver(add).observe({ type: 'layout-shift', buffered: true });
}

async function accessible(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ html, failureSummary }) => `${html.slice(0, 160)} ${failureSummary.split('\n')[1] ?? ''}`).join(' | ')}`); // prettier-ignore
  assert.deepEqual(found, []);
}

const pages = {
  home: '/',
  'a guide': '/resilience.html',
  'the reference': '/reference/index/',
  'a name of the reference': '/reference/index/interfaces/PaginateOptions.html',
  'which paging': '/which-paging.html',
  errors: '/errors.html',
  'known APIs': '/apis/',
  playground: '/playground.html',
};
/** May weigh more: it has both walks in it. */
const heavy = ['playground'];
for (const [name, path] of Object.entries(pages)) {
  await test(`${name}: at 360 px nothing scrolls sideways, and axe finds nothing`, async (page) => {
    await open(page, path);
    await fits(page);
    await accessible(page);
  }, { viewport: { width: 360, height: 740 } }); // prettier-ignore
  await test(`${name}: at 1280 px in the dark the same, without a layout shift${heavy.includes(name) ? '' : ', and at most 150 kB'}`, async (page) => {
    await page.addInitScript(watchShifts);
    await open(page, path);
    await fits(page);
    const bytes = sent;
    // What moves, moves each time. On a busy machine, the sidebar may come a frame late once.
    let shifted = await page.evaluate(() => window.shifted);
    for (let again = 0; again < 2 && shifted > 0.02; again++) {
      await page.goto('about:blank');
      await open(page, path);
      shifted = await page.evaluate(() => window.shifted);
    }
    assert.ok(shifted <= 0.02, `moves by ${shifted}`);
    assert.ok(bytes > 10_000 && (bytes <= 150_000 || heavy.includes(name)), `${bytes} bytes, compressed`);
    await accessible(page);
  }, { viewport: { width: 1280, height: 900 }, colorScheme: 'dark' }); // prettier-ignore
}

for (const name of ['home', 'a guide', 'which paging'])
  for (const width of [360, 1920])
    await test(`${name}: at ${width} px nothing scrolls sideways, and the console is silent`, async (page) => {
      await open(page, pages[name]);
      assert.ok(await page.locator('h1').first().isVisible());
      await fits(page);
    }, { anywhere: true, viewport: { width, height: 900 } }); // prettier-ignore

await test('a run: the report of a real one is in the page', async (page) => {
  await open(page, '/run.html');
  await fits(page);
  const report = page.frameLocator('.run-report');
  assert.match(await report.locator('body').innerText(), /1,000/);
});

await test('which paging: an answer that is pasted leads to TypeScript, flags and evidence, and nothing is sent', async (page) => {
  await open(page, '/which-paging.html');
  const asked = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.getByLabel('The answer’s body').fill('{ "rows": [{ "id": 1 }, { "id": 2 }] }');
  await page.getByLabel('Its headers').fill('HTTP/2 200\nLink: <https://api.example.com/rows?page=2>; rel="next"');
  await page.getByLabel('The URL').fill('https://api.example.com/rows');
  await page.getByRole('button', { name: 'Which paging is it?' }).click();
  const first = page.locator('.candidate').first();
  assert.match(
    await first.innerText(),
    /linkHeader\(\{ items: 'rows' \}\)[^]*--paging link --items rows[^]*Link header/,
  );
  await accessible(page);
  assert.deepEqual(asked.filter((url) => !/\/assets\/.*\.js$/.test(url)), []); // prettier-ignore
  await page.getByLabel('The answer’s body').fill('<html>');
  await page.getByRole('button', { name: 'Which paging is it?' }).click();
  assert.match(await page.getByRole('alert').innerText(), /not JSON/);
});

await test('which paging: the six questions work without script', async (page) => {
  await open(page, '/which-paging.html');
  assert.equal(await page.locator('summary').count(), 6);
  const answer = page.getByRole('link', { name: 'cursor', exact: true });
  assert.equal(await answer.isVisible(), false);
  await page.getByText('Is there a token for the next page').click();
  assert.equal(await answer.isVisible(), true);
}, { javaScriptEnabled: false }); // prettier-ignore

await test('known APIs: the filter leaves the rows with its words', async (page) => {
  await open(page, '/apis/');
  await page.getByLabel('Filter the APIs').fill('graphql');
  await page.getByText('2 found').waitFor();
  assert.equal(
    await page.locator('table').first().locator('tbody tr:visible').filter({ hasText: 'Stripe' }).count(),
    0,
  );
});

await test('search finds an exported name, without a service', async (page) => {
  await open(page, '/five-minutes.html');
  await page.getByRole('button', { name: /search/i }).first().click();
  await page.locator('.VPLocalSearchBox input').fill('throttleRequests');
  await page.locator('.VPLocalSearchBox .result').first().waitFor();
}, { viewport: { width: 1280, height: 900 } }); // prettier-ignore

await testPlayground({ test, open, fits, accessible });

await browser.close();
server.close();
end();
