// By keyboard alone, for screen readers, in dark mode, and with reduced motion.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { until } from './scenes.mjs';

const axe = await readFile(new URL('../../examples/angular/node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');

/** The violations that axe reports, one per line. */
const faults = async (tab) => {
  await tab.evaluate(axe);
  const { violations } = await tab.evaluate(() => globalThis.axe.run());
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html, any }) => `${id}: ${any[0]?.message ?? ''} ${html}`));
};
const focused = (tab) =>
  tab.evaluate(() => {
    const { activeElement: element } = globalThis.document;
    return element.getAttribute('aria-label') ?? (element.textContent.trim() || element.id);
  });
const tabTo = async (tab, name, key = 'Tab') => {
  for (let i = 0; i < 20; i++) {
    await tab.keyboard.press(key);
    if ((await focused(tab)) === name) {
      const ring = await tab.evaluate(
        () => globalThis.getComputedStyle(globalThis.document.activeElement).outlineStyle,
      );
      assert.equal(ring, 'solid', `the focus on ${name} can be seen`);
      return;
    }
  }
  assert.fail(`${name} is not reached by Tab`);
};

/** What does not fit: titles and texts that are cut, and a page that scrolls sideways. Runs in the tab. */
function cutOff() {
  const { document, innerWidth } = globalThis;
  const parts = [...document.querySelectorAll('.title, .by, h1, .lead, .status, .notice strong, button, nav a, label')];
  const cut = parts.filter(
    (part) => part.checkVisibility() && part.scrollWidth > part.clientWidth + 1 && part.clientWidth > 0,
  );
  const cards = [...document.querySelectorAll('app-book-card')].filter(
    (card) => card.scrollHeight > card.clientHeight + 1,
  );
  const { scrollWidth } = document.documentElement;
  return [
    ...[...cut, ...cards].map((part) => `is cut: ${part.outerHTML.slice(0, 200)}`),
    ...(scrollWidth > innerWidth ? [`the page is ${scrollWidth} px wide in ${innerWidth} px`] : []),
  ];
}

export async function testAccess(test, scene) {
  await test('by keyboard alone: skips to the books, goes to the search, searches', async () => {
    const { tab, rows, end } = await scene({ count: 100 });
    await until('the first page', async () => (await rows()).length >= 20);
    await tabTo(tab, 'Skip to the books');
    await tab.keyboard.press('Enter');
    assert.equal(await tab.evaluate(() => globalThis.document.activeElement.id), 'content');
    assert.ok(!tab.url().includes('#'));
    await tabTo(tab, 'More books');
    await tabTo(tab, 'Search', 'Shift+Tab');
    await tab.keyboard.press('Enter');
    await tab.getByRole('heading', { name: 'Search' }).waitFor();
    assert.equal(await tab.title(), 'Search · Books');
    assert.equal(await tab.locator('nav a[aria-current=page]').textContent(), 'Search');
    await tabTo(tab, 'text');
    await tab.keyboard.type('garden');
    await until('what was found', async () => (await rows()).length > 0);
    await end();
  });

  await test('by keyboard alone: retries a failed page, and the focus stays', async () => {
    let down = true;
    const answer = ({ page }, send, fail) => (page === 2 && down ? fail(503) : send());
    const { tab, rows, end } = await scene({ route: 'outage', count: 100, answer, expected: [503] });
    await until('the first page', async () => (await rows()).length === 20);
    await tab.keyboard.press('End');
    await tab.locator('.failed').waitFor();
    await tabTo(tab, 'Try again');
    down = false;
    await tab.keyboard.press('Enter');
    await until('the next page', async () => (await rows()).length >= 40);
    assert.equal(await focused(tab), 'More books');
    await end();
  });

  await test('by keyboard alone: scrolls the virtual list', async () => {
    const { tab, pages, end } = await scene({ route: 'all', count: 400 });
    await tab.getByRole('listitem').first().waitFor();
    await tabTo(tab, 'All books');
    const before = pages().length;
    for (let i = 0; i < 8; i++) {
      await tab.keyboard.press('PageDown');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await until('further pages', () => pages().length > before);
    await end();
  });

  await test('a loading list is busy, and announces it once', async () => {
    const held = [];
    const { tab, status, heard, end } = await scene({ answer: (_, send) => held.push(send), render: false });
    const list = tab.getByRole('list', { name: 'Books' });
    await until('loading', async () => (await status()) === 'Loading …');
    assert.equal(await list.getAttribute('aria-busy'), 'true');
    await until('asked', () => held.length === 1);
    held[0]();
    await until('20 books', async () => (await status()) === '20 of 10,000 books.');
    assert.equal(await list.getAttribute('aria-busy'), 'false');
    assert.equal(await list.getByRole('listitem').first().getAttribute('aria-setsize'), '10000');
    await until('said', async () => (await heard()).length > 0);
    assert.deepEqual(await heard(), ['20 of 10,000 books.']);
    await end();
  });

  const narrow = { viewport: { width: 320, height: 640 } };
  const looks = {
    light: { colorScheme: 'light' },
    dark: { colorScheme: 'dark' },
    'narrow, 320 px': { colorScheme: 'light', ...narrow },
    'text at 200 %': { colorScheme: 'dark', textSize: 200 },
    'narrow, and text at 200 %': { colorScheme: 'light', ...narrow, textSize: 200 },
    'forced colours': { colorScheme: 'dark', forcedColors: 'active' },
  };
  for (const [look, context] of Object.entries(looks))
    await test(`${look}: axe reports no violation in any state, and everything can be read`, async () => {
      const held = [];
      const answer = ({ path, page, text }, send, fail) => {
        if (path === '/api/outage' && page === 2) return fail(503);
        if (path === '/api/busy' && page === 2) return fail(429, { 'retry-after': '60' });
        if (text === 'held') return held.push(send);
        send();
      };
      const options = { answer, count: 45, expected: [429, 503], reducedMotion: 'reduce', ...context };
      const { tab, scroll, status, end } = await scene(options);
      const background = () =>
        tab.evaluate(() => globalThis.getComputedStyle(globalThis.document.body).backgroundColor);
      const [red] = (await background()).match(/\d+/g).map(Number);
      const isDark = context.colorScheme === 'dark';
      assert.ok(isDark ? red < 60 : red > 200, `the background is ${await background()}`);

      const check = async (state) => {
        assert.deepEqual(await faults(tab), [], state);
        assert.deepEqual(await tab.evaluate(cutOff), [], state);
      };
      const visit = async (name, state, ready) => {
        await tab.getByRole('link', { name, exact: true }).click();
        await tab.getByRole('heading', { level: 1 }).waitFor();
        await until(`${name}: ${state}`, async () => (await scroll(), await ready()));
        await check(`${name}: ${state}`);
      };
      const search = async (text, state, ready) => {
        await tab.getByRole('searchbox').fill(text);
        await until(state, ready);
        await check(`Search: ${state}`);
      };
      await visit('Browse', 'loaded', async () => (await status()).endsWith('That is all.'));
      await visit('Pages', 'loaded', async () => (await status()).startsWith('Page 1 of 3'));
      await tab.getByRole('link', { name: 'Next' }).click();
      await until('page 2', async () => (await status()).startsWith('Page 2 of 3'));
      await check('Pages: page 2');
      await visit('All', 'loaded', async () => (await status()).includes('books'));
      await visit('Search', 'no text', () => tab.getByRole('searchbox').isVisible());
      await search('held', 'loading', async () => held.length > 0);
      await search('garden', 'found', async () => (await status()).includes('“garden”'));
      await search('no such book', 'nothing found', () => tab.locator('.empty').isVisible());
      await visit('Rate limit', 'waiting', () => tab.getByRole('timer').isVisible());
      await visit('Outage', 'failed', () => tab.locator('.failed').isVisible());
      await tab.getByText('Technical details').click();
      await check('Outage: failed, with the details');
      await end();
    });

  await test('nothing moves if reduced motion is preferred', async () => {
    for (const [reducedMotion, name] of [
      ['reduce', 'none'],
      ['no-preference', 'arrive'],
    ]) {
      const { tab, end } = await scene({ reducedMotion });
      const card = tab.locator('li app-book-card').first();
      const animation = await card.evaluate((element) => globalThis.getComputedStyle(element).animationName);
      assert.equal(animation, name);
      await end();
    }
  });
}
