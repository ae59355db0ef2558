import { json, rows } from '../../support/server.js';
import type { Imitation } from '../imitations.js';

/** 120 projects and comments by `startAt`, and as many issues by token, with `GET` and `POST`. At most 50 a page. */
export const imitation: Imitation = {
  origin: 'https://acme.atlassian.net',
  start:
    (total = 120) =>
    ({ method, url, headers, body }, response) => {
      const refuse = (status: number, message: string) =>
        json(response, { errorMessages: [message], errors: {} }, status);
      if (!headers.authorization?.startsWith('Basic ')) return refuse(401, 'Client must be authenticated');
      const path = url.pathname.replace('/rest/api/3/', '');
      const asked = (method === 'POST' ? JSON.parse(body) : Object.fromEntries(url.searchParams)) as Record<string, string>; // prettier-ignore
      const size = Math.min(50, Number(asked['maxResults'] ?? 50));
      if (path === 'search/jql') {
        if (!asked['jql']) return refuse(400, 'Unbounded JQL queries are not allowed here.');
        const [, from] = /^to-(\d+)$/.exec(asked['nextPageToken'] ?? 'to-0') ?? [];
        if (from === undefined) return refuse(400, 'The nextPageToken is invalid.');
        const end = Number(from) + size;
        const issues = rows(total).slice(Number(from), end).map((number) => ({ id: String(number), key: `PW-${number}` })); // prettier-ignore
        return json(response, { issues, isLast: end >= total, ...(end < total ? { nextPageToken: `to-${end}` } : {}) });
      }
      const startAt = Number(asked['startAt'] ?? 0);
      const list = rows(total)
        .slice(startAt, startAt + size)
        .map((number) => ({ id: String(number) }));
      const isLast = startAt + size >= total;
      if (path === 'project/search') return json(response, { startAt, maxResults: size, total, isLast, values: list });
      if (path === 'issue/PW-1/comment') return json(response, { startAt, maxResults: size, total, comments: list });
      if (path === 'board') return json(response, { startAt, maxResults: size, isLast, values: list });
      refuse(404, 'No such route');
    },
};
