import { loops } from './loops.mjs';

const headers = { accept: 'application/json' };
const jsonHeaders = { ...headers, 'content-type': 'application/json' };

/** The hand-written loops over a fetch; `extra` adds to the options of each request. */
export const fetchLoops = (fetch, extra = () => undefined) =>
  loops(async (url, body) => {
    const init =
      body === undefined ? { headers } : { method: 'POST', headers: jsonHeaders, body: JSON.stringify(body) };
    const response = await fetch(url, { ...init, ...extra() });
    return { body: await response.json(), link: response.headers.get('link') };
  });
