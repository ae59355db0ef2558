import { describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a bundle of this code prints that runs alone: no package is beside it. */
async function run(code: string, format: 'esm' | 'cjs'): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'pagewise-bundle-'));
  const outfile = join(folder, format === 'esm' ? 'bundle.mjs' : 'bundle.cjs');
  try {
    const stdin = { contents: code, resolveDir: process.cwd() };
    await build({
      stdin,
      outfile,
      bundle: true,
      platform: 'node',
      format,
      tsconfigRaw: '{}',
      minify: true,
      logLevel: 'silent',
    });
    return execFileSync(process.execPath, [outfile], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const first = (transport: string) => `
  import { createServer } from 'node:http';
  import { pageNumber, paginate } from 'pagewise';
  import { undiciTransport } from 'pagewise/node';
  const server = createServer((_, response) => response.end('{"items":[1]}')).listen(0, '127.0.0.1', async () => {
    const events = { next: (event) => event.type === 'notice' && console.log(event.message) };
    const url = 'http://127.0.0.1:' + server.address().port;
    try {
      for await (const page of paginate({ url }, pageNumber({ items: 'items' }), { events, transport: ${transport} })) {
        console.log(JSON.stringify(page.items));
        break;
      }
    } catch (error) {
      console.log(error.name + ': ' + error.message);
    }
    server.closeAllConnections();
    server.close();
  });`;

describe.each(['esm', 'cjs'] as const)('T10 a minified bundle for Node that runs alone, %s', (format) => {
  it('carries requests by the native fetch, and says so', async () => {
    const [notice, items] = (await run(first('undefined'), format)).split('\n');
    expect(notice).toMatch(/^cross-fetch can't be loaded \(.*Cannot find package 'cross-fetch'.*the native fetch/);
    expect(items).toBe('[1]');
  });
});

it('T10 undici in an ESM bundle is an error that says what to do', async () => {
  expect(await run(first('undiciTransport()'), 'esm')).toMatch(
    /^ConfigError: .*undici can't be loaded .*leave undici out of the bundle, as an external package/,
  );
});
