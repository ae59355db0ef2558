import { ConfigError } from '../errors.js';
import type { Placement } from '../strategy.js';
import { checkOptions } from '../values/options.js';
import { type ArrayStyle, writeQuery } from './query-text.js';

export interface InQueryOptions {
  /**
   * How an array is written: `'repeat'` a=1&a=2, `'brackets'` a[]=1&a[]=2, `'indices'` a[0]=1&a[1]=2, `'comma'` a=1,2,
   * `'json'` a=[1,2] (objects too). @default 'repeat'
   */
  readonly arrays?: ArrayStyle | undefined;
}

const styles: readonly ArrayStyle[] = ['repeat', 'brackets', 'indices', 'comma', 'json'];

/**
 * Writes parameters into the URL's query string. A parameter that the URL already has is replaced; the rest of the
 * query stays as is, byte for byte.
 *
 *     GET /inputs?q=dog  ▸  inQuery()(request, { page: 2, per_page: 20 })  ▸  GET /inputs?q=dog&page=2&per_page=20
 *
 * Values are percent-encoded (UTF-8).
 * @throws ConfigError for a request without a URL, or a value that a query can't hold
 */
export function inQuery(options: InQueryOptions = {}): Placement {
  checkOptions('inQuery', options, ['arrays']);
  const { arrays = 'repeat' } = options;
  if (!styles.includes(arrays))
    throw new ConfigError(`must be one of ${styles.join(', ')}, not ${JSON.stringify(arrays)}`, {
      of: 'inQuery',
      options: ['arrays'],
    });
  let last: Parts | undefined; // Most pages of a walk have the template's URL.
  return (request, params) => {
    const { url } = request;
    if (url === undefined) throw new ConfigError('the request has no url to write parameters into', { of: 'inQuery' });
    if (last?.url !== url) last = split(url);
    const { path, query, fragment } = last;
    const written = writeQuery('inQuery', query, params, arrays);
    return { ...request, url: `${path}${written === '' ? '' : `?${written}`}${fragment}` };
  };
}

interface Parts {
  readonly url: string;
  readonly path: string;
  readonly query: string;
  readonly fragment: string;
}

function split(url: string): Parts {
  const [, path = '', query = '', fragment = ''] = /^([^?#]*)(?:\?([^#]*))?(#.*)?$/s.exec(url) ?? [];
  return { url, path, query, fragment };
}
