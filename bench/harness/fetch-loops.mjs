import { loops } from './loops.mjs';

const headers = { accept: 'application/json' };
const jsonHeaders = { ...headers, 'content-type': 'application/json' };

/** The loops by hand over a fetch; `extra` gives what each request is sent with besides. */
export const fetchLoops = (fetch, extra = () => undefined) =>
  loops(async (url, body) => {
    const init =
      body === undefined ? { headers } : { method: 'POST', headers: jsonHeaders, body: JSON.stringify(body) };
    const response = await fetch(url, { ...init, ...extra() });
    return { body: await response.json(), link: response.headers.get('link') };
  });
