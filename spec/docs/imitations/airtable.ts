import { json, rows } from '../../support/server.js';
import type { Imitation } from '../imitations.js';

/** A table of 250 records, at most 100 a page. */
export const imitation: Imitation = {
  origin: 'https://api.airtable.com',
  start:
    (total = 250) =>
    ({ url, headers }, response) => {
      const refuse = (status: number, type: string, message = '') =>
        json(response, { error: { type, message } }, status);
      if (!headers.authorization?.startsWith('Bearer ')) return refuse(401, 'AUTHENTICATION_REQUIRED');
      if (url.pathname !== '/v0/appABC/Tasks') return json(response, { error: 'NOT_FOUND' }, 404);
      const size = Number(url.searchParams.get('pageSize') ?? 100);
      if (size > 100) return refuse(422, 'INVALID_REQUEST_UNKNOWN', 'pageSize');
      const offset = url.searchParams.get('offset') ?? 'itrA/rec0';
      if (!offset.startsWith('itrA/'))
        return refuse(422, 'LIST_RECORDS_ITERATOR_NOT_AVAILABLE', 'The iterator is not available');
      const from = Number(/\d+$/.exec(offset)?.[0]);
      const end = from + size;
      json(response, {
        records: rows(total)
          .slice(from, end)
          .map((number) => ({ id: `rec${number}`, fields: {} })),
        ...(end < total ? { offset: `itrA/rec${end}` } : {}),
      });
    },
};
