import { json, rows } from '../../support/server.js';
import type { Imitation } from '../imitations.js';

/** 120 orders as Spring pages them: from page 0, 20 a page by default and at most 50, none of status `lost`. */
export const imitation: Imitation = {
  origin: 'https://hal.example.org',
  start:
    () =>
    ({ url, headers }, response) => {
      const type = { 'content-type': 'application/hal+json' };
      if (url.pathname !== '/orders') return json(response, { status: 404, error: 'Not Found' }, 404, type);
      const page = Number(url.searchParams.get('page') ?? 0);
      const size = Math.min(50, Number(url.searchParams.get('size') ?? 20));
      const all = url.searchParams.get('status') === 'lost' ? [] : rows(120);
      const orders = all.slice(page * size, (page + 1) * size).map((number) => ({ id: number, total: number / 2 }));
      const at = (number: number) => ({ href: `http://${String(headers.host)}/orders?page=${number}&size=${size}` });
      json(
        response,
        {
          ...(orders.length === 0 ? {} : { _embedded: { orders } }),
          _links: { self: at(page), ...((page + 1) * size < all.length ? { next: at(page + 1) } : {}) },
          page: { size, totalElements: all.length, totalPages: Math.ceil(all.length / size), number: page },
        },
        200,
        type,
      );
    },
};
