import { ExtractError } from '../../errors.js';

/**
 * The only list among an object's members, whatever its key; `undefined` where there is none.
 * @param besides keys of lists that are no items
 * @throws ExtractError where there are several
 */
export function onlyList(object: unknown, besides: readonly string[] = []): unknown[] | undefined {
  const members = typeof object === 'object' && object !== null && !Array.isArray(object) ? Object.entries(object) : [];
  const lists = members.filter(([key, value]) => Array.isArray(value) && !besides.includes(key));
  if (lists.length > 1)
    throw new ExtractError(
      'items',
      'the answer',
      `several lists, ${lists.map(([key]) => key).join(' and ')}; name one with items`,
    );
  return lists[0]?.[1] as unknown[] | undefined;
}
