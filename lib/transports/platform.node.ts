import { crossFetchWire } from './node/cross-fetch-wire.js';
import { fetchWire } from './fetch-wire.js';
import { onNode } from './node/on-node.js';
import type { Platform } from './platform.js';

/** On Node: cross-fetch, and redirects followed by us, since fetches would send headers to other origins. */
export const platform: Platform = {
  defaultWire: crossFetchWire,
  wire: (fetch) => fetchWire(fetch, { redirect: 'manual' }, onNode),
};
