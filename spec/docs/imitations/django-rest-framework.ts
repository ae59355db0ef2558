import { json, rows } from '../../support/server.js';
import type { Imitation } from '../imitations.js';

/** 250 books in the framework's three styles. The size is capped at 100 silently. */
export const imitation: Imitation = {
  origin: 'https://drf.example.org',
  start: () => (seen, response) => {
    const { url, headers } = seen;
    const query = url.searchParams;
    const refuse = (status: number, detail: string) => json(response, { detail }, status);
    const books = rows(250).map((number) => ({ id: 1 + number, title: `Book ${number}` }));
    const link = (changes: Record<string, string>) => {
      const next = new URLSearchParams(query);
      for (const [name, value] of Object.entries(changes)) next.set(name, value);
      return `http://${String(headers.host)}${url.pathname}?${next.toString()}`;
    };
    const sizeOf = (name: string) => Math.min(100, Number(query.get(name) ?? 20));
    const answer = (start: number, size: number, next: string | null, counted = true) =>
      json(response, {
        ...(counted ? { count: books.length } : {}),
        next,
        previous: null,
        results: books.slice(start, start + size),
      });
    if (!headers.authorization?.startsWith('Token '))
      return refuse(401, 'Authentication credentials were not provided.');
    if (url.pathname === '/api/books/') {
      const page = Number(query.get('page') ?? 1);
      const size = sizeOf('page_size');
      if (page > Math.ceil(books.length / size)) return refuse(404, 'Invalid page.');
      answer((page - 1) * size, size, page * size < books.length ? link({ page: String(page + 1) }) : null);
    } else if (url.pathname === '/api/loans/') {
      const start = Number(query.get('offset') ?? 0);
      const size = sizeOf('limit');
      const end = start + size;
      answer(start, size, end < books.length ? link({ limit: String(size), offset: String(end) }) : null);
    } else if (url.pathname === '/api/events/') {
      const cursor = query.get('cursor');
      const [, from] = /^p=(\d+)$/.exec(Buffer.from(cursor ?? 'cD0w', 'base64').toString()) ?? [];
      if (from === undefined) return refuse(404, 'Invalid cursor');
      const end = Number(from) + sizeOf('page_size');
      const next = Buffer.from(`p=${end}`).toString('base64');
      answer(Number(from), sizeOf('page_size'), end < books.length ? link({ cursor: next }) : null, false);
    } else refuse(404, 'Not found.');
  },
};
