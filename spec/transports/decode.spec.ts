import { describe, expect, it } from '@jest/globals';
import { XMLParser } from 'fast-xml-parser';
import { parse } from 'lossless-json';
import { gunzipSync, gzipSync } from 'node:zlib';
import { lastValueFrom, toArray } from 'rxjs';
import {
  cursor,
  fetchTransport,
  items,
  pageNumber,
  paginate,
  ParseError,
  singlePage,
  UnsafeCursorError,
} from 'pagewise';
import { rows, serve } from '../support/server.js';
import { onEachTransport } from '../support/transports.js';
import { rejection, thrown } from '../support/walks.js';

/** Whole numbers below 256, texts and lists below 24, flags and objects. */
function toCbor(value: unknown): number[] {
  if (typeof value === 'boolean') return [value ? 0xf5 : 0xf4];
  if (typeof value === 'number') return value < 24 ? [value] : [0x18, value];
  if (typeof value === 'string') return [0x60 + value.length, ...Buffer.from(value)];
  if (Array.isArray(value)) return [0x80 + value.length, ...value.flatMap(toCbor)];
  const entries = Object.entries(value as object);
  return [0xa0 + entries.length, ...entries.flat().flatMap(toCbor)];
}

function fromCbor(bytes: Uint8Array): unknown {
  let at = 0;
  const read = (): unknown => {
    const head = bytes[at++] ?? 0;
    const count = head & 31;
    const many = () => Array.from({ length: count }, read);
    if (head < 0x18) return head;
    if (head === 0x18) return bytes[at++];
    if (head >= 0xf4) return head === 0xf5;
    if (head >= 0xa0) return Object.fromEntries(Array.from({ length: count }, () => [read(), read()]));
    if (head >= 0x80) return many();
    return Buffer.from(bytes.subarray(at, (at += count))).toString();
  };
  return read();
}

const all = (pages: ReturnType<typeof paginate>) => lastValueFrom(pages.pipe(items(), toArray()));

onEachTransport('decode', (make) => {
  it('reads XML: an S3 list, whose end is a missing element', async () => {
    const server = await serve(({ url }, response) => {
      const from = Number(url.searchParams.get('continuation-token') ?? 0);
      const keys = rows(25).slice(from, from + 10).map((n) => `<Contents><Key>${n}</Key></Contents>`); // prettier-ignore
      const more = from + 10 < 25 ? `<NextContinuationToken>${from + 10}</NextContinuationToken>` : '';
      response.end(`<?xml version="1.0"?><ListBucketResult>${keys.join('')}${more}</ListBucketResult>`);
    });
    const xml = new XMLParser({ parseTagValue: false, isArray: (name) => name === 'Contents' });
    const strategy = cursor<{ Key: string }>({
      items: 'ListBucketResult.Contents',
      missingItems: 'empty',
      next: 'ListBucketResult.NextContinuationToken',
      cursorParam: 'continuation-token',
    });
    const transport = make({ decode: (text) => xml.parse(text) as unknown });
    const found = await all(paginate({ url: `${server.origin}/bucket?list-type=2` }, strategy, { transport }));
    expect(found.map((one) => (one as { Key: string }).Key)).toEqual(rows(25).map(String));
    expect(server.seen.map(({ url }) => url.search)).toEqual([
      '?list-type=2',
      '?list-type=2&continuation-token=10',
      '?list-type=2&continuation-token=20',
    ]);
    expect(server.seen[0]?.headers['accept']).toBe('*/*');
  });

  it('gets the bytes, status and headers, and decides what an empty body means', async () => {
    const server = await serve((_seen, response) => {
      response.setHeader('x-kind', 'bytes');
      response.end(Buffer.from([1, 2, 255]));
    });
    const transport = make({
      decode: (_text, { bytes, status, headers }) => [...bytes, status, headers.get('x-kind')],
    });
    expect(await all(paginate({ url: server.url }, singlePage(), { transport }))).toEqual([1, 2, 255, 200, 'bytes']);
    const empty = await serve((_seen, response) => void response.end());
    const csv = make({ decode: (text) => text.split('\n').filter((line) => line !== '') });
    expect(await all(paginate({ url: empty.url }, singlePage(), { transport: csv }))).toEqual([]);
  });

  it('reads CBOR (RFC 8949), page by page', async () => {
    const server = await serve(({ url }, response) => {
      const page = Number(url.searchParams.get('page') ?? 1);
      const of = (from: number, to: number) => rows(25).slice(from, to);
      response.setHeader('content-type', 'application/cbor');
      response.end(Buffer.from(toCbor({ rows: of(page * 10 - 10, page * 10), more: page < 3 })));
    });
    const transport = make({ decode: (_text, { bytes }) => fromCbor(bytes) });
    const strategy = pageNumber<number>({ items: 'rows', hasMore: 'more' });
    expect(await all(paginate({ url: server.url, headers: { accept: 'application/cbor' } }, strategy, { transport }))).toEqual(rows(25)); // prettier-ignore
    expect(server.seen.map(({ headers }) => headers.accept)).toEqual(Array(3).fill('application/cbor'));
  });

  it('reads a gzipped CSV file, which is no Content-Encoding', async () => {
    const server = await serve((_seen, response) => {
      response.setHeader('content-type', 'application/gzip');
      response.end(gzipSync('id,name\n1,é\n2,b\n'));
    });
    const transport = make({
      decode: (_text, { bytes }) =>
        gunzipSync(bytes)
          .toString('utf8')
          .trim()
          .split('\n')
          .slice(1)
          .map((row) => row.split(',')),
    });
    expect(await all(paginate({ url: server.url }, singlePage(), { transport }))).toEqual([['1', 'é'], ['2', 'b']]); // prettier-ignore
  });

  it('what it throws is a ParseError with the cause, and the text of an error answer is kept', async () => {
    const cause = new Error('no xml');
    const decode = () => {
      throw cause;
    };
    const server = await serve((_seen, response) => void response.end('nothing readable'));
    const error = await rejection(all(paginate({ url: server.url }, singlePage(), { transport: make({ decode }) }))); // prettier-ignore
    expect(error).toBeInstanceOf(ParseError);
    expect(error).toMatchObject({ cause, excerpt: 'nothing readable', attempts: 1 });
    const failing = await serve((_seen, response) => {
      response.statusCode = 404;
      response.end('<Error/>');
    });
    const failed = await rejection(all(paginate({ url: failing.url }, singlePage(), { transport: make({ decode }) }))); // prettier-ignore
    expect(failed).toMatchObject({ status: 404, response: { body: '<Error/>' } });
  });

  it('P6 parseJson keeps the digits of a cursor beyond 2⁵³; JSON.parse loses them, which is an error', async () => {
    const server = await serve(({ url }, response) => {
      const first = url.searchParams.get('cursor') === null;
      response.end(first ? '{"rows":[9007199254740993],"next":9007199254740995}' : '{"rows":[2],"next":null}');
    });
    const strategy = () => cursor({ items: 'rows', next: 'next' });
    const error = await rejection(all(paginate({ url: server.url }, strategy(), { transport: make() }))); // prettier-ignore
    expect(error).toBeInstanceOf(UnsafeCursorError);
    expect(error.message).toMatch(/^Page 1 failed: the cursor at next is the number 900719925474099\d.*parseJson/);
    const transport = make({ parseJson: (text) => parse(text) });
    const found = await all(paginate({ url: server.url }, strategy(), { transport }));
    expect(found.map(String)).toEqual(['9007199254740993', '2']);
    expect(server.seen.at(-1)?.url.search).toBe('?cursor=9007199254740995');
  });
});

describe('decode', () => {
  it('is refused together with parseJson, and if it is not a function', () => {
    expect(thrown(() => fetchTransport({ decode: () => 1, parseJson: JSON.parse })).message).toBe(
      'fetchTransport: parseJson and decode both read the body; remove one of them',
    );
    expect(thrown(() => fetchTransport({ decode: 'xml' as never })).message).toContain('decode must be a function');
  });
});
