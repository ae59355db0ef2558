import { ConfigError } from '../errors.js';
import { parsePlainPath } from '../reading/path.js';
import type { Placement } from '../strategy.js';
import { describe } from '../values/describe.js';
import { checkCalled } from '../values/options.js';

/**
 * Writes parameters into the JSON body: at its top level, or into the object at `path` (dot path or JSON Pointer),
 * which is created if it is missing. The template's body is copied along the path, never changed.
 *
 *     POST { "searches": […] }  ▸  inBody('pagination')(request, { page: 2, per_page: 20 })
 *                               ▸  POST { "searches": […], "pagination": { "page": 2, "per_page": 20 } }
 *
 * @throws ConfigError for a path that leads to a prototype, and for a body that is not a plain object
 */
export function inBody(path = '.'): Placement {
  checkCalled('inBody', path);
  const { segments } = parsePlainPath('inBody', 'path', path);
  return (request, params) =>
    Object.keys(params).length === 0
      ? request
      : { ...request, body: write(request.body, segments, params, 'the body') };
}

function write(value: unknown, [name, ...rest]: readonly string[], params: object, location: string): unknown {
  if (value !== undefined && !isPlainObject(value))
    throw new ConfigError(`${location} is ${describeBody(value)}; parameters can only be written into a plain object`, {
      of: 'inBody',
    });
  if (name === undefined) return merged(value, params);
  const member = value !== undefined && Object.hasOwn(value, name) ? value[name] : undefined;
  return { ...value, [name]: write(member, rest, params, `${location}'s ${JSON.stringify(name)}`) };
}

const isPlainObject = (value: unknown): value is Record<string, unknown> => {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // By its shape rather than by identity: the object may come from another realm.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
};

/** The members that have a value. Entries are made only if needed: making them is the most expensive step per page. */
function merged(body: object | undefined, params: object): Record<string, unknown> {
  const all: Record<string, unknown> = { ...body, ...params };
  for (const name in params) if (all[name] === undefined) return definedOf(all);
  return all;
}

const definedOf = (members: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));

function describeBody(value: unknown): string {
  // Not the value: it may be a secret.
  if (typeof value === 'string' || typeof value === 'number') return `a ${typeof value}`;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return describe(value);
  return `a ${value.constructor.name}`;
}
