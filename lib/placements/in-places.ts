import { ConfigError } from '../errors.js';
import type { Placement } from '../strategy.js';
import { describe } from '../values/describe.js';
import { checkCalled } from '../values/options.js';
import { inQuery } from './in-query.js';

/**
 * Several placements in one strategy: named parameters go to placements of their own, all others to `rest`.
 *
 *     inPlaces({ 'x-cursor': inHeaders() })(request, { 'x-cursor': 'abc', limit: 50 })   ▸   GET /items?limit=50, x-cursor: abc
 *
 * @param rest the placement of parameters that are not named; inQuery() by default
 * @throws ConfigError for anything that is not a placement
 */
export function inPlaces(places: Readonly<Record<string, Placement>>, rest?: Placement): Placement {
  checkCalled('inPlaces', places);
  const others = rest ?? inQuery();
  for (const [name, place] of [...Object.entries(places), ['the rest', others] as const])
    if (typeof place !== 'function')
      throw new ConfigError(
        `inPlaces: the placement of ${name} must be a function such as \`inQuery()\`, not ${describe(place)}`,
      );
  return (request, params) => {
    const groups = new Map<Placement, Record<string, unknown>>();
    for (const [name, value] of Object.entries(params)) {
      const place = Object.hasOwn(places, name) ? (places[name] ?? others) : others;
      const group = groups.get(place) ?? {};
      group[name] = value;
      groups.set(place, group);
    }
    // Every placement is called, even without parameters: optional segments of a path must be removed.
    for (const place of [...Object.values(places), ...(rest ? [rest] : [])])
      if (!groups.has(place)) groups.set(place, {});
    return [...groups].reduce((placed, [place, group]) => place(placed, group), request);
  };
}
