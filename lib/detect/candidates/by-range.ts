import { parseContentRange } from '../../reading/ranges.js';
import type { PageResponse } from '../../request.js';
import type { FoundList } from '../lists.js';
import { candidate, type Candidate } from './candidate.js';

/** The Content-Range header, if it counts the items of this answer. */
export function* byRange({ headers }: PageResponse, list: FoundList): Generator<Candidate> {
  const text = headers.get('content-range') ?? '';
  const { unit, items } = parseContentRange(text) ?? {};
  const size = list.items.length;
  if (unit === 'bytes' || size === 0 || items?.first !== 0 || items.last !== size - 1) return;
  // PostgREST names no unit in Content-Range, and reads the unit from a separate header.
  const own = unit === undefined || headers.get('range-unit') !== null;
  yield candidate(
    'content-range',
    {
      items: list.read,
      size,
      ...(unit === undefined || unit === 'items' ? {} : { unit }),
      ...(own ? { unitParam: 'Range-Unit' } : {}),
    },
    97,
    `the Content-Range header is ${text.trim()}`,
  );
}
