import { describe, expect, it } from '@jest/globals';
import { ExtractError } from 'pagewise';
import { postgrest } from 'pagewise/profiles';
import { imitation } from '../docs/imitations/postgrest.js';
import { json, serve } from '../support/server.js';
import { rejection } from '../support/walks.js';
import { atEverySize, serveExcept, walk, walkPages } from './walk.js';

interface Person {
  id: number;
}
const people = (origin: string) => ({ url: `${origin}/people?order=id` });
const counted = (origin: string) => ({ ...people(origin), headers: { prefer: 'count=exact' } });
const number = ({ id }: Person) => id;

describe('the PostgREST profile', () => {
  atEverySize({
    imitation,
    size: 5,
    profile: () => postgrest<Person>({ size: 5 }),
    request: people,
    number,
    // It ends at an empty page.
    requests: [1, 2, 2, 3, 4],
  });

  it('moves on by what it got, since the server caps ranges', async () => {
    const server = await serve(imitation.start());
    expect(await walk(postgrest(), people(server.origin))).toHaveLength(250);
    expect(server.seen.map(({ headers }) => [headers['range-unit'], headers['range']])).toEqual(
      ['0-999', '100-1099', '200-1199', '250-1249'].map((range) => ['items', range]),
    );
  });

  it('is retried after 503, and an answer that ignores ranges is an error', async () => {
    const busy = await serveExcept(imitation, 1, (_seen, response) => json(response, {}, 503));
    expect(await walk(postgrest({ size: 100 }), people(busy.origin))).toHaveLength(250);
    const odd = await serve((_seen, response) => json(response, [1], 200, { 'content-range': '5-5/*' }));
    expect(await rejection(walk(postgrest(), people(odd.origin)))).toBeInstanceOf(ExtractError);
  });
});

describe('the PostgREST profile with an exact count', () => {
  atEverySize({
    imitation,
    size: 5,
    profile: () => postgrest<Person>({ size: 5 }),
    request: counted,
    number,
    requests: [1, 1, 1, 2, 3],
  });

  it('reads the total, and takes 416 past it for the end', async () => {
    const server = await serve(imitation.start());
    const pages = await walkPages(counted(server.origin), postgrest({ size: 100 }));
    expect(pages.map(({ items, total }) => [items.length, total])).toEqual([100, 100, 50].map((n) => [n, 250]));
    const past = postgrest<Person>({ size: 100 });
    const strategy = { ...past.strategy, first: { from: 250, size: 100 } };
    expect(await walk({ ...past, strategy }, counted(server.origin))).toEqual([]);
  });
});
