import { json, rows } from '../../support/server.js';
import type { Imitation } from '../imitations.js';

/** A table of 250 people; at most 100 rows an answer. It counts them only if asked to. */
export const imitation: Imitation = {
  origin: 'https://postgrest.example.org',
  start:
    (total = 250) =>
    ({ url, headers }, response) => {
      const refuse = (status: number, code: string, message: string, more = {}) =>
        json(response, { code, message, details: null, hint: null }, status, more);
      if (url.pathname !== '/people') return refuse(404, 'PGRST205', 'Could not find the table');
      const [, first = '0', last = '99'] = /^(\d+)-(\d+)$/.exec(String(headers['range'])) ?? [];
      const counts = headers['prefer'] === 'count=exact';
      const from = Number(first);
      if (counts && from > 0 && from >= total)
        return refuse(416, 'PGRST103', 'Requested range not satisfiable', { 'content-range': `*/${total}` });
      const people = rows(total)
        .slice(from, Math.min(Number(last) + 1, from + 100))
        .map((id) => ({ id }));
      const range = people.length === 0 ? '*' : `${from}-${from + people.length - 1}`;
      const isPart = counts && people.length < total;
      json(response, people, isPart ? 206 : 200, { 'content-range': `${range}/${counts ? total : '*'}` });
    },
};
