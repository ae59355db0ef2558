import { ConfigError } from '../errors.js';
import type { Placement } from '../strategy.js';
import { describe } from '../values/describe.js';
import { inQuery } from './in-query.js';

/**
 * Several places in one strategy: the parameters that are named go to placements of their own, the rest to another one.
 *
 *     inPlaces({ 'x-cursor': inHeaders() })(request, { 'x-cursor': 'abc', limit: 50 })   ▸   GET /items?limit=50, x-cursor: abc
 *
 * @param rest where parameters go that are not named; inQuery() by default
 * @throws ConfigError for what is no placement
 */
export function inPlaces(places: Readonly<Record<string, Placement>>, rest?: Placement): Placement {
  const others = rest ?? inQuery();
  for (const [name, place] of [...Object.entries(places), ['the rest', others] as const])
    if (typeof place !== 'function')
      throw new ConfigError(
        `inPlaces: the placement of ${name} must be a function such as inQuery(), not ${describe(place)}`,
      );
  return (request, params) => {
    const groups = new Map<Placement, Record<string, unknown>>();
    for (const [name, value] of Object.entries(params)) {
      const place = Object.hasOwn(places, name) ? (places[name] ?? others) : others;
      const group = groups.get(place) ?? {};
      group[name] = value;
      groups.set(place, group);
    }
    // Every placement is asked, also without parameters: a path's optional segments go.
    for (const place of [...Object.values(places), ...(rest ? [rest] : [])])
      if (!groups.has(place)) groups.set(place, {});
    return [...groups].reduce((placed, [place, group]) => place(placed, group), request);
  };
}
