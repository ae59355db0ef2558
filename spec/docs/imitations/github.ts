import { json, rows } from '../../support/server.js';
import type { Imitation } from '../imitations.js';

/** 250 repositories, by Link header; the next URLs name them by id, as GitHub's do. */
export const imitation: Imitation = {
  origin: 'https://api.github.com',
  start: () => (seen, response) => {
    const { url, headers } = seen;
    const [, id, segment] = /^\/(?:orgs\/\w+|organizations\/(\d+))\/(repos)$/.exec(url.pathname) ?? [];
    if (segment === undefined) return json(response, { message: 'Not Found' }, 404);
    const page = Number(url.searchParams.get('page') ?? 1);
    const size = Math.min(100, Number(url.searchParams.get('per_page') ?? 30));
    const last = Math.ceil(250 / size);
    const at = (number: number, rel: string) =>
      `<http://${String(headers.host)}/organizations/${id ?? '9950313'}/repos?per_page=${size}&page=${number}>; rel="${rel}"`;
    const links = [
      ...(page > 1 ? [at(page - 1, 'prev'), at(1, 'first')] : []),
      ...(page < last ? [at(page + 1, 'next'), at(last, 'last')] : []),
    ];
    const repositories = rows(250)
      .slice((page - 1) * size, page * size)
      .map((number) => ({ id: 1000 + number, full_name: `nodejs/repo-${number}` }));
    json(response, repositories, 200, { link: links.join(', ') });
  },
};
