// Walks that are cancelled, and servers that go silent: the server sees its connections closed.
import assert from 'node:assert/strict';
import { beginOnly, numbered, rows, until } from './browser-servers.mjs';

const phases = [
  ['before the headers', 1, () => {}],
  ['halfway through the body', 2, beginOnly],
];

/** @param test runs one by its title */
export async function testLeaving(test) {
  for (const how of ['unsubscribing', 'a signal', 'break'])
    for (const [phase, heads, silence] of phases)
      await test(`T3 ${how} closes the connection ${phase}`, async ({ call, open, page }) => {
        const server = await open((seen, response) =>
          seen.url.searchParams.get('page') === '2' ? silence(response) : numbered(seen, response),
        );
        await call('begin', how, server.url);
        await until(() => server.seen.length === 2, 'the second page is requested');
        await page.waitForFunction((count) => globalThis.tests.heads() === count, heads);
        assert.equal(server.left(), 0);
        const ending = how === 'a signal' ? 'the reason' : 'left';
        assert.deepEqual(await call('leave'), { ending, pages: 1 });
        await until(() => server.left() === 1, 'the connection is closed');
        await new Promise((resolve) => setTimeout(resolve, 50));
        assert.deepEqual([await call('pages'), server.seen.length, server.left()], [1, 2, 1]);
      });

  for (const [phase, , silence] of phases) {
    await test(`T1 a server that goes silent ${phase} is a timeout, and retried`, async ({ call, open }) => {
      const silent = await open((_seen, response) => silence(response));
      const error = await call('timeout', silent.url);
      assert.deepEqual([error.name, error.attempts, silent.seen.length], ['AttemptTimeoutError', 2, 2]);
      await until(() => silent.left() === 2, 'both connections are closed');
    });
    await test(`T1 a walk continues after a server went silent ${phase}`, async ({ call, open }) => {
      let gone = 0;
      const server = await open((seen, response) =>
        seen.url.searchParams.get('page') === '2' && gone++ === 0 ? silence(response) : numbered(seen, response),
      );
      assert.deepEqual(await call('goesOn', server.url), rows);
      assert.ok(gone >= 2);
      await until(() => server.left() >= 1, 'the silent connection is closed');
    });
    await test(`T2 totalTimeout ends a page whose server goes silent ${phase}`, async ({ call, open }) => {
      const silent = await open((_seen, response) => silence(response));
      const error = await call('totalTimeout', silent.url);
      assert.deepEqual([error.name, error.pageIndex, silent.seen.length], ['PageTimeoutError', 0, 1]);
      await until(() => silent.left() === 1, 'the connection is closed');
    });
  }
}
