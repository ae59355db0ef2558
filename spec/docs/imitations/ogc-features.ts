import { json, rows } from '../../support/server.js';
import type { Imitation } from '../imitations.js';

/** A collection of 250 buildings; pages have at most 100, whatever is asked for. */
export const imitation: Imitation = {
  origin: 'https://features.example.org',
  start:
    (total = 250) =>
    ({ url, headers }, response) => {
      if (url.pathname !== '/collections/buildings/items')
        return json(response, { code: 'NotFound', description: 'no such collection' }, 404);
      const limit = Number(url.searchParams.get('limit') ?? 10);
      if (!(limit >= 1)) return json(response, { code: 'InvalidParameterValue', description: 'limit' }, 400);
      const size = Math.min(100, limit);
      const from = Number(url.searchParams.get('offset') ?? 0);
      const features = rows(total)
        .slice(from, from + size)
        .map((id) => ({ type: 'Feature', id }));
      const at = (offset: number) => `http://${String(headers.host)}${url.pathname}?limit=${limit}&offset=${offset}`;
      json(
        response,
        {
          type: 'FeatureCollection',
          numberMatched: total,
          numberReturned: features.length,
          features,
          links: [
            { rel: 'self', type: 'application/geo+json', href: at(from) },
            ...(from + size < total ? [{ rel: 'next', type: 'application/geo+json', href: at(from + size) }] : []),
          ],
        },
        200,
        { 'content-type': 'application/geo+json' },
      );
    },
};
