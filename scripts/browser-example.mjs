// The example without a framework, in a real browser: scrolls, searches, fails, resumes; by keyboard, for screen
// readers, in narrow windows, with large text, in forced colours and without a network.
/* global MutationObserver */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { startBrowserExample } from '../examples/browser/serve.mjs';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export const until = async (what, isSo) => {
  for (let i = 0; i < 1000; i++) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.fail(`never: ${what}`);
};
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const never = () => {};

/**
 * The example, opened in a browser.
 *
 * @param answer what happens to a request to its API
 * @param options how many books it has (`count`), where it is opened (`at`), and those of a context of the browser
 */
export async function openExample(browser, answer = (_, send) => send(), { count = 500, at = '', ...options } = {}) {
  const asked = [];
  let left = 0;
  const example = await startBrowserExample({
    count,
    answer(request, send, fail, response) {
      asked.push(`${request.path} ${request.page}`);
      response.once('close', () => (left += response.writableFinished ? 0 : 1));
      answer(request, send, fail);
    },
  });
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  const problems = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  // Failed requests are in the console of Chromium, and are what some tests are about.
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) problems.push(message.text()); // prettier-ignore
  });
  await page.addInitScript(watch);
  await page.goto(example.url + at);
  const shown = {
    page,
    context,
    url: example.url,
    asked,
    left: () => left,
    rows: () => page.locator('#books li').allTextContents(),
    status: () => page.locator('#status').textContent(),
    words: () => page.locator('#words').textContent(),
    button: (name) => page.getByRole('button', { name }),
    scroll: () => page.evaluate(() => globalThis.scrollTo(0, document.body.scrollHeight)),
    focused: () => page.evaluate(() => document.activeElement.id),
    async end() {
      await context.close();
      example.close();
      assert.deepEqual(problems, []);
    },
  };
  return shown;
}

/** In the page, from its beginning: what moves without a reason, what takes long, and what the live region says. */
function watch() {
  const seen = (globalThis.seen = { shifted: 0, moved: [], long: [], said: [] });
  const observe = (type, see) => {
    if (PerformanceObserver.supportedEntryTypes.includes(type))
      new PerformanceObserver((list) => list.getEntries().forEach(see)).observe({ type, buffered: true });
  };
  observe('layout-shift', ({ value, hadRecentInput, sources }) => {
    if (hadRecentInput) return;
    seen.shifted += value;
    for (const { node } of sources) seen.moved.push(`${node?.nodeName} ${node?.id ?? ''}`);
  });
  observe('longtask', ({ duration }) => seen.long.push(Math.round(duration)));
  document.addEventListener('DOMContentLoaded', () => {
    for (const region of document.querySelectorAll('[role=status], [role=alert], [aria-live], output'))
      new MutationObserver(() => seen.said.push(region.textContent)).observe(region, {
        childList: true,
        characterData: true,
        subtree: true,
      });
  });
}

/** The violations that axe finds, one per line. */
async function faults(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, any }) => `${id}: ${any[0]?.message ?? ''} ${html.slice(0, 200)}`),
  );
}

/** What scrolls sideways, or is cut off. */
const cutOff = (page) =>
  page.evaluate(() =>
    [document.documentElement, ...document.querySelectorAll('body *')]
      .filter((element) => element.checkVisibility() && element.scrollWidth > element.clientWidth + 1)
      .filter((element) => globalThis.getComputedStyle(element).display !== 'inline')
      .map((element) => `${element.tagName} ${element.id} ${element.scrollWidth} > ${element.clientWidth}`),
  );

const busy = (_, send, fail) => fail(429, { 'retry-after': '60' });
const down = (_, send, fail) => fail(503);

/** Every state of the page: how it is reached. */
export const states = {
  loading: {
    answer: never,
    ready: ({ asked, rows }) => asked.length === 1 && rows().then(({ length }) => length === 0),
  },
  loaded: { ready: async ({ rows }) => (await rows()).length >= 20 },
  waiting: { answer: busy, ready: async ({ status }) => (await status()).includes('busy') },
  failed: { answer: down, ready: ({ button }) => button('Try again').isVisible() },
  'failed later': {
    answer: ({ page }, send, fail) => (page === 2 ? fail(503) : send()),
    ready: async ({ scroll, button }) => (await scroll(), await button('Try again').isVisible()),
  },
  found: { at: '?q=lantern', ready: async ({ page }) => (await page.locator('mark').count()) >= 20 },
  empty: { at: '?q=xyzzy', ready: ({ button }) => button('Show all books').isVisible() },
  offline: {
    async ready({ page, context, rows, status, scroll }) {
      if ((await rows()).length < 20) return false;
      await page.waitForLoadState('networkidle'); // What retries need is there, too.
      await context.setOffline(true);
      return (await scroll(), (await status()).includes('offline'));
    },
  },
  complete: { count: 3, ready: async ({ status }) => (await status()) === 'All 3 books' },
};

/** Colours do not depend on the width. */
const allLooks = [
  ['light', 320],
  ['light', 1280],
  ['dark', 1280],
];

/**
 * @param test runs one by its title
 * @param looks themes and widths of the window in which axe looks at it
 */
export async function testBrowserExample(test, browser, looks = allLooks) {
  await test('the plain page requests pages as the user scrolls, up to the last one, each row once', async () => {
    const { page, asked, rows, status, scroll, button, focused, end } = await openExample(browser);
    await until('the first page', async () => (await rows()).length >= 20);
    await pause(200);
    assert.ok(asked.length < 5, `${asked.length} pages without scrolling`);
    await until('the last page', async () => (await scroll(), (await status()) === 'All 500 books'));
    const all = await rows();
    assert.equal(all.length, 500);
    assert.equal(new Set(all).size, 500);
    assert.deepEqual(
      asked,
      Array.from({ length: 25 }, (_, i) => `/api/books ${i + 1}`),
    );
    await button('Back to the top').click();
    assert.deepEqual([await page.evaluate(() => globalThis.scrollY), await focused()], [0, 'query']);
    await end();
  });

  await test('the plain page cancels the list in progress when the user searches', async () => {
    const { page, asked, left, rows, status, end } = await openExample(browser, ({ path }, send) => path === '/api/search' && send()); // prettier-ignore
    await until('the list is requested', () => asked.length === 1);
    await page.getByLabel('Search the titles').fill('lantern');
    await until('what was found', async () => (await rows()).length >= 20);
    assert.equal(left(), 1);
    assert.match(await status(), /^\d+ of 100 books$/);
    assert.ok((await rows()).every((row) => row.includes('Lantern')));
    assert.deepEqual(new Set(await page.locator('mark').allTextContents()), new Set(['Lantern']));
    await end();
  });

  await test('the plain page keeps its rows until a search is answered', async () => {
    const held = [];
    const { page, rows, status, end } = await openExample(browser, ({ path }, send) => (path === '/api/books' ? send() : held.push(send))); // prettier-ignore
    await until('the first page', async () => (await rows()).length >= 20);
    await page.getByLabel('Search the titles').fill('lantern');
    await until('it is asked for', () => held.length === 1);
    assert.deepEqual([await status(), (await rows()).length >= 20], ['Searching …', true]);
    held[0]();
    await until('what was found', async () => (await rows()).every((row) => row.includes('Lantern')));
    await end();
  });

  await test('the plain page has its search in the URL, and Back works', async () => {
    const { page, rows, url, end } = await openExample(browser, undefined, { at: '?q=salt' });
    const heading = () => page.locator('#heading').textContent();
    const search = page.getByLabel('Search the titles');
    await until('what was found', async () => (await rows()).length >= 20);
    assert.ok((await rows()).every((row) => row.includes('Salt')));
    assert.deepEqual(
      [await search.inputValue(), await heading(), await page.title()],
      ['salt', 'Books with “salt”', 'salt · Books'],
    );
    await search.fill('');
    await until('all books', async () => (await heading()) === 'All books' && page.url() === url);
    await search.pressSequentially('glass and', { delay: 60 });
    await search.press('Enter');
    await until('another search', () => page.url() === `${url}?q=glass+and`);
    await until('its rows', async () => (await rows()).every((row) => row.startsWith('Glass and')));
    await page.goBack();
    await until('all books again', async () => (await heading()) === 'All books' && !(await rows())[0].includes('Glass and')); // prettier-ignore
    assert.deepEqual([page.url(), await search.inputValue()], [url, '']);
    await page.goBack();
    await until('the first search', async () => (await rows()).every((row) => row.includes('Salt')));
    assert.equal(await search.inputValue(), 'salt');
    await page.goForward();
    await page.goForward();
    await until('the last search', async () => (await rows()).every((row) => row.startsWith('Glass and')));
    await end();
  });

  await test('the plain page has a way out where nothing is found', async () => {
    const { page, rows, status, words, button, focused, url, end } = await openExample(browser);
    await page.getByLabel('Search the titles').fill('<b>“xyzzy”');
    await until('no match', async () => (await status()) === 'No book found');
    assert.deepEqual([await words(), await rows()], ['No title has “<b>“xyzzy”” in it.', []]);
    await button('Show all books').click();
    await until('all books', async () => (await rows()).length >= 20);
    assert.deepEqual([page.url(), await focused(), await words()], [url, 'query', '']);
    await page.goBack();
    await until('no match again', async () => (await status()) === 'No book found');
    await end();
  });

  await test('the plain page keeps what it has when a page fails, and resumes there; the focus stays', async () => {
    let isDown = true;
    const { page, rows, words, scroll, button, focused, end } = await openExample(
      browser,
      ({ page: number }, send, fail) => (number === 3 && isDown ? fail(503) : send()),
    );
    await until('the failure', async () => (await scroll(), await button('Try again').isVisible()));
    assert.equal((await rows()).length, 40);
    assert.equal(await words(), 'The server has a problem. What was loaded is still here.');
    await page.getByText('Details').click();
    assert.match(await page.locator('#details').textContent(), /^Page 3 failed: 503 Service Unavailable/);
    await page.keyboard.press('Shift+Tab');
    assert.equal(await focused(), 'next');
    await page.keyboard.press('Enter'); // In vain.
    await until('it fails again', async () => (await focused()) === 'next' && (await button('Try again').isVisible()));
    isDown = false;
    await page.keyboard.press('Enter');
    await until('the next page', async () => (await rows()).length >= 60);
    assert.equal(new Set(await rows()).size, (await rows()).length);
    assert.deepEqual([await focused(), await words()], ['next', '']);
    await page.keyboard.press('Enter'); // Further pages by the same button.
    await until('more pages', async () => (await rows()).length >= 100 || (await page.keyboard.press('Enter')));
    await end();
  });

  await test('the plain page says in plain words what is wrong with the first page, and a search still works', async () => {
    const { page, rows, status, words, button, end } = await openExample(browser, ({ path }, send, fail) => (path === '/api/books' ? fail(404) : send())); // prettier-ignore
    await until('the failure', () => button('Try again').isVisible());
    assert.deepEqual(
      [await status(), await words(), await rows()],
      ['The server has a problem.', 'The server has a problem.', []],
    );
    await page.getByLabel('Search the titles').fill('mirror');
    await until('what was found', async () => (await rows()).length >= 20);
    assert.equal(await page.getByText('Details').isVisible(), false);
    await end();
  });

  await test('the plain page announces each change once, in one live region', async () => {
    const held = [];
    const { page, status, scroll, asked, end } = await openExample(
      browser,
      ({ page: number }, send, fail) => {
        if (number === 2 && held.length === 0) fail(429, { 'retry-after': '1' });
        else if (number === 3) down(undefined, send, fail);
        else send();
        if (number === 2) held.push(send);
      },
      { count: 70, viewport: { width: 1280, height: 700 } },
    );
    await until('the first page', async () => (await status()) === '20 of 70 books');
    await until('the failure', async () => (await scroll(), (await status()) === 'The server has a problem.'));
    await page.getByLabel('Search the titles').fill('xyzzy');
    await until('no match', async () => (await status()) === 'No book found');
    assert.deepEqual(await page.evaluate(() => globalThis.seen.said), [
      '20 of 70 books',
      'The server is busy. The list goes on in 1 s.',
      '40 of 70 books',
      'The server has a problem.',
      'Searching …',
      'No book found',
    ]);
    assert.equal(asked.filter((one) => one === '/api/books 3').length, 3);
    assert.equal(await page.locator('[role=status], [role=alert], [aria-live], output').count(), 1);
    await end();
  });

  await test('the plain page says that it is offline, and goes on by itself', async () => {
    const { page, context, rows, status, scroll, end } = await openExample(browser);
    await until('the first page', async () => (await rows()).length >= 20);
    await page.waitForLoadState('networkidle'); // What retries need is there, too.
    await context.setOffline(true);
    await until('it says so', async () => (await scroll(), (await status()).startsWith('You are offline.')));
    const before = (await rows()).length;
    await context.setOffline(false);
    await until('the next page', async () => (await rows()).length > before);
    assert.match(await status(), / of 500 books$/);
    await end();
  });

  await test('the plain page works under a strict Content-Security-Policy, and its parts are its own', async () => {
    const { page, rows, url, end } = await openExample(browser);
    await until('the first page', async () => (await rows()).length >= 20);
    const policy = (await page.request.get(url)).headers()['content-security-policy'];
    assert.match(policy, /^default-src 'none'; script-src 'self' 'sha256-[\w+/=]+';/);
    assert.doesNotMatch(policy, /unsafe|\*|https?:/);
    const loaded = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
    assert.deepEqual(loaded.filter((name) => !name.startsWith(url)), []); // prettier-ignore
    await end();
  });

  for (const [colorScheme, width] of looks)
    await test(`axe finds nothing in any state of the plain page, ${colorScheme}, ${width} px wide`, async () => {
      for (const [name, { answer, ready, ...options }] of Object.entries(states)) {
        const viewport = { width, height: 800 };
        const shown = await openExample(browser, answer, { ...options, colorScheme, viewport });
        await until(name, () => ready(shown));
        assert.deepEqual(await faults(shown.page), [], name);
        assert.deepEqual(await cutOff(shown.page), [], name);
        const background = await shown.page.evaluate(() => globalThis.getComputedStyle(document.body).backgroundColor);
        const [red] = background.match(/\d+/g).map(Number);
        assert.ok(colorScheme === 'dark' ? red < 60 : red > 200, background);
        await shown.end();
      }
    });

  await test('at 320 px, with text of twice its size, nothing of the plain page is cut off', async () => {
    for (const [name, { answer, ready, ...options }] of Object.entries(states)) {
      const shown = await openExample(browser, answer, { ...options, viewport: { width: 320, height: 640 } });
      await shown.page.evaluate(() => (document.documentElement.style.fontSize = '200%'));
      await until(name, () => ready(shown));
      assert.deepEqual(await cutOff(shown.page), [], name);
      await shown.end();
    }
  });
}

/** What only Chromium can tell or do. */
export async function testBrowserExampleFigures(test, browser) {
  await test('in forced colours, all of the plain page can be seen', async () => {
    for (const [name, { answer, ready, ...options }] of Object.entries(states)) {
      const shown = await openExample(browser, answer, { ...options, forcedColors: 'active' });
      await until(name, () => ready(shown));
      assert.deepEqual(await faults(shown.page), [], name);
      const colors = await shown.page.evaluate(() => {
        const style = (element, pseudo) => globalThis.getComputedStyle(element, pseudo);
        const [next, end] = ['next', 'end'].map((id) => document.getElementById(id));
        return {
          paper: style(document.body).backgroundColor,
          border: style(next).borderTopColor,
          bones: end.dataset.state === 'loading' ? style(end, '::before').backgroundImage : undefined,
        };
      });
      assert.notEqual(colors.border, colors.paper, name);
      if (colors.bones !== undefined) assert.ok(!colors.bones.includes(colors.paper), `${name}: ${colors.bones}`);
      await shown.end();
    }
  });

  await test('figures of the plain page: nothing moves, and 2,000 books are at most 4,100 elements', async () => {
    for (const width of [360, 1280]) {
      const { page, rows, status, scroll, button, end } = await openExample(
        browser,
        ({ page: number }, send, fail) => setTimeout(() => (number === 50 && asked++ < 3 ? fail(503) : send()), 30),
        { count: 2000, viewport: { width, height: 800 } },
      );
      let asked = 0;
      await until('the failure', async () => (await scroll(), await button('Try again').isVisible()));
      await button('Try again').click();
      await until('the last page', async () => (await scroll(), (await status()) === 'All 2000 books'));
      const elements = await page.evaluate(() => document.querySelectorAll('*').length);
      assert.ok(elements <= 4100, `${elements} elements`);
      const search = async (text, isSo) => {
        await page.getByLabel('Search the titles').fill(text);
        await pause(800); // Not right after what the user does, where Chromium forgives it.
        await until(text, isSo);
      };
      await search('orchard and', async () => (await rows()).every((row) => row.startsWith('Orchard and')));
      await search('xyzzy', async () => (await status()) === 'No book found');
      await search('lantern and mirror 12', async () => (await rows()).length > 0);
      await search('', async () => (await rows()).length >= 20);
      const { shifted, moved, long } = await page.evaluate(() => globalThis.seen);
      console.log(
        `- ${width} px: layout shifts ${shifted.toFixed(4)}, ${elements} elements for 2,000 books, ` +
          `${long.length} tasks above 50 ms${long.length > 0 ? `, the longest ${Math.max(...long)} ms` : ''}`,
      );
      assert.ok(shifted <= 0.02, `layout shifts: ${shifted}, of ${[...new Set(moved)].join(', ')}`);
      await end();
    }
  });
}
