// What page metrics say: what moves by itself (CLS), long tasks, and how many elements 2,000 books are.
import assert from 'node:assert/strict';
import { until } from './scenes.mjs';

const most = 0.02;

/** Notes in the tab what moved without a person's doing in the last half second, and tasks over 50 ms. */
function observe() {
  const { PerformanceObserver } = globalThis;
  globalThis.shifts = [];
  globalThis.longTasks = [];
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput, sources } of list.getEntries())
      if (!hadRecentInput) {
        const moved = sources.map(({ node }) => (node?.outerHTML ?? node?.textContent ?? 'nothing').slice(0, 120));
        globalThis.shifts.push({ value, moved });
      }
  }).observe({ type: 'layout-shift', buffered: true });
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) globalThis.longTasks.push(Math.round(duration));
  }).observe({ type: 'longtask', buffered: true });
}

export async function testFigures(test, scene) {
  const prepare = (tab) => tab.addInitScript(observe);
  /** Longer than the half second after a key or a click in which movements do not count. */
  const later = (happen) => setTimeout(happen, 700);

  for (const [look, viewport] of Object.entries({
    wide: { width: 900, height: 720 },
    narrow: { width: 320, height: 640 },
  })) {
    const options = { viewport, prepare, count: 10_000 };
    const moved = async (tab, what) => {
      await new Promise((resolve) => setTimeout(resolve, 150)); // Entries come after the frame.
      const [shifts, longTasks] = await tab.evaluate(() => [
        globalThis.shifts.splice(0),
        globalThis.longTasks.splice(0),
      ]);
      const sum = shifts.reduce((all, { value }) => all + value, 0);
      const long = longTasks.length === 0 ? 'no long task' : `long tasks of ${longTasks.join(', ')} ms`;
      console.log(`  ${look}, ${what}: CLS ${sum.toFixed(4)}, ${long}`);
      assert.ok(sum <= most, `${what}: CLS ${sum}, of ${JSON.stringify(shifts, null, 2)}`);
    };

    await test(`${look}: nothing moves by itself while pages load, fail and are tried again (CLS at most ${most})`, async () => {
      let down = true;
      const answer = ({ path, page }, send, fail) =>
        later(() => (path === '/api/outage' && page === 3 && down ? fail(503) : send()));
      const started = async ({ heard }) => until('the first page', async () => (await heard()).length > 0);

      for (const render of [true, false])
        for (const route of ['', 'pages?page=3', 'search?q=garden', 'all']) {
          const opened = await scene({ ...options, answer, render, route });
          await started(opened);
          await moved(opened.tab, `/${route}${render ? '' : ' without rendering'}`);
          await opened.end();
        }

      const { tab, rows, end } = await scene({ ...options, answer, route: 'outage', expected: [503] });
      const wheel = async () => {
        await tab.mouse.move(150, 300);
        await tab.mouse.wheel(0, 600);
      };
      await until('page 2', async () => (await wheel(), (await rows()).length >= 40));
      await moved(tab, 'the next page');
      await until('the failure', async () => (await wheel(), await tab.locator('.failed').isVisible()));
      await moved(tab, 'a page that fails');
      down = false;
      await tab.getByRole('button').click();
      await until('page 3', async () => (await rows()).length >= 60);
      await moved(tab, 'another try');
      await end();
    });

    await test(`${look}: nothing moves by itself while somebody searches and pages (CLS at most ${most})`, async () => {
      const answer = (_, send) => later(send);
      const { tab, rows, status, end } = await scene({ ...options, answer, route: 'search' });
      for (const text of ['lantern', 'ada', 'winter glass', 'ada quillx']) {
        await tab.getByRole('searchbox').fill('');
        await tab.getByRole('searchbox').pressSequentially(text);
        await until(text, async () => (await status()).includes(`“${text}”`));
        await moved(tab, `search for ${text}`);
      }
      await tab.goBack();
      await until('the search before', async () => (await status()).includes('“winter glass”'));
      await moved(tab, 'back to the search before');
      await tab.getByRole('link', { name: 'Pages' }).click();
      await until('page 1', async () => (await rows())[0] === '1');
      await moved(tab, 'another list');
      await tab.getByRole('link', { name: 'Next' }).click();
      await until('page 2', async () => (await rows())[0] === '21');
      await moved(tab, 'page 2');
      await end();
    });
  }

  await test('2,000 books are few elements in a virtual list, and eight for each book in a plain one', async () => {
    for (const [route, list, bound] of [
      ['all', 'All books', 1000],
      ['', 'Books', 2000 * 8 + 500],
    ]) {
      const { tab, status, end } = await scene({ route, count: 2000, prepare });
      const books = tab.getByRole('list', { name: list });
      await until('all books', async () => {
        await books.evaluate((element) => {
          element.scrollTo(0, element.scrollHeight);
          globalThis.scrollTo(0, globalThis.document.body.scrollHeight);
        });
        return (await status()).startsWith('2,000 books.');
      });
      const [elements, longTasks] = await tab.evaluate(() => [
        globalThis.document.querySelectorAll('*').length,
        globalThis.longTasks,
      ]);
      const long = longTasks.reduce((sum, ms) => sum + ms, 0);
      console.log(`  /${route}: ${elements} elements; ${longTasks.length} long tasks, ${long} ms in all`);
      assert.ok(elements <= bound, `${elements} elements`);
      await end();
    }
  });
}
