import crossFetch from 'cross-fetch';
import { fetchLoops } from '../harness/fetch-loops.mjs';

/** The bare loop with what any client needs that can be stopped: an AbortSignal of its own for each request. */
export default {
  name: 'cross-fetch, a signal for each request',
  walks: fetchLoops(crossFetch, () => ({ signal: new AbortController().signal })),
};
