import type { Entry } from './entries.js';
import { type Json, readPath } from './template.js';

/**
 * No items, one, and the numbers around one, two and three pages of the first request's size (if it is not
 * huge).
 */
export function countsOf({ paging, request }: Entry): readonly number[] {
  const { at = '', default: otherwise, max = Infinity } = paging.size ?? { default: 10 };
  const name = at.replace(/^\w+ /, '');
  const asked = Number(new URL(request.url, 'http://first').searchParams.get(name) ?? sizeInBody(request.body, name));
  const size = Math.min(max, asked > 0 ? asked : otherwise);
  return [...new Set([0, 1, size - 1, size, size + 1, ...(size > 500 ? [] : [2 * size, 3 * size + 1])])];
}

const sizeInBody = (body: Json | undefined, name: string): Json | undefined =>
  typeof body === 'string' ? (new URLSearchParams(body).get(name) ?? undefined) : readPath(body, name);

/** An answer with several lists, or with items by key, has an order of its own. */
export const inOrder = ({ answer }: Entry, found: readonly Json[]): readonly Json[] =>
  /\$byKey|\$groups|\{items \d/.test(JSON.stringify(answer)) ? [...found].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) : found; // prettier-ignore

/** The items, or what is inside each of them, if that was read. */
export function itemsAsFound({ inner }: Entry, expected: readonly Json[], found: readonly Json[]): readonly Json[] {
  const inside = expected.map((item) => readPath(item, inner ?? '.') ?? null);
  const isInside = inner !== undefined && found.some((item) => JSON.stringify(item) === JSON.stringify(inside[0]));
  return isInside ? inside : expected;
}
