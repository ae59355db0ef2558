// The report of a run from memory.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { pageNumber, paginate, retryRequests } from 'pagewise';
import { recordRun } from 'pagewise/node';

const pages = 600;
const failures = new Map();
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Every 50th page is refused twice; some are slow, short or empty. */
async function transport({ url }, attempt) {
  const page = Number(new URL(url).searchParams.get('page'));
  await sleep(page % 37 === 0 ? 60 : 3 + (page % 5));
  attempt.head?.();
  await sleep(page % 9 === 0 ? 6 : 2);
  const failed = failures.get(page) ?? 0;
  const status = page % 50 === 12 && failed < 2 ? [503, 429][failed] : 200;
  failures.set(page, failed + 1);
  const headers = {
    'x-ratelimit-limit': '1000',
    'x-ratelimit-remaining': String(1000 - page),
    ...(status === 429 ? { 'retry-after-ms': '40' } : {}),
  };
  const items = page > pages ? [] : Array.from({ length: page % 110 === 0 ? 7 : 50 }, (_, i) => page * 100 + i);
  const body = status === 200 ? { items, total: 50 * pages } : {};
  return {
    status,
    url,
    headers: { get: (name) => headers[name] ?? null },
    body,
    bytes: 900 + items.length * (60 + (page % 7)),
  };
}

/** @param take takes a picture of a page of the browser, and names it */
export async function pictureReport(browser, take) {
  const folder = mkdtempSync(join(tmpdir(), 'pagewise-pictures-'));
  const report = join(folder, 'run.html');
  await paginate(
    { url: 'https://api.example.com/orders?status=paid' },
    pageNumber({ items: 'items', total: 'total' }),
    {
      transport,
      concurrency: 3,
      policy: retryRequests({ base: 20, budget: Infinity }),
      events: recordRun({ report, about: { Output: 'orders.ndjson' } }),
    },
  ).forEach(() => {});

  for (const colorScheme of ['light', 'dark'])
    for (const [width, height] of [
      [1280, 1000],
      [390, 844],
    ]) {
      const page = await browser.newPage({ colorScheme, viewport: { width, height } });
      await page.goto(pathToFileURL(report).href);
      await page.fill('#number', '12'); // A page with retries.
      await page.keyboard.press('Enter');
      await page.evaluate(() => globalThis.scrollTo(0, 0));
      await sleep(300);
      await take(page, `report-${width < 600 ? 'narrow-' : ''}${colorScheme}`);
      await page.close();
    }
  rmSync(folder, { recursive: true });
}
