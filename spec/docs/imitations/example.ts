import { json, rows } from '../../support/server.js';
import type { Imitation } from '../imitations.js';

/** 25 rows, paged in several ways. */
export const imitation: Imitation = {
  origin: 'https://api.example.com',
  start: () => (seen, response) => {
    const { url, headers } = seen;
    const page = (number: unknown, size = 10) => rows(25).slice((Number(number) - 1) * size, Number(number) * size);
    const [, route, segment] = url.pathname.split('/');
    if (route === 'items') {
      json(response, { items: page(url.searchParams.get('page'), Number(url.searchParams.get('per_page') ?? 10)) });
    } else if (route === 'events') {
      const from = Number(url.searchParams.get('cursor') ?? 0);
      const events = rows(25)
        .slice(from, from + 10)
        .map((id) => ({ id }));
      json(response, from + 10 < 25 ? { events, next_cursor: String(from + 10) } : { events });
    } else if (route === 'ranges') {
      json(response, page(String(headers.range).replace('page=', '')));
    } else if (route === 'pages') {
      json(response, page(segment));
    } else json(response, { error: 'no such route' }, 404);
  },
};
