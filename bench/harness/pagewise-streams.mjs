import { cursor, inBody, linkHeader, pageNumber, paginate } from 'pagewise';
import { setTimeout as sleep } from 'node:timers/promises';

const numbered = (size, place) => pageNumber({ size, items: 'items', hasMore: 'has_more', ...(place && { place }) });

/** The stream of each kind of paging, as a user writes it; `options` are those of `paginate`. */
export const pagewiseStreams = (options = {}) => ({
  number: ({ url, size }) => paginate({ url }, numbered(size), options),
  post: ({ url, size }) =>
    paginate({ method: 'POST', url, body: { query: { name: '*' } } }, numbered(size, inBody('pagination')), options),
  cursor: ({ url, size }) => paginate({ url }, cursor({ size, items: 'items', next: 'next_cursor' }), options),
  link: ({ url, size }) => paginate({ url }, linkHeader({ size }), options),
});

const byLoop = (stream) => async (ask) => {
  for await (const page of stream(ask)) {
    ask.take(page.items);
    if (ask.pause > 0) await sleep(ask.pause);
  }
};

const bySubscription = (stream) => (ask) => stream(ask).forEach((page) => ask.take(page.items));

const each = (streams, wrap) => Object.fromEntries(Object.entries(streams).map(([kind, of]) => [kind, wrap(of)]));

/** Streams as walks of a contender: taken by `for await`, or by subscribing. */
export const looped = (streams) => each(streams, byLoop);
export const subscribed = (streams) => each(streams, bySubscription);
