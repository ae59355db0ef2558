import { pathText } from './path.js';
import { once } from './read.js';

/** A member of an answer outside its lists. */
export interface Member {
  readonly path: string;
  readonly names: readonly string[];
  /** The last name, in lower case and without separators: `next_page_token` is `nextpagetoken`. */
  readonly plain: string;
  readonly value: unknown;
}

/** How many members are scanned at most: an answer has no more outside its lists that are about paging. */
const mostMembers = 2000;
/** Nor longer names: they would fill messages. */
export const longestName = 200;

/** The members of an answer, outside its lists, at most five levels deep. */
export function scanAnswer(body: unknown): readonly Member[] {
  const found: Member[] = [];
  const scan = (value: unknown, names: readonly string[]): void => {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || ArrayBuffer.isView(value)) return;
    if (names.length === 5) return;
    for (const [name, member] of Object.entries(value).slice(0, 100)) {
      if (found.length >= mostMembers) return;
      if (name.length > longestName) continue;
      const path = [...names, name];
      found.push({ path: pathText(path), names: path, plain: plainName(name), value: member });
      scan(member, path);
    }
  };
  if (Array.isArray(body) && body.some(Array.isArray)) body.forEach((part, index) => scan(part, [String(index)]));
  else scan(body, []);
  return found;
}

export const plainName = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');

export const isUrlText = (value: unknown): value is string =>
  typeof value === 'string' && /^(https?:\/\/|\/|\?)/i.test(value);

/** A number or digits. */
export const countOf = (value: unknown): number | undefined => {
  const count = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  return Number.isSafeInteger(count) && (count as number) >= 0 ? (count as number) : undefined;
};

/** A boolean or its name. */
export const flagOf = (value: unknown): boolean | undefined =>
  value === true || value === 'true' ? true : value === false || value === 'false' ? false : undefined;

/** `sureTotals`: names of totals. `pageTotals`: names that may also be the number of items in this answer. */
export const sureTotals: readonly string[] = [
  'total', 'totalcount', 'totalresults', 'totalitems', 'totalrecords', 'totalelements', 'filtercount', 'numfound',
  'odatacount', 'totalhits', 'totalrows', 'totalentries', 'totalsize', 'hitcount', 'rowcount', 'recordcount', 'itemcount', 'resultcount', 'numberofresults', 'numberofitems', 'numresults', 'numitems', 'totalnumber', 'totalcounts', 'totalelement', 'numbermatched', 'totalobjects', 'totalresultsize', 'totalavailable', 'totalresult', 'totalitem', 'recordstotal',
  'nbhits', 'nbresults', 'itemstotal', 'resultstotal', 'totalfound', 'totalmatches', 'totalmatching', 'totalitemcount', 'totalrecordcount', 'totalrowcount', 'totalresultcount', 'totalresultscount', 'totalhitcount', 'totalsetsize', 'totalnumberofresults', 'totalnumberofitems', 'totalnumberofrecords', 'totaldocuments', 'totaldocs', 'totalcountofitems', 'availablecount',
]; // prettier-ignore
// Marked pure, so that bundles that do not read totals leave it out.
const totals = /* @__PURE__ */ sureTotals.concat('count', 'matches');
export const pageTotals: readonly string[] = [
  'totalpages', 'pagecount', 'lastpage', 'numpages', 'pagestotal', 'pages', 'nbpages', 'totalpagecount', 'totalpagescount', 'totalnumberofpages', 'numberofpages', 'pagescount', 'maxpage', 'maxpages',
]; // prettier-ignore
export const flags: readonly string[] = [
  'hasmore', 'hasnext', 'hasnextpage', 'more', 'istruncated', 'truncated', 'hasmoreitems', 'hasmoreresults',
  'hasmorerecords', 'hasmorepages', 'hasmoredata', 'moreavailable', 'moreresultsavailable', 'moreresults',
  'morerecords', 'moreitems', 'morepages', 'exceededtransferlimit',
]; // prettier-ignore

/** Flags that say the opposite: that this is the last page. */
export const lastFlags: readonly string[] = [
  'islast', 'islastpage', 'lastpage', 'last', 'done', 'isdone', 'endofrecords', 'endofresults', 'endofstream', 'endofdata', 'isend', 'end', 'eof', 'complete', 'iscomplete', 'finished',
]; // prettier-ignore

/** Names of flags that no list has, of the same meaning. */
const moreForm =
  /^(has|is|are)?(any)?(more|next|additional|further)(available|exists?|pages?|items|results?|records|data|rows|entries|content|left|tocome)?$|^more\w*available$|truncated$|^continues$/;
const lastForm = /^(is|at|on)?(the)?(last|final)(page|batch|set|chunk)$|^(is|at)end$|^eo[fl]$|^no(more|next)|^(list|results?)complete$|^end(reached|of(records|results|stream|data|lists?|pages?))$/; // prettier-ignore

/** Those that can only mean the list: a query or a job may be done, complete or finished too. */
const sureLast: readonly string[] = ['islast', 'islastpage', 'lastpage', 'last'];

/** What an answer announces about the size of the list: where (written as in a `Paging`), and the value. */
export interface Announced {
  readonly total: readonly Announcement<number>[];
  readonly totalPages: readonly Announcement<number>[];
  readonly hasMore: readonly Announcement<boolean>[];
}
export interface Announcement<T> {
  readonly read: string;
  readonly value: T;
}

export const headerTotals: readonly string[] = [
  'X-Total-Count', 'X-Total', 'X-WP-Total', 'Total-Count', 'X-Total-Results', 'X-Total-Items', 'X-Total-Records', 'X-Pagination-Total', 'X-Pagination-Total-Count', 'Pagination-Total', 'Pagination-Total-Count', 'X-Pagination-Count', 'Pagination-Count',
]; // prettier-ignore
export const headerPages: readonly string[] = [
  'X-Total-Pages', 'X-WP-TotalPages', 'Total-Pages', 'X-Page-Count', 'X-Pagination-Page-Count', 'X-Pagination-Total-Pages', 'X-Pagination-Pages', 'Pagination-Page-Count', 'Pagination-Total-Pages',
]; // prettier-ignore

export function announcedIn(members: readonly Member[], headers: { get(name: string): string | null }): Announced {
  const inBody = <T>(names: readonly string[], read: (value: unknown) => T | undefined): Announcement<T>[] =>
    names.flatMap((name) =>
      members
        .filter(
          ({ plain, names: path }) => plain === name || (plain === 'value' && plainName(path.at(-2) ?? '') === name),
        )
        .flatMap(({ path, value }) => {
          const found = read(value);
          return found === undefined ? [] : [{ read: path, value: found }];
        }),
    );
  const formed = (form: RegExp): Announcement<boolean>[] =>
    members.flatMap(({ plain, path, value }) =>
      typeof value === 'boolean' && form.test(plain) ? [{ read: path, value }] : [],
    );
  const opposite = ({ read, value }: Announcement<boolean>) => ({ read: `!${read}`, value: !value });
  const inHeaders = (names: readonly string[]): Announcement<number>[] =>
    names.flatMap((name) => {
      const value = countOf(once(headers.get(name) ?? ''));
      return value === undefined ? [] : [{ read: `header:${name}`, value }];
    });
  return {
    total: [...inHeaders(headerTotals), ...inBody(totals, countOf)],
    totalPages: [...inHeaders(headerPages), ...inBody(pageTotals, countOf)],
    hasMore: [
      ...inBody(flags, flagOf),
      ...formed(moreForm),
      ...inBody(sureLast, flagOf).map(opposite),
      ...formed(lastForm).map(opposite),
    ],
  };
}

/** Headers that hold the token or number of the next page. */
export const nextHeaders: readonly string[] = [
  'X-Next-Page', 'X-Next-Cursor', 'X-Next-Page-Token', 'X-Next-Token', 'X-Continuation-Token', 'X-MS-Continuation',
]; // prettier-ignore

/** The first announcement that there is more than this page; `undefined` if there is none. */
export const announcesMore = (
  { hasMore, totalPages, total }: Announced,
  came: number,
): Announcement<unknown> | undefined =>
  hasMore.find(({ value }) => value) ??
  totalPages.find(({ value }) => value > 1) ??
  // Beside a total, a count may be the size of pages.
  total.find(({ value, read }) => value > came && (!isCount(read) || total.every((other) => isCount(other.read))));

const isCount = (read: string): boolean => /(^|[./])(count|matches)$/i.test(read);

/** A list of links: of each the name of its relation, and of its URL. */
export interface LinkList {
  readonly path: string;
  readonly links: readonly Readonly<Record<string, unknown>>[];
  readonly rel: string;
  readonly href: string;
}

/** The lists of links in an answer, at most three levels deep: `links`, or `link` of FHIR. */
export function linkLists(body: unknown, names: readonly string[] = []): readonly LinkList[] {
  if (typeof body !== 'object' || body === null || Array.isArray(body) || names.length > 2) return [];
  return Object.entries(body)
    .slice(0, 100)
    .flatMap(([name, value]: [string, unknown]) => {
      if (!Array.isArray(value)) return linkLists(value, [...names, name]);
      const links = value.slice(0, 100) as LinkList['links'];
      if (!/^_?links?$/i.test(name) || links.some((each: unknown) => typeof each !== 'object' || each === null))
        return [];
      const rel = ['rel', 'relation', '@rel', 'name', 'type'].find((each) => links.some((link) => isName(link[each])));
      const named = links.find((link) => link[rel ?? ''] === 'next') ?? links[0];
      const href = ['href', 'url', '@href', 'uri', 'link'].find((each) => isName(named?.[each]));
      return rel === undefined || href === undefined ? [] : [{ path: pathText([...names, name]), links, rel, href }];
    });
}

const isName = (value: unknown): boolean => typeof value === 'string' && value !== '';
