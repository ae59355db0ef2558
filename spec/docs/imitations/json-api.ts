import { json, rows } from '../../support/server.js';
import type { Imitation } from '../imitations.js';

/** 120 articles, 10 a page by default and at most 50; next links are relative, and link objects from page 2 on. */
export const imitation: Imitation = {
  origin: 'https://jsonapi.example.org',
  start:
    () =>
    ({ url, headers }, response) => {
      const type = { 'content-type': 'application/vnd.api+json' };
      const refuse = (status: number, detail: string) =>
        json(response, { errors: [{ status: String(status), detail }] }, status, type);
      if (!String(headers.accept).includes('application/vnd.api+json')) return refuse(406, 'Not acceptable');
      if (url.pathname !== '/articles') return refuse(404, 'Not found');
      const page = Number(url.searchParams.get('page[number]') ?? 1);
      const size = Math.min(50, Number(url.searchParams.get('page[size]') ?? 10));
      if (!(page >= 1 && size >= 1)) return refuse(400, 'page[number] and page[size] start at 1');
      const next = new URLSearchParams(url.searchParams);
      next.set('page[number]', String(page + 1));
      const link = `/articles?${next.toString()}`;
      const data = rows(120)
        .slice((page - 1) * size, page * size)
        .map((number) => ({ type: 'articles', id: String(number), attributes: { title: `Article ${number}` } }));
      const links = { self: '/articles', next: page * size >= 120 ? null : page === 1 ? link : { href: link } };
      json(response, { data, links }, 200, type);
    },
};
