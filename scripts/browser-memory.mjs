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

/** Objects of these classes are freed with their page. */
const kinds = ['Response', 'Headers', 'AbortController', 'AbortSignal', 'ReadableStream'];

/** Bytes on the heap, and how many objects of these classes, after a collection. */
async function measure(devtools) {
  const counts = {};
  for (const kind of kinds) counts[kind] = await countOf(devtools, kind);
  for (let i = 0; i < 2; i++) await devtools.send('HeapProfiler.collectGarbage');
  const { metrics } = await devtools.send('Performance.getMetrics');
  const of = (name) => metrics.find((metric) => metric.name === name).value;
  counts.listeners = of('JSEventListeners');
  return { heap: of('JSHeapUsedSize'), counts };
}

async function countOf(devtools, kind) {
  const { result } = await devtools.send('Runtime.evaluate', { expression: `${kind}.prototype` });
  const { objects } = await devtools.send('Runtime.queryObjects', { prototypeObjectId: result.objectId });
  const functionDeclaration = 'function () { return this.length; }';
  const count = await devtools.send('Runtime.callFunctionOn', { objectId: objects.objectId, functionDeclaration });
  for (const { objectId } of [result, objects]) await devtools.send('Runtime.releaseObject', { objectId });
  return count.result.value;
}

/** @param test runs one by its title */
export async function testMemory(test) {
  for (const how of ['loop', 'subscription'])
    await test(`500 pages do not grow the heap, by a ${how}`, async ({ call, open, page: tab }) => {
      const server = await open(page);
      const devtools = await tab.context().newCDPSession(tab);
      await devtools.send('Performance.enable');
      await call('startLong', how, server.url);
      assert.equal(await call('walkTo', 20), 20);
      const before = await measure(devtools);
      assert.equal(await call('walkTo', 490), 490);
      const after = await measure(devtools);
      const grown = after.heap - before.heap;
      // Kept pages would be 20 MB. What may grow is the memory of positions, which holds the last 1,000.
      assert.ok(grown < 500 * 500, `the heap has grown by ${grown} bytes`);
      for (const [what, count] of Object.entries(after.counts))
        assert.ok(count <= before.counts[what] + 2, `${before.counts[what]} ${what} became ${count}`);
      assert.equal(server.seen.length, 491);
      await call('stopLong');
    });
}
