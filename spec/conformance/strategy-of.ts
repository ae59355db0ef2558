import {
  header,
  inBody,
  inForm,
  inHeaders,
  inPath,
  inPlaces,
  inQuery,
  inVariables,
  type ArrayStyle,
  type Check,
  type Params,
  type Placement,
  type Strategy,
} from 'pagewise';
import { isDeepStrictEqual } from 'node:util';
import { kinds } from '../../lib/detect/kinds.js';
import type { FixtureCheck } from './fixture.js';

const strategies: Readonly<Record<string, (options: never) => Strategy>> = Object.fromEntries(
  Object.values(kinds).map(({ typescript, make }) => [typescript, make as (options: never) => Strategy]),
);

const placements: Record<string, (argument: string | undefined) => Placement> = {
  inQuery: (arrays) => (arrays === undefined ? inQuery() : inQuery({ arrays: arrays as ArrayStyle })),
  inBody: (path) => inBody(path),
  inForm,
  inHeaders,
  inPath,
  inVariables,
};

/** Options that say where something is in an answer. */
const reads = new Set(['items', 'total', 'totalPages', 'hasMore', 'next']);

/** Makes a strategy from its name and its options in JSON. */
export function strategyOf(name: string, options: Readonly<Record<string, unknown>>): Strategy {
  const make = strategies[name];
  if (!make) throw new Error(`there is no strategy ${name}; there are ${Object.keys(strategies).join(', ')}`);
  const made = Object.entries(options).map(([key, value]) => [key, optionOf(key, value)] as const);
  return make(Object.freeze(Object.fromEntries(made)) as never);
}

function optionOf(key: string, value: unknown): unknown {
  if (key === 'place') return placementOf(value);
  if (key === 'cursorParam' && value === '...') return (token: Params) => token;
  if (!reads.has(key)) return value;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return readOf(value);
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, readOf(each)]));
}

const readOf = (value: unknown): unknown =>
  typeof value === 'string' && value.startsWith('header:') ? header(value.slice('header:'.length)) : value;

function placementOf(value: unknown): Placement {
  if (typeof value === 'object' && value !== null) {
    const { '*': rest, ...named } = value as Record<string, unknown>;
    const places = Object.entries(named).map(([name, each]) => [name, placementOf(each)] as const);
    return rest === undefined
      ? inPlaces(Object.fromEntries(places))
      : inPlaces(Object.fromEntries(places), placementOf(rest));
  }
  const [, name = '', argument] = /^(\w+)(?::(.*))?$/s.exec(String(value)) ?? [];
  const make = Object.hasOwn(placements, name) ? placements[name] : undefined;
  if (!make) throw new Error(`there is no placement ${String(value)}; there are ${Object.keys(placements).join(', ')}`);
  return make(argument);
}

/** The verdict of the first check that fits an answer. */
export const checkOf =
  (checks: readonly FixtureCheck[]): Check =>
  ({ status, body }) =>
    checks.find(
      (check) =>
        (check.status === undefined || check.status === status) &&
        (check.path === undefined || isDeepStrictEqual(valueAt(body, check.path), check.is)),
    )?.verdict;

const valueAt = (body: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((found, name) => (found as Record<string, unknown> | null | undefined)?.[name], body);
