import { fetchLoops } from '../harness/fetch-loops.mjs';

export default { name: "Node's own fetch, a bare loop", walks: fetchLoops(fetch) };
