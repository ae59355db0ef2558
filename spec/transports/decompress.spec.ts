// What arrives over the wire, in whichever pieces, and what comes out decompressed.
import { describe, expect, it } from '@jest/globals';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { decompress } from '../../lib/transports/node/decompress.js';
import type { BodyListener } from '../../lib/transports/wire.js';
import { settle, until } from '../support/server.js';
import { rejection } from '../support/walks.js';

const text = 'a body, a body, a body';

/** Receives a body; `most` is how many bytes it wants. */
function receiving(encoding: string | null | undefined, most = Infinity) {
  const calls: string[] = [];
  const chunks: Uint8Array[] = [];
  let listener!: BodyListener;
  const source = { pause: () => calls.push('pause'), resume: () => calls.push('resume') };
  const whole = new Promise<string>((resolve, reject) => {
    listener = {
      data: (chunk) => (chunks.push(chunk), Buffer.concat(chunks).length < most),
      end: () => resolve(Buffer.concat(chunks).toString()),
      error: reject,
    };
  });
  whole.catch(() => undefined);
  const body = decompress(encoding, listener, source);
  return { body, listener, whole, chunks, calls };
}
async function read(encoding: string, ...chunks: Uint8Array[]) {
  const { body, whole } = receiving(encoding);
  for (const chunk of chunks) expect(body.data(chunk)).toBe(true);
  body.end();
  return whole;
}

describe('a body', () => {
  it.each([
    ['gzip', gzipSync(text)],
    ['x-gzip', gzipSync(text)],
    ['GZip', gzipSync(text)],
    ['br', brotliCompressSync(text)],
    ['deflate', deflateSync(text)],
    ['deflate', deflateRawSync(text)],
    ['gzip, br', brotliCompressSync(gzipSync(text))],
    ['deflate ,\tgzip', gzipSync(deflateSync(text))],
  ])('in %s comes whole, also byte by byte', async (encoding, bytes) => {
    expect(await read(encoding, bytes)).toBe(text);
    expect(await read(encoding, ...Array.from(bytes, (byte) => Uint8Array.of(byte)))).toBe(text);
  });

  it.each([null, undefined, '', 'identity', 'zstd', 'gzip, zstd', 'gzip,', 'gzip br'])('in %j is left as it is', (encoding) => {
    const { body, listener } = receiving(encoding);
    expect(body).toBe(listener);
  }); // prettier-ignore

  it('of no bytes is empty, whatever is said of it', async () => {
    expect(await read('gzip')).toBe('');
  });

  it.each([
    ['cut off', gzipSync(text).subarray(0, 20)],
    ['corrupt', Buffer.from('no gzip at all')],
  ])('that is %s is an error', async (_what, bytes) => {
    const error = await rejection(read('gzip', bytes));
    expect(error).toHaveProperty('code');
  });

  it('may end while it is still being written', async () => {
    const { body, whole } = receiving('gzip');
    const bytes = gzipSync(text);
    body.data(bytes.subarray(0, 10));
    body.data(bytes.subarray(10, 15));
    body.data(bytes.subarray(15));
    body.end();
    expect(await whole).toBe(text);
  });

  it('may end when all of it has been written', async () => {
    const { body, whole, calls } = receiving('gzip');
    body.data(gzipSync(text));
    await until('it is written', () => calls.includes('resume'));
    body.end();
    expect(await whole).toBe(text);
  });

  it('of which enough has come is read no further', async () => {
    const { body, chunks, calls } = receiving('gzip', 1);
    const bytes = gzipSync(Buffer.alloc(1_000_000));
    expect(body.data(bytes.subarray(0, 500))).toBe(true);
    await until('some of it has come', () => chunks.length > 0);
    expect(body.data(bytes.subarray(500))).toBe(false);
    await settle(5);
    expect(chunks).toHaveLength(1);
    expect(calls).toEqual([]); // Nobody reads on, so the source is not resumed.
  });

  it('whose connection fails is an error, after which nothing comes', async () => {
    const { body, whole, chunks } = receiving('gzip');
    const failure = new Error('reset');
    body.data(gzipSync(text));
    body.error(failure);
    expect(await rejection(whole)).toBe(failure);
    await settle(5);
    expect(chunks).toEqual([]);
    const unread = receiving('gzip');
    unread.body.error(failure);
    expect(await rejection(unread.whole)).toBe(failure);
  });
});

describe('a source', () => {
  const random = Uint8Array.from({ length: 200_000 }, (_, i) => (i * 2_654_435_761) >>> 13);
  const bytes = gzipSync(random, { level: 0 });

  it('is paused while more than 64 KiB wait, and resumed after each write', async () => {
    const { body, whole, calls } = receiving('gzip');
    body.data(bytes.subarray(0, 10));
    body.data(bytes.subarray(10, 65_546));
    expect(calls).toEqual([]);
    body.data(bytes.subarray(65_546, 65_547));
    expect(calls).toEqual(['pause']);
    await until('it is resumed', () => calls.includes('resume'));
    body.data(bytes.subarray(65_547));
    body.end();
    expect(Buffer.from(await whole).length).toBeGreaterThan(0);
  });

  it('is not paused by one of several codings: the others could not be', async () => {
    const { body, chunks, calls } = receiving('gzip, gzip');
    const twice = gzipSync(bytes, { level: 0 });
    body.data(twice.subarray(0, 10));
    body.data(twice.subarray(10));
    expect(calls).toEqual([]);
    await until('some of it has come', () => chunks.length > 0);
    expect(calls).toEqual([]);
  });

  it('need not be given', async () => {
    const chunks: Uint8Array[] = [];
    await new Promise<void>((resolve, reject) => {
      const body = decompress('gzip', { data: (chunk) => chunks.push(chunk) > 0, end: resolve, error: reject });
      body.data(bytes.subarray(0, 10));
      body.data(bytes.subarray(10));
      body.end();
    });
    expect(Buffer.compare(Buffer.concat(chunks), random)).toBe(0);
  });
});
