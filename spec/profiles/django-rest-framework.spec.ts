import { describe, expect, it } from '@jest/globals';
import { ExtractError, HttpError, PositionExpiredError } from 'pagewise';
import { checkDjangoRestFramework, djangoRestFramework } from 'pagewise/profiles';
import { imitation } from '../docs/imitations/django-rest-framework.js';
import { json, rows, serve } from '../support/server.js';
import { answer, rejection } from '../support/walks.js';
import { asked, serveExcept, walk } from './walk.js';

interface Book {
  id: number;
}
const headers = { authorization: 'Token x' };
const ids = rows(250).map((number) => number + 1);

describe('the Django REST framework profile', () => {
  it('follows page numbers, whatever the server caps sizes to', async () => {
    const server = await serve(imitation.start());
    const url = `${server.origin}/api/books/?ordering=id`;
    const found = await walk(djangoRestFramework<Book>({ size: 500 }), { url, headers });
    expect(found.map(({ id }) => id)).toEqual(ids);
    const query = '/api/books/?ordering=id&page_size=500';
    expect(asked(server)).toEqual([query, `${query}&page=2`, `${query}&page=3`]);
  });

  it('follows limit and offset', async () => {
    const server = await serve(imitation.start());
    const profile = djangoRestFramework<Book>({ size: 100, sizeParam: 'limit' });
    const found = await walk(profile, { url: `${server.origin}/api/loans/`, headers });
    expect(found.map(({ id }) => id)).toEqual(ids);
    expect(asked(server)).toEqual([
      '/api/loans/?limit=100',
      '/api/loans/?limit=100&offset=100',
      '/api/loans/?limit=100&offset=200',
    ]);
  });

  it('follows cursors, which come without a count', async () => {
    const server = await serve(imitation.start());
    const found = await walk(djangoRestFramework<Book>({ size: 100 }), {
      url: `${server.origin}/api/events/`,
      headers,
    });
    expect(found.map(({ id }) => id)).toEqual(ids);
    expect(asked(server)).toEqual([
      '/api/events/?page_size=100',
      '/api/events/?page_size=100&cursor=cD0xMDA%3D',
      '/api/events/?page_size=100&cursor=cD0yMDA%3D',
    ]);
  });

  it('ends past the last page if rows were deleted during the walk; an unknown cursor has expired', async () => {
    const walkBooks = (origin: string) =>
      walk(djangoRestFramework({ size: 100 }), { url: `${origin}/api/books/`, headers });
    const shrunk = await serveExcept(imitation, 2, (_seen, response) =>
      json(response, { detail: 'Invalid page.' }, 404),
    );
    expect(await walkBooks(shrunk.origin)).toHaveLength(200);
    const gone = await serveExcept(imitation, 2, (_seen, response) =>
      json(response, { detail: 'Invalid cursor' }, 404),
    );
    expect(await rejection(walkBooks(gone.origin))).toBeInstanceOf(PositionExpiredError);
    const position = { url: 'http://x/' };
    expect(checkDjangoRestFramework(answer({ detail: 'Invalid page.' }, 404), position)).toBe('end');
    expect(checkDjangoRestFramework(answer({ detail: 'Invalid page.' }, 404), {})).toBeUndefined();
    expect(checkDjangoRestFramework(answer({ detail: 'Not found.' }, 404), position)).toBeUndefined();
    expect(checkDjangoRestFramework(answer('<html>', 404), position)).toBeUndefined();
    expect(checkDjangoRestFramework(answer({ detail: 'Invalid page.' }, 200), position)).toBeUndefined();
  });

  it('retries after 429, and takes no failure and no other answer for the end', async () => {
    const url = (origin: string) => ({ url: `${origin}/api/books/`, headers });
    const limited = await serveExcept(imitation, 1, (_seen, response) =>
      json(response, { detail: 'Request was throttled.' }, 429, { 'retry-after': '0' }),
    );
    expect(await walk(djangoRestFramework({ size: 100 }), url(limited.origin))).toHaveLength(250);
    expect(limited.seen).toHaveLength(4);
    const lost = await serveExcept(imitation, 1, (_seen, response) => json(response, { detail: 'Not found.' }, 404));
    expect(await rejection(walk(djangoRestFramework(), url(lost.origin)))).toBeInstanceOf(HttpError);
    for (const body of [[{ id: 1 }], { results: [{ id: 1 }] }, { next: null }]) {
      const odd = await serve((_seen, response) => json(response, body));
      expect(await rejection(walk(djangoRestFramework(), url(odd.origin)))).toBeInstanceOf(ExtractError);
    }
  });
});
