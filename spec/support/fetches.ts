import { describe } from '@jest/globals';
import type { Fetch } from 'pagewise';

/** T10: the same tests on each of the fetches that carry requests. */
export const onEachFetch = (title: string, tests: (options: { fetch?: Fetch }) => void): void => {
  describe(`${title} (cross-fetch)`, () => tests({}));
  describe(`${title} (native fetch)`, () => tests({ fetch: (url, init) => globalThis.fetch(url, init) }));
};
