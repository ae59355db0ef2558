import { scanLinks } from '../../reading/links.js';
import type { PageResponse } from '../../request.js';
import type { FoundList } from '../lists.js';
import { isUrlText, type Member, plainName } from '../../reading/scan-answer.js';
import { candidate, type Candidate } from './candidate.js';

/** Names of the next page's URL. The URL of a next month or a next user has other items. */
const nextUrls =
  /^(odata)?next(page|records?|results?|set|batch)?(relative|full)?(url|uri|link|href|path|results|token|cursor)?$/;

/** The next page's URL in the body: OData, JSON:API, HAL and many others. */
export function* byUrl(members: readonly Member[], list: FoundList): Generator<Candidate> {
  for (const { path, names, plain, value } of members) {
    const named = names.some((name) => nextUrls.test(plainName(name))) && !names.some((name) => /prev/i.test(name));
    // A null is the end of a chain of URLs if its name says so, or if the link to the previous page is a URL too.
    const ended =
      value === null &&
      (/^(odata)?nextlink$|^nexturl$|^nextpageurl$/.test(plain) ||
        (plain === 'next' &&
          members.some(
            (other) =>
              plainName(other.names[0] ?? '').includes('prev') ||
              other.names.includes('links') ||
              other.names.includes('_links') ||
              other.plain === 'previous',
          )));
    if (!named || !(isUrlText(value) || ended)) continue;
    const score = /odata|nextlink/.test(plain) || /^_?links\b/.test(path) ? 96 : 92;
    yield candidate(
      'next-url',
      { items: list.read, next: path },
      score,
      value === null ? `${path} is null` : `${path} is a URL`,
    );
  }
}

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
    yield candidate('link', { items: list.read }, 98, `the Link header has rel="${next ? 'next' : rels.join(' ')}"`);
}
