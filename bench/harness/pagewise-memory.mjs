import { functionTransport, inBody, pageNumber, paginate } from 'pagewise';
import { of } from 'rxjs';

const none = (attempt) => attempt;

const stream =
  (answer, options) =>
  ({ source, size }) =>
    paginate({ body: {} }, pageNumber({ size, items: 'items', hasMore: 'has_more', place: inBody() }), {
      transport: functionTransport(({ body }) => answer(source(body.page))),
      policy: none,
      ...options,
    });

/** Pages from memory, as promises or synchronously: the engine, a strategy, and no policy unless one is given. */
export const memoryStreams = (options) => ({
  memory: stream((body) => Promise.resolve(body), options),
  sync: stream((body) => of(body), options),
});
