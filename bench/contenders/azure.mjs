import { getClient } from '@azure-rest/core-client';
import { getPagedAsyncIterator } from '@azure/core-paging';
import { nextLink, postBody } from '../harness/loops.mjs';

/** As the clients that Azure generates do: core-paging over the client of core-client and core-rest-pipeline. */
async function walk(firstPageLink, getPage, take) {
  const pages = getPagedAsyncIterator({ firstPageLink, getPage }).byPage();
  for await (const page of pages) take(page);
}

let client;
const at = (origin, url) => {
  client ??= getClient(origin, { allowInsecureConnection: true });
  return client.pathUnchecked(url.slice(origin.length));
};

const ofNumber = (body, page) => ({ page: body.items, nextPageLink: body.has_more ? page + 1 : undefined });

export default {
  name: 'azure core-paging',
  walks: {
    number: ({ origin, url, size, take }) =>
      walk(
        1,
        async (page) => {
          const { body } = await at(origin, url).get({ queryParameters: { page, per_page: size } });
          return ofNumber(body, page);
        },
        take,
      ),
    post: ({ origin, url, size, take }) =>
      walk(
        1,
        async (page) => {
          const { body } = await at(origin, url).post({ body: postBody(page, size) });
          return ofNumber(body, page);
        },
        take,
      ),
    cursor: ({ origin, url, size, take }) =>
      walk(
        '',
        async (cursor) => {
          const queryParameters = cursor === '' ? { limit: size } : { limit: size, cursor };
          const { body } = await at(origin, url).get({ queryParameters });
          return { page: body.items, nextPageLink: body.next_cursor };
        },
        take,
      ),
    link: ({ origin, url, size, take }) =>
      walk(
        `${url}?per_page=${size}`,
        async (link) => {
          const { body, headers } = await at(origin, link).get();
          return { page: body, nextPageLink: nextLink(headers.link) };
        },
        take,
      ),
    memory: ({ source, take }) => walk(1, async (page) => ofNumber(source(page), page), take),
  },
};
