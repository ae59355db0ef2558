// What 500 pages cost a tab. Books that are kept cost memory, as intended; nothing else may grow.
import assert from 'node:assert/strict';
import { until } from './scenes.mjs';

const kB = (bytes) => `${Math.round(bytes / 1024)} kB`;

export async function testMemory(test, scene) {
  await test('500 pages: the DOM does not grow, the cost of a book does not either, and a list that is left is kept once', async () => {
    const { tab, pages, status, end } = await scene({ route: 'all', count: 10_000 });
    const devtools = await tab.context().newCDPSession(tab);
    await devtools.send('Performance.enable');
    const list = tab.getByRole('list', { name: 'All books' });
    const books = async () => Number((await status()).replace(/,/g, '').match(/^\d+/)?.[0] ?? 0);

    const measure = async () => {
      // Twice: finalisers free only after the first collection.
      for (let i = 0; i < 2; i++) await devtools.send('HeapProfiler.collectGarbage');
      const { metrics } = await devtools.send('Performance.getMetrics');
      const read = (name) => metrics.find((metric) => metric.name === name).value;
      return { heap: read('JSHeapUsedSize'), nodes: read('Nodes'), listeners: read('JSEventListeners') };
    };
    /** How many books are in the heap, however they are held. */
    const held = async () => {
      const { result } = await devtools.send('Runtime.evaluate', { expression: 'Object.prototype' });
      const { objects } = await devtools.send('Runtime.queryObjects', { prototypeObjectId: result.objectId });
      const { result: count } = await devtools.send('Runtime.callFunctionOn', {
        objectId: objects.objectId,
        functionDeclaration: `function () { return this.filter((it) => Object.hasOwn(it, 'author')).length; }`,
        returnByValue: true,
      });
      for (const { objectId } of [objects, result]) await devtools.send('Runtime.releaseObject', { objectId });
      return count.value;
    };
    const at = async (page) => {
      await until(`page ${page}`, async () => {
        await list.evaluate((element) => element.scrollTo(0, element.scrollHeight));
        return (await books()) >= page * 20;
      });
      await until('rest', async () => (await list.getAttribute('aria-busy')) === 'false');
      // The lowest of three: what is collected late is not held.
      const tries = [await measure(), await measure(), await measure()];
      const lowest = tries.reduce((least, one) => (one.heap < least.heap ? one : least));
      return { page, books: await books(), ...lowest };
    };
    const measured = [];
    for (const page of [10, 100, 300, 500]) measured.push(await at(page));
    const [, p100, p300, p500] = measured;
    for (const { page, heap, nodes, listeners } of measured)
      console.log(`  page ${page}: heap ${kB(heap)}, ${nodes} DOM nodes, ${listeners} listeners`);
    assert.equal(await status(), '10,000 books. That is all.');
    assert.deepEqual(
      pages(),
      Array.from({ length: 500 }, (_, i) => i + 1),
    );

    const each = (from, to) => (to.heap - from.heap) / (to.books - from.books);
    const [early, late] = [each(p100, p300), each(p300, p500)];
    console.log(
      `  a book held costs ${Math.round(early)} bytes from page 100 to 300, ${Math.round(late)} from 300 to 500`,
    );
    assert.ok(p500.nodes <= p100.nodes * 1.1, `${p500.nodes} DOM nodes at page 500, ${p100.nodes} at page 100`);
    assert.ok(p500.listeners <= p100.listeners * 1.1, `${p500.listeners} listeners, ${p100.listeners} at page 100`);
    assert.ok(each(p100, p500) < 600, `${each(p100, p500)} bytes for a book`);
    assert.ok(late < early * 2 + 100, `a book costs ${late} bytes in the end, ${early} before`);

    assert.equal(await held(), 10_000);
    await tab.getByRole('link', { name: 'Search' }).click();
    await tab.getByRole('searchbox').waitFor();
    const left = await measure();
    console.log(`  after leaving: heap ${kB(left.heap)}, ${left.nodes} DOM nodes`);
    assert.ok(left.nodes < p500.nodes, `${left.nodes} DOM nodes after leaving`);
    assert.equal(await held(), 10_000, 'for Back');
    await tab.goBack();
    await until('all books again', async () => (await books()) === 10_000);
    assert.equal(pages().length, 500);
    assert.equal(await held(), 10_000);
    await end();
  });
}
