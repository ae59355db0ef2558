import crossFetch from 'cross-fetch';
import { fetchLoops } from '../harness/fetch-loops.mjs';

/** As it is mostly called: a connection for each page. */
export default { name: 'cross-fetch without an agent', walks: fetchLoops(crossFetch) };
