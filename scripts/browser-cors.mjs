// Walks at another origin: what its server exposes, what it hides, and what it does not allow at all.
import assert from 'node:assert/strict';
import { numbered, rows, until } from './browser-servers.mjs';

const allow = { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' };
const exposing = (names) => ({ ...allow, 'access-control-expose-headers': names });

/** Three pages, whose headers say what comes next. */
const inHeaders = ({ url }, response) => {
  const page = Number(url.searchParams.get('page') ?? 1);
  const next = `/items?page=${page + 1}`;
  const told = page < 3 ? { link: `<${next}>; rel="next"`, 'x-next': page + 1, 'x-next-url': next } : {};
  response.writeHead(200, { ...told, 'x-total': rows.length, 'x-more': String(page < 3) });
  response.end(JSON.stringify({ items: rows.slice((page - 1) * 10, page * 10), total: rows.length }));
};
/** The whole list on one page, without a Link header. */
const onePage = (_seen, response) => response.end(JSON.stringify({ items: rows, total: rows.length }));

/** @param test runs one by its title */
export async function testCors(test) {
  await test('an exposed Link header leads to the last page', async ({ call, open }) => {
    const server = await open(inHeaders, exposing('ETag, Link'));
    assert.deepEqual(await call('links', server.url), rows);
    assert.equal(server.seen.length, 3);
  });
  await test('P3 a hidden Link header is an error that says so, never the end', async ({ call, open }) => {
    const server = await open(inHeaders, exposing('ETag'));
    const error = await call('links', server.url);
    assert.deepEqual([error.name, error.pageIndex, server.seen.length], ['ExtractError', 0, 1]);
    for (const part of [
      'header Link',
      server.url,
      'Access-Control-Expose-Headers: Link',
      'proxy',
      "missingNext: 'end'",
    ])
      assert.ok(error.message.includes(part), error.message);
  });
  await test('a larger total does not make a hidden Link header the end', async ({ call, open }) => {
    const server = await open(inHeaders);
    assert.equal((await call('links', server.url, { total: 'total' })).name, 'ExtractError');
  });
  await test('P3 one page without a Link header is the whole list if something proves it', async ({ call, open }) => {
    const other = await open(onePage);
    for (const options of [{ missingNext: 'end' }, { size: 100, maxSize: 100 }, { total: 'total' }])
      assert.deepEqual(await call('links', other.url, options), rows);
    for (const options of [{}, { size: 100 }, { size: 25, maxSize: 100 }])
      assert.equal((await call('links', other.url, options)).name, 'ExtractError');
    assert.deepEqual(await call('github', other.url), rows);
    const exposed = await open(onePage, exposing('*'));
    assert.deepEqual(await call('links', exposed.url), rows);
    const empty = await open((_seen, response) => response.end('{"items":[]}'));
    assert.deepEqual(await call('links', empty.url), []);
  });
  await test('without a Link header a walk ends on its own origin, and if nothing is hidden', async ({
    call,
    page,
  }) => {
    await page.route('**/single', (route) => route.fulfill({ body: JSON.stringify({ items: rows }) }));
    assert.deepEqual(await call('links', '/single'), rows);
    assert.deepEqual(await call('replaced', 'https://api.example.com/items'), [1]);
  });
  for (const [by, name] of [
    ['cursor', 'X-Next'],
    ['several', 'X-Next'],
    ['nextUrl', 'X-Next-Url'],
    ['total', 'X-Total'],
    ['hasMore', 'X-More'],
  ])
    await test(`${by} by a header ends if that is exposed, and is an error if it is hidden`, async ({ call, open }) => {
      const exposed = await open(inHeaders, exposing(name));
      assert.deepEqual(await call('byHeader', by, exposed.url), rows);
      const hidden = await open(inHeaders);
      const error = await call('byHeader', by, hidden.url);
      assert.deepEqual([error.name, hidden.seen.length], ['ExtractError', 1]);
      assert.ok(error.message.includes(`Access-Control-Expose-Headers: ${name}`), error.message);
    });
  await test('detect reports that headers may be hidden', async ({ call, open }) => {
    const hidden = await open((seen, response) =>
      inHeaders({ url: new URL(seen.url.search === '' ? seen.url : '/items', 'http://x') }, response),
    );
    const error = await call('detect', hidden.url);
    assert.equal(error.name, 'DetectionError');
    assert.ok(error.message.includes('Access-Control-Expose-Headers'), error.message);
  });
  await test('R5 a Retry-After is followed if it is exposed', async ({ call, open }) => {
    const busy = (_seen, response) => response.writeHead(429, { 'retry-after': '3600' }).end();
    const exposed = await open(busy, exposing('Retry-After'));
    assert.equal((await call('fails', exposed.url)).name, 'RateLimitError');
    assert.equal(exposed.seen.length, 1);
    const hidden = await open(busy); // It cannot be distinguished from one that was not sent: docs/resilience.md.
    assert.equal((await call('fails', hidden.url)).name, 'HttpError');
    assert.equal(hidden.seen.length, 3);
  });
  await test('R1 an origin that is not allowed is named, after the configured attempts', async ({
    call,
    home,
    open,
  }) => {
    const closed = await open(numbered, {});
    const error = await call('fails', closed.url);
    assert.deepEqual([error.name, error.attempts, closed.seen.length], ['TransportError', 3, 3]);
    for (const part of ['TypeError: Failed to fetch', 'Access-Control-Allow-Origin', closed.origin, home.origin])
      assert.ok(error.message.includes(part), error.message);
  });
  await test('a failure on its own origin is not taken for one of CORS', async ({ call, page }) => {
    await page.route('**/broken*', (route) => route.abort());
    const error = await call('fails', '/broken');
    assert.equal(error.name, 'TransportError');
    assert.ok(!error.message.includes('Access-Control'), error.message);
  });
  await test('T3 cancelling a request that is not allowed leaves nothing open', async ({ call, open }) => {
    const closed = await open(() => {}, {});
    await call('begin', 'unsubscribing', closed.url);
    await until(() => closed.seen.length === 1, 'it is requested');
    assert.deepEqual(await call('leave'), { ending: 'left', pages: 0 });
    await until(() => closed.left() === 1, 'the connection is closed');
  });
}
