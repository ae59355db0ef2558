import { json, rows } from '../../support/server.js';
import type { Imitation } from '../imitations.js';

/**
 * 500 channels, of which every fifth is archived and 200 in a row are, so that pages have fewer channels than were
 * asked for, and one has none. Errors come with HTTP 200.
 */
export const imitation: Imitation = {
  origin: 'https://slack.com',
  start: () => (seen, response) => {
    const { url, headers } = seen;
    const query = url.searchParams;
    const refuse = (error: string) => json(response, { ok: false, error });
    if (!headers.authorization?.startsWith('Bearer ')) return refuse('not_authed');
    if (url.pathname !== '/api/conversations.list') return refuse('unknown_method');
    const size = Number(query.get('limit') ?? 100);
    if (!(size >= 1 && size < 1000)) return refuse('invalid_limit');
    const cursor = query.get('cursor') ?? '';
    const [, from] = /^team:C(\d+)$/.exec(Buffer.from(cursor, 'base64').toString()) ?? [];
    if (cursor !== '' && from === undefined) return refuse('invalid_cursor');
    const start = Number(from ?? 0);
    const channels = rows(500)
      .slice(start, start + size)
      .filter((number) => number % 5 !== 0 && (number < 200 || number >= 400))
      .map((number) => ({ id: `C${number}`, name: `channel-${number}` }));
    const next = start + size < 500 ? Buffer.from(`team:C${start + size}`).toString('base64') : '';
    json(response, { ok: true, channels, response_metadata: { next_cursor: next } });
  },
};
