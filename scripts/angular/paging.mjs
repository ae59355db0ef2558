// Scrolls, searches, fails and resumes, waits, leaves the route.
import assert from 'node:assert/strict';
import { until } from './scenes.mjs';

const oneTo = (n) => Array.from({ length: n }, (_, i) => i + 1);

export async function testPaging(test, scene) {
  await test('scrolls to the end: each book once, in order, and no page requested twice', async () => {
    const { pages, rows, status, scroll, end } = await scene({ count: 510 });
    await until('the first page', async () => (await rows()).length >= 20);
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.ok(pages().length < 4, `${pages().length} pages without scrolling`);
    await until('the last page', async () => (await scroll(), (await status()).endsWith('That is all.')));
    assert.deepEqual(await rows(), oneTo(510).map(String));
    assert.deepEqual(pages(), oneTo(26));
    await end();
  });

  await test('virtual scroll shows the first to the last book, with its position for screen readers', async () => {
    const { tab, pages, status, end } = await scene({ route: 'all', count: 110 });
    const list = tab.getByRole('list', { name: 'All books' });
    const seen = new Set();
    await until('the last book', async () => {
      await list.evaluate((element) => element.scrollBy(0, 300));
      const shown = await list.getByRole('listitem').evaluateAll((rows) =>
        rows.map((row) => ({
          number: row.querySelector('.number').textContent,
          place: row.getAttribute('aria-posinset'),
          of: row.getAttribute('aria-setsize'),
        })),
      );
      for (const { number, place, of } of shown) {
        assert.deepEqual([place, of], [number, '110']);
        seen.add(Number(place));
      }
      return seen.has(110);
    });
    assert.deepEqual(
      [...seen].sort((a, b) => a - b),
      oneTo(110),
    );
    assert.deepEqual(pages(), oneTo(6));
    assert.equal(await status(), '110 books. That is all.');
    await end();
  });

  await test('searches by POST, with its position in the body, to the last page', async () => {
    const { tab, asked, rows, status, scroll, end } = await scene({ route: 'search', count: 300 });
    assert.equal(asked.length, 0);
    await tab.getByRole('searchbox', { name: 'Title or author' }).fill('lantern');
    await until('the last page', async () => (await scroll(), (await status()).endsWith('That is all.')));
    const titles = await tab.locator('ol.books .title').allTextContents();
    assert.ok(titles.length > 20 && titles.every((title) => title.includes('Lantern')));
    assert.equal(new Set(await rows()).size, titles.length);
    assert.deepEqual(asked.map(({ page }) => page), oneTo(Math.ceil(titles.length / 20))); // prettier-ignore
    await tab.getByRole('searchbox').fill('no such book');
    await until('nothing', async () => (await status()) === 'No books match “no such book”.');
    await end();
  });

  await test('another text cancels the current walk: its request is cancelled before it is answered', async () => {
    const answer = ({ text }, send) => text !== 'lan' && send();
    const { tab, asked, rows, end } = await scene({ route: 'search', answer });
    const box = tab.getByRole('searchbox');
    await box.fill('lan');
    await until('the first search', () => asked.length === 1);
    assert.equal(asked[0].left, false);
    await box.fill('garden');
    await until('what was found', async () => (await rows()).length >= 20);
    await until('the first is cancelled', () => asked[0].left);
    assert.deepEqual(asked.slice(0, 2).map(({ text, left }) => [text, left]), [['lan', true], ['garden', false]]); // prettier-ignore
    const titles = await tab.locator('ol.books .title').allTextContents();
    assert.ok(titles.every((title) => title.includes('Garden')));
    await end();
  });

  await test('a page that fails keeps what has arrived; Try again resumes at that page', async () => {
    let down = true;
    const answer = ({ page }, send, fail) => (page === 3 && down ? fail(503) : send());
    const { tab, pages, rows, scroll, end } = await scene({ route: 'outage', count: 100, answer, expected: [503] });
    const failed = tab.locator('.failed');
    await until('the failure', async () => (await scroll(), await failed.isVisible()));
    assert.match(await failed.locator('code').textContent(), /Page 3 failed: 503 .* after 3 attempts/);
    assert.deepEqual(await rows(), oneTo(40).map(String));
    await scroll();
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.deepEqual(pages(), [1, 2, 3, 3, 3], 'scrolling requests nothing more');
    down = false;
    await tab.getByRole('button', { name: 'Try again' }).click();
    await until('the last page', async () => (await scroll(), (await rows()).length === 100));
    assert.deepEqual(await rows(), oneTo(100).map(String));
    assert.deepEqual(pages(), [1, 2, 3, 3, 3, 3, 4, 5]);
    assert.equal(await failed.count(), 0);
    await end();
  });

  await test('a rate limit is waited for as long as the server says, and counted down', async () => {
    let limited = true;
    const answer = ({ page }, send, fail) => {
      if (page !== 2 || !limited) return send();
      limited = false;
      fail(429, { 'retry-after': '3' });
    };
    const { tab, asked, pages, rows, heard, scroll, end } = await scene({ route: 'busy', count: 60, answer, expected: [429] }); // prettier-ignore
    const shown = new Set();
    await until('the wait is over', async () => {
      await scroll();
      const [seconds] = await tab.getByRole('timer').allTextContents();
      if (seconds !== undefined) shown.add(Number(seconds));
      return shown.size > 0 && (await rows()).length >= 40;
    });
    // How many of 3, 2, 1 are caught depends on the machine; that they go down does not.
    const counted = [...shown];
    assert.ok(counted.length >= 2 && counted.every((n) => n >= 1 && n <= 3), `counted ${counted.join()}`);
    assert.deepEqual(
      counted,
      [...counted].sort((a, b) => b - a),
    );
    const pause = (await heard()).filter((text) => text.includes('pause'));
    assert.deepEqual(pause, ['The server asks for a pause. The list continues by itself.'], 'said once');
    assert.equal(await tab.getByRole('timer').count(), 0);
    const [, refused, again] = asked;
    assert.ok(again.at - refused.at >= 2990, `retried after ${again.at - refused.at} ms`);
    await until('the last page', async () => (await scroll(), (await rows()).length === 60));
    assert.deepEqual(pages(), [1, 2, 2, 3]);
    await end();
  });

  await test('Back shows the list as it was left, at the same place, and asks for nothing', async () => {
    const { tab, pages, rows, scroll, end } = await scene({ count: 500 });
    await until('some pages', async () => (await scroll(), (await rows()).length >= 80));
    await tab.evaluate(() => globalThis.scrollTo(0, 2000));
    const top = () => tab.evaluate(() => globalThis.scrollY);
    await until('the place', async () => (await top()) === 2000);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const [before, asked] = [await rows(), pages().length];
    await tab.getByRole('link', { name: 'Search' }).click();
    await tab.getByRole('searchbox').waitFor();
    assert.equal(await top(), 0);
    await tab.goBack();
    await until('the place again', async () => (await top()) === 2000);
    assert.deepEqual(await rows(), before);
    assert.equal(pages().length, asked);
    await until('the next page', async () => (await scroll(), (await rows()).length > before.length));
    assert.deepEqual(pages(), oneTo(pages().length));
    await end();
  });

  await test('a search keeps what it shows until the next text has found something', async () => {
    let held;
    const answer = ({ text }, send) => (text === 'garden' ? (held = send) : send());
    const { tab, rows, end } = await scene({ route: 'search', answer });
    const box = tab.getByRole('searchbox');
    await box.fill('lantern');
    await until('what was found', async () => (await rows()).length > 0);
    const before = await rows();
    await box.fill('garden');
    await until('the next search', () => held !== undefined);
    assert.deepEqual(await rows(), before);
    held();
    const titles = () => tab.locator('ol.books .title').allTextContents();
    await until('the gardens', async () => (await titles()).every((title) => title.includes('Garden')));
    await end();
  });

  await test('leaving the route cancels the request in flight', async () => {
    const { tab, asked, scroll, end } = await scene({ answer: ({ page }, send) => page === 1 && send() });
    await until('page 2 is requested', async () => (await scroll(), asked.length === 2));
    assert.equal(asked[1].left, false);
    await tab.getByRole('link', { name: 'Search' }).click();
    await until('it is cancelled', () => asked[1].left);
    assert.equal(asked.length, 2);
    await end();
  });

  await test('leaving the route ends a wait: nothing is sent after it', async () => {
    const answer = (_, send, fail) => fail(429, { 'retry-after': '1' });
    const { tab, asked, end } = await scene({ route: 'busy', answer, expected: [429] });
    await tab.getByRole('timer').waitFor();
    await tab.getByRole('link', { name: 'Search' }).click();
    await tab.getByRole('searchbox').waitFor();
    const sent = asked.length;
    await new Promise((resolve) => setTimeout(resolve, 2500));
    assert.equal(asked.length, sent);
    await end();
  });
}
