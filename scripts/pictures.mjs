// `npm run pictures`: the pictures of docs/images, but for those of Angular, of what CI runs. Look at them afterwards.
// With words as arguments, only those: report, example, start.
/* global atob, Blob, btoa, createImageBitmap, OffscreenCanvas */
import assert from 'node:assert/strict';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { launchChromium } from './launch-chromium.mjs';
import { pictureExample } from './pictures/example.mjs';
import { pictureReport } from './pictures/report.mjs';
import { pictureStart } from './pictures/start.mjs';

const images = fileURLToPath(new URL('../docs/images/', import.meta.url));
const only = process.argv.slice(2);
const wanted = (name) => only.length === 0 || only.includes(name);

const browser = await launchChromium();
const canvas = await browser.newPage();

/** WebP is a third of what PNG is. Chromium writes it. */
async function take(page, name) {
  const png = (await page.screenshot()).toString('base64');
  const webp = await canvas.evaluate(async (png) => {
    const bytes = Uint8Array.from(atob(png), (char) => char.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes]));
    const drawn = new OffscreenCanvas(image.width, image.height);
    drawn.getContext('2d').drawImage(image, 0, 0);
    const blob = await drawn.convertToBlob({ type: 'image/webp', quality: 0.75 });
    return btoa(Array.from(new Uint8Array(await blob.arrayBuffer()), (byte) => String.fromCharCode(byte)).join(''));
  }, png);
  writeFileSync(`${images}${name}.webp`, Buffer.from(webp, 'base64'));
}

if (wanted('report')) await pictureReport(browser, take);
if (wanted('example')) await pictureExample(browser, take);
if (wanted('start')) writeFileSync(`${images}start.svg`, await pictureStart());
await browser.close();

const sizes = readdirSync(images).map((name) => [name, statSync(images + name).size]);
for (const [name, bytes] of sizes) console.log(`${(bytes / 1000).toFixed(1).padStart(7)} kB  ${name}`);
const sum = sizes.reduce((sum, [, bytes]) => sum + bytes, 0);
console.log(`${(sum / 1000).toFixed(1).padStart(7)} kB  in all`);
for (const [name, bytes] of sizes) assert.ok(bytes <= (name.endsWith('.svg') ? 20_000 : 60_000), `${name}: ${bytes} bytes`); // prettier-ignore
assert.ok(sum <= 400_000, `${sum} bytes in all`);
