// The command's work as a hand-written loop: node loop-to-file.mjs URL SIZE FILE
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { request } from 'undici';

const [url, size, file] = process.argv.slice(2);
const out = createWriteStream(file);
for (let page = 1, more = true; more; page++) {
  const answer = await request(`${url}?page=${page}&per_page=${size}`, { headers: { accept: 'application/json' } });
  const body = JSON.parse(await answer.body.text());
  let lines = '';
  for (const item of body.items) lines += `${JSON.stringify(item)}\n`;
  if (!out.write(lines)) await once(out, 'drain');
  more = body.has_more;
}
await finished(out.end());
