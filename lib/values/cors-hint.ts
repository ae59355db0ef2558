import { isElsewhere, originOf, ownOrigin } from './origin.js';

/** What a failure may be of which a browser says nothing, since another origin was asked; '' elsewhere. */
export const corsHint = (url: string): string =>
  isElsewhere(url)
    ? ` (in a browser: ${originOf(url) ?? url} can't be reached, or does not allow ${ownOrigin() ?? ''} by ` +
      'Access-Control-Allow-Origin, -Methods and -Headers, in the answer to OPTIONS too; its console tells which)'
    : '';
