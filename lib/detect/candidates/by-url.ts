import { scanLinks } from '../../reading/links.js';
import type { PageRequest, PageResponse } from '../../request.js';
import type { PagingOptions } from '../kinds.js';
import type { FoundList } from '../lists.js';
import { isUrlText, linkLists, type Member, plainName } from '../../reading/scan-answer.js';
import { candidate, type Candidate } from './candidate.js';

/** Names of the next page's URL. The URL of a next month or a next user has other items. */
const nextUrls =
  /^(odata)?next(page|records?|results?|set|batch)?(relative|full)?(url|uri|link|href|path|results|token|cursor)?$|^(after|more|older|continuation|nextpage)(page)?(url|uri|link|href)$|^older$/;

/** The next page's URL in the body: OData, JSON:API, HAL and many others. */
export function* byUrl(
  request: PageRequest,
  response: PageResponse,
  members: readonly Member[],
  list: FoundList,
): Generator<Candidate> {
  for (const { path, names, plain, value } of members) {
    const named =
      (names.some((name) => nextUrls.test(plainName(name))) || isSameRoute(plain, value, response.url)) &&
      !names.some((name) => /prev/i.test(name));
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
    const evidence = value === null ? `${path} is null` : `${path} is a URL`;
    yield candidate('next-url', { items: list.read, next: path }, score, evidence);
    if (!isUrlText(value)) continue;
    for (const [options, why] of repairs(request, response, value))
      yield candidate('next-url', { items: list.read, next: path, ...options }, score - 0.5, `${evidence}, ${why}`);
  }
}

/** `next_collection_link` may lead to anything; it leads to the next page if it is the request with other parameters. */
const isSameRoute = (plain: string, value: unknown, own: string): boolean =>
  /^(next|more).*(url|uri|link|href|page)$/.test(plain) &&
  isUrlText(value) &&
  resolved(value, own)?.pathname === resolved(own, own)?.pathname;

/** What may be wrong with a link that can't be followed: its origin, or a parameter that it has lost. */
function* repairs(request: PageRequest, response: PageResponse, link: string): Generator<[PagingOptions, string]> {
  const url = resolved(link, response.url);
  const own = resolved(request.url ?? '', response.url);
  if (!url || !own) return;
  const nextOrigin = url.origin === own.origin ? {} : { nextOrigin: 'template' as const };
  const lost = [...new Set(own.searchParams.keys())].filter((name) => !url.searchParams.has(name));
  if (url.origin !== own.origin) yield [nextOrigin, 'at another origin'];
  if (lost.length > 0) yield [{ ...nextOrigin, keepParams: lost }, `without ${lost.join(', ')}`];
}

function resolved(url: string, base: string): URL | undefined {
  try {
    return new URL(url, base);
  } catch {
    return undefined;
  }
}

/** Next links in a list of links: OGC API Features, STAC, FHIR. */
export function* byLinkArray(body: unknown, list: FoundList): Generator<Candidate> {
  for (const { path, links, rel, href } of linkLists(body)) {
    const next = links.find((link) => link[rel] === 'next');
    // A link that is a request is read whole.
    const whole = next !== undefined && href === 'href' && ('method' in next || 'body' in next);
    const read = `${path}[${rel}=next]${whole ? '' : `.${href}`}`;
    const why = next ? `${path} has a link with ${rel} next` : `${path} has links, and none with ${rel} next`;
    yield candidate('next-url', { items: list.read, next: read }, 94, why);
  }
}

/** The Link header. */
export function* byLink({ headers }: PageResponse, list: FoundList): Generator<Candidate> {
  const header = headers.get('link');
  if (header === null) return;
  let links: { rels: readonly string[]; results: string | undefined }[];
  try {
    links = [...scanLinks(header)].map(({ params }) => ({ rels: params.get('rel')?.toLowerCase().split(/[ \t]+/) ?? [], results: params.get('results') })); // prettier-ignore
  } catch {
    return;
  }
  const rels = links.flatMap(({ rels }) => rels);
  const next = links.find((link) => link.rels.includes('next'));
  if (next ?? rels.some((rel) => /^(prev|previous|first|last|self)$/.test(rel)))
    yield candidate(
      'link',
      { items: list.read, ...(next?.results === undefined ? {} : { endParams: { results: 'false' } }) },
      98,
      `the Link header has rel="${next ? 'next' : rels.join(' ')}"`,
    );
}
