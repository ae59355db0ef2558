import OpenAI from 'openai';
import { AbstractPage } from 'openai/core/pagination';
import { postBody } from './loops.mjs';

/** A numbered page, as Stainless generates it for APIs that have them; OpenAI's own pages use cursors. */
class NumberPage extends AbstractPage {
  getPaginatedItems() {
    return this.body.items;
  }
  nextPageRequestOptions() {
    if (!this.body.has_more) return null;
    const { query, body } = this.options;
    return body
      ? { ...this.options, body: postBody(body.pagination.page + 1, body.pagination.per_page) }
      : { ...this.options, query: { ...query, page: query.page + 1 } };
  }
}

const client = (baseURL) => new OpenAI({ apiKey: 'none', baseURL });

/** The lists that a contender loops over, by the page or by the item. */
export const stainlessPages = {
  number: ({ url, size }) => client(url).getAPIList('', NumberPage, { query: { page: 1, per_page: size } }),
  post: ({ url, size }) => client(url).getAPIList('', NumberPage, { method: 'post', body: postBody(1, size) }),
  cursor: ({ origin, pages, size, latency }) =>
    client(`${origin}/after/${pages}/${latency}`).fineTuning.jobs.list({ limit: size }),
  /** The client without its way of sending. */
  memory({ source }) {
    const inMemory = {
      requestAPIList: async (Page, options) => new Page(inMemory, undefined, source(options.query.page), options),
    };
    return inMemory.requestAPIList(NumberPage, { query: { page: 1 } });
  },
};
