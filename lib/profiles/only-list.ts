import { ExtractError } from '../errors.js';

/** The only list at the top of an answer, whatever its key; `undefined` where there is none. @throws ExtractError for several */
export function onlyList(body: unknown): unknown[] | undefined {
  const members = typeof body === 'object' && body !== null && !Array.isArray(body) ? Object.entries(body) : [];
  const lists = members.filter(([, value]) => Array.isArray(value)) as [string, unknown[]][];
  if (lists.length > 1)
    throw new ExtractError(
      'items',
      'the answer',
      `several lists, ${lists.map(([key]) => key).join(' and ')}; name one with items`,
    );
  return lists[0]?.[1];
}
