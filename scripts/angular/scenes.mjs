// The example in a separate tab, with a separate server whose answers the test decides.
import assert from 'node:assert/strict';
import { startAngularExample } from '../../examples/angular/serve.mjs';

export const until = async (what, isSo, times = 3000) => {
  for (let i = 0; i < times; i++) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.fail(`never: ${what}`);
};

/**
 * @param browser of playwright-core
 * @returns `scene`, which opens the example at a route (`expected` are statuses that the browser may complain about), and
 *   `closeAll`, for what a failed test has left open
 */
export function scenes(browser) {
  const open = new Set();
  const closeAll = async () => {
    for (const close of open) await close();
  };
  return { scene, closeAll };

  async function scene({ route = '', count, answer = (_, send) => send(), expected = [], ...context }) {
    const asked = [];
    const example = await startAngularExample({
      count,
      answer(request, send, fail, response) {
        const entry = { ...request, at: performance.now(), left: false };
        asked.push(entry);
        response.once('close', () => {
          // A cancelled one: a request that runs into its attemptTimeout, of 30 s, is cancelled too.
          entry.left = !response.writableFinished && performance.now() - entry.at < 25_000;
        });
        answer(request, send, fail);
      },
    });
    const tab = await browser.newPage({ viewport: { width: 900, height: 720 }, ...context });
    const problems = [];
    tab.on('pageerror', (error) => problems.push(error));
    tab.on('console', (message) => {
      const status = /^Failed to load resource.* (\d+) \(/.exec(message.text())?.[1];
      if (message.type() === 'error' && !expected.includes(Number(status))) problems.push(message.text());
    });
    const close = async () => {
      open.delete(close);
      await tab.close();
      example.close();
    };
    open.add(close);
    await tab.goto(example.url + route);
    return {
      tab,
      /** Requests to the API in order of arrival: what, when, and whether the browser cancelled before the answer. */
      asked,
      pages: () => asked.map(({ page }) => page),
      rows: () => tab.locator('ol.books .number').allTextContents(),
      status: () => tab.getByRole('status').textContent(),
      scroll: () => tab.evaluate(() => globalThis.scrollTo(0, globalThis.document.body.scrollHeight)),
      async end() {
        await close();
        assert.deepEqual(problems, []);
      },
    };
  }
}
