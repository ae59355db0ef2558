import { expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serve } from '../support/server.js';
import { onRedis, queues } from './queues.js';

const guide = readFileSync(new URL('../../docs/cluster.md', import.meta.url), 'utf8');
const root = fileURLToPath(new URL('../..', import.meta.url));

/** The first file of a name in docs/cluster.md. */
const fileOf = (name: string) => new RegExp(`\`\`\`mjs\\n(// ${name}\\n[^]*?)\`\`\``).exec(guide)![1]!;

onRedis('docs/cluster.md', () => {
  const { queue } = queues();

  it('begins with two files that work as they are, and say what they do', async () => {
    const orders = queue();
    let last = 3;
    const server = await serve(({ url }, response) => {
      const page = Number(url.searchParams.get('after') ?? 1);
      const body = { orders: [{ id: page, city: url.searchParams.get('city') }], next: page < last ? page + 1 : null };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
    mkdirSync(join(root, 'spec/docs/.blocks'), { recursive: true });
    const folder = mkdtempSync(join(root, 'spec/docs/.blocks/cluster-')); // In the project: `pagewise` is found.
    const started = (name: string) => {
      const text = fileOf(name)
        .replaceAll("{ host: '127.0.0.1', port: 6379 }", JSON.stringify({ path: process.env['REDIS_SOCKET'] }))
        .replaceAll("'orders', {", `'${orders.name}', {`)
        .replaceAll('https://api.example.com', server.url);
      writeFileSync(join(folder, name), text);
      const child = spawn(process.execPath, [name], { cwd: folder });
      const out: string[] = [];
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (chunk: string) => out.push(chunk));
      return { child, out, ended: once(child, 'exit') };
    };
    const enqueued = async () => {
      const { out, ended } = started('enqueue.mjs');
      await ended;
      return out.join('').trim();
    };
    const worker = started('worker.mjs');
    const done = async (times: number) => {
      while ([...worker.out.join('').matchAll(/ is done/g)].length < 2 * times) await once(worker.child.stdout, 'data');
    };
    const written = (city: string) =>
      readFileSync(join(folder, `orders-${city}.ndjson`), 'utf8').trim().split('\n').map((line) => (JSON.parse(line) as { id: number }).id); // prettier-ignore
    try {
      expect(await enqueued()).toBe('{ added: 2, again: 0, kept: 0 }');
      await done(1);
      for (const city of ['berlin', 'tokyo']) expect(written(city)).toEqual([1, 2, 3]);
      last = 5;
      expect(await enqueued()).toBe('{ added: 0, again: 2, kept: 0 }');
      await done(2);
      for (const city of ['berlin', 'tokyo']) expect(written(city)).toEqual([1, 2, 3, 4, 5]);
      worker.child.kill('SIGTERM');
      expect(await worker.ended).toEqual([0, null]);
      expect(worker.out.join('').trim().split('\n').sort()).toEqual(
        ['berlin', 'berlin', 'tokyo', 'tokyo'].map((city) => `${city} is done`),
      );
    } finally {
      worker.child.kill('SIGKILL');
      rmSync(folder, { recursive: true });
    }
  });
});
