import type { Output } from './output.js';

const chunkLength = 64 * 1024;

/** Writes items as NDJSON, in chunks so that a page of any size needs little memory beside its own. */
export async function writeItems(output: Output, items: readonly unknown[]): Promise<void> {
  let chunk = '';
  for (const item of items) {
    chunk += `${JSON.stringify(item)}\n`;
    if (chunk.length < chunkLength) continue;
    await output.write(chunk);
    chunk = '';
  }
  if (chunk !== '') await output.write(chunk);
}
