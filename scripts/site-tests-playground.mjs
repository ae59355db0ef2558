// The playground, as a reader has it: for scripts/site-tests.mjs.
import assert from 'node:assert/strict';

const path = '/playground.html';

export async function testPlayground({ test, open, fits, accessible }) {
  const button = (page, name) => page.getByRole('button', { name, exact: true });
  const status = (page) => page.locator('.playground .said').first();
  /** What the table says of both walks. */
  const counts = async (page, row) => {
    const header = page.getByRole('rowheader', { name: row, exact: true });
    const cells = await page.locator('.counts tr').filter({ has: header }).locator('td').allInnerTexts();
    return cells.map((text) => text.trim());
  };
  const ended = (page) => status(page).filter({ hasText: 'The end' }).waitFor();

  for (const [scheme, width] of [['light', 360], ['dark', 1280], ['light', 1920]]) // prettier-ignore
    await test(`playground: an example runs, its lanes fit into ${width} px, and axe finds nothing (${scheme})`, async (page) => {
      await open(page, path);
      assert.equal(await page.locator('.playground .request').count(), 0);
      await page.getByRole('link', { name: 'A 503 on every third' }).click();
      await ended(page);
      const lanes = page.locator('.playground svg').first();
      assert.deepEqual(
        await Promise.all(
          ['.request.answered', '.request.failed', '.wait', '.page circle', '.end'].map((shape) => lanes.locator(shape).count()),
        ),
        [6, 2, 2, 6, 1],
      );
      assert.match(await lanes.getAttribute('aria-label'), /8 requests, of which 2 failed; 2 waits; 6 pages; the end/);
      assert.deepEqual(await counts(page, 'Requests'), ['8', '3']);
      assert.deepEqual(await counts(page, 'Rows that did not come'), ['0', '40']);
      assert.deepEqual(await counts(page, 'The end'), ['the last page', 'completes, as if nothing were missing']);
      assert.match(page.url(), /\/playground\.html\?fail=3&after=1$/);
      await fits(page);
      await accessible(page);
      await page.getByText('All events as text').click();
      assert.match(await page.getByRole('list', { name: 'Events: Pagewise' }).innerText(), /page 3 waits 1\.00 s/);
      await fits(page);
    }, { viewport: { width, height: 900 }, colorScheme: scheme }); // prettier-ignore

  await test('playground: what an address says is set, run and kept, and what it can’t say is reported', async (page) => {
    await open(page, `${path}?paging=cursor&latency=50&consume=loop&prefetch=2&take=2&rows=-3`);
    assert.equal(await page.getByLabel('Paging').inputValue(), 'cursor');
    assert.equal(await page.getByLabel('Latency, ms').inputValue(), '50');
    assert.equal(await page.getByLabel('Pages ahead of the loop (prefetch)').inputValue(), '2');
    assert.equal(await page.getByLabel('Rows it holds').inputValue(), '60');
    assert.match(
      await page.getByRole('alert').innerText(),
      /rows=-3: must be a whole number from 0 to 500; 60 is used/,
    );
    await button(page, 'Run').click();
    await ended(page);
    assert.deepEqual((await counts(page, 'Pages'))[0], '2');
    await page.getByLabel('Rows it holds').fill('15');
    await page.getByLabel('Rows it holds').press('Tab');
    assert.match(page.url(), /\?paging=cursor&rows=15&latency=50&consume=loop&prefetch=2&take=2$/);
    assert.equal(await page.locator('.playground .request').count(), 0);
    await page.reload({ waitUntil: 'networkidle' });
    assert.equal(await page.getByLabel('Rows it holds').inputValue(), '15');
    await page.getByLabel('Rows it holds').fill('9999');
    await page.getByLabel('Rows it holds').press('Tab');
    await page.getByText('It must be a whole number from 0 to 500.').waitFor();
    assert.match(page.url(), /rows=15/);
  });

  await test('playground: the code follows the knobs, and copies', async (page) => {
    await open(page, path);
    await page.getByLabel('Throttle, requests per second').fill('5');
    await page.getByLabel('Throttle, requests per second').press('Tab');
    await page.getByLabel('Paging').selectOption('keyset');
    const code = page.getByLabel('The walk with Pagewise', { exact: true });
    const text = await code.innerText();
    assert.match(text, /keyset<Order>\(\{ items: 'data', key: 'id'[^]*policy: pipe\(throttleRequests\(\{ limit: 5 \}\)/);
    await button(page, 'Copy: The walk with Pagewise').click();
    await page.getByText('The walk with Pagewise is copied.').waitFor();
    assert.equal((await page.evaluate(() => window.navigator.clipboard.readText())).trim(), text.trim());
    await button(page, 'Copy: The hand-written walk').click();
    await page.getByText('The hand-written walk is copied.').waitFor();
    assert.match(await page.evaluate(() => window.navigator.clipboard.readText()), /expand\(\(\{ data, has_more \}\)/);
    await page.getByLabel('Compare with a hand-written expand').selectOption('no');
    assert.equal(await page.locator('.playground svg').count(), 1);
    assert.equal(await page.locator('.playground pre').count(), 1);
  }, { permissions: ['clipboard-read', 'clipboard-write'] }); // prettier-ignore

  await test('playground: it runs, steps and resets by the keyboard alone', async (page) => {
    await open(page, path);
    await page.getByRole('link', { name: 'A 503 on every third' }).focus();
    const reached = [];
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press('Tab');
      const name = await page.evaluate(() => {
        const { activeElement: at } = document;
        return at.closest('.playground') === null
          ? ''
          : (at.getAttribute('aria-label') ?? at.labels?.[0]?.innerText ?? at.innerText).trim();
      });
      if (name === '') break;
      reached.push(name);
    }
    for (const name of [
      'Run',
      'Step',
      'Reset',
      'Lanes',
      'Paging',
      'Rows it holds',
      'Pages to take (take)',
      'Copy: The hand-written walk',
      'All events as text',
    ])
      // prettier-ignore
      assert.ok(reached.includes(name), `${name} is not among ${reached.join(', ')}`);
    await button(page, 'Step').focus();
    await page.keyboard.press('Enter');
    await status(page)
      .filter({ hasText: '0.00 s: page 1 is requested. By hand, 0.00 s: page 1 is requested.' })
      .waitFor();
    await page.keyboard.press('Enter');
    await status(page).filter({ hasText: '0.20 s: page 1 arrives, 10 items' }).waitFor();
    assert.equal(await page.locator('.playground svg').first().locator('.request').count(), 2);
    await button(page, 'Run').focus();
    await page.keyboard.press('Space');
    await ended(page);
    await button(page, 'Reset').focus();
    await page.keyboard.press('Enter');
    await page.locator('.playground .request').first().waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Fewer than asked for' }).focus();
    await page.keyboard.press('Enter');
    await ended(page);
    assert.deepEqual(await counts(page, 'Items'), ['60', '10']);
  });

  await test('playground: time passes slowly, stops, and goes on', async (page) => {
    await open(page, `${path}?rows=500&hand=no`);
    assert.equal(await page.getByLabel('Speed').inputValue(), '0.25');
    await page.getByLabel('Speed').selectOption('1');
    await button(page, 'Run').click();
    await page.locator('.playground .page circle').first().waitFor();
    await button(page, 'Pause').click();
    await status(page).filter({ hasText: 'Paused, after' }).waitFor();
    const paused = await status(page).innerText();
    const pages = Number(/(\d+) pages/.exec(paused)[1]);
    assert.ok(pages >= 1 && pages < 50, paused);
    await page.getByLabel('Speed').selectOption('end');
    await button(page, 'Run').click();
    await ended(page);
    assert.match(await status(page).innerText(), /after 10\.00 s\. Pagewise: 50 requests, 0 failed, 50 pages, 500 items/);
    await page.getByLabel('Whole walk in view').check();
    const { scroll, inner } = await page
      .getByRole('region', { name: 'Lanes' })
      .evaluate((one) => ({ scroll: one.scrollWidth, inner: one.clientWidth }));
    assert.ok(scroll <= inner, `${scroll} > ${inner}`);
  }, { reducedMotion: 'no-preference' }); // prettier-ignore

  await test('playground: with nextWhen, the next page comes when the button is pressed', async (page) => {
    await open(page, `${path}?consume=manual&take=2&hand=no`);
    assert.equal(await button(page, 'Next page').isDisabled(), true);
    await button(page, 'Run').click();
    await status(page).filter({ hasText: 'Next page is yours to press' }).waitFor();
    assert.deepEqual(await counts(page, 'Pages'), ['1']);
    await button(page, 'Next page').click();
    await ended(page);
    assert.deepEqual(await counts(page, 'Pages'), ['2']);
  });

  await test('playground: what can’t be combined is off, and says why; a gap and an error are shown', async (page) => {
    await open(page, `${path}?paging=cursor`);
    const concurrency = page.getByLabel('Pages in flight (concurrency)');
    assert.equal(await concurrency.isDisabled(), true);
    await page.getByText('only the answer says where the next page is').waitFor();
    await page.getByRole('link', { name: 'A page that always fails, skipped' }).click();
    await ended(page);
    assert.equal(await page.locator('.playground svg').first().locator('.gap circle').count(), 1);
    assert.equal((await counts(page, 'The end'))[0], 'the last page, with 1 gap');
    await page.getByLabel('Failed pages to skip (skipFailedPages)').fill('0');
    await button(page, 'Run').click();
    await ended(page);
    await page.getByText(/^Pagewise: Page 3 failed: 500/).waitFor();
  });

  await test('playground: no other page loads any of it', async (page) => {
    const asked = [];
    page.on('request', (request) => asked.push(`${request.headers()['sec-purpose'] ?? ''} ${request.url()}`));
    await open(page, '/');
    assert.equal(await page.locator('main.home').getByRole('link', { name: 'Playground', exact: true }).count(), 1);
    assert.deepEqual(asked.filter((line) => /^ .*(playground|worker)/.test(line)), []); // prettier-ignore
  });
}
