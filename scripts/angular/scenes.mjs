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
 * @returns `scene`, which opens the example at a route (`expected` are statuses that the browser may complain about,
 *   `prepare` gets the tab before it is opened, `textSize` is that of the browser in percent), and `closeAll`, for what a
 *   failed test has left open
 */
export function scenes(browser) {
  const open = new Set();
  const closeAll = async () => {
    for (const close of open) await close();
  };
  return { scene, closeAll };

  async function scene({
    route = '',
    count,
    answer = (_, send) => send(),
    render,
    expected = [],
    prepare,
    textSize,
    ...context
  }) {
    const asked = [];
    const example = await startAngularExample({
      count,
      render,
      answer(request, send, fail, response) {
        const entry = { ...request, at: performance.now(), left: false };
        asked.push(entry);
        response.once('close', () => {
          // A cancelled one: a request that runs into its attemptTimeout, of 30 s, is cancelled too.
          entry.left = !response.writableFinished && performance.now() - entry.at < 25_000;
        });
        answer(request, send, fail, response);
      },
    });
    const tab = await browser.newPage({ viewport: { width: 900, height: 720 }, ...context });
    const problems = [];
    tab.on('pageerror', (error) => problems.push(error));
    tab.on('console', (message) => {
      const [, status, why] = /^Failed to load resource: (?:.* (\d+) \(|net::(\w+))/.exec(message.text()) ?? [];
      const isExpected = expected.includes(why ?? Number(status));
      if (message.type() === 'error' && !isExpected) problems.push(message.text());
    });
    const close = async () => {
      open.delete(close);
      await tab.close();
      example.close();
    };
    open.add(close);
    await tab.addInitScript(listen);
    if (textSize)
      await tab.addInitScript((size) => {
        globalThis.document.addEventListener('DOMContentLoaded', () => {
          globalThis.document.documentElement.style.fontSize = `${size}%`;
        });
      }, textSize);
    await prepare?.(tab);
    await tab.goto(example.url + route);
    return {
      tab,
      url: example.url,
      /**
       * Requests to the API in order of arrival: what, when, by the browser or by the server that renders, and whether it
       * was cancelled before the answer.
       */
      asked,
      pages: () => asked.map(({ page }) => page),
      rows: () => tab.locator('ol.books .number').allTextContents(),
      status: () => tab.locator('.status').textContent(),
      /** What screen readers have said, of all live regions. */
      heard: () => tab.evaluate(() => globalThis.heard),
      scroll: () => tab.evaluate(() => globalThis.scrollTo(0, globalThis.document.body.scrollHeight)),
      async end() {
        await close();
        assert.deepEqual(problems, []);
      },
    };
  }
}

/** Runs in the tab. */
function listen() {
  const heard = (globalThis.heard = []);
  const live = '[role=status], [role=alert], [role=log], [aria-live=polite], [aria-live=assertive]';
  const element = (node) => (node.nodeType === 1 ? node : node.parentElement);
  new globalThis.MutationObserver((changes) => {
    const regions = changes.map(({ target }) => element(target)?.closest(live));
    // Alerts are said when they appear.
    const added = changes.flatMap(({ addedNodes }) => [...addedNodes]).filter((node) => node.nodeType === 1);
    const alerts = added.flatMap((node) => [...node.querySelectorAll('[role=alert]')]);
    for (const region of new Set([...regions, ...alerts])) {
      const text = region?.textContent.trim();
      if (text) heard.push(text);
    }
  }).observe(globalThis.document, { subtree: true, childList: true, characterData: true });
}
