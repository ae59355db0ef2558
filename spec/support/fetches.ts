import { describe } from '@jest/globals';
import type { Fetch } from 'pagewise';
import { fetch as undiciFetch } from 'undici';

/** T10: the fetches that carry requests. The first is the default on Node. */
export const fetches: readonly [name: string, options: { readonly fetch?: Fetch }][] = [
  ['cross-fetch', {}],
  ['native fetch', { fetch: (url, init) => globalThis.fetch(url, init) }],
  ['undici', { fetch: undiciFetch as unknown as Fetch }],
];

/** T10: the same tests on each of the fetches. */
export const onEachFetch = (title: string, tests: (options: { readonly fetch?: Fetch }) => void): void =>
  describe.each(fetches)(`T10 ${title} (%s)`, (_name, options) => tests(options));
