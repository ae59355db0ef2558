// Pages that the server renders, and the browser takes over.
import assert from 'node:assert/strict';
import { until } from './scenes.mjs';

/** Notes in the tab how few books there were after the first ones, and marks the first row that the server has sent. */
function watch() {
  const { document } = globalThis;
  const count = () => document.querySelectorAll('ol.books li').length;
  globalThis.fewest = Infinity;
  document.addEventListener('DOMContentLoaded', () => {
    document.querySelector('ol.books li')?.setAttribute('data-by', 'server');
    globalThis.fewest = count();
    new globalThis.MutationObserver(() => {
      globalThis.fewest = Math.min(globalThis.fewest, count());
    }).observe(document.body, { childList: true, subtree: true });
  });
}

export async function testRendering(test, scene) {
  const routes = {
    '': { path: '/api/books', first: '1' },
    outage: { path: '/api/outage', first: '1' },
    'pages?page=7': { path: '/api/books', first: '121' },
    'search?q=garden': { path: '/api/search' },
  };
  for (const [route, { path, first }] of Object.entries(routes))
    await test(`/${route} comes rendered; the browser takes its rows over, and asks for none of them`, async () => {
      const prepare = (tab) => tab.addInitScript(watch);
      const { tab, asked, rows, status, scroll, heard, end } = await scene({ route, prepare });
      await until('the application has started', async () => (await heard()).length > 0);
      assert.equal((await rows()).length, 20);
      if (first) assert.equal((await rows())[0], first);
      assert.match(await status(), /of .*books|books .* of/);
      assert.deepEqual(asked.map(({ by }) => by), ['server']); // prettier-ignore
      assert.equal(asked[0].path, path);
      assert.equal(await tab.evaluate(() => globalThis.fewest), 20, 'never fewer');
      assert.equal(await tab.locator('ol.books li').first().getAttribute('data-by'), 'server');
      if (route.startsWith('pages')) await tab.getByRole('link', { name: 'Next' }).click();
      await until('the next page', async () => (await scroll(), asked.length > 1));
      assert.equal(asked[1].by, 'browser');
      assert.equal(asked[1].page, asked[0].page + 1);
      await end();
    });

  await test('without JavaScript, pages and searches are links and forms', async () => {
    const { tab, asked, rows, end } = await scene({ route: 'pages', javaScriptEnabled: false });
    assert.equal((await rows())[0], '1');
    await tab.getByRole('link', { name: 'Next' }).click();
    assert.equal((await rows())[0], '21');
    await tab.getByLabel('Go to page').fill('30');
    await tab.getByRole('button', { name: 'Go' }).click();
    assert.equal((await rows())[0], '581');
    await tab.getByRole('link', { name: 'Search' }).click();
    await tab.getByRole('searchbox').fill('lantern');
    await tab.getByRole('searchbox').press('Enter');
    await until('lanterns', async () => (await rows()).length === 20);
    assert.ok((await tab.locator('ol.books mark').allTextContents()).every((text) => text === 'Lantern'));
    assert.ok(asked.every(({ by }) => by === 'server'));
    await end();
  });

  const troubles = {
    'is down': (_, fail) => fail(503),
    'does not answer': () => undefined,
  };
  for (const [trouble, happen] of Object.entries(troubles))
    await test(`an API that ${trouble} while the server renders is asked by the browser`, async () => {
      const answer = ({ by }, send, fail) => (by === 'server' ? happen(send, fail) : send());
      const { asked, rows, heard, end } = await scene({ answer });
      await until('the first page', async () => (await rows()).length === 20);
      assert.deepEqual(asked.map(({ by, page }) => `${by} ${page}`), ['server 1', 'browser 1']); // prettier-ignore
      await until('said', async () => (await heard()).length > 0);
      assert.deepEqual(await heard(), ['20 of 10,000 books.']);
      await end();
    });

  await test('what is to be watched as it happens is left to the browser', async () => {
    const { asked, url, tab, end } = await scene({ route: 'busy' });
    await until('asked', () => asked.length > 0);
    await tab.goto(`${url}all`);
    await until('asked again', () => asked.length > 1);
    assert.ok(asked.every(({ by }) => by === 'browser'));
    await end();
  });
}
