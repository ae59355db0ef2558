import got from 'got';
import { postBody } from '../harness/loops.mjs';

/** got.paginate, which iterates over items. */
async function walk(url, options, pagination, takeItem) {
  const all = got.paginate(url, { ...options, responseType: 'json', pagination });
  for await (const item of all) takeItem(item);
}

const itemsOf = ({ body }) => body.items;

export default {
  name: 'got.paginate',
  walks: {
    number({ url, size, takeItem }) {
      let page = 1;
      const paginate = ({ response }) =>
        response.body.has_more && { searchParams: new URLSearchParams({ page: ++page, per_page: size }) };
      return walk(url, { searchParams: { page, per_page: size } }, { transform: itemsOf, paginate }, takeItem);
    },
    post({ url, size, takeItem }) {
      let page = 1;
      const paginate = ({ response }) => response.body.has_more && { json: postBody(++page, size) };
      const options = { method: 'POST', json: postBody(page, size) };
      return walk(url, options, { transform: itemsOf, paginate }, takeItem);
    },
    cursor({ url, size, takeItem }) {
      const paginate = ({ response: { body } }) =>
        body.next_cursor !== null && { searchParams: new URLSearchParams({ limit: size, cursor: body.next_cursor }) };
      return walk(url, { searchParams: { limit: size } }, { transform: itemsOf, paginate }, takeItem);
    },
    // Following Link headers is its default.
    link: ({ url, size, takeItem }) =>
      walk(url, { searchParams: { per_page: size } }, { transform: ({ body }) => body }, takeItem),
  },
};
