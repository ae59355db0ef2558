// A page as a picture of docs/images.
/* global atob, Blob, btoa, createImageBitmap, OffscreenCanvas */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const images = fileURLToPath(new URL('../../docs/images/', import.meta.url));

/** WebP is a third of what PNG is. Chromium writes it, in a page of its own. */
export async function takePicture(page, name) {
  const png = (await page.screenshot()).toString('base64');
  const canvas = await page.context().browser().newPage();
  const webp = await canvas.evaluate(async (png) => {
    const bytes = Uint8Array.from(atob(png), (char) => char.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes]));
    const drawn = new OffscreenCanvas(image.width, image.height);
    drawn.getContext('2d').drawImage(image, 0, 0);
    const blob = await drawn.convertToBlob({ type: 'image/webp', quality: 0.75 });
    return btoa(Array.from(new Uint8Array(await blob.arrayBuffer()), (byte) => String.fromCharCode(byte)).join(''));
  }, png);
  await canvas.close();
  writeFileSync(`${images}${name}.webp`, Buffer.from(webp, 'base64'));
}
