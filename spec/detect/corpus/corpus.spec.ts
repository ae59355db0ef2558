import { describe, expect, it } from '@jest/globals';
import { lastValueFrom, toArray } from 'rxjs';
import { items, okIf, paginate, retryRequests, type Strategy } from 'pagewise';
import { type Paging, strategyOf } from '../../../lib/detect/paging.js';
import { entriesOf, type Entry } from './entries.js';
import { follow, waysOf } from './follow.js';
import { countsOf, inOrder, itemsAsFound } from './expected.js';
import { imitate, type Imitation } from './imitation.js';
import { type Json } from './template.js';

const halves = { known: entriesOf('known'), aside: entriesOf('aside') };
const all = [...halves.known, ...halves.aside];
// PAGEWISE_CORPUS='stripe|slack' runs the entries of these files.
const only = process.env['PAGEWISE_CORPUS'];
const entries = all.filter(({ file }) => only === undefined || new RegExp(`^(${only})\\.json$`).test(file));

describe('the corpus', () => {
  it('has at least 200 known lists, and 100 that are set aside', () => {
    expect(halves.known.length).toBeGreaterThanOrEqual(200);
    expect(halves.aside.length).toBeGreaterThanOrEqual(100);
  });

  it('names every list once, and says where each is documented', () => {
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
    for (const { source } of all) expect(source).toMatch(/^https:\/\/[\w.-]+\.\w+(\/|$)/);
  });

  it('has no two lists of the same shape and names', () => {
    const byShape = new Map<string, string>();
    const doubles = all.flatMap(({ name, paging, item, answer, headers }) => {
      const shape = JSON.stringify([paging.by, paging.at, namesIn(item), answer, headers]);
      const other = byShape.get(shape);
      byShape.set(shape, name);
      return other === undefined ? [] : [`${other} and ${name}`];
    });
    expect(doubles).toEqual([]);
  });

  it('has every file in one half only', () => {
    const aside = new Set(halves.aside.map(({ file }) => file));
    expect(halves.known.filter(({ file }) => aside.has(file))).toEqual([]);
  });

  it('says why where the command has no words for a paging', () => {
    for (const { name, explicit, why } of all) expect([name, explicit === null]).toEqual([name, why !== undefined]);
  });
});

describe.each(entries.map((entry) => [entry.name, entry] as const))('%s', (_, entry) => {
  it.each(waysOf(entry))('pages all items as its documentation says: %s', async (way) => {
    for (const count of countsOf(entry))
      await withImitation(entry, count, async (imitation) => {
        expect(new Set(imitation.items.map((item) => JSON.stringify(item))).size).toBe(count);
        const found = await follow(entry, imitation, way);
        const expected = itemsAsFound(entry, imitation.items, found);
        expectSame(count, inOrder(entry, found), inOrder(entry, expected));
      });
  });

  if (entry.explicit !== null)
    it('pages all items as the command words it', async () => {
      for (const count of countsOf(entry))
        await withImitation(entry, count, async ({ request, items: expected }) => {
          const { okIf: notAnError } = entry.explicit!;
          const strategy = strategyOf(entry.explicit as Paging) as Strategy<Json>;
          const check = notAnError === undefined ? {} : { check: okIf(notAnError) };
          const walk = paginate(request, strategy, { policy: retryRequests({ retries: 0 }), ...check });
          const found = await lastValueFrom(walk.pipe(items<Json>(), toArray()));
          expectSame(count, found, itemsAsFound(entry, expected, found));
        });
    });
});

/** Texts first: comparing a thousand objects with toEqual takes longer than requesting them. */
function expectSame(count: number, found: readonly Json[], expected: readonly Json[]): void {
  if (JSON.stringify(found) !== JSON.stringify(expected)) expect({ count, found }).toEqual({ count, found: expected });
}

const namesIn = (item: Json): readonly string[] => (typeof item === 'object' && item !== null ? Object.keys(item) : []);

async function withImitation(entry: Entry, count: number, use: (imitation: Imitation) => Promise<void>) {
  const imitation = await imitate(entry, count);
  try {
    await use(imitation);
  } finally {
    await imitation.close();
  }
}
