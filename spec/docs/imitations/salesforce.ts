import { json, rows } from '../../support/server.js';
import type { Imitation } from '../imitations.js';

/** The result of a query, 450 contacts by default; the locator holds where the next batch begins, and the size. */
export const imitation: Imitation = {
  origin: 'https://acme.my.salesforce.com',
  start:
    (total = 450) =>
    ({ url, headers }, response) => {
      const refuse = (status: number, errorCode: string, message: string) =>
        json(response, [{ message, errorCode }], status);
      if (!headers.authorization?.startsWith('Bearer '))
        return refuse(401, 'INVALID_SESSION_ID', 'Session expired or invalid');
      const [, locator] = /^\/services\/data\/v67\.0\/query(?:\/(.+))?$/.exec(url.pathname) ?? [''];
      const asked = /^batchSize=(\d+)$/.exec(String(headers['sforce-query-options']))?.[1];
      const [, at, kept] = /^01g-(\d+)-(\d+)$/.exec(locator ?? `01g-0-${asked ?? 2000}`) ?? [];
      if (at === undefined || kept === undefined) return refuse(400, 'INVALID_QUERY_LOCATOR', 'invalid query locator');
      if (locator === undefined && !url.searchParams.get('q')?.startsWith('SELECT'))
        return refuse(400, 'MALFORMED_QUERY', 'unexpected token');
      const [from, size] = [Number(at), Math.min(2000, Math.max(1, Number(kept)))];
      const done = from + size >= total;
      json(response, {
        totalSize: total,
        done,
        ...(done ? {} : { nextRecordsUrl: `/services/data/v67.0/query/01g-${from + size}-${size}` }),
        records: rows(total)
          .slice(from, from + size)
          .map((number) => ({ attributes: { type: 'Contact' }, Id: `003${number}` })),
      });
    },
};
