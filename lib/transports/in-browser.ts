import { TransportError } from '../errors.js';
import { corsHint } from '../values/cors-hint.js';
import type { Fetch } from './fetch-wire.js';

/** A browser's fetch, which hides much of what is of another origin, saying so. */
export const inBrowser =
  (fetch: Fetch): Fetch =>
  async (url, init) => {
    let response: Response;
    try {
      response = await fetch(url, init);
    } catch (error) {
      // Whatever fails is one, and its text differs from browser to browser.
      if (!(error instanceof TypeError)) throw error;
      throw new TransportError(error, { network: true, hint: corsHint(url) });
    }
    if (response.type === 'cors') Object.assign(response.headers, { hidden: true });
    return response;
  };
