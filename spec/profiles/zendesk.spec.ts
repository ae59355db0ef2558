import { describe, expect, it } from '@jest/globals';
import { ExtractError } from 'pagewise';
import { zendesk, zendeskExport } from 'pagewise/profiles';
import { imitation } from '../docs/imitations/zendesk.js';
import { json, serve } from '../support/server.js';
import { rejection, thrown } from '../support/walks.js';
import { atEverySize, queries, serveExcept, walk, walkPages } from './walk.js';

interface Ticket {
  id: number;
}
const at = (path: string) => (origin: string) => ({ url: `${origin}/api/v2/${path}`, headers: { authorization: 'x' } });
const number = ({ id }: Ticket) => id;

describe('the Zendesk profile', () => {
  atEverySize({
    imitation,
    size: 5,
    profile: () => zendesk<Ticket>({ size: 5 }),
    request: at('tickets'),
    number,
    requests: [1, 1, 1, 2, 3],
  });

  it('always sends page[size], without which Zendesk pages by number', async () => {
    const server = await serve(imitation.start());
    expect(await walk(zendesk(), at('tickets')(server.origin))).toHaveLength(250);
    expect(queries(server)).toEqual([
      '?page[size]=100',
      '?page[size]=100&page[after]=100',
      '?page[size]=100&page[after]=200',
    ]);
    expect(thrown(() => zendesk({ size: 101 })).message).toContain('maximum of 100');
  });

  it('is retried after 429; a list that pages by number is an error, not the end', async () => {
    const limited = await serveExcept(imitation, 1, (_seen, response) =>
      json(response, { error: 'APIRateLimitExceeded' }, 429, { 'retry-after': '0' }),
    );
    expect(await walk(zendesk(), at('tickets')(limited.origin))).toHaveLength(250);
    const numbered = await serve((_seen, response) => json(response, { tickets: [1], next_page: 'x', count: 2 }));
    expect(await rejection(walk(zendesk(), at('tickets')(numbered.origin)))).toBeInstanceOf(ExtractError);
  });
});

describe.each([
  ['by cursor', 'incremental/tickets/cursor?start_time=1332034771'],
  ['by time', 'incremental/tickets?start_time=1332034771'],
])('the Zendesk profile for exports, %s', (_title, path) => {
  atEverySize({
    imitation,
    size: 5,
    profile: () => zendeskExport<Ticket>({ size: 5 }),
    request: at(path),
    number,
    requests: [1, 1, 1, 2, 3],
  });

  it('ends at end_of_stream, although the last page has a URL too', async () => {
    const server = await serve(imitation.start(7));
    const pages = await walkPages(at(path)(server.origin), zendeskExport({ size: 5 }));
    expect(pages.map(({ items }) => items.length)).toEqual([5, 2]);
    const { after_url: byCursor, next_page: byTime } = pages[1]?.body as { after_url?: string; next_page?: string };
    expect(byCursor ?? byTime).toMatch(/^http/);
    expect(zendeskExport().throttle).toEqual({ limit: 10, interval: 60_000 });
  });
});
