import { json, serve } from '../support/server.js';

/** Three pages of two books and one; a page in `failing` is a 500, one in `silent` has no answer. */
export async function booksServer() {
  const failing = new Set<number>();
  const silent = new Set<number>();
  const server = await serve(({ url }, response) => {
    const page = Number(url.searchParams.get('page'));
    const of = url.pathname.slice(1);
    if (silent.has(page)) return;
    if (failing.has(page)) return json(response, {}, 400);
    const books = [2 * page - 1, 2 * page].filter((id) => id <= 5).map((id) => ({ id, title: `${of} ${id}` }));
    json(response, { books, total: 5 });
  });
  return {
    ...server,
    failing,
    silent,
    /** Which pages were asked for, such as `items 1`. */
    asked: () => server.seen.map(({ url }) => `${url.pathname.slice(1)} ${url.searchParams.get('page')}`),
  };
}
