import { json, rows } from '../../support/server.js';
import type { Imitation } from '../imitations.js';

/** 250 items. With `GET`, the next link is a URL; with `POST`, it is a request whose body is merged into the last one. */
export const imitation: Imitation = {
  origin: 'https://stac.example.org',
  start:
    (total = 250) =>
    ({ method, url, headers, body }, response) => {
      const refuse = (status: number, description: string) =>
        json(response, { code: String(status), description }, status);
      if (url.pathname !== '/search') return refuse(404, 'no such route');
      const asked = (method === 'POST' ? JSON.parse(body) : Object.fromEntries(url.searchParams)) as { collections?: string | string[]; limit?: number | string; token?: string }; // prettier-ignore
      if (asked.collections === undefined) return refuse(400, 'this server wants collections in each request');
      const size = Number(asked.limit ?? 10);
      const from = Number((asked.token ?? 'next:0').replace('next:', ''));
      if (Number.isNaN(from)) return refuse(400, 'no such token');
      const href = `http://${String(headers.host)}/search`;
      const token = `next:${from + size}`;
      const query = new URLSearchParams({ collections: String(asked.collections), limit: String(size), token });
      const next =
        method === 'POST'
          ? { rel: 'next', href, method, body: { token }, merge: true }
          : { rel: 'next', href: `${href}?${query.toString()}`, method: 'GET' };
      json(response, {
        type: 'FeatureCollection',
        numberMatched: total,
        features: rows(total)
          .slice(from, from + size)
          .map((number) => ({ type: 'Feature', id: `S2A_${number}` })),
        links: [{ rel: 'self', href }, ...(from + size < total ? [next] : [])],
      });
    },
};
