// The checks as a Cloudflare Worker: its transports and its throttle are at module level, shared by all requests.
/* global Response */
import * as pagewise from 'pagewise';
import { runCheck } from './checks.mjs';

const { fetchTransport, pageNumber, paginate, throttleRequests } = pagewise;
const shared = fetchTransport();
const transport = (options) => (options ? fetchTransport(options) : shared);

/** Walks of several requests over what they share: each is left by the first request, and must end in the second. */
const policy = throttleRequests({ limit: 1, interval: 400 });
const impatient = fetchTransport({ attemptTimeout: 700 });
const strategy = pageNumber({ items: 'items', size: 3 });
const sharing = {
  throttle: (home) => paginate({ url: `${home}/list/worker-throttle` }, strategy, { policy }),
  transport: (home) => paginate({ url: `${home}/silent/worker-transport` }, strategy, { transport: impatient, policy: (source) => source }), // prettier-ignore
};

async function collect(walk) {
  let items = 0;
  try {
    for await (const page of walk) items += page.items.length;
    return `${items} items`;
  } catch (error) {
    return `${items} items, ${error.name}`;
  }
}

export default {
  async fetch(request) {
    const { index, leave, share, ...setting } = JSON.parse(new URL(request.url).searchParams.get('check'));
    if (share === undefined)
      return Response.json({ problem: await runCheck(index, { pagewise, transport, ...setting }) });
    const result = collect(sharing[share](setting.home));
    if (!leave) return Response.json({ result: await result });
    await new Promise((resolve) => setTimeout(resolve, 150)); // Until it waits.
    return Response.json({ result: 'left' });
  },
};
