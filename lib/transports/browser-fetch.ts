import { TransportError } from '../errors.js';
import { corsHint } from '../values/origin.js';
import type { Fetch } from './fetch-wire.js';
import { isNetworkFailure } from './wire.js';

/**
 * A browser's fetch that reports what the browser hides of other origins: causes of failures, and headers.
 * @param native whether it is the platform's own: every TypeError of that is a network failure, in the words of each
 * browser. That of another may be a mistake in its code
 */
export const inBrowser =
  (fetch: Fetch, native: boolean): Fetch =>
  async (url, init) => {
    let response: Response;
    try {
      response = await fetch(url, init);
    } catch (error) {
      if (native ? !(error instanceof TypeError) : !isNetworkFailure(error)) throw error;
      throw new TransportError(error, { network: true, hint: corsHint(url) });
    }
    // A fetch of yours may give anything.
    if ((response as Response | undefined)?.type === 'cors') Object.assign(response.headers, { hidden: true });
    return response;
  };
