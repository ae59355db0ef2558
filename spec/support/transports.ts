import { describe } from '@jest/globals';
import { fetchTransport, type Fetch, type FetchTransportOptions, type Transport } from 'pagewise';
import { undiciTransport } from 'pagewise/node';
import { fetch as undiciFetch } from 'undici';

/** The options that all of them take. */
export type Options = Omit<FetchTransportOptions, 'fetch'>;
/** Makes a transport. */
export type Make = (options?: Options) => Transport;

const over = (fetch: unknown): Make => (options) => fetchTransport({ ...options, fetch: fetch as Fetch }); // prettier-ignore

/** T10: the transports over HTTP. The first is the default on Node. */
export const transports: readonly [name: string, make: Make][] = [
  ['cross-fetch', fetchTransport],
  ['native fetch', over((...args: Parameters<Fetch>) => globalThis.fetch(...args))],
  ["undici's fetch", over(undiciFetch)],
  ['undiciTransport', undiciTransport],
];

/** T10: the same tests on each of the transports. */
export const onEachTransport = (title: string, tests: (make: Make, name: string) => void): void =>
  describe.each(transports)(`T10 ${title} (%s)`, (name, make) => tests(make, name));
