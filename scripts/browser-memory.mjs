// A walk of 500 pages over the native fetch: the heap is as large at its end as it was after a few pages.
import assert from 'node:assert/strict';

const size = 400;
const text = 'x'.repeat(100);

/** A page of some 50 kB, and where the next one is. */
const page = ({ url }, response) => {
  const index = Number(url.searchParams.get('page') ?? 0);
  const items = Array.from({ length: size }, (_, i) => `${index}-${i}-${text}`);
  response.end(JSON.stringify({ items, ...(index < 499 ? { next: `/items?page=${index + 1}` } : {}) }));
};

/** @param test runs one by its title */
export async function testMemory(test) {
  for (const how of ['loop', 'subscription'])
    await test(`500 pages leave the heap as it was, by a ${how}`, async ({ call, open, page: tab }) => {
      const server = await open(page);
      const devtools = await tab.context().newCDPSession(tab);
      await devtools.send('Performance.enable');
      const measure = async () => {
        for (let i = 0; i < 2; i++) await devtools.send('HeapProfiler.collectGarbage');
        const { metrics } = await devtools.send('Performance.getMetrics');
        const of = (name) => metrics.find((metric) => metric.name === name).value;
        return { heap: of('JSHeapUsedSize'), listeners: of('JSEventListeners') };
      };
      await call('startLong', how, server.url);
      assert.equal(await call('walkTo', 20), 20);
      const before = await measure();
      assert.equal(await call('walkTo', 490), 490);
      const after = await measure();
      const grown = after.heap - before.heap;
      // Kept pages would be 20 MB; kept answers, signals or positions alone, a few hundred bytes a page.
      assert.ok(grown < 250_000, `the heap has grown by ${grown} bytes`);
      assert.ok(after.listeners <= before.listeners + 2, `${before.listeners} listeners became ${after.listeners}`);
      assert.equal(server.seen.length, 491);
      await call('stopLong');
    });
}
