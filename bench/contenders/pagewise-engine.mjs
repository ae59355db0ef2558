import { paginate } from 'pagewise';
import { subscribed } from '../harness/pagewise-streams.mjs';

const headers = { get: () => null };

/** The least that a strategy can do. */
const strategy = {
  name: 'counted',
  first: { page: 1 },
  place: (request, { page }) => ({ ...request, body: page }),
  items: (body) => body.items,
  next: ({ position, body }) => (body.has_more ? { page: position.page + 1 } : undefined),
};

const memory = ({ source }) =>
  paginate({}, strategy, {
    transport: ({ body: page }) => Promise.resolve({ status: 200, url: '', headers, body: source(page) }),
    policy: (attempt) => attempt,
  });

export default { name: '**Pagewise**, the engine with a bare strategy', walks: subscribed({ memory }) };
