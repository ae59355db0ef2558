import { describe, expect, it } from '@jest/globals';
import { ConfigError, detectFrom, DetectionError } from 'pagewise';
import { rejection } from './support/walks.js';

const events = [{ id: 1 }, { id: 2 }];
const best = async (...answer: Parameters<typeof detectFrom>) => (await detectFrom(...answer))[0];

describe('detectFrom', () => {
  it.each<[name: string, answer: Parameters<typeof detectFrom>[0], typescript: string, evidence: string]>([
    ['a token', { body: { events, next_cursor: 'abc' } }, "cursor({ items: 'events', next: 'next_cursor', cursorParam: 'cursor' })", 'next_cursor is a token'],
    ['JSON text', { body: JSON.stringify({ events, nextPageToken: 'abc' }) }, "cursor({ items: 'events', next: 'nextPageToken', cursorParam: 'pageToken' })", 'nextPageToken is a token'],
    ['a Link header, in any case', { body: events, headers: { LINK: '<https://api.example.com/?page=2>; rel="next"' } }, "linkHeader({ items: '.' })", 'the Link header has rel="next"'],
    ['a list of links', { body: { features: events, links: [{ rel: 'next', href: '/2' }] } }, "nextUrl({ items: 'features', next: 'links[rel=next].href' })", 'links has a link with rel next'],
    ['a number in the request', { body: { data: events, total: 50 }, url: 'https://api.example.com/data?skip=0' }, "offset({ items: 'data', offsetParam: 'skip' })", 'found in the request: skip'],
    ['a token for a JSON body', { body: { results: events, next_cursor: 'abc' }, method: 'POST', requestBody: { page_size: 2 } }, "cursor({ items: 'results', next: 'next_cursor', cursorParam: 'cursor', place: inBody() })", 'next_cursor is a token'],
    ['what says that it is the only page', { body: { data: events, is_last: true } }, "singlePage({ items: 'data' })", 'is_last says that this is the last page: this may be the only page'],
  ])('%s', async (_name, answer, typescript, evidence) => {
    expect(await best(answer)).toMatchObject({ typescript, evidence });
  }); // prettier-ignore

  it('gives each candidate as flags too, best first', async () => {
    const found = await detectFrom({ body: { events, next_cursor: 'abc' } });
    expect(found[0]?.flags).toBe('--paging cursor --items events --next next_cursor --cursor-param cursor');
    expect(found.map(({ score }) => score)).toEqual(found.map(({ score }) => score).sort((a, b) => b - a));
  });

  it('refuses what is no JSON, has no list, or several', async () => {
    expect(await rejection(detectFrom({ body: '<html>' }))).toBeInstanceOf(ConfigError);
    expect(await rejection(detectFrom({ body: { a: 1 } }))).toBeInstanceOf(DetectionError);
    expect((await rejection(detectFrom({ body: { alice: events, bob: events } }))).message).toContain('several lists');
    expect((await rejection(detectFrom({ bdoy: 1 } as never))).message).toContain('unknown option "bdoy"');
  });
});
