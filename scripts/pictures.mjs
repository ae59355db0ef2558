// `npm run pictures`: the pictures of docs/images, but for those of Angular, of what CI runs. Look at them afterwards.
// With words as arguments, only those: report, example, start.
import assert from 'node:assert/strict';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { launchChromium } from './launch-chromium.mjs';
import { pictureExample } from './pictures/example.mjs';
import { pictureReport } from './pictures/report.mjs';
import { pictureStart } from './pictures/start.mjs';
import { images, takePicture } from './pictures/take-picture.mjs';

const only = process.argv.slice(2);
const wanted = (name) => only.length === 0 || only.includes(name);

const browser = await launchChromium();
if (wanted('report')) await pictureReport(browser, takePicture);
if (wanted('example')) await pictureExample(browser, takePicture);
if (wanted('start')) writeFileSync(`${images}start.svg`, await pictureStart());
await browser.close();

const sizes = readdirSync(images).map((name) => [name, statSync(images + name).size]);
for (const [name, bytes] of sizes) console.log(`${(bytes / 1000).toFixed(1).padStart(7)} kB  ${name}`);
const sum = sizes.reduce((sum, [, bytes]) => sum + bytes, 0);
console.log(`${(sum / 1000).toFixed(1).padStart(7)} kB  in all`);
for (const [name, bytes] of sizes) assert.ok(bytes <= (name.endsWith('.svg') ? 20_000 : 60_000), `${name}: ${bytes} bytes`); // prettier-ignore
assert.ok(sum <= 400_000, `${sum} bytes in all`);
