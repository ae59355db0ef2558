import type { AgentFor } from './node/cross-fetch-send.js';
import { crossFetchWire } from './node/cross-fetch-wire.js';
import { fetchOnNode, nativeWire } from './node/fetch-on-node.js';
import { otherRuntime } from './node/on-node.js';
import type { Platform } from './platform.js';

/** On Node: cross-fetch. Bun and Deno use this file too, but their node:http is another: there the native fetch. */
export const platform: Platform = {
  wire: fetchOnNode,
  ...(otherRuntime === undefined
    ? { defaultWire: crossFetchWire(), agentWire: (agentFor) => crossFetchWire(agentFor as AgentFor) }
    : { defaultWire: nativeWire }),
};
