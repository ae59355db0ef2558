import { cursor, paginate, type PaginateOptions } from 'pagewise';
import { json, serve } from '../support/server.js';

export interface Order {
  readonly id: number;
  readonly name: string;
}

/** Seven pages of five orders each, the fourth empty; page 6 repeats an order of page 1, under another name. */
export const pagesOfOrders: readonly (readonly Order[])[] = Array.from({ length: 7 }, (_, page) =>
  page === 3
    ? []
    : Array.from({ length: 5 }, (_, index) => {
        const id = page === 6 && index === 0 ? 7 : page * 5 + index;
        return { id, name: `${id} on page ${page}: “'quoted'” 🙂` };
      }),
);

/** What a table with a key holds after this many pages. */
export const ordersOf = (pages: number): readonly Order[] =>
  [
    ...new Map(
      pagesOfOrders
        .slice(0, pages)
        .flat()
        .map((order) => [order.id, order] as const),
    ).values(),
  ].sort((a, b) => a.id - b.id);

export const orders = ordersOf(7);

export async function serveOrders() {
  const server = await serve(({ url }, response) => {
    const page = Number(url.searchParams.get('page') ?? 0);
    json(response, { items: pagesOfOrders[page], next: page < 6 ? page + 1 : null });
  });
  const walk = (options: Omit<PaginateOptions<Order>, 'schema'> = {}) =>
    paginate({ url: server.url }, cursor<Order>({ items: 'items', next: 'next', cursorParam: 'page' }), options);
  return { server, walk, asked: () => server.seen.map(({ url }) => Number(url.searchParams.get('page') ?? 0)) };
}
