import { json, rows } from '../../support/server.js';
import type { Imitation } from '../imitations.js';

/** 250 tickets by cursor, and the same as incremental exports: by cursor, and by time. */
export const imitation: Imitation = {
  origin: 'https://acme.zendesk.com',
  start:
    (total = 250) =>
    ({ url, headers }, response) => {
      const query = url.searchParams;
      const refuse = (status: number, error: string) => json(response, { error }, status);
      if (headers.authorization === undefined) return refuse(401, "Couldn't authenticate you");
      const at = (params: Record<string, string>) =>
        `http://${String(headers.host)}${url.pathname}?${new URLSearchParams(params).toString()}`;
      const tickets = (from: number, size: number) =>
        rows(total)
          .slice(from, from + size)
          .map((id) => ({ id }));
      if (url.pathname === '/api/v2/tickets') {
        if (!query.has('page[size]'))
          return json(response, { tickets: tickets(0, 100), count: total, next_page: at({ page: '2' }) });
        const size = Number(query.get('page[size]'));
        if (size > 100) return refuse(400, 'InvalidPaginationParameter');
        const from = Number(query.get('page[after]') ?? 0);
        const params = { 'page[size]': String(size), 'page[after]': String(from + size) };
        return json(response, {
          tickets: tickets(from, size),
          meta: { has_more: from + size < total, after_cursor: String(from + size), before_cursor: String(from) },
          links: { prev: at({}), next: at(params) },
        });
      }
      const [, kind] = /^\/api\/v2\/incremental\/tickets(\/cursor)?$/.exec(url.pathname) ?? ['none'];
      if (kind === 'none') return refuse(404, 'InvalidEndpoint');
      if (!query.has('start_time') && !query.has('cursor')) return refuse(400, 'start_time is missing');
      const size = Number(query.get('per_page') ?? 1000);
      // A time of the caller's is before all tickets; those of next_page count tickets.
      const time = Number(query.get('start_time') ?? 0);
      const from = Number(query.get('cursor') ?? (time > 1_000_000 ? 0 : time));
      const [end, end_of_stream] = [Math.min(total, from + size), from + size >= total];
      const page = { tickets: tickets(from, size), end_of_stream };
      const next = at({ per_page: String(size), [kind === undefined ? 'start_time' : 'cursor']: String(end) });
      // Both have a URL on the last page too, for the next export.
      if (kind !== undefined) return json(response, { ...page, after_url: next, after_cursor: String(end) });
      json(response, { ...page, count: end - from, end_time: end, next_page: next });
    },
};
