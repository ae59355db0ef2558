import crossFetch from 'cross-fetch';
import { EMPTY, expand, from } from 'rxjs';
import { cursorUrl, nextLink, postBody } from '../harness/loops.mjs';

const headers = { accept: 'application/json' };
const postHeaders = { ...headers, 'content-type': 'application/json' };

const get = async (url) => {
  const response = await crossFetch(url, { headers });
  return { body: await response.json(), link: response.headers.get('link') };
};
const post = async (url, body) => {
  const init = { method: 'POST', headers: postHeaders, body: JSON.stringify(body) };
  return { body: await (await crossFetch(url, init)).json() };
};

/** `expand` as written by hand: `ask` sends the request of a state, `next` gives the state after an answer. */
const expanded = (first, ask, next, use) =>
  from(ask(first))
    .pipe(
      expand((answer) => {
        const state = next(answer);
        return state === undefined ? EMPTY : from(ask(state));
      }),
    )
    .forEach(use);

const byNumber = (ask, take) => {
  let page = 1;
  const next = ({ body }) => (body.has_more ? ++page : undefined);
  return expanded(page, ask, next, ({ body }) => take(body.items));
};

export default {
  name: 'rxjs `expand` over cross-fetch, by hand',
  names: { memory: 'rxjs `expand(from(promise))`' },
  walks: {
    number: ({ url, size, take }) => byNumber((page) => get(`${url}?page=${page}&per_page=${size}`), take),
    post: ({ url, size, take }) => byNumber((page) => post(url, postBody(page, size)), take),
    cursor: ({ url, size, take }) =>
      expanded(
        undefined,
        (cursor) => get(cursorUrl(url, size, cursor)),
        ({ body }) => body.next_cursor ?? undefined,
        ({ body }) => take(body.items),
      ),
    link: ({ url, size, take }) =>
      expanded(
        `${url}?per_page=${size}`,
        get,
        ({ link }) => nextLink(link),
        ({ body }) => take(body),
      ),
    memory({ source, take }) {
      let page = 1;
      return expanded(
        page,
        (number) => Promise.resolve(source(number)),
        (body) => (body.has_more ? ++page : undefined),
        (body) => take(body.items),
      );
    },
  },
};
