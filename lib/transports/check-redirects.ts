import { CrossOriginError } from '../errors.js';
import { originOf } from '../values/origin.js';
import type { Send } from './platform.js';

/** In browsers a redirect can't be seen beforehand: fetch follows, then the final URL's origin is checked (T7). */
export const checkRedirects: Send = async (fetch, { url, method, headers, body }, signal) => {
  const response = await fetch(url.href, { method, headers, body, signal });
  const finalUrl = response.url === '' ? url.href : response.url;
  const origin = originOf(finalUrl);
  if (origin !== url.origin) throw new CrossOriginError(url.origin, origin ?? finalUrl, 'redirect');
  return { response, url: finalUrl };
};
