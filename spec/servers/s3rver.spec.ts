import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { XMLParser } from 'fast-xml-parser';
import crypto from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import S3rver from 's3rver';
import { lastValueFrom, toArray } from 'rxjs';
import { cursor, keyset, paginate, type Page, type Strategy } from 'pagewise';
import { itemsOf } from '../support/walks.js';
import { watchedTransport } from './watched.js';

interface Content {
  readonly Key: string;
}

/** XML has no lists: one object would be no array. Values stay text, so that no key becomes a number. */
const xml = new XMLParser({ isArray: (name) => name === 'Contents', parseTagValue: false });

const keys = ['a+b', 'c d', 'e&f=g', 'h%20i', 'j#k', 'é/😀', ...Array.from({ length: 19 }, (_, i) => `z/${i}`)].sort();

/**
 * s3rver encrypts its tokens with DES, which OpenSSL 3 has only as triple DES. With one key three times that is the same.
 * @returns a function that restores everything
 */
function lendDes(): () => void {
  const { createCipheriv, createDecipheriv } = crypto;
  const lent =
    <Make>(make: (algorithm: string, key: Buffer, iv: Buffer) => Make) =>
    (algorithm: string, key: Buffer, iv: Buffer): Make =>
      algorithm === 'des' ? make('des-ede3-cbc', Buffer.concat([key, key, key]), iv) : make(algorithm, key, iv);
  Object.assign(crypto, { createCipheriv: lent(createCipheriv), createDecipheriv: lent(createDecipheriv) });
  return () => void Object.assign(crypto, { createCipheriv, createDecipheriv });
}

describe('s3rver: S3 lists, in XML', () => {
  let s3: S3rver;
  let origin: string;
  let directory: string;
  let giveBack: () => void;

  async function put(bucket: string, names: readonly string[]): Promise<void> {
    const left = [...names];
    const send = async () => {
      for (let name = left.pop(); name !== undefined; name = left.pop()) {
        const path = name.split('/').map(encodeURIComponent).join('/');
        const response = await fetch(`${origin}/${bucket}/${path}`, { method: 'PUT', body: '' });
        await response.arrayBuffer();
        if (!response.ok) throw new Error(`PUT ${name}: ${response.status}`);
      }
    };
    await Promise.all(Array.from({ length: 16 }, send));
  }

  beforeAll(async () => {
    giveBack = lendDes();
    directory = await mkdtemp(join(tmpdir(), 'pagewise-s3-'));
    const configureBuckets = [{ name: 'small' }, { name: 'large' }, { name: 'empty' }];
    s3 = new S3rver({ address: '127.0.0.1', port: 0, directory, silent: true, configureBuckets });
    origin = `http://127.0.0.1:${(await s3.run()).port}`;
    await put('small', keys);
  }, 30_000);

  afterAll(async () => {
    giveBack();
    await s3.close();
    await rm(directory, { recursive: true, force: true });
  });

  async function walk(path: string, strategy: Strategy<Content>) {
    const { requests, transport } = watchedTransport({ decode: (text) => xml.parse(text) as unknown });
    const pages: Page<Content>[] = await lastValueFrom(
      paginate({ url: `${origin}${path}` }, strategy, { transport }).pipe(toArray()),
    );
    expect(pages.at(-1)?.next).toBeUndefined();
    return {
      keys: itemsOf(pages).map(({ Key }) => Key),
      sizes: pages.map(({ items }) => items.length),
      urls: requests.map(({ url = '' }) => url.replace(origin, '')),
    };
  }

  const list = { items: 'ListBucketResult.Contents', missingItems: 'empty', sizeParam: 'max-keys' } as const;
  const version2 = (size?: number, more: { hasMore?: string } = {}) =>
    cursor<Content>({
      ...list,
      ...more,
      size,
      next: 'ListBucketResult.NextContinuationToken',
      cursorParam: 'continuation-token',
    });

  it('ListObjectsV2 gives every key once, by its continuation token', async () => {
    const walked = await walk('/small?list-type=2', version2(10));
    expect(walked.keys).toEqual(keys);
    expect(walked.sizes).toEqual([10, 10, 5]);
    expect(walked.urls[0]).toBe('/small?list-type=2&max-keys=10');
    expect(walked.urls[1]).toMatch(/^\/small\?list-type=2&max-keys=10&continuation-token=[^&]+$/);
  });

  it('an exactly full last page has no token', async () => {
    expect(await walk('/small?list-type=2', version2(5))).toMatchObject({ keys, sizes: [5, 5, 5, 5, 5] });
  });

  it("IsTruncated is the word 'true' or 'false'", async () => {
    const walked = await walk('/small?list-type=2', version2(20, { hasMore: 'ListBucketResult.IsTruncated' }));
    expect(walked).toMatchObject({ keys, sizes: [20, 5] });
  });

  it('one key is a list of one, and none an empty page', async () => {
    expect(await walk('/small?list-type=2&prefix=a', version2())).toMatchObject({ keys: ['a+b'], sizes: [1] });
    expect(await walk('/empty?list-type=2', version2(10))).toMatchObject({ keys: [], sizes: [0] });
  });

  it('1000 keys are returned if 5000 are requested: none is lost', async () => {
    const many = Array.from({ length: 1003 }, (_, index) => `k${String(index).padStart(4, '0')}`);
    await put('large', many);
    expect(await walk('/large?list-type=2', version2(5000))).toMatchObject({ keys: many, sizes: [1000, 3] });
  }, 60_000);

  it('ListObjects, version 1: the last key is the marker', async () => {
    const version1 = keyset<Content>({
      ...list,
      size: 10,
      key: 'Key',
      cursorParam: 'marker',
      hasMore: 'ListBucketResult.IsTruncated',
    });
    const walked = await walk('/small', version1);
    expect(walked).toMatchObject({ keys, sizes: [10, 10, 5] });
    expect(walked.urls[1]).toBe(`/small?max-keys=10&marker=${encodeURIComponent(keys[9]!)}`);
  });
});
