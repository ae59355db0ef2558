import type { Answer } from '../page.js';
import { findLink, linkTarget } from '../reading/links.js';
import { header, reader } from '../reading/read.js';
import type { Strategy } from '../strategy.js';
import { checkName, checkOptions, type Names } from '../values/options.js';
import {
  following,
  type FollowUrlOptions,
  followUrlOptions,
  followUrls,
  hasExposedNext,
  isLastLink,
  resolveUrl,
  type UrlPosition,
} from './parts/follow-url.js';
import { endsEmpty, listMembers, listOptions, type ListOptions } from './parts/list-options.js';
import { missingNext, type MissingNextOptions } from './parts/missing-next.js';
import { sizeOptions } from './parts/size.js';

export interface LinkHeaderOptions<Item> extends ListOptions<Item>, FollowUrlOptions, MissingNextOptions {
  /** The relation of the link that is followed. @default 'next' */
  readonly rel?: string | undefined;
}

const known = [
  listOptions, sizeOptions, followUrlOptions, 'rel', 'missingNext',
] as const satisfies Names<LinkHeaderOptions<unknown>>; // prettier-ignore

/**
 * Pages whose URL, absolute or relative, is in the Link header of the answer before them (RFC 8288).
 *
 *     GET /orgs/nodejs/repos?per_page=100   ▸   Link: <https://…/repos?per_page=100&page=2>; rel="next", <…>; rel="last"
 *                                               [ … ]
 *
 *     linkHeader<Repository>({ size: 100 })
 *
 * The walk ends when there is no such link. A header that can't be read, that is over 64 KiB, or that a browser may
 * hide is an error, and so is a first page without such a link that looks as if there were more (`missingNext`).
 * @throws ConfigError for options that can't work
 */
export function linkHeader<Item = unknown>(options: LinkHeaderOptions<Item> = {}): Strategy<Item, UrlPosition> {
  const kind = 'linkHeader';
  checkOptions(kind, options, known);
  const { rel = 'next', maxSize } = options;
  checkName(kind, 'rel', rel);
  const link = reader(kind, 'Link', header('Link'));
  const isEnd = endsEmpty(kind, options);
  const list = listMembers(kind, options);
  const counting: Pick<Strategy<Item, UrlPosition>, 'total'> = list;
  const missing = missingNext(kind, options, { kind, from: [link], rel, total: list.total });

  /** Whether only a Link header could show that this is the last page. A later page was reached by such a header. */
  function needsLink(answer: Answer<Item, UrlPosition>): boolean {
    const { position, items, response } = answer;
    if ((response.headers.hidden ?? false) === false || hasExposedNext(position)) return false;
    // Without maxSize, a page may be short because the server caps sizes.
    if (maxSize !== undefined && position.size !== undefined && items.length < position.size) return false;
    const total = counting.total?.(answer);
    return total === undefined || items.length < total;
  }

  return {
    name: kind,
    identity: { rel },
    ...followUrls(kind, options),
    next(answer) {
      if (isEnd(answer)) return undefined;
      const { position, response } = answer;
      const text = response.headers.get('link');
      const link = text === null ? undefined : findLink(text, rel, response.url);
      if (link !== undefined)
        return isLastLink(options.endParams, (name) => link.params.get(name.toLowerCase()))
          ? undefined
          : following(answer, link.target, 'header Link', response);
      missing.refuse(answer, position.url === undefined, text === null && needsLink(answer));
      return undefined;
    },
    guess({ url, ...position }, seen) {
      const text = seen?.response.headers.get('link');
      if (url === undefined || seen === undefined || text === null || text === undefined) return undefined;
      const [next, last] = [rel, 'last'].map((name) => linkTarget(text, name, seen.response.url));
      if (next === undefined || last === undefined) return undefined;
      const [from, to] = [next, last].map((target) => resolveUrl(target, 'header Link', seen.response));
      const guessed = guessLink(url, from ?? '', to ?? '');
      return guessed === undefined ? undefined : { ...position, url: guessed };
    },
    doubt: missing.doubt,
    ...list,
  };
}

interface Param {
  readonly name: string;
  readonly value: string;
}

/**
 * The URL after `from`, if the links of an answer show how its URLs are numbered: `next` and `last` differ in one query
 * parameter, a number, such as `page=2` and `page=40`. `undefined` past the last one, and if they show no such number.
 */
function guessLink(from: string, next: string, last: string): string | undefined {
  const [url, a, b] = [split(from), split(next), split(last)];
  const differ = a.params.flatMap(({ value }, index) => (value === b.params[index]?.value ? [] : [index]));
  const at = differ[0];
  if (at === undefined || differ.length > 1 || !sameNames(a.params, b.params) || !sameNames(a.params, url.params))
    return undefined;
  const number = count(url.params[at]);
  const end = count(b.params[at]);
  if (number === undefined || count(a.params[at]) === undefined || end === undefined || number >= end) return undefined;
  const params = url.params.map(({ name, value }, index) => `${name}${index === at ? `=${number + 1}` : value}`);
  return `${url.path}?${params.join('&')}`;
}

/** As text, so that only the number changes; a value keeps its `=`. */
function split(url: string): { readonly path: string; readonly params: readonly Param[] } {
  const at = url.indexOf('?');
  if (at === -1) return { path: url, params: [] };
  const params = url
    .slice(at + 1)
    .split('&')
    .map((param) => {
      const equals = param.indexOf('=');
      return equals === -1 ? { name: param, value: '' } : { name: param.slice(0, equals), value: param.slice(equals) };
    });
  return { path: url.slice(0, at), params };
}

const sameNames = (a: readonly Param[], b: readonly Param[]): boolean =>
  a.length === b.length && a.every(({ name }, index) => name === b[index]?.name);

const count = (param: Param | undefined): number | undefined =>
  param !== undefined && /^=\d{1,15}$/.test(param.value) ? Number(param.value.slice(1)) : undefined;
