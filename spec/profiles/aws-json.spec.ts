import { describe, expect, it } from '@jest/globals';
import type { ListedItem } from 'pagewise';
import { awsJson, checkAws } from 'pagewise/profiles';
import { imitation } from '../docs/imitations/aws-json.js';
import { json, serve } from '../support/server.js';
import { answer, itemsOf, rejection } from '../support/walks.js';
import { sent, serveSpoiled, walkPages } from './walk.js';

interface LogGroup {
  logGroupName: string;
}
const request = (origin: string, action: string, body: object = {}) => ({
  method: 'POST',
  url: `${origin}/`,
  headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `Logs_20140328.${action}` },
  body,
});
const groups = (size?: number) => awsJson<LogGroup>({ items: 'logGroups', size, sizeParam: 'limit' });
const verdict = (type: string, status = 400, headers?: Record<string, string>) =>
  checkAws(answer({ __type: type, message: 'No' }, status, headers), {});

describe('the AWS profile', () => {
  it('sends the token under the name that it came by', async () => {
    const server = await serve(imitation.start());
    const pages = await walkPages(
      request(server.origin, 'DescribeLogGroups', { logGroupNamePrefix: '/aws' }),
      groups(50),
    );
    expect(itemsOf(pages).map(({ logGroupName }) => logGroupName)).toEqual(
      Array.from({ length: 120 }, (_, number) => `/aws/lambda/f${number}`),
    );
    const asked = { logGroupNamePrefix: '/aws', limit: 50 };
    expect(sent(server)).toEqual([asked, { ...asked, nextToken: 'from-50' }, { ...asked, nextToken: 'from-100' }]);
    expect(server.seen.map(({ headers }) => headers['x-amz-target'])).toEqual(
      Array(3).fill('Logs_20140328.DescribeLogGroups'),
    );
  });

  it('ends where a flag, a token or the same token again says so', async () => {
    const walked = async (answers: readonly object[], profile: ReturnType<typeof awsJson>) => {
      const server = await serve((_seen, response, index) => json(response, answers[index] ?? { failed: index }));
      return itemsOf(await walkPages({ method: 'POST', url: server.url, body: {} }, profile));
    };
    const flags = [{ StreamNames: [0], HasMoreStreams: true, NextToken: 'a' }, { StreamNames: [1], HasMoreStreams: false, NextToken: 'b' }]; // prettier-ignore
    expect(await walked(flags, awsJson({ hasMore: 'HasMoreStreams' }))).toEqual([0, 1]);
    const tokens = [
      { Items: [0], NextToken: 'a' },
      { Items: [1], NextToken: 'END' },
    ];
    expect(await walked(tokens, awsJson({ endTokens: ['END'] }))).toEqual([0, 1]);
    const same = [{ events: [0], nextForwardToken: 'f/1' }, { events: [1], nextForwardToken: 'f/2' }, { events: [], nextForwardToken: 'f/2' }]; // prettier-ignore
    const events = awsJson({
      items: 'events',
      next: 'nextForwardToken',
      cursorParam: 'nextToken',
      onSameToken: 'stop',
    });
    expect(await walked(same, events)).toEqual([0, 1]);
  });

  it('reads several lists, of which an answer may lack some', async () => {
    const answers = [{ Added: [0], Removed: [9], NextToken: 't' }, { Removed: [8] }];
    const handle = (_seen: unknown, response: Parameters<typeof json>[0], index: number) =>
      json(response, answers[index % 2]);
    const request = ({ url }: { url: string }) => ({ method: 'POST', url, body: {} });
    const both = awsJson({ items: ['Added', 'Removed'] });
    expect(itemsOf(await walkPages(request(await serve(handle)), both))).toEqual([0, 9, 8]);
    const named = awsJson<ListedItem<number>>({ items: { added: 'Added', removed: 'Removed' } });
    expect(itemsOf(await walkPages(request(await serve(handle)), named))).toEqual([
      { list: 'added', item: 0 },
      { list: 'removed', item: 9 },
      { list: 'removed', item: 8 },
    ]);
    const misspelt = await rejection(walkPages(request(await serve(handle)), awsJson({ items: ['Addd', 'Remved'] })));
    expect(misspelt.message).toContain("found no list there, but lists at 'Added', 'Removed'");
  });

  it('continues past empty pages with a token', async () => {
    const server = await serve(imitation.start());
    const pages = await walkPages(
      request(server.origin, 'FilterLogEvents'),
      awsJson<{ eventId: string }>({ items: 'events' }),
    );
    expect(itemsOf(pages).map(({ eventId }) => Number(eventId))).toEqual(
      Array.from({ length: 50 }, (_, number) => number),
    );
    expect(pages.map(({ items }) => items.length)).toEqual([10, 0, 10, 0, 10, 0, 10, 0, 10, 0]);
  });

  it('knows the other spelling, other names, and parameters that are dropped', async () => {
    const kinesis = await serve((_seen, response, index) =>
      json(response, index < 1 ? { Shards: [0], NextToken: 't1' } : { Shards: [1] }),
    );
    const shards = awsJson<number>({ size: 1, dropParams: ['StreamName'] });
    expect(itemsOf(await walkPages({ method: 'POST', url: kinesis.url, body: { StreamName: 's' } }, shards))).toEqual([
      0, 1,
    ]);
    expect(sent(kinesis)).toEqual([
      { StreamName: 's', MaxResults: 1 },
      { MaxResults: 1, NextToken: 't1' },
    ]);
    const kms = await serve((_seen, response, index) =>
      json(response, index < 1 ? { Keys: [0], NextMarker: 'm1', Truncated: true } : { Keys: [1], Truncated: false }),
    );
    const keys = awsJson<number>({ next: 'NextMarker', cursorParam: 'Marker', size: 1, sizeParam: 'Limit' });
    expect(itemsOf(await walkPages({ method: 'POST', url: kms.url, body: {} }, keys))).toEqual([0, 1]);
    expect(sent(kms)).toEqual([{ Limit: 1 }, { Limit: 1, Marker: 'm1' }]);
    const renamed = await serve((_seen, response, index) =>
      json(response, index < 1 ? { items: [0], nextToken: 'n1' } : { items: [1] }),
    );
    await walkPages({ method: 'POST', url: renamed.url, body: {} }, awsJson({ cursorParam: 'startToken' }));
    expect(sent(renamed)).toEqual([{}, { startToken: 'n1' }]);
    const same = await serve((_seen, response, index) =>
      json(response, index < 1 ? { items: [0], Cursor: 'n1' } : { items: [1] }),
    );
    await walkPages({ method: 'POST', url: same.url, body: {} }, awsJson({ next: 'Cursor' }));
    expect(sent(same)).toEqual([{}, { Cursor: 'n1' }]);
  });

  it.each<[string, object, object, object?]>([
    ['NextToken', { NextToken: 't' }, { NextToken: 't' }],
    ['Marker (DMS)', { Marker: 't' }, { Marker: 't' }],
    ['marker (Data Pipeline)', { marker: 't' }, { marker: 't' }],
    ['PaginationToken (Cognito)', { PaginationToken: 't' }, { PaginationToken: 't' }],
    ['PageToken (Service Catalog)', { PageToken: 't' }, { PageToken: 't' }],
    ['NextPageMarker (Route 53 Domains)', { NextPageMarker: 't' }, { Marker: 't' }],
    ['LastEvaluatedTableName (DynamoDB)', { LastEvaluatedTableName: 't' }, { ExclusiveStartTableName: 't' }],
    ['LastEvaluatedStreamArn', { LastEvaluatedStreamArn: 't' }, { ExclusiveStartStreamArn: 't' }],
    ['two tokens (ExecuteStatement)', { NextToken: 't', LastEvaluatedKey: { a: 1 } }, { NextToken: 't' }],
    ['NextMarker (KMS)', { NextMarker: 't', Truncated: true }, { Marker: 't' }, { cursorParam: 'Marker' }],
    ['nextPageToken (Lightsail)', { nextPageToken: 't' }, { pageToken: 't' }, { cursorParam: 'pageToken' }],
  ])('P13 %s is sent under the name that the service takes', async (_name, token, expected, options = {}) => {
    const server = await serve((_seen, response, index) =>
      json(response, index === 0 ? { List: [0], ...token } : { List: [1] }),
    );
    expect(itemsOf(await walkPages(request(server.origin, 'X'), awsJson<number>(options)))).toEqual([0, 1]);
    expect(sent(server)).toEqual([{}, expected]);
  });

  it.each<[string, object, string]>([
    ['NextMarker, which is sent as Marker or NextMarker', { NextMarker: 't' }, "Set `next: 'NextMarker'`"],
    ['NextPageToken', { NextPageToken: 't' }, "Set `next: 'NextPageToken'`"],
    ['a has-more', { HasMoreStreams: true }, 'HasMoreStreams is true'],
    ['a forward token (GetLogEvents)', { nextForwardToken: 'f/1', nextBackwardToken: 'b/1' }, "Set `next: 'nextForwardToken'`"],
    ['a token in an object', { Result: { NextToken: 't' } }, "Set `next: 'Result.NextToken'`"],
  ])('P13 %s is an error, and no end', async (_name, more, said) => {
    const server = await serve((_seen, response) => json(response, { List: [0], ...more }));
    const error = await rejection(walkPages(request(server.origin, 'X'), awsJson()));
    expect(error.name).toBe('ExtractError');
    expect(error.message).toContain(said);
    expect(await walkPages(request(server.origin, 'X'), awsJson({ missingNext: 'end' }))).toHaveLength(1);
  }); // prettier-ignore

  it('P13 nested lists are an error that names them; an empty answer is none', async () => {
    const nested = await serve((_seen, response) =>
      json(response, { DistributionList: { Items: [1], Aliases: ['a'] }, NextToken: 't' }),
    );
    expect((await rejection(walkPages(request(nested.origin, 'X'), awsJson()))).message).toContain(
      "items at the answer: found no list there, but lists at 'DistributionList.Items', 'DistributionList.Aliases'; set items to the path of the one that holds the items",
    );
    expect(
      (await rejection(walkPages(request(nested.origin, 'X'), awsJson({ items: 'Distributions.Items' })))).message,
    ).toContain('items at Distributions.Items: found no list there');
    for (const body of [{}, { List: [] }, { Result: {} }, { Result: { Items: [] } }]) {
      const empty = await serve((_seen, response) => json(response, body));
      expect(itemsOf(await walkPages(request(empty.origin, 'X'), awsJson()))).toEqual([]);
    }
  });

  it('refuses to choose among several lists, and a name that matches none of them', async () => {
    const server = await serve(imitation.start());
    const events = request(server.origin, 'FilterLogEvents');
    expect((await rejection(walkPages(events, awsJson()))).message).toContain(
      'several lists, events and searchedLogStreams',
    );
    expect((await rejection(walkPages(events, awsJson({ items: 'event' })))).message).toContain('items at event: ');
  });

  it.each([
    ['ThrottlingException', { retry: 'AWS: ThrottlingException', throttled: true }],
    [
      'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException',
      { retry: 'AWS: ProvisionedThroughputExceededException', throttled: true },
    ],
    [
      'com.amazon.coral.service#ThrottlingException:http://internal.amazon.com/coral/',
      { retry: 'AWS: ThrottlingException', throttled: true },
    ],
    ['RequestTimeout', { retry: 'AWS: RequestTimeout' }],
    ['ExpiredNextTokenException', { expired: 'AWS: ExpiredNextTokenException' }],
    ['InvalidNextTokenException', { expired: 'AWS: InvalidNextTokenException' }],
    ['com.amazonaws.kinesis#ExpiredIteratorException', { expired: 'AWS: ExpiredIteratorException' }],
    ['ValidationException', undefined],
    ['AccessDeniedException', undefined],
  ])('400 %s', (type, expected) => {
    expect(verdict(type)).toEqual(expected);
    expect(verdict('', 400, { 'x-amzn-errortype': type })).toEqual(expected);
  });

  it('does not judge successful answers, nor those of other APIs', () => {
    expect(verdict('ThrottlingException', 200)).toBeUndefined();
    expect(checkAws(answer('<html>', 502), {})).toBeUndefined();
    expect(checkAws(answer(undefined, 400), {})).toBeUndefined();
  });

  it('throttled requests are retried, and a failed answer is never the end', async () => {
    const throttled = { __type: 'ThrottlingException', message: 'Rate exceeded' };
    const busy = await serveSpoiled(
      imitation,
      (response, index) => index === 1 && (json(response, throttled, 400), true),
    );
    expect(itemsOf(await walkPages(request(busy.origin, 'DescribeLogGroups'), groups()))).toHaveLength(120);
    expect(sent(busy).slice(1, 3)).toEqual([{ nextToken: 'from-50' }, { nextToken: 'from-50' }]);
    for (const [status, body, name, message] of [
      [400, throttled, 'CheckError', /^Page 2 failed: AWS: ThrottlingException after 3 attempts/],
      [400, { __type: 'ExpiredNextTokenException' }, 'PositionExpiredError', /AWS: ExpiredNextTokenException/],
      [400, { __type: 'AccessDeniedException' }, 'HttpError', /^Page 2 failed: 400 /],
      [500, { __type: 'InternalFailure' }, 'HttpError', /^Page 2 failed: 500 .* after 3 attempts/],
      [200, [], 'ExtractError', /^Page 2 failed: items at logGroups: /],
    ] as const) {
      const server = await serveSpoiled(
        imitation,
        (response, index) => index > 0 && (json(response, body, status), true),
      );
      const error = await rejection(walkPages(request(server.origin, 'DescribeLogGroups'), groups()));
      expect([error.name, error.message]).toEqual([name, expect.stringMatching(message)]);
    }
  });
});
