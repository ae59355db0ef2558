// `npm run site:dev`: the site while docs/ is being written; pages follow each change.
import { watch } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createServer } from 'vitepress';
import { copyDocs, prepare } from './prepare.mjs';

await prepare();
for (const folder of ['../docs', 'pages'])
  watch(new URL(folder, import.meta.url), { recursive: true }, () => {
    try {
      copyDocs();
    } catch (error) {
      console.error(error.message);
    }
  });
const server = await createServer(fileURLToPath(new URL('.', import.meta.url)));
await server.listen();
server.printUrls();
