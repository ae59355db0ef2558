import crossFetch from 'cross-fetch';
import { fetchLoops } from '../harness/fetch-loops.mjs';

export default { name: 'cross-fetch, a bare loop', walks: fetchLoops(crossFetch) };
