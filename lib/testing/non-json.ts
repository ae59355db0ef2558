import { describe } from '../values/describe.js';

/**
 * What JSON would lose of a value, and where: `.total is 12n`; `undefined` where it holds everything. Members that are
 * undefined are left out by JSON, and mean the same.
 */
export function nonJson(value: unknown, path = '', above: readonly unknown[] = []): string | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return undefined;
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : `${path} is ${value}`.trim();
  if (typeof value !== 'object') return `${path} is ${describe(value)}`.trim();
  if (above.includes(value)) return `${path} holds itself`.trim();
  const within = [...above, value];
  if (Array.isArray(value))
    return firstOf(
      value.map((member, i) => [`${path}[${i}]`, member]),
      within,
    );
  const prototype: unknown = Object.getPrototypeOf(value);
  // By its constructor's name too: plain objects of another realm are plain.
  const { name = 'no plain object' } = (prototype as { constructor?: { name?: string } } | null)?.constructor ?? {};
  if (prototype !== null && name !== 'Object') return `${path} is a ${name}`.trim();
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return firstOf(
    members.map(([key, member]) => [`${path}.${key}`, member]),
    within,
  );
}

function firstOf(members: [path: string, value: unknown][], above: readonly unknown[]): string | undefined {
  for (const [path, value] of members) {
    const found = nonJson(value, path, above);
    if (found !== undefined) return found;
  }
  return undefined;
}
