import { json, rows } from '../../support/server.js';
import type { Imitation } from '../imitations.js';

/** 250 issues, at most 100 a page. Each answer links to a next page; `results` says whether it has any. */
export const imitation: Imitation = {
  origin: 'https://sentry.io',
  start:
    (total = 250) =>
    ({ url, headers }, response) => {
      if (!headers.authorization?.startsWith('Bearer '))
        return json(response, { detail: 'Authentication credentials were not provided.' }, 401);
      if (url.pathname !== '/api/0/organizations/acme/issues/')
        return json(response, { detail: 'The requested resource does not exist' }, 404);
      const size = Number(url.searchParams.get('per_page') ?? 100);
      if (size > 100) return json(response, { detail: 'Invalid per_page value. Must be between 1 and 100.' }, 400);
      const from = Number(/^0:(\d+):[01]$/.exec(url.searchParams.get('cursor') ?? '0:0:0')?.[1]);
      if (Number.isNaN(from)) return json(response, { detail: 'Invalid cursor parameter.' }, 400);
      const link = (rel: string, offset: number, has: boolean) => {
        const cursor = `0:${offset}:${rel === 'next' ? 0 : 1}`;
        return `<http://${String(headers.host)}${url.pathname}?per_page=${size}&cursor=${cursor}>; rel="${rel}"; results="${String(has)}"; cursor="${cursor}"`;
      };
      json(
        response,
        rows(total)
          .slice(from, from + size)
          .map((id) => ({ id: String(id) })),
        200,
        {
          link: [link('previous', Math.max(0, from - size), from > 0), link('next', from + size, from + size < total)].join(', '), // prettier-ignore
          'x-sentry-rate-limit-limit': '40',
          'x-sentry-rate-limit-remaining': '39',
        },
      );
    },
};
