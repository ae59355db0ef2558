import { Octokit } from '@octokit/core';
import { composePaginateRest, paginateRest } from '@octokit/plugin-paginate-rest';

const octokit = new (Octokit.plugin(paginateRest))();

async function each(pages, take) {
  for await (const { data } of pages) take(data);
}

export default {
  name: "octokit's iterator",
  walks: {
    link: ({ url, size, take }) => each(octokit.paginate.iterator(`GET ${url}`, { per_page: size }), take),
    // Its iterator over a request function that answers from memory; the next page is in a header, as on GitHub.
    memory({ source, take }) {
      const request = async ({ url }) => {
        const body = source(Number(url));
        return {
          status: 200,
          url,
          headers: body.has_more ? { link: `<${Number(url) + 1}>; rel="next"` } : {},
          data: body.items,
        };
      };
      const route = Object.assign(request, { endpoint: () => ({ method: 'GET', url: '1', headers: {} }) });
      return each(composePaginateRest.iterator(octokit, route), take);
    },
  },
};
