import { ConfigError } from '../errors.js';
import { describe } from '../values/describe.js';
import { isMisspelt } from '../values/similar.js';
import { type Path, readPath } from './path.js';

/** Checks whether the named fields occur in the items. */
export interface NamedFields {
  /**
   * Called with the items of each page before they are written.
   * @throws ConfigError for a field that no item of the first page with items has, if the items have one with a similar
   * name
   */
  check(items: readonly unknown[]): void;
  /** The named fields that no item had; empty before the first item. */
  missing(): readonly string[];
}

/** @param of the function whose `option` names the fields, for errors */
export function namedFields(of: string | undefined, option: string, paths: readonly Path[]): NamedFields {
  let unseen = paths.filter(({ segments }) => segments.length > 0);
  let begun = false;
  return {
    check(items) {
      if (items.length === 0 || unseen.length === 0) return;
      unseen = unseen.filter((path) => items.every((item) => !has(item, path)));
      if (begun) return;
      begun = true;
      for (const path of unseen) {
        const meant = misspelt(path, items, paths);
        if (meant !== undefined)
          throw new ConfigError(
            `names ${describe(path.text)}, which no item of the first page has, but the items have ${describe(meant)}; correct the name, or list both`,
            { ...(of === undefined ? {} : { of }), options: [option], value: path.text },
          );
      }
    },
    missing: () => (begun ? unseen.map(({ text }) => text) : []),
  };
}

/** A field whose getter throws exists: the code that writes it reports the error. */
function has(item: unknown, path: Path): boolean {
  try {
    return readPath(item, path) !== undefined;
  } catch {
    return true;
  }
}

/** The path that was probably meant: the same, but with another name where the first missing one is. */
function misspelt(
  { segments, text, ways }: Path,
  items: readonly unknown[],
  named: readonly Path[],
): string | undefined {
  if (ways !== undefined) return undefined;
  for (let depth = 0; depth < segments.length; depth++) {
    const before = segments.slice(0, depth);
    const holders = items.map((item) => readPath(item, { text: '/', segments: before })).filter(isObject);
    const names = new Set(holders.flatMap((holder) => Object.keys(holder)));
    const segment = segments[depth] ?? '';
    if (names.has(segment)) continue;
    for (const name of names) {
      const other = [...before, name, ...segments.slice(depth + 1)].join(text.startsWith('/') ? '/' : '.');
      const isNamed = named.some((path) => path.text === other || path.text === `/${other}`);
      if (!isNamed && isMisspelt(segment, name)) return other;
    }
    return undefined;
  }
  return undefined;
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
