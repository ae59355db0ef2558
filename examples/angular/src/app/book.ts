import { cursor, inBody, pageNumber } from 'pagewise';

export interface Book {
  readonly id: number;
  readonly title: string;
  readonly author: string;
  readonly year: number;
}

/** GET /api/books?page=2&per_page=20   ▸   { "books": [ … ], "total": 10000 } */
export const numbered = pageNumber<Book>({ size: 20, items: 'books', total: 'total' });

/** POST /api/search { "text": "river", "paging": { "cursor": "20", "limit": 20 } }   ▸   { "books": [ … ], "next": "40" } */
export const byCursor = cursor<Book>({ size: 20, items: 'books', next: 'next', place: inBody('paging') });
