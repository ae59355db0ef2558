import type { Answer } from '../../page.js';
import { linkTarget, scanLinks } from '../../reading/links.js';
import { once, type Reader } from '../../reading/read.js';
import {
  countOf,
  flags,
  headerPages,
  headerTotals,
  isUrlText,
  linkLists,
  type Member,
  nextHeaders,
  pageTotals,
  plainName,
  scanAnswer,
  sureTotals,
  lastFlags,
} from '../../reading/scan-answer.js';
import type { PageResponse } from '../../request.js';
import type { Strategy } from '../../strategy.js';
import { digitsOf, sameJson } from '../../values/compare.js';

/** What a strategy reads, so that similar members can be recognized. */
export interface Named {
  readonly kind: 'cursor' | 'nextUrl' | 'linkHeader';
  /** Where the token or URL was looked for. */
  readonly from: readonly Reader[];
  /** The parameters that would carry it. */
  readonly params?: readonly string[];
  /** The relation of a link, if that is what leads to the next page. */
  readonly rel?: string;
  readonly total?: Strategy<never, never>['total'];
}

export type AnyAnswer = Answer<unknown, unknown>;

/** Why there may be more pages: in words, and which strategy would follow the token or URL. */
export interface Sign {
  readonly words: string;
  /** Where a token or URL is. */
  readonly path?: string;
  readonly by?: 'cursor' | 'nextUrl' | 'linkHeader';
}

/** Signs of more pages in an answer that lacks what was named; none if a total that it announces is reached. */
export function signsOfMore(answer: AnyAnswer, named: Named): readonly Sign[] {
  const { items, body, response } = answer;
  const { rel } = named;
  const members = aroundItems(scanAnswer(body), items);
  const link = response.headers.get('link') ?? '';
  if (rel !== undefined && link !== '') return otherRelations(link, rel);

  const { isReached, unreached } = announcements(answer, members, named);
  if (isReached) return [];
  const names = namesIn(named);
  const params = (named.params ?? []).map(plainName);
  const isBackwards = [rel ?? '', ...named.from.map(({ path }) => path)].some(isBackward);
  const sent = sentValues(answer);
  const signs: Sign[] = [];
  for (const { path, names: at, plain, value } of members.about) {
    const isNext =
      (names.includes(plain) && hasValue(value) && (plain.includes('next') || !isStart(value))) ||
      (params.includes(plain) && isToken(plain, value)) ||
      (!isBackwards && isNextName(at, value) && hasValue(value));
    if (isNext && !sent(at.at(-1) ?? '', value))
      signs.push({ words: `there is a value at '${path}'`, path, by: isLink(value) ? 'nextUrl' : 'cursor' });
    else if (!isBackwards && isMore(plain, value)) signs.push({ words: `${path} is ${String(value)}` });
  }
  if (!isBackwards)
    for (const { path, links, rel: name, href } of linkLists(body))
      if (links.some((each) => each[name] === 'next' && hasValue(each[href])))
        signs.push({
          words: `${path} has a link with ${name} next`,
          path: `${path}[${name}=next].${href}`,
          by: 'nextUrl',
        });
  if (!isBackwards && rel === undefined && nextLink(link, response))
    signs.push({ words: 'the Link header has a next link', by: 'linkHeader' });
  if (!isBackwards)
    for (const name of nextHeaders)
      if ((response.headers.get(name) ?? '') !== '') signs.push({ words: `the header ${name} has a value` });
  if (rel !== undefined) signs.push(...unreached);
  // An object is left out if one of its own members is a sign too.
  return signs.filter(({ path }) => path === undefined || !signs.some((other) => isWithin(other.path, path)));
}

const isWithin = (path: string | undefined, holder: string): boolean =>
  path !== undefined && path !== holder && (path.startsWith(`${holder}.`) || path.startsWith(`${holder}/`));

// ---- Where a member may be about the items --------------------------------------------------------------------------

interface Around {
  /** Members outside the items, except those beside another list in an object of its own. */
  readonly about: readonly Member[];
  /** Whether a count there counts the items: it is beside or above their list, or in an object about paging. */
  counts(member: Member): boolean;
  /** The plain name of the list of the items, if they are one of the answer's lists. */
  readonly list: string | undefined;
}

function aroundItems(members: readonly Member[], items: readonly unknown[]): Around {
  const list = members.find(({ value }) => value === items);
  const home = list?.names.slice(0, -1);
  const isAboutPages = (holders: readonly string[]) =>
    holders.every((name, i) => holder.test(name) || home?.[i] === name);
  // Without a list of their own, items were picked from an object: they are members too.
  const picked = new Set(home === undefined ? items : []);
  const foreign = members.flatMap(({ names, value }) => {
    const at = Array.isArray(value) ? names.slice(0, -1) : names;
    return (Array.isArray(value) ? home && value.length > 0 && !isAboutPages(at) : isObject(value) && picked.has(value))
      ? [at]
      : [];
  });
  const isForeign = (names: readonly string[]) => foreign.some((at) => at.every((name, i) => names[i] === name));
  return {
    about: members.filter(({ names }) => !isForeign(names)),
    counts: ({ names }) => isAboutPages(names.slice(0, -1)),
    list: list?.plain,
  };
}

/** Names of objects that say how pages follow each other. */
const holder = /meta|pag(e|ing|ination)|info|links?$|cursor|result|^\d+$/i;

// ---- Totals ---------------------------------------------------------------------------------------------------------

/** Whether an announced total is reached, and the totals that are not. */
function announcements(
  answer: AnyAnswer,
  { about, counts, list }: Around,
  { total }: Named,
): { readonly isReached: boolean; readonly unreached: readonly Sign[] } {
  const { items, response } = answer;
  const arrived = items.length;
  const announced: { readonly words: string; readonly isReached: boolean }[] = [];
  const announce = (where: string, value: unknown, reached: number) => {
    const count = countOf(digitsOf(value) ?? value);
    if (count !== undefined && (count > 0 || arrived === 0))
      announced.push({
        words: `${where} is ${String(count)}, but ${String(arrived)} items arrived`,
        isReached: count <= reached,
      });
  };
  const named = total?.(answer as never);
  if (named !== undefined) announce('the total', named, arrived);
  else {
    const members = about.filter(counts);
    const isTotal = (plain: string) =>
      sureTotals.includes(plain) ||
      (list !== undefined && [`total${list}`, `${list}total`, `${list}count`].includes(plain));
    const page = members.find(({ plain }) => ['page', 'currentpage', 'pagenumber', 'pageno'].includes(plain))?.value;
    const current = Math.max(1, countOf(page) ?? 1);
    for (const name of headerTotals) announce(`the header ${name}`, once(response.headers.get(name) ?? ''), arrived);
    for (const name of headerPages) announce(`the header ${name}`, once(response.headers.get(name) ?? ''), current);
    for (const { plain, path, value } of members)
      if (isTotal(plain)) announce(path, value, arrived);
      else if (pageTotals.includes(plain)) announce(path, value, current);
  }
  return { isReached: announced.some(({ isReached }) => isReached), unreached: announced };
}

// ---- Names and values -----------------------------------------------------------------------------------------------

/** Whether a name means backwards: names with `next` then lead back to where the walk arrived from. */
const isBackward = (name: string): boolean =>
  wordsIn(name).some((word) => /^(prev|previous|before|back|backwards?|older|newer|up)$/.test(word));

/** Names of members that hold the value of a named link or token, as in `next.href`. */
const generic = /^(href|url|uri|link|value|id|text|\d+|[$#@_]\w*)$/i;

/** The names that a path, header or relation ends with, plain. */
function namesIn({ from, rel }: Named): readonly string[] {
  if (rel !== undefined) return [plainName(rel)];
  return from.flatMap(({ path }) => {
    const text = path.replace(/^header (x-)?/i, '');
    const parts = text.split(/[./]/).filter((part) => part !== '');
    const last = parts.filter((part) => !generic.test(part)).at(-1) ?? parts.at(-1) ?? '';
    return [plainName(last), plainName(text)].filter((name) => name !== '');
  });
}

/** The words of a name: those of `nextPageToken` and `next_page_token` are next, page and token. */
const wordsIn = (name: string): readonly string[] =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);

const leading = /^(tokens?|cursors?|markers?|pages?|paging|pagination|links?|ur[li]s?|hrefs?)$/;
const pages = /^(next|records?|results?|items?|rows|data|list|set|batch|chunk)$/;
const elsewhere = /^(sync|delta|prev|previous|backwards?|count|size|poll|refresh)$/;
const glued = /^next(page|records?|results?)?(token|cursor|marker|page|link|ur[li]|href)$/;

/** Whether a name means the next page: `next` with another word, in the name itself or in that of its object. */
function isNextName(names: readonly string[], value: unknown): boolean {
  const own = names.at(-1) ?? '';
  const words = [...wordsIn(own), ...wordsIn(names.at(-2) ?? '')];
  if (glued.test(plainName(own))) return true;
  if (!words.includes('next') || words.some((word) => elsewhere.test(word))) return false;
  const isOwn = wordsIn(own).includes('next');
  // The URL of a nextArticle leads to an article.
  const isPages = wordsIn(isOwn ? own : (names.at(-2) ?? '')).every((word) => leading.test(word) || pages.test(word));
  return (isOwn || isPages) && ((isPages && isLink(value)) || words.some((word) => leading.test(word)));
}

/** Whether a flag says that there are more pages: a has-more that is true, or a last-page flag that is false. */
function isMore(plain: string, value: unknown): boolean {
  if (flags.includes(plain) || /^has(more|next)/.test(plain))
    return value === true || value === 1 || isNamed(value, 'true');
  return lastFlags.includes(plain) && (value === false || isNamed(value, 'false'));
}

const isNamed = (value: unknown, name: string): boolean => typeof value === 'string' && value.toLowerCase() === name;

/** Whether a value is set: a non-empty string, a number, or an object with such a member. */
function hasValue(value: unknown, depth = 0): boolean {
  if (isText(value)) return true;
  if (!isObject(value) || Array.isArray(value) || depth === 3) return false;
  if (digitsOf(value) !== undefined) return true;
  if (ArrayBuffer.isView(value)) return value.byteLength > 0;
  return Object.values(value)
    .slice(0, 20)
    .some((member) => hasValue(member, depth + 1));
}

export const isText = (value: unknown): value is string | number | bigint =>
  (typeof value === 'string' && value !== '') || typeof value === 'number' || typeof value === 'bigint';

/** Whether a member that has the name of a parameter is a token. */
const isToken = (plain: string, value: unknown): boolean =>
  typeof value === 'object' ? /token|key|marker/.test(plain) && hasValue(value) : isText(value) && !isStart(value);

/** Whether a number may say where this page starts. */
const isStart = (value: unknown): boolean => isText(value) && /^[01]$/.test(String(value));

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const isLink = (value: unknown): boolean => isUrlText(isObject(value) && 'href' in value ? value.href : value);

/** Whether a value was sent under that name: answers repeat parameters. */
function sentValues({ position, response }: AnyAnswer): (name: string, value: unknown) => boolean {
  const { cursor } = (position ?? {}) as { cursor?: unknown };
  const query = [...new URLSearchParams(/\?([^#]*)/.exec(response.url)?.[1] ?? '')];
  return (name, value) =>
    sameJson(value, cursor) ||
    query.some(([param, sent]) => sent === String(value) && plainName(param) === plainName(name));
}

// ---- Links and headers ----------------------------------------------------------------------------------------------

/** Links whose relation is the one that was named in another spelling, or `next`. */
function otherRelations(text: string, rel: string): readonly Sign[] {
  const relations = [...scanLinks(text)].flatMap(({ params }) => params.get('rel')?.split(/[ \t]+/) ?? []);
  const isOther = (name: string) =>
    plainName(name) === plainName(rel) || (!isBackward(rel) && name.toLowerCase() === 'next');
  return relations
    .filter((name) => name.toLowerCase() !== rel.toLowerCase() && isOther(name))
    .map((name) => ({ words: `the Link header has rel="${name.slice(0, 40)}"` }));
}

function nextLink(text: string, { url }: PageResponse): boolean {
  try {
    return text !== '' && linkTarget(text, 'next', url) !== undefined;
  } catch {
    return false; // Nothing was expected there.
  }
}
