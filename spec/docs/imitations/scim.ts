import { json, rows } from '../../support/server.js';
import type { Imitation } from '../imitations.js';

interface Paging {
  startIndex?: number | string;
  count?: number | string;
  filter?: string;
}

/** 250 users, at most 100 a page; a filter that finds nothing has no Resources. */
export const imitation: Imitation = {
  origin: 'https://scim.example.org',
  start:
    () =>
    ({ method, url, headers, body }, response) => {
      const type = { 'content-type': 'application/scim+json' };
      const refuse = (status: number, detail: string, scimType?: string) =>
        json(
          response,
          { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: String(status), scimType, detail },
          status,
          type,
        );
      if (!/^Bearer \S/.test(headers.authorization ?? '')) return refuse(401, 'Authorization failure');
      const searches = url.pathname === '/scim/v2/Users/.search';
      if (!searches && url.pathname !== '/scim/v2/Users') return refuse(404, 'Not found');
      if (method !== (searches ? 'POST' : 'GET')) return refuse(405, 'Method not allowed');
      const paging = (searches ? JSON.parse(body) : Object.fromEntries(url.searchParams)) as Paging;
      const start = Math.max(1, Number(paging.startIndex ?? 1));
      const size = Math.min(100, Math.max(0, Number(paging.count ?? 100)));
      if (Number.isNaN(start + size)) return refuse(400, 'startIndex and count are numbers', 'invalidValue');
      const all = paging.filter === undefined ? rows(250) : [];
      const found = all
        .slice(start - 1, start - 1 + size)
        .map((number) => ({ id: `u${number}`, userName: `user${number}` }));
      const schemas = ['urn:ietf:params:scim:api:messages:2.0:ListResponse'];
      json(
        response,
        all.length === 0
          ? { schemas, totalResults: 0 }
          : { schemas, totalResults: all.length, startIndex: start, itemsPerPage: found.length, Resources: found },
        200,
        type,
      );
    },
};
