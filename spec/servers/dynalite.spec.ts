import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import dynalite from 'dynalite';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { lastValueFrom, toArray } from 'rxjs';
import { cursor, inBody, paginate, type PageRequest } from 'pagewise';
import { itemsOf } from '../support/walks.js';
import { watchedTransport } from './watched.js';

type Attribute = { readonly S: string } | { readonly N: string };
type Item = Readonly<Record<string, Attribute>>;

/** Keys as opaque as they come: every reserved character, and a number that JavaScript can't hold. */
const items: Item[] = Array.from({ length: 25 }, (_, index) => ({
  owner: { S: index % 2 === 0 ? 'a+b/c==&x=1%20 #é\n"😀' : 'b' },
  at: { N: `90071992547409${String(index).padStart(2, '0')}` },
}));

describe('dynalite: DynamoDB, whose token is an object', () => {
  let server: Server;
  let url: string;

  const request = (action: string, body: object): PageRequest => ({
    url,
    method: 'POST',
    headers: {
      'x-amz-target': `DynamoDB_20120810.${action}`,
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-date': '20260101T000000Z',
      authorization:
        'AWS4-HMAC-SHA256 Credential=key/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
    },
    body,
  });

  async function call(action: string, body: object): Promise<unknown> {
    const { headers } = request(action, body);
    const response = await fetch(url, {
      method: 'POST',
      headers: headers as Record<string, string>,
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${action}: ${text}`);
    return JSON.parse(text);
  }

  const put = (table: string, rows: readonly Item[]) =>
    call('BatchWriteItem', { RequestItems: { [table]: rows.map((row) => ({ PutRequest: { Item: row } })) } });

  beforeAll(async () => {
    server = dynalite({ createTableMs: 0 });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    for (const TableName of ['small', 'large', 'empty'])
      await call('CreateTable', {
        TableName,
        AttributeDefinitions: [
          { AttributeName: 'owner', AttributeType: 'S' },
          { AttributeName: 'at', AttributeType: 'N' },
        ],
        KeySchema: [
          { AttributeName: 'owner', KeyType: 'HASH' },
          { AttributeName: 'at', KeyType: 'RANGE' },
        ],
        BillingMode: 'PAY_PER_REQUEST',
      });
    await put('small', items);
    const filler = { S: 'x'.repeat(300_000) };
    for (const row of items.slice(0, 8)) await put('large', [{ ...row, filler }]);
  }, 30_000);

  afterAll(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );

  async function walk(action: string, body: object, size?: number) {
    const { requests, transport } = watchedTransport();
    const strategy = cursor<Item>({
      size,
      items: 'Items',
      next: 'LastEvaluatedKey',
      cursorParam: 'ExclusiveStartKey',
      sizeParam: 'Limit',
      place: inBody(),
    });
    const stream = paginate(request(action, body), strategy, { transport });
    const pages = await lastValueFrom(stream.pipe(toArray()));
    expect(pages.at(-1)?.next).toBeUndefined();
    return {
      found: itemsOf(pages),
      sizes: pages.map((page) => page.items.length),
      bodies: requests.map((one) => one.body),
    };
  }

  const sorted = (rows: readonly Item[]) => rows.map((row) => JSON.stringify([row['owner'], row['at']])).sort();

  it('Scan gives every item once, with tokens as they came', async () => {
    const { found, sizes, bodies } = await walk('Scan', { TableName: 'small' }, 10);
    expect(sorted(found)).toEqual(sorted(items));
    expect(sizes).toEqual([10, 10, 5]);
    const last = found[9]!;
    expect(bodies.slice(0, 2)).toEqual([
      { TableName: 'small', Limit: 10 },
      { TableName: 'small', Limit: 10, ExclusiveStartKey: { owner: last['owner'], at: last['at'] } },
    ]);
  });

  it('an exactly full last page has a token, which leads to an empty one', async () => {
    const { found, sizes } = await walk('Scan', { TableName: 'small' }, 5);
    expect(sorted(found)).toEqual(sorted(items));
    expect(sizes).toEqual([5, 5, 5, 5, 5, 0]);
  });

  it('P1 a filter can empty pages that have a token: they are not the end', async () => {
    const filter = {
      TableName: 'small',
      FilterExpression: '#at = :at',
      ExpressionAttributeNames: { '#at': 'at' },
      ExpressionAttributeValues: { ':at': items[24]!['at'] },
    };
    const { found, sizes } = await walk('Scan', filter, 1);
    expect(found).toEqual([items[24]]);
    expect(sizes).toHaveLength(26);
    expect(sizes.filter((size) => size === 0)).toHaveLength(25);
  });

  it('pages are capped at 1 MB, whatever the Limit', async () => {
    const { found, sizes } = await walk('Scan', { TableName: 'large' }, 1000);
    expect(sorted(found)).toEqual(sorted(items.slice(0, 8)));
    expect(sizes.length).toBeGreaterThan(1);
    expect(Math.max(...sizes)).toBeLessThan(8);
  });

  it('Query gives one owner’s items in order, without a Limit in one page', async () => {
    const query = {
      TableName: 'small',
      KeyConditionExpression: '#o = :o',
      ExpressionAttributeNames: { '#o': 'owner' },
      ExpressionAttributeValues: { ':o': items[0]!['owner'] },
    };
    const wanted = items.filter((_, index) => index % 2 === 0);
    expect(await walk('Query', query, 4)).toMatchObject({ found: wanted, sizes: [4, 4, 4, 1] });
    expect(await walk('Query', query)).toMatchObject({ found: wanted, sizes: [13] });
  });

  it('an empty table is one empty page', async () => {
    expect(await walk('Scan', { TableName: 'empty' }, 10)).toMatchObject({ found: [], sizes: [0] });
  });

  it('ListTables: another token, a string', async () => {
    const { requests, transport } = watchedTransport();
    const tables = cursor<string>({
      size: 2,
      items: 'TableNames',
      next: 'LastEvaluatedTableName',
      cursorParam: 'ExclusiveStartTableName',
      sizeParam: 'Limit',
      place: inBody(),
    });
    const pages = await lastValueFrom(paginate(request('ListTables', {}), tables, { transport }).pipe(toArray()));
    expect(itemsOf(pages)).toEqual(['empty', 'large', 'small']);
    expect(requests.map(({ body }) => body)).toEqual([{ Limit: 2 }, { Limit: 2, ExclusiveStartTableName: 'large' }]);
  });
});
