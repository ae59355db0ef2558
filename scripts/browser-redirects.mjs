// Redirects in a browser: within the origin they are followed; nothing secret goes to another one.
import assert from 'node:assert/strict';
import { numbered, rows } from './browser-servers.mjs';

const allow = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': 'authorization, x-api-key, content-type',
};
const headers = { authorization: 'Bearer SECRET', 'x-api-key': 'SECRET' };

const movedTo = (place, status) => (seen, response) =>
  seen.url.pathname === '/items'
    ? response.writeHead(status, { location: `${place}${seen.url.search}` }).end()
    : numbered(seen, response);

const secret = (seen) => JSON.stringify(seen).includes('SECRET');

/** @param test runs one by its title */
export async function testRedirects(test) {
  for (const [what, request] of [
    ['with credentials', { headers }],
    ['without', {}],
  ]) {
    await test(`T7 a redirect within the origin is followed, ${what}`, async ({ call, home, open }) => {
      for (const status of [301, 302, 303, 307, 308]) {
        const moved = await open(movedTo('/moved', status), allow);
        assert.deepEqual(await call('follows', { url: moved.url, ...request }), rows);
        const arrived = moved.seen.filter(({ url }) => url.pathname === '/moved').at(-1);
        assert.equal(arrived.headers['x-api-key'], request.headers?.['x-api-key']);
        assert.equal(arrived.headers.authorization, request.headers?.authorization);
      }
      assert.equal(home.seen.length, 0);
    });
    await test(`T7 S1 a redirect to another origin is an error, and no secret goes there, ${what}`, async ({
      call,
      open,
    }) => {
      for (const status of [302, 307]) {
        const other = await open(numbered, allow);
        const moved = await open(movedTo(other.url, status), allow);
        const error = await call('redirected', { url: moved.url, ...request });
        assert.deepEqual([error.name, error.attempts], ['CrossOriginError', 1]);
        for (const part of [moved.origin, other.origin, 'the browser has followed it', 'use its URL'])
          assert.ok(error.message.includes(part), error.message);
        assert.deepEqual(other.seen.filter(secret), []);
        assert.equal(other.seen.length, 1);
      }
    });
  }
  await test('T7 S1 nor by way of its own origin', async ({ call, open }) => {
    const other = await open(numbered, allow);
    const moved = await open((seen, response) => {
      const place = seen.url.pathname === '/items' ? '/between' : other.url;
      response.writeHead(302, { location: place + seen.url.search }).end();
    }, allow);
    assert.equal((await call('redirected', { url: moved.url, headers })).name, 'CrossOriginError');
    assert.deepEqual(other.seen.filter(secret), []);
  });
  await test('T7 a redirect to an origin that does not allow this one is an error that names the redirect', async ({
    call,
    open,
  }) => {
    const closed = await open(numbered, {});
    const moved = await open(movedTo(closed.url, 302), allow);
    const error = await call('redirected', { url: moved.url, headers });
    assert.deepEqual([error.name, error.attempts], ['RedirectError', 1]);
    assert.ok(error.message.includes('use the final URL'), error.message);
    assert.deepEqual(closed.seen.filter(secret), []);
  });
  for (const status of [302, 303, 307])
    await test(`T7 S1 a ${status} of a POST is an error, and its body goes nowhere`, async ({ call, open }) => {
      const other = await open((_seen, response) => response.end(), allow);
      const moved = await open(movedTo(other.url, status), allow);
      const error = await call('redirected', { url: moved.url, method: 'POST', body: { token: 'SECRET' } });
      assert.deepEqual([error.name, error.attempts, moved.seen.length], ['RedirectError', 1, 1]);
      assert.ok(error.message.includes('use the final URL'), error.message);
      assert.equal(other.seen.length, 0);
    });
}
