import { afterEach, describe, expect, it } from '@jest/globals';
import { TransportError } from 'pagewise';
import { inBrowser } from '../../lib/transports/browser-fetch.js';
import { rejection } from '../support/walks.js';

// What only a browser has; the rest is tested in one, by scripts/browser-cors.mjs.
const place = globalThis as { location?: object };
afterEach(() => void delete place.location);

const failing = (error: unknown, native = true) => inBrowser(() => Promise.reject(error), native);
const answering = (type: string) =>
  inBrowser(() => Promise.resolve(Object.defineProperty(new Response('[]'), 'type', { value: type })), true);

describe('fetch in a browser', () => {
  it.each([
    ['cors', true],
    ['basic', undefined],
    ['default', undefined],
  ])('an answer of the type %s hides headers: %s', async (type, hidden) => {
    const { headers } = await answering(type)('https://api.example.com/items');
    expect(headers).toBeInstanceOf(Headers);
    expect((headers as { hidden?: boolean }).hidden).toBe(hidden);
  });

  it('says what a failure may mean if the request went to another origin', async () => {
    place.location = { origin: 'https://app.example.com', href: 'https://app.example.com/list' };
    const cause = new TypeError('Failed to fetch');
    const error = await rejection(failing(cause)('https://api.example.com/items?key=1'));
    expect(error).toBeInstanceOf(TransportError);
    expect(error).toMatchObject({ cause, network: true });
    expect(error.message).toBe(
      "TypeError: Failed to fetch (in a browser: https://api.example.com can't be reached, or does not allow https://app.example.com with Access-Control-Allow-Origin, -Methods and -Headers, also in the answer to OPTIONS, or is missing in connect-src of the page's Content-Security-Policy; the console of the browser says which)",
    );
    expect(await rejection(failing(cause)('https://app.example.com/items'))).toMatchObject({
      message: 'TypeError: Failed to fetch',
      network: true,
    });
  });

  it('does not mention CORS outside of a page, or for anything but a network failure', async () => {
    const cause = new TypeError('Failed to fetch');
    expect(await rejection(failing(cause)('https://api.example.com/'))).toMatchObject({ message: String(cause) });
    const own = new Error('mine');
    expect(await rejection(failing(own)('https://api.example.com/'))).toBe(own);
  });

  it("R1 a TypeError of a fetch of yours is a network failure only by the platforms' words for one", async () => {
    const mistake = new TypeError('response.foo is not a function');
    expect(await rejection(failing(mistake, false)('https://api.example.com/'))).toBe(mistake);
    for (const words of [
      'Failed to fetch',
      'NetworkError when attempting to fetch resource.',
      'Network request failed',
    ])
      expect(await rejection(failing(new TypeError(words), false)('https://api.example.com/'))).toMatchObject({
        network: true,
      });
    expect(await rejection(failing(mistake)('https://api.example.com/'))).toMatchObject({ network: true });
  });
});
