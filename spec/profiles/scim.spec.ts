import { describe, expect, it } from '@jest/globals';
import { scim, scimSearch } from 'pagewise/profiles';
import { imitation } from '../docs/imitations/scim.js';
import { json, serve } from '../support/server.js';
import { itemsOf, rejection } from '../support/walks.js';
import { sent, queries, serveSpoiled, walkPages } from './walk.js';

interface User {
  id: string;
}
const headers = { authorization: 'Bearer x', accept: 'application/scim+json' };
const ids = Array.from({ length: 250 }, (_, number) => `u${number}`);

describe('the SCIM profile', () => {
  it('lists by start index, from 1, to totalResults', async () => {
    const server = await serve(imitation.start());
    const pages = await walkPages({ url: `${server.origin}/scim/v2/Users`, headers }, scim<User>({ size: 100 }));
    expect(itemsOf(pages).map(({ id }) => id)).toEqual(ids);
    expect(pages.map(({ total }) => total)).toEqual([250, 250, 250]);
    expect(queries(server)).toEqual([1, 101, 201].map((start) => `?startIndex=${start}&count=100`));
  });

  it('advances by the received items if the provider caps count', async () => {
    const server = await serve(imitation.start());
    const pages = await walkPages({ url: `${server.origin}/scim/v2/Users`, headers }, scim<User>({ size: 120 }));
    expect(itemsOf(pages).map(({ id }) => id)).toEqual(ids);
    expect(queries(server)).toEqual([1, 101, 201].map((start) => `?startIndex=${start}&count=120`));
  });

  it('searches with POST, the parameters in the body', async () => {
    const server = await serve(imitation.start());
    const schemas = ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'];
    const request = { method: 'POST', url: `${server.origin}/scim/v2/Users/.search`, headers, body: { schemas } };
    expect(itemsOf(await walkPages(request, scimSearch<User>({ size: 90 }))).map(({ id }) => id)).toEqual(ids);
    expect(sent(server)).toEqual([1, 91, 181].map((startIndex) => ({ schemas, startIndex, count: 90 })));
  });

  it('a filter that finds nothing has no Resources', async () => {
    const server = await serve(imitation.start());
    const url = `${server.origin}/scim/v2/Users?filter=userName%20eq%20%22nobody%22`;
    expect(await walkPages({ url, headers }, scim())).toMatchObject([{ items: [], next: undefined, total: 0 }]);
  });

  it('ends if users were removed during the walk', async () => {
    const server = await serveSpoiled(
      imitation,
      (response, index) => index > 0 && (json(response, { totalResults: 90, startIndex: 101, itemsPerPage: 0 }), true),
    );
    expect(itemsOf(await walkPages({ url: `${server.origin}/scim/v2/Users`, headers }, scim()))).toHaveLength(100);
  });

  it('a failed answer is an error and never the end', async () => {
    const failing = (status: number, body: unknown) =>
      serveSpoiled(imitation, (response, index) => index > 0 && (json(response, body, status), true));
    const error = { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: '500' };
    for (const [server, message] of [
      [await failing(500, error), /^Page 2 failed: 500 /],
      [await failing(200, error), /^Page 2 failed: items at Resources: .*this is not a list response/],
      [await failing(200, { totalResults: 250 }), /^Page 2 failed: items at Resources: .*although totalResults is 250/],
      [await failing(200, { Resources: [{}] }), /^Page 2 failed: total at totalResults: /],
    ] as const)
      expect((await rejection(walkPages({ url: `${server.origin}/scim/v2/Users`, headers }, scim()))).message).toMatch(
        message,
      );
    const server = await serve(imitation.start());
    const { message } = await rejection(walkPages({ url: `${server.origin}/scim/v2/Users` }, scim()));
    expect(message).toMatch(/^Page 1 failed: 401 /);
  });
});
