import { json, rows } from '../../support/server.js';
import type { Imitation } from '../imitations.js';

/** 250 posts by page number, with the counts in headers, and 400 past the end. */
export const imitation: Imitation = {
  origin: 'https://blog.example.org',
  start: () => (seen, response) => {
    const { url } = seen;
    const refuse = (status: number, code: string, message: string) =>
      json(response, { code, message, data: { status } }, status);
    if (url.pathname !== '/wp-json/wp/v2/posts')
      return refuse(404, 'rest_no_route', 'No route was found matching the URL and request method.');
    const page = Number(url.searchParams.get('page') ?? 1);
    const size = Number(url.searchParams.get('per_page') ?? 10);
    if (!(size >= 1 && size <= 100)) return refuse(400, 'rest_invalid_param', 'Invalid parameter(s): per_page');
    const pages = Math.ceil(250 / size);
    if (page > pages)
      return refuse(
        400,
        'rest_post_invalid_page_number',
        'The page number requested is larger than the number of pages available.',
      );
    const posts = rows(250).map((number) => ({ id: 1000 - number, slug: `post-${number}` }));
    json(response, posts.slice((page - 1) * size, page * size), 200, {
      'x-wp-total': '250',
      'x-wp-totalpages': String(pages),
    });
  },
};
