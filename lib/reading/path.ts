import { ConfigError } from '../errors.js';
import { describe } from '../values/describe.js';

/**
 * A path into a JSON value: a dot path (`data.items`, `results.0.rows`), a JSON Pointer (`/data/items`, RFC 6901) for
 * names with dots or slashes, or `.` for the value itself. A top-level name with dots (`@odata.count`) is found without
 * a pointer.
 */
export interface Path {
  readonly text: string;
  readonly segments: readonly string[];
}

/**
 * @param of the function whose `option` is the path, for errors
 * @throws ConfigError if it is not a path, or if it would reach a prototype
 */
export function parsePath(of: string | undefined, option: string, path: unknown): Path {
  const about = { ...(of === undefined ? {} : { of }), options: [option], value: path };
  if (typeof path !== 'string')
    throw new ConfigError(`must be a path like 'data.items' or '/data/items', not ${describe(path)}`, about);
  const segments = split(path);
  if (segments.includes(''))
    throw new ConfigError(`${describe(path)} has an empty segment; for the value itself use '.'`, about);
  if (
    segments.some(
      (segment, i) => segment === '__proto__' || (segment === 'constructor' && segments[i + 1] === 'prototype'),
    )
  )
    throw new ConfigError(`${describe(path)} leads to a prototype, which is never read or written`, about);
  return { text: path === '' ? '.' : path, segments };
}

function split(path: string): string[] {
  if (path === '' || path === '.') return [];
  if (!path.startsWith('/')) return path.split('.');
  return path
    .slice(1)
    .split('/')
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The value at a path, own properties only; `undefined` if there is none. */
export function readPath(value: unknown, { text, segments }: Path): unknown {
  if (segments.length > 1 && !text.startsWith('/')) {
    const whole = own(value, text);
    if (whole !== undefined) return whole;
  }
  let found = value;
  for (const segment of segments) found = own(found, segment);
  return found;
}

const own = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;

/** Paths of the arrays in a value, at most three levels deep; errors suggest them if a path leads to no array. */
export function arrayPaths(value: unknown, prefix = '', depth = 0): string[] {
  if (Array.isArray(value)) return [prefix === '' ? '.' : prefix];
  if (typeof value !== 'object' || value === null || depth === 3) return [];
  return Object.entries(value)
    .slice(0, 50)
    .flatMap(([name, member]) =>
      /[./~]|.{200}/s.test(name) ? [] : arrayPaths(member, prefix === '' ? name : `${prefix}.${name}`, depth + 1),
    )
    .slice(0, 5);
}

/** A path as text: with dots, or as a JSON Pointer if a name contains a dot, slash or tilde. */
export function pathText(names: readonly string[]): string {
  const [only = ''] = names;
  if (names.length === 1 && !only.includes('/') && !/^\.|\.\.|\.$/.test(only)) return only;
  return names.some((name) => /[./~]/.test(name))
    ? `/${names.map((name) => name.replaceAll('~', '~0').replaceAll('/', '~1')).join('/')}`
    : names.join('.');
}
