import { contentRange } from '../strategies/content-range.js';
import { profile, type ProfileOptions, type UnratedProfile } from './profile.js';

/**
 * PostgREST, as in Supabase: the rows of a table, a view or a function, by ranges.
 *
 *     GET /people?order=id
 *     Range-Unit: items
 *     Range: 0-999   ▸   200, Content-Range: 0-999/*
 *                        [ … ]
 *
 *     const { strategy, check } = postgrest<Person>({ size: 1000 });
 *
 * Ranges need an order by a unique column. The walk ends at an empty page; with `Prefer: count=exact` in the request it
 * ends at the total, which saves one request (https://docs.postgrest.org/en/stable/references/api/pagination_count.html).
 */
export const postgrest = <Item = unknown>({ items, size = 1000, ...rest }: ProfileOptions = {}): UnratedProfile<Item> =>
  profile(contentRange<Item>, { items, size, unitParam: 'Range-Unit' }, {}, { of: 'postgrest', rest });
