import { json, rows } from '../../support/server.js';
import type { Imitation } from '../imitations.js';

/** 250 users, 100 a page by default and at most 999. The token of a next link holds where it begins. */
export const imitation: Imitation = {
  origin: 'https://graph.microsoft.com',
  start:
    (total = 250) =>
    ({ url, headers }, response) => {
      const refuse = (status: number, code: string, message: string) =>
        json(response, { error: { code, message } }, status);
      if (!headers.authorization?.startsWith('Bearer '))
        return refuse(401, 'InvalidAuthenticationToken', 'Access token is empty.');
      if (url.pathname !== '/v1.0/users') return refuse(404, 'ResourceNotFound', 'no such resource');
      const size = Number(url.searchParams.get('$top') ?? 100);
      if (size > 999) return refuse(400, 'Request_UnsupportedQuery', "Invalid page size specified: '1000'.");
      const [, from] = /^RFNw(\d+)$/.exec(url.searchParams.get('$skiptoken') ?? 'RFNw0') ?? [];
      if (from === undefined) return refuse(400, 'Directory_ExpiredPageToken', 'The specified page token value has expired.'); // prettier-ignore
      const end = Number(from) + size;
      json(response, {
        '@odata.context': 'https://graph.microsoft.com/v1.0/$metadata#users',
        ...(end < total
          ? { '@odata.nextLink': `http://${String(headers.host)}/v1.0/users?$top=${size}&$skiptoken=RFNw${end}` }
          : {}),
        value: rows(total)
          .slice(Number(from), end)
          .map((number) => ({ id: String(number) })),
      });
    },
};
