import { cursor, inBody, pageNumber } from 'pagewise';

export interface Book {
  readonly id: number;
  readonly title: string;
  readonly author: string;
  readonly year: number;
}

export const pageSize = 20;

/** GET /api/books?page=2&per_page=20   ▸   { "books": [ … ], "total": 10000 } */
export const numbered = pageNumber<Book>({ size: pageSize, items: 'books', total: 'total' });

/**
 * POST /api/search { "text": "river", "paging": { "cursor": "20", "limit": 20 } }
 *   ▸   { "books": [ … ], "total": 1900, "next": "40" }
 */
export const byCursor = cursor<Book>({
  size: pageSize,
  items: 'books',
  next: 'next',
  total: 'total',
  place: inBody('paging'),
});
