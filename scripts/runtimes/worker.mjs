// The checks as a Cloudflare Worker: one transport and one throttle at module level, each request runs one check.
/* global Response, URL */
import * as pagewise from 'pagewise';
import { runCheck } from './checks.mjs';

const shared = pagewise.fetchTransport();
const transport = (options) => (options ? pagewise.fetchTransport(options) : shared);

export default {
  async fetch(request) {
    const { index, ...setting } = JSON.parse(new URL(request.url).searchParams.get('check'));
    return Response.json({ problem: await runCheck(index, { pagewise, transport, ...setting }) });
  },
};
