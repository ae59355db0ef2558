import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { checkAws, dynamodbScan } from 'pagewise/profiles';
import { imitation } from '../docs/imitations/dynamodb-scan.js';
import { json, serve, settle } from '../support/server.js';
import { itemsOf, rejection } from '../support/walks.js';
import { sent, serveSpoiled, walkPages } from './walk.js';

interface Order {
  id: { S: string };
}
const headers = (action: string) => ({
  'content-type': 'application/x-amz-json-1.0',
  'x-amz-target': `DynamoDB_20120810.${action}`,
});
const scan = (origin: string, more: object = {}) => ({
  method: 'POST',
  url: `${origin}/`,
  headers: headers('Scan'),
  body: { TableName: 'orders', ...more },
});

// It has no types.
const dynalite = createRequire(import.meta.url)('dynalite') as (options: object) => Server;

describe('the DynamoDB profile', () => {
  it('follows keys, which are objects, to an answer without one', async () => {
    const server = await serve(imitation.start());
    const pages = await walkPages(scan(server.origin), dynamodbScan<Order>({ size: 50 }));
    expect(itemsOf(pages).map(({ id }) => id.S)).toEqual(Array.from({ length: 250 }, (_, number) => `o${number}`));
    expect(pages.map(({ items }) => items.length)).toEqual([50, 50, 50, 50, 50, 0]);
    const asked = { TableName: 'orders', Limit: 50 };
    const keys = [49, 99, 149, 199, 249].map((number) => ({ ExclusiveStartKey: { id: { S: `o${number}` } } }));
    expect(sent(server)).toEqual([asked, ...keys.map((key) => ({ ...asked, ...key }))]);
  });

  it('continues past pages that a filter has emptied', async () => {
    const server = await serve(imitation.start());
    const pages = await walkPages(scan(server.origin, { FilterExpression: 'x' }), dynamodbScan<Order>());
    expect(itemsOf(pages).map(({ id }) => id.S)).toEqual(['o0', 'o1', 'o2', 'o246', 'o247', 'o248', 'o249']);
    expect(pages.map(({ items }) => items.length)).toEqual([3, 0, 4]);
  });

  it('accepts more empty pages than other APIs give', async () => {
    const server = await serve((_seen, response, index) =>
      json(response, index < 1100 ? { Items: [], LastEvaluatedKey: { id: { S: `k${index}` } } } : { Items: [1] }),
    );
    expect(itemsOf(await walkPages(scan(server.origin), dynamodbScan<number>()))).toEqual([1]);
  }, 60_000);

  it('is throttled like every AWS service, and a failed answer is never the end', async () => {
    expect(dynamodbScan().check).toBe(checkAws);
    const type = 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException';
    const busy = await serveSpoiled(
      imitation,
      (response, index) => index === 1 && (json(response, { __type: type }, 400), true),
    );
    expect(itemsOf(await walkPages(scan(busy.origin), dynamodbScan()))).toHaveLength(250);
    expect(busy.seen).toHaveLength(4);
    const server = await serve(imitation.start());
    const missing = await rejection(walkPages(scan(server.origin, { TableName: 'none' }), dynamodbScan()));
    expect([missing.message, server.seen.length]).toEqual([expect.stringMatching(/^Page 1 failed: 400 /), 1]);
    const odd = await serveSpoiled(imitation, (response, index) => index > 0 && (json(response, {}), true));
    expect((await rejection(walkPages(scan(odd.origin), dynamodbScan()))).message).toMatch(
      /^Page 2 failed: items at Items: /,
    );
  });
});

describe('the DynamoDB profile with dynalite', () => {
  let server: Server;
  let origin = '';
  const authorization =
    'AWS4-HMAC-SHA256 Credential=a/20250101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0';
  const send = async (action: string, body: object) => {
    const own = { ...headers(action), authorization, 'x-amz-date': '20250101T000000Z' };
    const response = await fetch(origin, { method: 'POST', headers: own, body: JSON.stringify(body) });
    expect([action, response.status]).toEqual([action, 200]);
    return (await response.json()) as { Table?: { TableStatus: string } };
  };

  beforeEach(async () => {
    server = dynalite({ createTableMs: 0 });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  it('scans a table', async () => {
    await send('CreateTable', {
      TableName: 'orders',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    });
    while ((await send('DescribeTable', { TableName: 'orders' })).Table?.TableStatus !== 'ACTIVE') await settle(5);
    const ids = Array.from({ length: 25 }, (_, number) => `o${number}`);
    const orders = ids.map((id) => ({ PutRequest: { Item: { id: { S: id } } } }));
    await send('BatchWriteItem', { RequestItems: { orders } });
    const request = scan(origin);
    const own = { ...request.headers, authorization, 'x-amz-date': '20250101T000000Z' };
    const pages = await walkPages({ ...request, headers: own }, dynamodbScan<Order>({ size: 10 }));
    expect(
      itemsOf(pages)
        .map(({ id }) => id.S)
        .sort(),
    ).toEqual(ids.sort());
    expect(pages.map(({ items }) => items.length)).toEqual([10, 10, 5]);
  });
});
