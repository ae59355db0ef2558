import { ExtractError } from '../../errors.js';

/** The only list among an object's members; an empty one where there is none. @throws ExtractError where there are several */
export function onlyList(object: unknown, besides: readonly string[] = []): unknown[] {
  const lists = Object.entries(object ?? {}).filter(([key, value]) => Array.isArray(value) && !besides.includes(key));
  if (lists.length > 1)
    throw new ExtractError(
      'items',
      'the answer',
      `several lists, ${lists.map(([key]) => key).join(' and ')}; name one with items`,
    );
  return (lists[0]?.[1] ?? []) as unknown[];
}
