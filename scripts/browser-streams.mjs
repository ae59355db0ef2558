// Pages as a ReadableStream in a browser: piped with backpressure, cancelled, failed.
/* global ReadableStream */
import assert from 'node:assert/strict';
import { numbered, rows, until } from './browser-servers.mjs';

/** The number of requests, once no more are sent. */
const settled = async (server) => {
  for (let before = -1; before !== server.seen.length; await new Promise((resolve) => setTimeout(resolve, 60)))
    before = server.seen.length;
  return server.seen.length;
};

/** @param test runs one by its title */
export async function testStreams(test, browser) {
  const blank = await browser.newPage();
  const hasFrom = await blank.evaluate(() => 'from' in ReadableStream);
  await blank.close();
  if (!hasFrom) console.log('- this browser has no ReadableStream.from');
  for (const way of hasFrom ? ['recipe', 'native'] : ['recipe']) {
    const title = way === 'recipe' ? 'a ReadableStream by hand' : 'ReadableStream.from';
    const testWay = (what, run) => test(`${title} ${what}`, run);
    await testWay('pipes with backpressure', async ({ call, open, page }) => {
      const server = await open(numbered);
      await call('pipe', way, server.url);
      const writes = (count) => page.waitForFunction((so) => globalThis.tests.written() === so, count);
      await writes(1);
      const ahead = await settled(server);
      assert.ok(ahead <= 3, `${ahead} requests for the first page`); // One written, one in transit, one being requested.
      await call('takeOne');
      await writes(2);
      assert.ok((await settled(server)) <= ahead + 1);
      assert.deepEqual(await call('takeAll'), { ending: 'complete', items: rows.map((row) => row * 2) });
      assert.equal(server.seen.length, 4);
    });
    await testWay('closes the connection when it is cancelled', async ({ call, open }) => {
      const server = await open((seen, response) => {
        if (seen.url.searchParams.get('page') !== '2') numbered(seen, response);
      });
      await call('pipe', way, server.url);
      await until(() => server.seen.length === 2, 'the second page is requested');
      assert.equal(server.left(), 0);
      assert.equal(await call('cancel'), 'AbortError');
      await until(() => server.left() === 1, 'the connection is closed');
      assert.equal(await settled(server), 2);
    });
    await testWay('fails with the error of the page', async ({ call, open }) => {
      const server = await open((_seen, response) => response.writeHead(404).end());
      assert.equal(await call('readError', way, server.url), 'HttpError');
    });
  }
}
