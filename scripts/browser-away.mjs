// A tab that is offline, frozen or hidden. Playwright keeps its tabs visible, so the hidden one is driven without it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { WebSocket } from 'undici';
import { numbered, rows } from './browser-servers.mjs';
import { chromiumFlags, chromiumPath } from './launch-chromium.mjs';

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const ended = (page) => page.waitForFunction(() => globalThis.tests.stateAway().ending !== undefined);
/** Page 1 is there, and the walk stops at it. */
const begun = (page) => page.waitForFunction(() => globalThis.tests.stateAway().items.length > 0);
const waiting = (page) => page.waitForFunction(() => globalThis.tests.stateAway().waits.length > 0);

/** @param script the bundle that the tests run on */
export async function testAway(test, script) {
  await test('a browser that is offline is waited for, and nothing is sent before it is online', async ({
    call,
    home,
    page,
  }) => {
    await call('startAway', home.url);
    await begun(page);
    await page.context().setOffline(true);
    await call('goOnAway');
    await waiting(page);
    await sleep(300);
    const { waits, ending } = await call('stateAway');
    assert.deepEqual([waits.length, waits[0].offline, ending, home.seen.length], [1, true, undefined, 1]);
    await page.context().setOffline(false);
    await ended(page);
    assert.deepEqual(await call('stateAway'), { items: rows, waits, ending: 'complete' });
    assert.equal(home.seen.length, 4);
  });

  await test('unsubscribing ends the wait of a browser that is offline', async ({ call, home, page }) => {
    await call('startAway', home.url);
    await begun(page);
    await page.context().setOffline(true);
    await call('goOnAway');
    await waiting(page);
    await call('stopAway');
    await page.context().setOffline(false);
    await sleep(200);
    assert.equal(home.seen.length, 1);
  });

  await test('totalTimeout ends the wait of a browser that is offline', async ({ call, home, page }) => {
    await call('startAway', home.url, 800);
    await begun(page);
    await page.context().setOffline(true);
    await call('goOnAway');
    await ended(page);
    const { ending } = await call('stateAway');
    assert.match(ending, /^Page 2 failed: .*totalTimeout.*\(the browser is offline\)/);
    await page.context().setOffline(false);
    await sleep(100);
    assert.equal(home.seen.length, 1);
  });

  await test('a hidden tab that is frozen during a wait sends nothing, and continues when it is active again', async ({
    open,
  }) => {
    const busy = await open((seen, response, n) =>
      n === 1 ? response.writeHead(503, { 'retry-after': '1' }).end() : numbered(seen, response),
    );
    await inHiddenTab(`${busy.origin}/`, script, async ({ call, become }) => {
      await call('startAway', busy.url);
      await eventually('page 1', async () => (await call('stateAway')).items.length > 0);
      await call('goOnAway');
      await eventually('the wait', async () => (await call('stateAway')).waits.length > 0);
      await become('frozen');
      const before = busy.seen.length;
      await sleep(2500);
      assert.deepEqual([before, busy.seen.length], [2, 2]);
      await become('active');
      await eventually('the end', async () => (await call('stateAway')).ending !== undefined);
      const { items, ending } = await call('stateAway');
      assert.deepEqual([items, ending], [rows, 'complete']);
    });
  });

  await test('an answer that arrived while the tab was frozen counts, though its attempt would have timed out', async ({
    open,
  }) => {
    let answer;
    const slow = await open((seen, response, n) => {
      if (n === 1) answer = () => numbered(seen, response);
      else numbered(seen, response);
    });
    await inHiddenTab(`${slow.origin}/`, script, async ({ call, become }) => {
      await call('startAway', slow.url, 60_000, 2000);
      await eventually('page 1', async () => (await call('stateAway')).items.length > 0);
      await call('goOnAway');
      await eventually('page 2 is requested', () => answer !== undefined);
      await become('frozen');
      answer();
      await sleep(4000);
      await become('active');
      await eventually('the end', async () => (await call('stateAway')).ending !== undefined);
      assert.deepEqual(await call('stateAway'), { items: rows, waits: [], ending: 'complete' });
      assert.equal(slow.seen.length, 4);
    });
  });

  await test('a rate limit holds in a hidden tab, whose timers fire once a second', async ({ open }) => {
    const at = [];
    const server = await open(({ url }, response) => {
      if (url.pathname === '/') return response.setHeader('content-type', 'text/html').end('<!doctype html>');
      at.push(performance.now());
      response.end(JSON.stringify({ items: [at.length] }));
    });
    const [limit, interval] = [2, 300];
    const { pages, ms, visibility } = await inHiddenTab(`${server.origin}/`, script, ({ call }) =>
      call('limited', server.url, limit, interval),
    );
    const closest = Math.min(...at.slice(limit).map((time, i) => time - at[i]));
    console.log(
      `  hidden: ${pages} pages in ${Math.round(ms)} ms, ${limit + 1} requests at least ${Math.round(closest)} ms apart`,
    );
    assert.deepEqual([visibility, pages, at.length], ['hidden', 10, 10]);
    assert.ok(closest >= interval, `${limit + 1} requests within ${closest} ms`);
  });
}

const eventually = async (what, isSo) => {
  for (let i = 0; i < 300; i++, await sleep(50)) if (await isSo()) return;
  assert.fail(`never: ${what}`);
};

/**
 * Opens a tab, and another one in front of it.
 * @param use gets `call`, of the functions in spec/browser, and `become`, which freezes the tab
 */
async function inHiddenTab(url, script, use) {
  const profile = mkdtempSync(join(tmpdir(), 'pagewise-chromium-'));
  const flags = ['--headless=new', '--remote-debugging-port=0', `--user-data-dir=${profile}`, ...chromiumFlags];
  const chromium = spawn(chromiumPath, [...flags, url], { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(chromium, 'exit');
  try {
    let origin;
    for await (const line of createInterface({ input: chromium.stderr })) {
      origin = /DevTools listening on ws:\/\/([^/]+)/.exec(line)?.[1];
      if (origin) break;
    }
    const get = async (path, method = 'GET') => (await fetch(`http://${origin}/json${path}`, { method })).json();
    let tab;
    for (let i = 0; i < 200 && tab?.url !== url; i++, await sleep(50))
      tab = (await get('')).find((each) => each.type === 'page' && each.url === url);
    await get('/new?about:blank', 'PUT');
    const send = await devtools(tab.webSocketDebuggerUrl);
    const evaluate = async (expression) => {
      const { result, exceptionDetails } = await send('Runtime.evaluate', {
        expression,
        awaitPromise: true,
        returnByValue: true,
      });
      assert.equal(exceptionDetails, undefined);
      return result.value;
    };
    const state = () => evaluate('`${location.href} ${document.readyState} ${document.visibilityState}`');
    await eventually('the tab is hidden', async () => (await state()) === `${url} complete hidden`);
    await evaluate(`${script}; undefined`);
    return await use({
      call: (name, ...args) => evaluate(`tests.${name}(...${JSON.stringify(args)})`),
      become: (state) => send('Page.setWebLifecycleState', { state }),
    });
  } finally {
    chromium.kill();
    await ended;
    // Its processes may write for a moment longer. rmSync would try again only the last step, without what is new.
    await rm(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}

async function devtools(url) {
  const socket = new WebSocket(url);
  await once(socket, 'open');
  const waiting = new Map();
  socket.addEventListener('message', ({ data }) => {
    const { id, result } = JSON.parse(data);
    waiting.get(id)?.(result);
  });
  return (method, params) =>
    new Promise((resolve) => {
      const id = waiting.size + 1;
      waiting.set(id, resolve);
      socket.send(JSON.stringify({ id, method, params }));
    });
}
