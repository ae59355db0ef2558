import { describe, expect, it } from '@jest/globals';
import { distinct, optionsOf, walk, walksByPeer } from './walks.js';

describe.each(walksByPeer())('%s', (_peer, walks) => {
  it('a server of every declaration gives exactly its items', async () => {
    for (const each of distinct(walks, optionsOf)) {
      const { found, expected } = await walk(each);
      expect({ name: each.name, ...found }).toEqual({ name: each.name, ...expected });
    }
  }, 300_000);
});
