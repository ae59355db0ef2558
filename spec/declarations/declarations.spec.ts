import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { strategyOf } from '../../lib/detect/paging.js';
import { awsPaginators, fromAws } from './aws.js';
import { countsTable, peers } from './counts.js';
import { isExpressed } from './declared.js';
import { distinct, shapeOf, walk, walksByPeer } from './walks.js';

describe('what other generators declare', () => {
  it.each(peers().map(({ peer, declared }) => [peer, declared] as const))(
    '%s: every declaration is data of Pagewise, without a function, or a named exception',
    (_peer, declared) => {
      for (const { name, conversion } of declared) {
        if (!isExpressed(conversion)) continue;
        const { paging } = conversion;
        expect([name, JSON.parse(JSON.stringify(paging))]).toEqual([name, paging]);
        expect(() => strategyOf(paging)).not.toThrow();
      }
    },
  );

  it('docs/declarations.md has the counts (node scripts/declarations.mjs writes them)', () => {
    expect(readFileSync('docs/declarations.md', 'utf8')).toContain(`\n${countsTable()}\n`);
  });

  it('AWS: all is expressed but results that are no list', () => {
    const all = awsPaginators();
    const others = all.filter(({ declaration }) => !isExpressed(fromAws(declaration)));
    expect(all.length).toBeGreaterThan(3000);
    expect(others.length).toBeLessThan(20);
    for (const { declaration } of others) expect(declaration.result).toHaveProperty('no_list');
  });
});

describe.each(walksByPeer())('%s: a server of each shape gives exactly its items', (_peer, walks) => {
  it.each(distinct(walks, shapeOf).map((each) => [each.name, each] as const))('%s', async (_name, each) => {
    const { found, expected } = await walk(each);
    expect(found).toEqual(expected);
  });
});
