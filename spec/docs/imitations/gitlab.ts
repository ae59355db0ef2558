import { json, rows } from '../../support/server.js';
import type { Imitation } from '../imitations.js';

/**
 * 250 projects. By offset there is a last page, and 405 beyond the largest offset; by keyset every page with projects
 * has a next one, and the last page is an empty one without a link.
 */
export const imitation: Imitation = {
  origin: 'https://gitlab.com',
  start: () => (seen, response) => {
    const { url, headers } = seen;
    const query = url.searchParams;
    if (headers['private-token'] === undefined) return json(response, { message: '401 Unauthorized' }, 401);
    if (url.pathname !== '/api/v4/projects') return json(response, { error: '404 Not Found' }, 404);
    const size = Math.min(100, Number(query.get('per_page') ?? 20));
    const projects = rows(250).map((number) => ({ id: 1 + number, path_with_namespace: `gitlab-org/p-${number}` }));
    const link = (changes: Record<string, number>, rel: string) => {
      const next = new URLSearchParams(query);
      for (const [name, value] of Object.entries(changes)) next.set(name, String(value));
      return `<http://${String(headers.host)}${url.pathname}?${next.toString()}>; rel="${rel}"`;
    };
    if (query.get('pagination') === 'keyset') {
      if (query.get('order_by') !== 'id')
        return json(response, { error: 'Keyset pagination is not yet available for this type of request' }, 405);
      const page = projects.filter(({ id }) => id > Number(query.get('id_after') ?? 0)).slice(0, size);
      const last = page.at(-1)?.id;
      return json(response, page, 200, last === undefined ? {} : { link: link({ id_after: last }, 'next') });
    }
    const page = Number(query.get('page') ?? 1);
    if (page * size > 50_000) {
      const error =
        'Offset pagination has a maximum allowed offset of 50000 for requests that return objects of type Project. ' +
        'Remaining records can be retrieved using keyset pagination.';
      return json(response, { error }, 405);
    }
    const last = Math.ceil(projects.length / size);
    const links = [
      ...(page > 1 ? [link({ page: page - 1 }, 'prev')] : []),
      ...(page < last ? [link({ page: page + 1 }, 'next')] : []),
      link({ page: 1 }, 'first'),
      link({ page: last }, 'last'),
    ];
    json(response, projects.slice((page - 1) * size, page * size), 200, {
      link: links.join(', '),
      'x-total': String(projects.length),
      'x-total-pages': String(last),
    });
  },
};
