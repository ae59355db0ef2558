import { json, rows } from '../../support/server.js';
import type { Imitation } from '../imitations.js';

/** 250 articles by offset. The size is capped at 60 silently. */
export const imitation: Imitation = {
  origin: 'https://directus.example.org',
  start: () => (seen, response) => {
    const { url, headers } = seen;
    const query = url.searchParams;
    if (!headers.authorization?.startsWith('Bearer ') || url.pathname !== '/items/articles')
      return json(
        response,
        {
          errors: [{ message: "You don't have permission to access this.", extensions: { code: 'FORBIDDEN' } }],
        },
        403,
      );
    const start = Number(query.get('offset') ?? 0);
    const size = Math.min(60, Number(query.get('limit') ?? 100));
    const data = rows(250)
      .slice(start, start + size)
      .map((number) => ({ id: 1 + number, title: `Article ${number}` }));
    const counted = ['*', 'filter_count'].includes(query.get('meta') ?? '');
    json(response, counted ? { data, meta: { filter_count: 250 } } : { data });
  },
};
