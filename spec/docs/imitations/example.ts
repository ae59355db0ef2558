import { json, rows } from '../../support/server.js';
import type { Imitation } from '../imitations.js';

const ids = rows(25).map((id) => ({ id }));

/** 25 rows, paged in every way. */
export const imitation: Imitation = {
  origin: 'https://api.example.com',
  start: () => {
    let asked = 0;
    return ({ url, headers, body }, response) => {
      asked++;
      const query = (name: string) => url.searchParams.get(name);
      const number = (name: string, otherwise = 0) => Number(query(name) ?? otherwise);
      const page = (number: unknown, size = 10) => rows(25).slice((Number(number) - 1) * size, Number(number) * size);
      const after = (from: number) => (from + 10 < 25 ? from + 10 : undefined);
      const here = `http://${String(headers.host)}${url.pathname}`;
      const [, route, segment] = url.pathname.split('/');
      switch (route) {
        case 'items':
          return json(response, { items: page(query('page'), number('per_page', 10)) });
        case 'events': {
          const from = number('cursor');
          const next = after(from);
          return json(response, {
            events: ids.slice(from, from + 10),
            ...(next === undefined ? {} : { next_cursor: String(next) }),
          });
        }
        case 'ranges':
          return json(response, page(String(headers.range).replace('page=', '')));
        case 'pages':
          return json(response, page(segment));
        case 'orders': {
          // Offset and limit; limits above 10 are capped silently.
          const from = number('offset');
          const size = Math.min(10, number('limit', 10));
          return json(response, { data: ids.slice(from, from + size), meta: { filter_count: 25 } });
        }
        case 'invoices': {
          // What changed at a time or after it.
          const from = number('cursor');
          const since = query('updated_since') ?? '';
          const all = ids.map(({ id }) => ({ id, updated_at: new Date(Date.UTC(2024, 2, 7, 0, id)).toISOString() }));
          const found = all.filter(({ updated_at: at }) => at >= since);
          const next = from + 10 < found.length ? String(from + 10) : null;
          return json(response, { invoices: found.slice(from, from + 10), next_cursor: next });
        }
        case 'people': {
          const [, from = '0', to = '9'] = /^items=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? [];
          const found = ids.slice(Number(from), Number(to) + 1);
          const range = `items ${from}-${Number(from) + found.length - 1}/25`;
          return json(response, found, 206, { 'content-range': range });
        }
        case 'customers': {
          const from = number('starting_after', -1) + 1;
          return json(response, { data: ids.slice(from, from + 10), has_more: from + 10 < 25 });
        }
        case 'repositories': {
          const from = number('from');
          const next = after(from);
          return json(response, ids.slice(from, from + 10), 200, {
            link: next === undefined ? `<${here}>; rel="first"` : `<${here}?from=${next}>; rel="next"`,
          });
        }
        case 'users': {
          const from = number('$skiptoken');
          const next = after(from);
          return json(response, {
            value: ids.slice(from, from + 10),
            ...(next === undefined ? {} : { '@odata.nextLink': `${here}?$skiptoken=${next}` }),
          });
        }
        case 'documents': {
          // The cursor goes in a header, the size in the query.
          const from = Number(headers['x-continuation'] ?? 0);
          const size = number('limit', 10);
          const next = from + size < 25 ? { 'x-continuation': String(from + size) } : {};
          return json(response, { documents: ids.slice(from, from + size) }, 200, next);
        }
        case 'graphql': {
          const { variables = {} } = JSON.parse(body) as { variables?: { first?: number; after?: string } };
          const from = Number(variables.after ?? 0);
          const end = from + (variables.first ?? 10);
          const pageInfo = { hasNextPage: end < 25, endCursor: String(end) };
          return json(response, { data: { repository: { issues: { nodes: ids.slice(from, end), pageInfo } } } });
        }
        case 'countries':
          return json(response, ids);
        case 'accounts': {
          // Numbers beyond 2⁵³, as text: JSON.stringify would lose their digits.
          const first = query('after') === null;
          response.writeHead(200, { 'content-type': 'application/json' });
          response.end(
            first
              ? '{"accounts":[{"id":9007199254740993}],"next":9007199254740993}'
              : '{"accounts":[{"id":9007199254740995}],"next":null}',
          );
          return;
        }
        case 'sales':
          return json(response, {
            items: [
              { id: 7, customer: { name: 'Ann' }, tags: ['new'], note: null },
              { id: 8, customer: { name: 'Bob' }, tags: [], note: null },
            ],
          });
        case 'feed': {
          // One row is inserted at the head after the first page was read.
          const from = number('offset');
          const all = from === 0 ? ids : [{ id: -1 }, ...ids];
          return json(response, { rows: all.slice(from, from + 10), total: all.length });
        }
        case 'unstable': // Page 2 is unavailable when it is first requested.
          if (asked === 2) return json(response, {}, 503);
          return json(response, { items: page(query('page')) });
        case 'reports': // Page 2 can't be read at all.
          if (query('page') === '2') return json(response, {}, 500);
          return json(response, { items: page(query('page')) });
        case 'private':
          if (headers.authorization !== 'Bearer new') return json(response, {}, 401);
          return json(response, { items: page(query('page')) });
        case 'down':
          return json(response, {}, 503);
        default:
          json(response, { error: 'no such route' }, 404);
      }
    };
  },
};
