import { json, rows } from '../../support/server.js';
import type { Imitation } from '../imitations.js';

/** 250 works, 20 a page by default. The server keeps the position under one cursor, which the last page has too. */
export const imitation: Imitation = {
  origin: 'https://api.crossref.org',
  start: (total = 250) => {
    let at = 0;
    return ({ url }, response) => {
      const refuse = (type: string, message: string) =>
        json(response, { status: 'failed', 'message-type': 'validation-failure', message: [{ type, value: '', message }] }, 400); // prettier-ignore
      if (url.pathname !== '/works') return void response.writeHead(404).end('Resource not found.');
      const size = Number(url.searchParams.get('rows') ?? 20);
      if (size > 1000) return refuse('integer-not-valid', 'Rows is at most 1000');
      const cursor = url.searchParams.get('cursor');
      if (cursor !== '*' && cursor !== 'DnF1ZXJ5==') return refuse('cursor-not-valid', 'Cursor is not valid');
      if (cursor === '*') at = 0;
      const items = rows(total)
        .slice(at, (at += size))
        .map((number) => ({ DOI: `10.5555/${number}` }));
      json(
        response,
        {
          status: 'ok',
          'message-type': 'work-list',
          message: { 'total-results': total, 'next-cursor': 'DnF1ZXJ5==', items, 'items-per-page': size },
        },
        200,
        { 'x-rate-limit-limit': '50', 'x-rate-limit-interval': '1s' },
      );
    };
  },
};
