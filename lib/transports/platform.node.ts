import { fetchWire } from './fetch-wire.js';
import type { AgentFor } from './node/cross-fetch-send.js';
import { crossFetchWire, plainBodies } from './node/cross-fetch-wire.js';
import { onNode } from './node/on-node.js';
import type { Platform } from './platform.js';

/** On Node: cross-fetch. This library follows redirects itself: fetches would send headers to other origins. */
export const platform: Platform = {
  defaultWire: crossFetchWire(),
  agentWire: (agentFor) => crossFetchWire(agentFor as AgentFor),
  wire(fetch) {
    const wire = fetchWire(fetch, {}, onNode);
    // Each fetch accepts only its own FormData, and packages have another one than Node.
    return { ...wire, send: plainBodies(wire.send) };
  },
};
