// The example without a framework, in a real browser: scrolls, searches, fails, resumes.
/* global scrollTo */
import assert from 'node:assert/strict';
import { startBrowserExample } from '../examples/browser/serve.mjs';

const until = async (what, isSo) => {
  for (let i = 0; i < 1000; i++) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.fail(`never: ${what}`);
};

/** @param test runs one by its title */
export async function testBrowserExample(test, browser) {
  const scene = async (answer) => {
    const asked = [];
    let left = 0;
    const example = await startBrowserExample({
      answer(request, send, fail, response) {
        asked.push(`${request.path} ${request.page}`);
        response.once('close', () => (left += response.writableFinished ? 0 : 1));
        answer(request, send, fail);
      },
    });
    const page = await browser.newPage();
    const problems = [];
    page.on('pageerror', (error) => problems.push(error));
    await page.goto(example.url);
    const rows = () => page.locator('#books li').allTextContents();
    const status = () => page.locator('#status').textContent();
    const scroll = () => page.evaluate(() => scrollTo(0, document.body.scrollHeight));
    const end = async () => {
      await page.close();
      example.close();
      assert.deepEqual(problems, []);
    };
    return { page, asked, left: () => left, rows, status, scroll, end };
  };

  await test('the plain page requests pages as the user scrolls, up to the last one, each row once', async () => {
    const { asked, rows, status, scroll, end } = await scene((_, send) => send());
    await until('the first page', async () => (await rows()).length >= 20);
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.ok(asked.length < 5, `${asked.length} pages without scrolling`);
    await until('the last page', async () => (await scroll(), (await status()).endsWith('That is all.')));
    const all = await rows();
    assert.equal(all.length, 500);
    assert.equal(new Set(all).size, 500);
    assert.deepEqual(
      asked,
      Array.from({ length: 25 }, (_, i) => `/api/books ${i + 1}`),
    );
    await end();
  });
  await test('the plain page cancels the list in progress when the user searches', async () => {
    const { page, asked, left, rows, end } = await scene(({ path }, send) => path === '/api/search' && send());
    await until('the list is requested', () => asked.length === 1);
    await page.locator('#query').fill('lantern');
    await until('what was found', async () => (await rows()).length >= 20);
    assert.equal(left(), 1);
    assert.ok((await rows()).every((row) => row.includes('Lantern')));
    await end();
  });
  await test('the plain page keeps what it has when a page fails, and resumes there', async () => {
    let down = true;
    const { page, rows, status, scroll, end } = await scene(({ page: number }, send, fail) =>
      number === 3 && down ? fail(503) : send(),
    );
    await until('the failure', async () => (await scroll(), (await status()).includes('Page 3 failed')));
    assert.equal((await rows()).length, 40);
    down = false;
    await page.getByRole('button', { name: 'Try again' }).click();
    await until('the next page', async () => (await rows()).length >= 60);
    assert.equal(new Set(await rows()).size, (await rows()).length);
    await end();
  });
}
