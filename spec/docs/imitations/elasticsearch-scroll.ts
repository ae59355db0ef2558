import { json, rows } from '../../support/server.js';
import type { Imitation } from '../imitations.js';

/** The index `logs`, behind a path: 250 documents. Its scrolls keep the position under one id. */
export const imitation: Imitation = {
  origin: 'https://search.example.org',
  start: (total = 250) => {
    const scrolls = new Map<string, { at: number; size: number }>();
    return ({ method, url, body }, response) => {
      const refuse = (status: number, type: string, reason: string) =>
        json(response, { error: { root_cause: [{ type, reason }], type, reason }, status }, status);
      const asked = (body === '' ? {} : JSON.parse(body)) as Record<string, unknown>;
      const page = (id: string) => {
        const scroll = scrolls.get(id);
        if (scroll === undefined) return refuse(404, 'search_context_missing_exception', `No search context found`);
        const hits = rows(total)
          .slice(scroll.at, scroll.at + scroll.size)
          .map((doc) => ({ _index: 'logs', _id: `d${doc}`, _source: { line: doc } }));
        scroll.at += scroll.size;
        json(response, {
          _scroll_id: id,
          timed_out: false,
          _shards: { total: 2, successful: 2, skipped: 0, failed: 0 },
          hits: { total: { value: total, relation: 'eq' }, hits },
        });
      };
      if (url.pathname === '/es/_search/scroll' && method === 'DELETE')
        return json(response, { succeeded: true, num_freed: scrolls.delete(String(asked['scroll_id'])) ? 1 : 0 });
      if (method !== 'POST') return refuse(405, 'illegal_argument_exception', 'POST only');
      if (url.pathname === '/es/_search/scroll') {
        const unknown = Object.keys(asked).find((name) => name !== 'scroll' && name !== 'scroll_id');
        if (unknown !== undefined)
          return refuse(400, 'illegal_argument_exception', `Unknown parameter [${unknown}] in request body`);
        return page(String(asked['scroll_id']));
      }
      if (url.pathname !== '/es/logs/_search' || !/^\d+[smh]$/.test(url.searchParams.get('scroll') ?? ''))
        return refuse(400, 'illegal_argument_exception', 'no such route, or no scroll');
      const id = `DXF1ZXJ5${scrolls.size}`;
      scrolls.set(id, { at: 0, size: Number(asked['size'] ?? 10) });
      page(id);
    };
  },
};
