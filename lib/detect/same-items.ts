const keys = ['id', '_id', 'uuid', 'key', 'Key', 'name', 'slug', 'url', 'href', 'self'];

/** What items are told apart by: a member that is different in each of them, or all that they hold. */
function identityOf(items: readonly unknown[]): (item: unknown) => string {
  const key = identityKey(items);
  return (item) => (key === undefined ? undefined : memberOf(item, key)) ?? JSON.stringify(item) ?? 'undefined';
}

export const identityKey = (items: readonly unknown[]): string | undefined =>
  keys.find((name) => {
    const values = items.map((item) => memberOf(item, name));
    return values.every((value) => value !== undefined) && new Set(values).size === items.length;
  });

function memberOf(item: unknown, name: string): string | undefined {
  if (typeof item !== 'object' || item === null || !Object.hasOwn(item, name)) return undefined;
  const value = (item as Record<string, unknown>)[name];
  return typeof value === 'string' || typeof value === 'number' ? `${name} ${String(value)}` : undefined;
}

/** How two pages relate. */
export type Relation = 'same' | 'disjoint' | 'overlapping' | 'empty';

export function relate(first: readonly unknown[], other: readonly unknown[]): Relation {
  if (other.length === 0) return 'empty';
  const identify = identityOf(first);
  const seen = new Set(first.map(identify));
  const shared = other.filter((item) => seen.has(identify(item))).length;
  if (shared === 0) return 'disjoint';
  return shared === other.length && other.length === first.length ? 'same' : 'overlapping';
}
