import { json, rows } from '../../support/server.js';
import type { Imitation } from '../imitations.js';

interface Search {
  size?: number;
  from?: number;
  sort?: unknown;
  pit?: { id?: string; keep_alive?: string };
  search_after?: [time: number, doc: number];
}

/** The index `logs`: 250 documents, five at a time; each answer gives the point in time a new id, and only that one is accepted. */
export const imitation: Imitation = {
  origin: 'https://elastic.example.org',
  async prepare(origin) {
    const opened = await fetch(`${origin}/logs/_pit?keep_alive=1m`, { method: 'POST' });
    return { PIT: ((await opened.json()) as { id: string }).id };
  },
  start: () => {
    let current: string | undefined;
    let made = 0;
    const renew = () => (current = `pit-${++made}`);
    return ({ method, url, body }, response) => {
      const refuse = (status: number, type: string, reason: string) =>
        json(response, { error: { root_cause: [{ type, reason }], type, reason }, status }, status);
      if (method === 'POST' && url.pathname === '/logs/_pit' && url.searchParams.has('keep_alive'))
        return json(response, { id: renew() });
      const asked = (body === '' ? {} : JSON.parse(body)) as Search & { id?: string };
      if (method === 'DELETE' && url.pathname === '/_pit') {
        const found = asked.id === current;
        current = undefined;
        return json(response, { succeeded: found, num_freed: found ? 1 : 0 }, found ? 200 : 404);
      }
      if (method !== 'POST' || url.pathname !== '/_search')
        return refuse(400, 'illegal_argument_exception', 'no such route; with a point in time the path names no index');
      const { size = 10, from, pit, search_after: after, ...others } = asked;
      if (Object.keys(others).some((name) => name !== 'sort' && name !== 'query'))
        return refuse(400, 'parsing_exception', `unknown key in ${Object.keys(others).join()}`);
      if (pit?.id === undefined || pit.id !== current)
        return refuse(404, 'search_context_missing_exception', 'No search context found');
      if (pit.keep_alive === undefined || (after && from !== undefined))
        return refuse(400, 'illegal_argument_exception', 'no keep_alive, or from beside search_after');
      if (!(size >= 0 && size <= 10_000))
        return refuse(400, 'illegal_argument_exception', 'Result window is too large');
      const hits = rows(250)
        .map((doc) => ({
          _index: 'logs',
          _id: `d${doc}`,
          _source: { line: doc },
          sort: [1_700_000_000 + Math.floor(doc / 5), doc] as const,
        }))
        .filter(({ sort }) => !after || sort[0] > after[0] || (sort[0] === after[0] && sort[1] > after[1]))
        .slice(from ?? 0)
        .slice(0, size);
      json(response, {
        pit_id: renew(),
        took: 1,
        timed_out: false,
        _shards: { total: 2, successful: 2, skipped: 0, failed: 0 },
        hits: { total: { value: 250, relation: 'eq' }, max_score: null, hits },
      });
    };
  },
};
