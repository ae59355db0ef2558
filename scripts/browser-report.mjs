// The report of a run in a real browser: 10,000 pages, in both themes, with a mouse and with keys.
/* global getComputedStyle, innerWidth, requestAnimationFrame, SVGElement */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const pages = 10_000;

/** A run of this many pages from memory; every 100th is requested twice. */
async function writeReport(file) {
  const { pageNumber, paginate, retryRequests } = await import('pagewise');
  const { recordRun } = await import('pagewise/node');
  const failed = new Set();
  const transport = async ({ url }) => {
    const page = Number(new URL(url).searchParams.get('page'));
    const status = page % 100 === 50 && !failed.has(page) && failed.add(page) ? 503 : 200;
    const headers = { 'ratelimit-remaining': String(20_000 - page), 'ratelimit-limit': '20000' };
    const body = { items: page <= pages ? [page, page + 0.5, ...Array(page % 7).fill(0)] : [], total: 2 * pages };
    return { status, url, headers: { get: (name) => headers[name] ?? null }, body, bytes: 500 + (page % 97) };
  };
  await paginate({ url: 'https://api.example.com/orders' }, pageNumber({ items: 'items' }), {
    transport,
    policy: retryRequests({ base: 1, budget: Infinity }),
    events: recordRun({ report: file }),
  }).forEach(() => {});
}

/** Two walks: one that fails on page 240, after pages that are retried, empty, short or twice the same; one of 3 pages. */
async function writeTwo(file) {
  const { pageNumber, paginate, retryRequests } = await import('pagewise');
  const { recordRun } = await import('pagewise/node');
  const failed = new Set();
  const items = (page) =>
    page === 71 || page === 142 ? [] : Array.from({ length: page % 60 === 0 ? 2 : 20 }, (_, i) => page * 100 + i);
  const transport =
    (last) =>
    async ({ url }) => {
      const page = Number(new URL(url).searchParams.get('page'));
      const status = page === 240 ? 404 : page % 50 === 20 && !failed.has(page) && failed.add(page) ? 503 : 200;
      const body =
        status === 200
          ? { items: items(page === 35 ? 12 : page), more: page < last }
          : { error: { message: 'No such list: 2031' } };
      return { status, url, headers: { get: () => null }, body };
    };
  const runs = recordRun({ report: file, label: 'eu', about: { Output: 'orders.csv', Rows: 12345 } });
  const walk = (last, events) =>
    paginate({ url: 'https://api.example.com/orders' }, pageNumber({ items: 'items', hasMore: 'more' }), {
      transport: transport(last),
      policy: retryRequests({ base: 1, budget: Infinity }),
      events,
    })
      .forEach(() => {})
      .catch(() => {});
  await walk(3, runs.walk('us'));
  await walk(300, runs);
}

/** What the canvases, the tables and the head say. */
const look = (page) =>
  page.evaluate(() => {
    const text = (id) => document.getElementById(id).innerText;
    const painted = (id) => {
      const canvas = document.getElementById(id);
      const copy = document.createElement('canvas'); // Reading the canvas itself would slow it down, with a warning.
      [copy.width, copy.height] = [canvas.width, canvas.height];
      const context = copy.getContext('2d', { willReadFrequently: true });
      context.drawImage(canvas, 0, 0);
      const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
      return new Set(new Uint32Array(data.buffer)).size;
    };
    return {
      meta: text('meta'),
      tiles: text('tiles'),
      detail: text('detail'),
      slowest: [...document.querySelectorAll('#pages tbody tr')].map((row) => row.cells[2].innerText),
      colors: painted('fall'),
      overview: painted('overview'),
      background: getComputedStyle(document.body).backgroundColor,
      overflow: document.documentElement.scrollWidth - innerWidth,
      charts: document.querySelectorAll('figure svg path, figure svg rect').length,
    };
  });
const wider = (page, selector) =>
  page.evaluate((selector) => {
    const element = document.querySelector(selector);
    return element.scrollWidth - element.clientWidth;
  }, selector);

/** In the page: texts whose contrast with what is behind them is below 4.5. */
function contrasts() {
  const rgb = (color) => color.match(/[\d.]+/g).map(Number);
  const light = (color) => {
    const [r, g, b] = rgb(color).map((part) =>
      part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4,
    );
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    const color = getComputedStyle(element).backgroundColor;
    return rgb(color)[3] === 0 && element.parentElement ? behind(element.parentElement) : color;
  };
  return [...document.querySelectorAll('main *')].flatMap((element) => {
    const isText = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '');
    if (!isText || !element.checkVisibility()) return [];
    const style = getComputedStyle(element);
    const [a, b] = [light(element instanceof SVGElement ? style.fill : style.color), light(behind(element))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    return contrast < 4.5
      ? [
          `${element.tagName} ${element.className?.baseVal ?? element.className} ${contrast.toFixed(1)}: ${element.textContent.slice(0, 40)}`,
        ]
      : [];
  });
}
const drawn = (page) =>
  page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
const inMs = (text) => {
  const [, number, unit] = /^([\d.]+) (ms|s)$/.exec(text);
  return Number(number) * (unit === 's' ? 1000 : 1);
};

export async function testReport(test, browser) {
  const folder = mkdtempSync(join(tmpdir(), 'pagewise-report-'));
  const file = join(folder, 'run.html');
  await writeReport(file);

  for (const colorScheme of ['light', 'dark'])
    for (const width of [1280, 360])
      await test(`the report of ${pages} pages, ${colorScheme}, ${width} px wide`, async () => {
        assert.ok(statSync(file).size < 2_000_000, `${statSync(file).size} bytes`);
        const page = await browser.newPage({ colorScheme, viewport: { width, height: 800 } });
        const problems = [];
        const requests = [];
        page.on('console', (message) => problems.push(message.text()));
        page.on('pageerror', (error) => problems.push(error.stack));
        page.on('request', (request) => requests.push(request.url()));
        await page.goto(pathToFileURL(file).href);
        await drawn(page);

        const first = await look(page);
        assert.match(first.meta, /Complete/);
        assert.match(first.tiles, /10,001/);
        assert.ok(first.colors > 5 && first.overview > 3 && first.charts > 50, JSON.stringify(first));
        assert.equal(first.overflow, 0);
        const times = first.slowest.map(inMs);
        assert.deepEqual(
          times,
          [...times].sort((a, b) => b - a),
        );
        const [red] = first.background.match(/\d+/g).map(Number);
        assert.ok(colorScheme === 'dark' ? red < 60 : red > 200, first.background);

        // Sorted by another column, and back in the other direction; the focus stays.
        await page.click('#pages th:nth-child(1) button');
        assert.equal(await page.textContent('#pages tbody td'), '10,001');
        await page.keyboard.press('Enter');
        assert.equal(await page.textContent('#pages tbody td'), '1');
        assert.equal(await page.getAttribute('#pages th', 'aria-sort'), 'ascending');

        // To the end by keyboard, to a page by its button, and by mouse.
        await page.focus('#scroller');
        await page.keyboard.press('End');
        await drawn(page);
        assert.match((await look(page)).detail, /^Page 10,001 /);
        await page.keyboard.press('ArrowUp');
        assert.match((await look(page)).detail, /^Page 10,000 /);
        await page.click('#pages tbody button');
        await drawn(page);
        assert.match((await look(page)).detail, /^Page 1 /);
        await page.hover('#scroller', { position: { x: 200, y: 22 + 9 + 2 * 18 } });
        assert.match((await look(page)).detail, /^Page 3 /);
        await page.click('#overview', { position: { x: 150, y: 20 } });
        await drawn(page);
        assert.ok((await page.evaluate(() => document.getElementById('scroller').scrollTop)) > 1000);

        await page.click('#theme');
        await drawn(page);
        assert.notEqual((await look(page)).background, first.background);
        assert.deepEqual(problems, []);
        assert.deepEqual(requests, [pathToFileURL(file).href]);
        await page.close();
      });

  const opened = async (options, url = pathToFileURL(file).href) => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, ...options });
    await page.goto(url);
    await drawn(page);
    return page;
  };

  await test('the report does not scroll sideways after the window narrows', async () => {
    const page = await opened({});
    await page.setViewportSize({ width: 360, height: 800 });
    await drawn(page);
    assert.deepEqual([(await look(page)).overflow, await wider(page, '#scroller')], [0, 0]);
    await page.setViewportSize({ width: 320, height: 600 });
    await drawn(page);
    assert.equal((await look(page)).overflow, 0);
    await page.close();
  });

  await test('the values of the report are read by keyboard', async () => {
    const page = await opened({});
    for (const id of ['throughput', 'durations', 'sizes', 'latency', 'headroom']) {
      const plot = page.locator(`#${id} [role=slider]`);
      const texts = [];
      for (const key of ['Home', 'ArrowRight', 'End', 'PageDown']) {
        await plot.press(key);
        texts.push(await plot.getAttribute('aria-valuetext'));
        assert.equal(await page.textContent(`#${id} output`), texts.at(-1));
      }
      assert.ok(texts.every((text) => /\d/.test(text)) && new Set(texts).size > 1, texts.join(' | '));
      await plot.blur();
      assert.notEqual(await page.textContent(`#${id} output`), texts.at(-1));
    }
    await page.close();
  });

  await test('the text of the report is contrasty, in both themes', async () => {
    for (const colorScheme of ['light', 'dark']) {
      const page = await opened({ colorScheme });
      const faint = await page.evaluate(contrasts);
      assert.deepEqual(faint, []);
      await page.close();
    }
  });

  await test('the report tells waits from failures by colour, and names both', async () => {
    for (const options of [{}, { colorScheme: 'dark' }, { forcedColors: 'active' }]) {
      const page = await opened(options);
      const legend = await page.evaluate(() =>
        [...document.querySelectorAll('.fall-head .legend span')].map((one) => [
          one.innerText,
          getComputedStyle(one.firstChild).backgroundColor,
        ]),
      );
      assert.deepEqual(
        legend.map(([name]) => name),
        ['answered', 'failed', 'waiting for a retry', 'waiting for its turn', 'cancelled'],
      );
      assert.equal(new Set(legend.slice(0, 3).map(([, color]) => color)).size, 3, JSON.stringify(legend));
      const { colors, overview } = await look(page);
      assert.ok(colors > 4 && overview > 3, `${colors} and ${overview} colours are drawn`);
      await page.close();
    }
  });

  await test('the report shows some of the pages, all rows of them, and a page by its number', async () => {
    const page = await opened({});
    const numbers = () => page.locator('#pages tbody td:first-child').allTextContents();
    const status = () => page.textContent('#pager [role=status]');
    assert.equal(await status(), '1–50 of 10,001');
    await page.click('#pages th:nth-child(1) button');
    await page.click('#pager [aria-label="Last rows"]');
    assert.deepEqual([await numbers(), await status()], [['1'], '10,001–10,001 of 10,001']);
    await page.keyboard.press('Enter'); // The focus is on a button that works.
    assert.equal((await numbers()).length, 50);
    await page.fill('#number', '4950');
    await page.keyboard.press('Enter');
    await drawn(page);
    assert.match((await look(page)).detail, /^Page 4,950 /);
    assert.equal(await page.textContent('#pages tr[aria-current] td'), '4,950');
    await page.fill('#number', '20000');
    await page.keyboard.press('Enter');
    assert.equal(await page.textContent('#found'), 'Page 20,000 was not requested.');

    await page.getByRole('button', { name: /^Retried/ }).click();
    assert.equal(await status(), '1–50 of 100');
    assert.match(await page.textContent('#fall-count'), /^100 of 10,001 pages/);
    assert.ok((await numbers()).every((number) => number.endsWith('50')));
    await page.fill('#number', '7');
    await page.keyboard.press('Enter'); // Hidden by the filter, which ends.
    assert.equal(await page.getAttribute('[data-name=all]', 'aria-pressed'), 'true');
    assert.equal(await page.textContent('#pages tr[aria-current] td'), '7');
    await page.close();
  });

  await test('the report opens at the failure, and has several walks', async () => {
    const two = join(folder, 'two.html');
    await writeTwo(two);
    const page = await opened({}, pathToFileURL(two).href);
    assert.equal(await page.textContent('#failure blockquote'), 'The API says: No such list: 2031');
    assert.match((await look(page)).detail, /^Page 240 · not emitted .* 404 in /);
    assert.ok((await page.evaluate(() => document.getElementById('scroller').scrollTop)) > 1000);
    assert.equal(await page.evaluate(() => globalThis.scrollY), 0);
    assert.match(await page.textContent('#advice'), /can continue at the page that failed/);
    assert.equal(await page.innerText('#about'), 'Output\norders.csv\nRows\n12,345');
    const chips = await page.locator('#filters button').allTextContents();
    const withoutSlow = chips.filter((text) => !text.startsWith('Slow'));
    assert.deepEqual(withoutSlow, ['All 240', 'Failed 1', 'Retried 5', 'Empty 2', 'Short 3', 'Duplicate 1']);
    const statuses = await page.locator('#statuses tbody tr').allInnerTexts();
    assert.deepEqual(statuses, ['200\t239\t98%', '503\t5\t2.0%', '404\t1\t0.4%']);

    const walks = () => page.locator('#runs tbody tr').allInnerTexts();
    assert.match((await walks()).join('|'), /^eu\tHttpError\t239\t.*\|us\tcomplete\t3\t60\t3\t0\t/);
    await page.click('#theme');
    const { background } = await look(page);
    await page.getByRole('button', { name: 'us', exact: true }).click();
    await drawn(page);
    assert.match((await look(page)).meta, /^Complete/);
    assert.equal(await page.locator('#failure').textContent(), '');
    assert.equal((await look(page)).background, background);
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'us');
    assert.equal(await page.title(), 'us: complete, 3 pages');
    await page.setViewportSize({ width: 320, height: 600 });
    await drawn(page);
    assert.equal((await look(page)).overflow, 0);
    await page.close();
  });

  await test("the report's rows are found by the browser's search", async () => {
    const page = await opened({}, `${pathToFileURL(file).href}#:~:text=Page%204%2C950`);
    await page.waitForFunction(() => document.getElementById('as-text').open, undefined, { timeout: 5000 });
    assert.match(await page.textContent('#lines'), /Page 4,950 .* 503 in .*, then 200 in /);
    await page.close();
  });

  await test('the report runs no script but its own', async () => {
    const html = readFileSync(file, 'utf8').replace('</main>', '<script>globalThis.foreign = 1</script></main>');
    writeFileSync(join(folder, 'changed.html'), html);
    const page = await opened({}, pathToFileURL(join(folder, 'changed.html')).href);
    assert.equal(await page.evaluate(() => globalThis.foreign), undefined);
    await page.close();
  });

  rmSync(folder, { recursive: true, force: true });
}
