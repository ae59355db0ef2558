// What Angular's builder has produced for the example, by its stats.json and the files themselves.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { nodeFiles, nodeWords } from './node-only.mjs';

const dist = new URL('../../examples/angular/dist/', import.meta.url);

export async function testBuild(test) {
  const { outputs } = JSON.parse(readFileSync(new URL('stats.json', dist), 'utf8'));
  // The server's are .mjs.
  const sent = Object.entries(outputs).flatMap(([name, { inputs }]) =>
    name.endsWith('.js') ? Object.entries(inputs) : [],
  );
  const inputs = [...new Set(sent.map(([file]) => file))];
  const files = readdirSync(new URL('browser/', dist)).filter((name) => name.endsWith('.js'));
  const code = Object.fromEntries(files.map((name) => [name, readFileSync(new URL(`browser/${name}`, dist), 'utf8')]));

  await test('the build contains Pagewise for browsers, and nothing of Node', () => {
    const ours = inputs.filter((file) => file.includes('/pagewise/'));
    assert.ok(ours.length > 0);
    assert.deepEqual(ours.filter((file) => !file.startsWith('node_modules/pagewise/dist/browser/')), []); // prettier-ignore
    assert.deepEqual(nodeFiles(inputs), []);
    for (const [name, text] of Object.entries(code)) assert.deepEqual(nodeWords(text), [], name);
  });

  await test('the build has one Angular and one rxjs', () => {
    const nested = inputs.filter((file) => file.split('node_modules/').length > 2);
    assert.deepEqual(nested.filter((file) => /node_modules\/(rxjs|@angular)\//.test(file)), []); // prettier-ignore
  });

  await test('the build contains only the strategies that the example uses', () => {
    const text = Object.values(code).join('\n');
    // Each strategy begins with its name; elsewhere names are advice.
    const has = (name) => text.includes(`="${name}"`);
    for (const name of ['pageNumber', 'cursor']) assert.ok(has(name), name);
    for (const name of ['keyset', 'linkHeader', 'nextUrl', 'relay']) assert.ok(!has(name), name);
  });

  const total = files.reduce((sum, name) => sum + gzipSync(code[name]).length, 0);
  const bytes = sent.reduce(
    (sum, [file, { bytesInOutput }]) => sum + (file.includes('/pagewise/') ? bytesInOutput : 0),
    0,
  );
  console.log(`  the example is ${total} bytes of JavaScript, gzipped; ${bytes} bytes before that are Pagewise's own`);
}
