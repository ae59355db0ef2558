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
    const body = { items: page <= pages ? [page, page + 0.5, ...Array(page % 7).fill(0)] : [], total: 2 * pages };
    return { status, url, headers: { get: () => null }, body, bytes: 500 + (page % 97) };
  };
  await paginate({ url: 'https://api.example.com/orders' }, pageNumber({ items: 'items' }), {
    transport,
    policy: retryRequests({ base: 1, budget: Infinity }),
    events: recordRun({ report: file }),
  }).forEach(() => {});
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
      slowest: [...document.querySelectorAll('#slow tbody tr')].map((row) => row.cells[2].innerText),
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
        await page.click('#slow th:nth-child(1) button');
        assert.equal(await page.textContent('#slow tbody td'), '10,001');
        await page.keyboard.press('Enter');
        assert.equal(await page.textContent('#slow tbody td'), '1');
        assert.equal(await page.getAttribute('#slow th', 'aria-sort'), 'ascending');

        // To the end by keyboard, to a page by its button, and by mouse.
        await page.focus('#scroller');
        await page.keyboard.press('End');
        await drawn(page);
        assert.match((await look(page)).detail, /^Page 10,001 /);
        await page.keyboard.press('ArrowUp');
        assert.match((await look(page)).detail, /^Page 10,000 /);
        await page.click('#slow tbody button');
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
    for (const id of ['throughput', 'durations', 'sizes']) {
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
