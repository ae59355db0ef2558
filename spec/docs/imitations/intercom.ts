import { json, rows } from '../../support/server.js';
import type { Imitation } from '../imitations.js';

/** 250 contacts as a list and as a search, and conversations as a search; at most 150 a page. */
export const imitation: Imitation = {
  origin: 'https://api.intercom.io',
  start:
    (total = 250) =>
    ({ method, url, headers, body }, response) => {
      const refuse = (status: number, code: string, message: string) =>
        json(response, { type: 'error.list', errors: [{ code, message }] }, status);
      if (!headers.authorization?.startsWith('Bearer ')) return refuse(401, 'unauthorized', 'Access Token Invalid');
      const [, list, search] = /^\/(contacts|conversations)(\/search)?$/.exec(url.pathname) ?? [];
      if (list === undefined || (search !== undefined) !== (method === 'POST')) return refuse(404, 'not_found', 'No');
      const { per_page = 50, starting_after = 'W0' } = (
        search === undefined
          ? Object.fromEntries(url.searchParams)
          : ((JSON.parse(body) as { pagination?: object }).pagination ?? {})
      ) as { per_page?: number | string; starting_after?: string };
      const [from, size] = [Number(starting_after.slice(1)), Number(per_page)];
      if (size > 150) return refuse(400, 'parameter_invalid', 'per_page must be between 1 and 150');
      if (Number.isNaN(from)) return refuse(400, 'parameter_invalid', 'Invalid starting_after value');
      const end = from + size;
      const page = rows(total)
        .slice(from, end)
        .map((number) => ({ id: String(number) }));
      json(response, {
        type: search === undefined || list === 'contacts' ? 'list' : 'conversation.list',
        [list === 'contacts' ? 'data' : list]: page,
        total_count: total,
        pages: {
          type: 'pages',
          ...(end < total ? { next: { page: end / size + 1, starting_after: `W${end}` } } : {}),
          page: from / size + 1,
          per_page: size,
          total_pages: Math.ceil(total / size),
        },
      });
    },
};
