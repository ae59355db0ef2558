import { json, rows } from '../../support/server.js';
import type { Imitation } from '../imitations.js';

/** The database `orders`: 250 documents, 25 a page by default; every page has a bookmark, and the one past the end is 'nil'. */
export const imitation: Imitation = {
  origin: 'https://couchdb.example.org',
  start:
    () =>
    ({ method, url, body }, response) => {
      const refuse = (status: number, error: string, reason: string) => json(response, { error, reason }, status);
      if (method !== 'POST' || url.pathname !== '/orders/_find') return refuse(404, 'not_found', 'missing');
      const {
        selector,
        limit = 25,
        skip = 0,
        bookmark,
      } = JSON.parse(body) as {
        selector?: { total?: { $gt?: number } };
        limit?: number;
        skip?: number;
        bookmark?: string;
      };
      if (selector === undefined) return refuse(400, 'missing_required_key', 'Missing required key: selector');
      if (!(limit >= 0)) return refuse(400, 'invalid_key', 'Invalid value for key limit');
      const from = bookmark === undefined ? '0' : /^g1AAAA(\d+)$/.exec(bookmark)?.[1];
      if (from === undefined) return refuse(400, 'invalid_bookmark', `Invalid bookmark value: "${bookmark}"`);
      const start = Number(from) + skip;
      const docs = rows(250)
        .filter((number) => number > (selector.total?.$gt ?? -1))
        .slice(start, start + limit)
        .map((number) => ({ _id: `order${number}`, total: number }));
      json(response, { docs, bookmark: docs.length === 0 ? 'nil' : `g1AAAA${start + docs.length}` });
    },
};
