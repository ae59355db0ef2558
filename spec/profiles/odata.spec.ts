import { describe, expect, it } from '@jest/globals';
import { checkOdata, odata } from 'pagewise/profiles';
import { imitation } from '../docs/imitations/odata.js';
import { json, serve } from '../support/server.js';
import { answer, itemsOf, rejection, thrown } from '../support/walks.js';
import { queries, serveSpoiled, walkPages } from './walk.js';

interface Person {
  UserName: string;
}
const path = '/V4/TripPinService/People';
const people = Array.from({ length: 250 }, (_, number) => `person${number}`);

describe('the OData profile', () => {
  it('follows next links, and requests the page size with each of them', async () => {
    const server = await serve(imitation.start());
    const request = {
      url: `${server.origin}${path}?$count=true`,
      headers: { Prefer: 'odata.include-annotations="*"' },
    };
    const pages = await walkPages(request, odata<Person>({ size: 90 }));
    expect(itemsOf(pages).map(({ UserName }) => UserName)).toEqual(people);
    expect(pages.map(({ total }) => total)).toEqual([250, 250, 250]);
    expect(queries(server)).toEqual(['?$count=true', '?$count=true&$skiptoken=90', '?$count=true&$skiptoken=180']);
    expect(server.seen.map(({ headers }) => headers['prefer'])).toEqual(
      Array(3).fill('odata.include-annotations="*", odata.maxpagesize=90'),
    );
  });

  it('leaves $top alone: it limits the whole result', async () => {
    const server = await serve(imitation.start());
    const pages = await walkPages({ url: `${server.origin}${path}?$top=20` }, odata<Person>());
    expect(itemsOf(pages).map(({ UserName }) => UserName)).toEqual(people.slice(0, 20));
    expect(queries(server)).toEqual(['?$top=20', '?$top=20&$skiptoken=8', '?$top=20&$skiptoken=16']);
    expect(server.seen[0]!.headers['prefer']).toBeUndefined();
  });

  it('loses nothing if the service caps the size', async () => {
    const server = await serve(imitation.start());
    expect(itemsOf(await walkPages({ url: server.origin + path }, odata({ size: 1000 })))).toHaveLength(250);
    expect(server.seen).toHaveLength(3);
  });

  it('writes the size as a parameter, once, if one is named', async () => {
    const server = await serve(({ headers }, response, index) =>
      json(response, {
        value: [index],
        ...(index < 2
          ? { '@odata.nextLink': `http://${String(headers.host)}/v1.0/users?$top=5&$skiptoken=${index}` }
          : {}),
      }),
    );
    const pages = await walkPages(
      { url: `${server.origin}/v1.0/users` },
      odata<number>({ size: 5, sizeParam: '$top' }),
    );
    expect(itemsOf(pages)).toEqual([0, 1, 2]);
    expect(queries(server)).toEqual(['?$top=5', '?$top=5&$skiptoken=0', '?$top=5&$skiptoken=1']);
    expect(server.seen.every(({ headers }) => headers['prefer'] === undefined)).toBe(true);
  });

  it('reads versions 2 and 4.01 too', async () => {
    const old = await serve(({ headers }, response, index) =>
      json(response, {
        d: {
          results: [index],
          __count: '2',
          ...(index < 1 ? { __next: `http://${String(headers.host)}/People?$skiptoken=1` } : {}),
        },
      }),
    );
    const pages = await walkPages({ url: `${old.origin}/People` }, odata<number>({ items: 'd.results' }));
    expect([itemsOf(pages), pages[0]!.total]).toEqual([[0, 1], 2]);
    const young = await serve((_seen, response, index) =>
      json(response, { value: [index], ...(index < 1 ? { '@nextLink': 'People?$skiptoken=1' } : {}) }),
    );
    expect(itemsOf(await walkPages({ url: `${young.origin}/V4/People` }, odata<number>()))).toEqual([0, 1]);
    expect(young.seen.map(({ url }) => url.pathname)).toEqual(['/V4/People', '/V4/People']);
  });

  it('a failed answer is an error, whatever its status, and never the end', async () => {
    const failing = (status: number, body: unknown) =>
      serveSpoiled(imitation, (response, index) => index > 0 && (json(response, body, status), true));
    const error = { error: { code: 'Failed', message: 'The store is away' } };
    for (const [server, message] of [
      [await failing(500, error), /^Page 2 failed: 500 /],
      [await failing(200, { value: [], ...error }), /^Page 2 failed: OData: Failed The store is away/],
      [await failing(200, {}), /^Page 2 failed: items at value: /],
    ] as const)
      expect((await rejection(walkPages({ url: server.origin + path }, odata()))).message).toMatch(message);
  });

  it('judges successful answers only', () => {
    expect(checkOdata(answer({ value: [] }), {})).toBeUndefined();
    expect(checkOdata(answer({ error: { code: 'x' } }, 400), {})).toBeUndefined();
    expect(checkOdata(answer('text'), {})).toBeUndefined();
    expect(thrown(() => odata({ size: 0 })).message).toContain('size must be a whole number of at least 1');
  });
});
