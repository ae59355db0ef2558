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
const tabTo = async (tab, name) => {
  for (let i = 0; i < 20; i++) {
    await tab.keyboard.press('Tab');
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

export async function testAccess(test, scene) {
  await test('by keyboard alone: skips to the books, goes to the search, searches', async () => {
    const { tab, rows, end } = await scene({ count: 100 });
    await until('the first page', async () => (await rows()).length >= 20);
    await tabTo(tab, 'Skip to the books');
    await tab.keyboard.press('Enter');
    assert.equal(await tab.evaluate(() => globalThis.document.activeElement.id), 'content');
    assert.ok(!tab.url().includes('#'));
    await tab.keyboard.press('Tab');
    assert.equal(await focused(tab), 'More books');
    await tab.keyboard.press('Shift+Tab');
    for (const name of ['Outage', 'Rate limit', 'Search']) {
      assert.equal(await focused(tab), name);
      if (name !== 'Search') await tab.keyboard.press('Shift+Tab');
    }
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
    await tab.getByRole('alert').waitFor();
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
    const { tab, status, end } = await scene({ answer: (_, send) => held.push(send) });
    const list = tab.getByRole('list', { name: 'Books' });
    await until('loading', async () => (await status()) === 'Loading …');
    assert.equal(await list.getAttribute('aria-busy'), 'true');
    await until('asked', () => held.length === 1);
    held[0]();
    await until('20 books', async () => (await status()) === '20 of 10,000 books.');
    assert.equal(await list.getAttribute('aria-busy'), 'false');
    assert.equal(await list.getByRole('listitem').first().getAttribute('aria-setsize'), '10000');
    await end();
  });

  for (const colorScheme of ['light', 'dark'])
    await test(`${colorScheme}: axe reports no violation on any page, contrast included`, async () => {
      const answer = ({ path, page }, send, fail) => {
        if (path === '/api/outage' && page === 2) return fail(503);
        if (path === '/api/busy' && page === 2) return fail(429, { 'retry-after': '60' });
        send();
      };
      const options = { answer, count: 100, expected: [429, 503], colorScheme, reducedMotion: 'reduce' };
      const { tab, scroll, status, end } = await scene(options);
      const background = () =>
        tab.evaluate(() => globalThis.getComputedStyle(globalThis.document.body).backgroundColor);
      const [red] = (await background()).match(/\d+/g).map(Number);
      assert.ok(colorScheme === 'dark' ? red < 60 : red > 200, `the background is ${await background()}`);

      const look = async (name, ready) => {
        await tab.getByRole('link', { name, exact: true }).click();
        await tab.getByRole('heading', { name, level: 1 }).waitFor();
        await until(`${name} is there`, async () => (await scroll(), await ready()));
        assert.deepEqual(await faults(tab), [], name);
      };
      await look('Browse', async () => (await status()).endsWith('That is all.'));
      await look('All', async () => (await status()).includes('books'));
      await look('Search', () => tab.getByRole('searchbox').isVisible());
      await tab.getByRole('searchbox').fill('garden');
      await until('found', async () => (await status()).includes('books'));
      assert.deepEqual(await faults(tab), [], 'found');
      await look('Rate limit', () => tab.getByRole('timer').isVisible());
      await look('Outage', () => tab.getByRole('alert').isVisible());
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
