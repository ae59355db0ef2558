import { json, rows } from '../../support/server.js';
import type { Imitation } from '../imitations.js';

/** An index of 250 products, at most 1,000 a page. Its cursors are longer than a URL may be. */
export const imitation: Imitation = {
  origin: 'https://latency-dsn.algolia.net',
  start:
    (total = 250) =>
    ({ method, url, headers, body }, response) => {
      const refuse = (status: number, message: string) => json(response, { message, status }, status);
      if (headers['x-algolia-api-key'] === undefined) return refuse(403, 'Invalid Application-ID or API key');
      if (method !== 'POST' || url.pathname !== '/1/indexes/products/browse') return refuse(404, 'Not found');
      const { cursor = '0', hitsPerPage: size = 1000 } = JSON.parse(body) as { cursor?: string; hitsPerPage?: number };
      const from = Number(/^\d+/.exec(cursor)?.[0]);
      if (Number.isNaN(from)) return refuse(400, 'Invalid cursor');
      if (size > 1000) return refuse(400, 'hitsPerPage is at most 1000');
      const end = from + size;
      json(response, {
        hits: rows(total)
          .slice(from, end)
          .map((number) => ({ objectID: String(number) })),
        nbHits: total,
        hitsPerPage: size,
        ...(end < total ? { cursor: `${end}${'='.repeat(20_000)}` } : {}),
      });
    },
};
