import crossFetch from 'cross-fetch';
import { fetchLoops } from '../harness/fetch-loops.mjs';

/** The bare loop with what any cancellable client needs: an AbortSignal for each request. */
export default {
  name: 'cross-fetch, a signal for each request',
  walks: fetchLoops(crossFetch, () => ({ signal: new AbortController().signal })),
};
