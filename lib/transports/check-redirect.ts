import { CrossOriginError } from '../errors.js';
import { originOf } from '../values/origin.js';
import type { Redirect } from './wire.js';

/** In browsers a redirect can't be seen beforehand: fetch follows, then the final URL's origin is checked (T7). */
export const checkRedirect: Redirect = ({ origin: from }, { url }) => {
  const origin = originOf(url);
  if (origin !== from) throw new CrossOriginError(from, origin ?? url, 'followed');
  return undefined;
};
