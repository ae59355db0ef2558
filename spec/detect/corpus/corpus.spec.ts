import { describe, expect, it } from '@jest/globals';
import { lastValueFrom, toArray } from 'rxjs';
import { items, okIf, paginate, retryRequests, type Strategy } from 'pagewise';
import { type Paging, strategyOf } from '../../../lib/detect/paging.js';
import { entriesOf, type Entry, halfOf } from './entries.js';
import { follow, waysOf } from './follow.js';
import { imitate, type Imitation } from './imitation.js';
import { type Json, readPath } from './template.js';

const all = [...entriesOf('known'), ...entriesOf('aside')];
// PAGEWISE_CORPUS='stripe|slack' runs the entries of these files.
const only = process.env['PAGEWISE_CORPUS'];
const entries = all.filter(({ file }) => only === undefined || new RegExp(`^(${only})\\.json$`).test(file));

describe('the corpus', () => {
  it('has at least 200 lists, half of them set aside', () => {
    expect(all.length).toBeGreaterThanOrEqual(200);
    expect(entriesOf('aside').length).toBeGreaterThan(all.length * 0.4);
    expect(entriesOf('known').length).toBeGreaterThan(all.length * 0.4);
  });

  it('names every list once, and says where each is documented', () => {
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
    for (const { source } of all) expect(source).toMatch(/^https:\/\/[\w.-]+\.\w+(\/|$)/);
  });

  it('has no two lists of the same shape and names', () => {
    const shapes = all.map(({ request, paging, answer, headers }) => JSON.stringify([request.url, paging, answer, headers])); // prettier-ignore
    expect(new Set(shapes).size).toBe(shapes.length);
  });

  it('sets files aside by their names alone', () => {
    for (const { file, half } of all) expect([file, half]).toEqual([file, halfOf(file)]);
  });

  it('says why where the command has no words for a paging', () => {
    for (const { name, explicit, why } of all) expect([name, explicit === null]).toEqual([name, why !== undefined]);
  });
});

describe.each(entries.map((entry) => [entry.name, entry] as const))('%s', (_, entry) => {
  it.each(waysOf(entry))('pages all items as its documentation says: %s', async (way) => {
    for (const count of countsOf(entry))
      await withImitation(entry, count, async (imitation) => {
        const found = await follow(entry, imitation, way);
        const expected = asFound(entry, imitation.items, found);
        expect({ count, found: sorted(entry, found) }).toEqual({ count, found: sorted(entry, expected) });
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
          expect({ count, found }).toEqual({ count, found: asFound(entry, expected, found) });
        });
    });
});

/** No items, one, and the numbers around one, two and three pages of the first request's size. */
function countsOf({ paging, request }: Entry): readonly number[] {
  const { at = '', default: otherwise, max = Infinity } = paging.size ?? { default: 10 };
  const name = at.replace(/^\w+ /, '');
  const asked = Number(new URL(request.url, 'http://first').searchParams.get(name) ?? sizeInBody(request.body, name));
  const size = Math.min(max, asked > 0 ? asked : otherwise);
  return [...new Set([0, 1, size - 1, size, size + 1, 2 * size, 3 * size + 1])];
}

const sizeInBody = (body: Json | undefined, name: string): Json | undefined =>
  typeof body === 'string' ? (new URLSearchParams(body).get(name) ?? undefined) : readPath(body, name);

async function withImitation(entry: Entry, count: number, use: (imitation: Imitation) => Promise<void>) {
  const imitation = await imitate(entry, count);
  try {
    await use(imitation);
  } finally {
    await imitation.close();
  }
}

/** An answer with several lists, or with items by key, has an order of its own. */
const sorted = ({ answer }: Entry, found: readonly Json[]): readonly Json[] =>
  /\$byKey|\$groups|\{items \d/.test(JSON.stringify(answer)) ? [...found].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) : found; // prettier-ignore

/** The items, or what is inside each of them, if that was read. */
function asFound({ inner }: Entry, expected: readonly Json[], found: readonly Json[]): readonly Json[] {
  const inside = expected.map((item) => readPath(item, inner ?? '.') ?? null);
  const isInside = inner !== undefined && found.some((item) => JSON.stringify(item) === JSON.stringify(inside[0]));
  return isInside ? inside : expected;
}
