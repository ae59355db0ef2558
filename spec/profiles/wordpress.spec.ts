import { describe, expect, it } from '@jest/globals';
import { ExtractError, HttpError } from 'pagewise';
import { checkWordpress, wordpress } from 'pagewise/profiles';
import { imitation } from '../docs/imitations/wordpress.js';
import { json, rows, serve } from '../support/server.js';
import { answer, rejection, thrown } from '../support/walks.js';
import { asked, serveExcept, walk } from './walk.js';

interface Post {
  id: number;
}
const posts = (origin: string) => ({ url: `${origin}/wp-json/wp/v2/posts?_fields=id` });
const ids = rows(250).map((number) => 1000 - number);
const pastTheEnd = { code: 'rest_post_invalid_page_number', message: '…', data: { status: 400 } };

describe('the WordPress profile', () => {
  it('requests as many pages as the header says', async () => {
    const server = await serve(imitation.start());
    expect((await walk(wordpress<Post>({ size: 100 }), posts(server.origin))).map(({ id }) => id)).toEqual(ids);
    expect(asked(server)).toEqual([1, 2, 3].map((page) => `/wp-json/wp/v2/posts?_fields=id&page=${page}&per_page=100`));
  });

  it('walks pages of the default size', async () => {
    const server = await serve(imitation.start());
    expect(await walk(wordpress(), posts(server.origin))).toHaveLength(250);
    expect(asked(server).at(-1)).toBe('/wp-json/wp/v2/posts?_fields=id&page=25');
    expect(server.seen).toHaveLength(25);
  });

  it('continues after an empty page, whose posts the caller may not read', async () => {
    const server = await serveExcept(imitation, 1, (_seen, response) =>
      json(response, [], 200, { 'x-wp-total': '250', 'x-wp-totalpages': '3' }),
    );
    expect((await walk(wordpress<Post>({ size: 100 }), posts(server.origin))).map(({ id }) => id)).toEqual([
      ...ids.slice(0, 100),
      ...ids.slice(200),
    ]);
    const none = await serve((_seen, response) =>
      json(response, [], 200, { 'x-wp-total': '0', 'x-wp-totalpages': '0' }),
    );
    expect(await walk(wordpress(), posts(none.origin))).toEqual([]);
    expect(none.seen).toHaveLength(1);
  });

  it('ends past the last page if posts were deleted during the walk', async () => {
    const server = await serveExcept(imitation, 2, (_seen, response) => json(response, pastTheEnd, 400));
    expect(await walk(wordpress({ size: 100 }), posts(server.origin))).toHaveLength(200);
    expect(server.seen).toHaveLength(3);
    expect(checkWordpress(answer(pastTheEnd, 400), { page: 2 })).toBe('end');
    expect(checkWordpress(answer({ code: 'rest_revision_invalid_page_number' }, 400), { page: 2 })).toBe('end');
    expect(checkWordpress(answer(pastTheEnd, 400), { page: 1 })).toBeUndefined();
    expect(checkWordpress(answer(pastTheEnd, 500), { page: 2 })).toBeUndefined();
  });

  it('takes no other failure for the end', async () => {
    const bad = { code: 'rest_invalid_param', message: 'Invalid parameter(s): page', data: { status: 400 } };
    const failing = await serveExcept(imitation, 1, (_seen, response) => json(response, bad, 400));
    expect(await rejection(walk(wordpress({ size: 100 }), posts(failing.origin)))).toBeInstanceOf(HttpError);
    const bare = await serve((_seen, response) => json(response, [{ id: 1 }]));
    const error = await rejection(walk(wordpress(), posts(bare.origin)));
    expect(error).toBeInstanceOf(ExtractError);
    expect(error.message).toContain('X-WP-TotalPages');
  });

  it('refuses a size above 100', () => {
    expect(thrown(() => wordpress({ size: 101 })).message).toContain('maximum of 100');
  });
});
