import crossFetch from 'cross-fetch';
import { globalAgent as agent } from 'node:http';
import { fetchLoops } from '../harness/fetch-loops.mjs';

/** With an agent: without one it closes the connection after each page. */
export default { name: 'cross-fetch, a bare loop', walks: fetchLoops(crossFetch, () => ({ agent })) };
