import { describe, expect, it } from '@jest/globals';
import {
  detect,
  DetectionError,
  HttpError,
  items,
  paginate,
  PaginationLoopError,
  retryRequests,
  type Transport,
} from 'pagewise';
import { lastValueFrom, toArray } from 'rxjs';
import { randomOf } from './kill-test/random.js';
import { answer } from './support/walks.js';

const policy = retryRequests({ retries: 0 });
const request = { url: 'http://api.example/list' };

/** An API that pages in one of the common ways, or by a parameter that looks like another one. */
function randomApi(seed: number) {
  const random = randomOf(seed);
  const pick = <T>(...values: readonly T[]): T => random.pick(values);
  const size = pick(3, 5, 10);
  const length = pick(0, 1, size - 1, size, size + 1, 3 * size, 3 * size + 1, 7 * size + 2);
  const gaps: readonly ((i: number) => number)[] = [
    () => 1,
    () => pick(1, 1, 3),
    () => (random.whole(20) === 0 ? 4 : 1),
    (i) => (i > length * 0.7 ? 2 : 1),
  ];
  const gap = random.pick(gaps);
  const list: { id: number }[] = [];
  for (let i = 0, id = pick(0, 1, 100); i < length; i++, id += gap(i)) list.push({ id });
  const kind = pick(
    'page',
    'page from 0',
    'offset',
    'offset from 1',
    'after id',
    'from id',
    'cursor',
    'after',
    'hidden',
  );
  const names = { page: 'page', 'page from 0': 'page', offset: 'offset', 'offset from 1': pick('offset', 'start'), 'after id': pick('offset', 'skip'), 'from id': 'offset', cursor: 'cursor', after: 'after', hidden: 'zzz' }; // prettier-ignore
  const name = names[kind];
  const filters = pick(true, false);
  const past = pick('empty', 'clamped', 'refused');
  const invalid = pick('refused', 'first page', 'empty');
  const announced = pick('nothing', 'total', 'wrong total', 'pages', 'has-more');
  const beside = pick({}, {}, { people: [{ id: 1 }] }, { '2024-01-01': [] });
  const root = pick('items', 'data', 'rows', 'things');
  const refusal = pick(400, 500);

  const indexOf = (found: number) => (found === -1 ? length : found);
  /** Index of the first item; `undefined`: refused. */
  function begin(value: string | null): number | undefined {
    if (value === null) return 0;
    const number = Number(/^t(\d+)$/.exec(value)?.[1] ?? value);
    if (Number.isNaN(number)) return { refused: undefined, 'first page': 0, empty: length }[invalid];
    if (kind === 'page') return (number - 1) * size;
    if (kind === 'page from 0') return number * size;
    if (kind === 'offset from 1') return number - 1;
    if (kind === 'after id') return indexOf(list.findIndex(({ id }) => id > number));
    return kind === 'from id' ? indexOf(list.findIndex(({ id }) => id >= number)) : number;
  }
  const transport: Transport = ({ url = '' }) => {
    const { searchParams } = new URL(url);
    if (filters && [...searchParams.keys()].some((key) => key !== name)) return [answer({ [root]: [] })];
    let from = begin(searchParams.get(name));
    if (from === undefined) return [answer({ error: 'invalid' }, refusal)];
    if (from > 0 && from >= length && length > 0) {
      if (past === 'refused') return [answer({ error: 'no such page' }, 404)];
      if (past === 'clamped' && kind.startsWith('page')) from = Math.floor((length - 1) / size) * size;
    }
    const page = list.slice(Math.max(0, from), Math.max(0, from) + size);
    const more = from + size < length;
    const token = ['cursor', 'after', 'hidden'].includes(kind) ? { next_cursor: more ? `t${from + size}` : null } : {};
    const says = {
      nothing: {}, total: { total: length }, 'wrong total': { total: page.length }, pages: { total_pages: Math.ceil(length / size) }, 'has-more': { has_more: more },
    }[announced]; // prettier-ignore
    return [answer({ [root]: page, ...token, ...says, ...beside })];
  };
  const title = `seed ${seed}: ${kind} (${name}), ${length} items by ${size}, ${JSON.stringify({ filters, past, invalid, announced, beside, root })}`;
  return { transport, list, title };
}

describe('P19 random APIs are walked whole, each item once, or refused', () => {
  it.each([1, 1001, 2001, 3001])('300 of them from seed %i', async (from) => {
    let whole = 0;
    for (let seed = from; seed < from + 300; seed++) {
      const { transport, list, title } = randomApi(seed);
      try {
        const { strategy, typescript } = await detect<{ id: number }>(request, { transport, policy });
        const found = await lastValueFrom(paginate(request, strategy, { transport, policy }).pipe(items(), toArray()));
        expect({ title, typescript, found }).toEqual({ title, typescript, found: list });
        whole++;
      } catch (error) {
        // An API that refuses what is past its end, or repeats its last page, ends the walk with an error, not silently.
        if (![DetectionError, HttpError, PaginationLoopError].some((kind) => error instanceof kind)) throw error;
      }
    }
    expect(whole).toBeGreaterThan(120);
  });
});
