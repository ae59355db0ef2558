import type { PageResponse } from '../../request.js';
import { scanLinks } from '../../values/links.js';
import type { FoundList } from '../find-items.js';
import { candidate, type Candidate } from './candidate.js';

/** The Link header. */
export function* byLink({ headers }: PageResponse, list: FoundList): Generator<Candidate> {
  const header = headers.get('link');
  if (header === null) return;
  let rels: string[];
  try {
    rels = [...scanLinks(header)].flatMap(
      ({ params }) =>
        params
          .get('rel')
          ?.toLowerCase()
          .split(/[ \t]+/) ?? [],
    );
  } catch {
    return;
  }
  const next = rels.includes('next');
  if (next || rels.some((rel) => /^(prev|previous|first|last)$/.test(rel)))
    yield candidate('link', { items: list.path }, 98, `the Link header has rel="${next ? 'next' : rels.join(' ')}"`);
}
