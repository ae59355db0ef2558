import { json, rows } from '../../support/server.js';
import type { Imitation } from '../imitations.js';

/** Contacts, 250 by default: lists with `GET`, and searches with `POST`, which give at most 10,000. */
export const imitation: Imitation = {
  origin: 'https://api.hubapi.com',
  start:
    (total = 250) =>
    ({ method, url, headers, body }, response) => {
      const refuse = (status: number, category: string, message: string) =>
        json(response, { status: 'error', message, category }, status);
      if (!headers.authorization?.startsWith('Bearer ')) return refuse(401, 'INVALID_AUTHENTICATION', 'No token');
      const isSearch = method === 'POST' && url.pathname === '/crm/v3/objects/contacts/search';
      if (!isSearch && (method !== 'GET' || url.pathname !== '/crm/v3/objects/contacts'))
        return refuse(404, 'OBJECT_NOT_FOUND', 'No such route');
      const { limit = 10, after = '0' } = (isSearch ? JSON.parse(body) : Object.fromEntries(url.searchParams)) as {
        limit?: number | string;
        after?: string;
      };
      const [from, size] = [Number(after), Number(limit)];
      if (size > (isSearch ? 200 : 100)) return refuse(400, 'VALIDATION_ERROR', 'limit is too large');
      if (isSearch && from >= 10_000) return refuse(400, 'VALIDATION_ERROR', 'The query goes beyond 10,000 results');
      const end = from + size;
      json(response, {
        ...(isSearch ? { total } : {}),
        results: rows(total)
          .slice(from, end)
          .map((number) => ({ id: String(number), properties: {} })),
        ...(end < total ? { paging: { next: { after: String(end), link: `?after=${end}` } } } : {}),
      });
    },
};
