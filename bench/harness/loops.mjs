const nextLink = (header) => /<([^<>]+)>;\s*rel="next"/.exec(header ?? '')?.[1];

/**
 * Every kind of paging as a hand-written loop.
 * @param send (url, body?) => { body, link }: sends a request, a POST if there is a body, and decodes the answer
 */
export const loops = (send) => ({
  async number({ url, size, take }) {
    for (let page = 1, more = true; more; page++) {
      const { body } = await send(`${url}?page=${page}&per_page=${size}`);
      take(body.items);
      more = body.has_more;
    }
  },
  async post({ url, size, take }) {
    for (let page = 1, more = true; more; page++) {
      const { body } = await send(url, postBody(page, size));
      take(body.items);
      more = body.has_more;
    }
  },
  async cursor({ url, size, take }) {
    let cursor;
    do {
      const { body } = await send(cursorUrl(url, size, cursor));
      take(body.items);
      cursor = body.next_cursor;
    } while (cursor);
  },
  async link({ url, size, take }) {
    let next = `${url}?per_page=${size}`;
    while (next) {
      const { body, link } = await send(next);
      take(body);
      next = nextLink(link);
    }
  },
});

export const postBody = (page, size) => ({ query: { name: '*' }, pagination: { page, per_page: size } });

export const cursorUrl = (url, size, cursor) =>
  cursor ? `${url}?limit=${size}&cursor=${encodeURIComponent(cursor)}` : `${url}?limit=${size}`;

export { nextLink };
