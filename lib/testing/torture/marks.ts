// Some faults are about what is in an item. They add a member to the first item of the page, and judges take it off
// again if it has arrived unharmed.

const member = 'torture';

/** Characters of Latin-1 that are other bytes in UTF-8. */
export const accents = 'Crème brûlée, 30 °C, ½ £, ¿qué?';

/** How deep a deep item is: deeper than any recursion gets. */
export const levels = 20_000;

/** Stands for the deep value in JSON that is written: JSON.stringify would not get to its end. */
export const deepMark = 'as deep as it gets';
export const withDeep = (json: string): string =>
  json.replace(JSON.stringify(deepMark), '['.repeat(levels) + ']'.repeat(levels));

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The item with a member more; one that is not an object stays as it is. */
export const marked = (item: unknown, value: unknown): unknown =>
  isObject(item) ? { ...item, [member]: value } : item;

export const isMarked = (item: unknown): boolean => isObject(item) && member in item;

/** The item as the API has it. A mark that has changed stays, as what has become of it. */
export function unmarked(item: unknown): unknown {
  if (!isObject(item) || !(member in item)) return item;
  const { [member]: value, ...rest } = item;
  if (value === accents) return rest;
  const depth = depthOf(value);
  return depth === levels ? rest : { ...rest, [member]: depth > 0 ? `${depth} levels` : value };
}

/** How many arrays a value is nested in. */
function depthOf(value: unknown): number {
  let depth = 0;
  for (let inner = value; Array.isArray(inner); inner = inner[0]) depth++;
  return depth;
}
