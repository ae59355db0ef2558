import type { PageRequest } from '../../request.js';
import { pathText } from '../../reading/path.js';
import { plainName, scanAnswer } from '../../reading/scan-answer.js';
import type { PagingKind, PagingOptions } from '../kinds.js';
import type { Paging } from '../paging.js';

/** A kind of paging that an answer suggests, and how clearly. */
export interface Candidate {
  readonly paging: Paging;
  /** From 100 (a standard names it) to 10 (a common name that is merely tried). */
  readonly score: number;
  readonly evidence: string;
  /** Other names that the parameter may have, likeliest first. They are tried together. */
  readonly others?: readonly string[] | undefined;
  /** Further names, in a style that the API does not use elsewhere. */
  readonly unlikely?: readonly string[] | undefined;
  /** Whether its own name is only one of many, so that it is tried together with the others. */
  readonly blind?: boolean | undefined;
}

/** The option that names the parameter of a kind. */
export const paramOf = (kind: PagingKind): 'pageParam' | 'offsetParam' | 'cursorParam' =>
  kind === 'page' ? 'pageParam' : kind === 'offset' ? 'offsetParam' : 'cursorParam';

/** A candidate whose parameter has another name. */
export const renamed = (given: Candidate, name: string): Candidate => ({
  ...given,
  paging: { ...given.paging, options: { ...given.paging.options, [paramOf(given.paging.kind)]: name } },
  others: undefined,
  unlikely: undefined,
});

/** The styles in which an API may write the words of a name: `pageToken`, `page_token`, `page-token`, `PageToken` … */
export function stylesOf(words: readonly string[]): readonly string[] {
  const [first = '', ...rest] = words.map((word) => word.toLowerCase());
  const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
  const all = [first, ...rest];
  return [
    ...new Set([
      all.join('_'), first + rest.map(capital).join(''), all.join('-'), all.map(capital).join(''), all.join(''),
      ...(rest.length > 0 ? [`${first}[${rest.join('_')}]`] : [`page[${first}]`, `$${first}`, `pagination[${first}]`]),
    ]),
  ]; // prettier-ignore
}

/** The words of a name in any style. */
export const wordsIn = (name: string): readonly string[] =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '');

export const candidate = (
  kind: PagingKind,
  options: PagingOptions,
  score: number,
  evidence: string,
  place?: string,
): Candidate => ({
  paging: { kind, options, ...(place === undefined || place === 'query' ? {} : { place }) },
  score,
  evidence,
});

/** A parameter of the request, and where it stands. */
export interface Requested {
  readonly name: string;
  readonly value: unknown;
  readonly place: string;
}

/** The parameters of a request, in its query and body. */
export function requested({ url = '', body }: PageRequest): readonly Requested[] {
  const parsed = (text: string, place: string) => [...new URLSearchParams(text)].map(([name, value]) => ({ name, value, place })); // prettier-ignore
  const query = parsed(/\?([^#]*)/.exec(url)?.[1] ?? '', 'query');
  if (typeof body === 'string' || body instanceof URLSearchParams) return [...query, ...parsed(String(body), 'form')];
  if (typeof body !== 'object' || body === null || ArrayBuffer.isView(body)) return query;
  const inBody = scanAnswer(body).map(({ names, value }) => ({
    name: names.at(-1) ?? '',
    value,
    place: names.length === 1 ? 'body' : `body:${pathText(names.slice(0, -1))}`,
  }));
  return [...query, ...inBody];
}

/** Whether the body is a query of GraphQL: other APIs have texts to search for under this name. */
export function isGraphql({ body }: PageRequest): boolean {
  const query = typeof body === 'object' && body !== null ? (body as { query?: unknown }).query : undefined;
  return (
    typeof query === 'string' &&
    /^\s*(#[^\n]*\n\s*)*(\{\s*[\w.#]|(query|mutation|subscription|fragment)\b[^{]*\{)/.test(query) &&
    query.includes('}')
  );
}

/**
 * Sorts names by whether they are in the style of the API: one that writes `created_at` has a `page_token`, and one that
 * writes `createdAt` a `pageToken`. Names of one word fit every style.
 */
export function byStyle(texts: readonly string[], names: readonly string[]): Styled {
  const count = (form: RegExp) => texts.filter((text) => form.test(text)).length;
  // Without any sign, the two usual styles.
  const [style = /^[a-z0-9]+(_[a-z0-9]+|[A-Z][a-z0-9]*)+$/] = styles.filter((form) => count(form) > 0).sort((a, b) => count(b) - count(a)); // prettier-ignore
  const holders = texts.filter((text) => text.includes('[')).map((text) => text.slice(0, text.indexOf('[') + 1));
  // startindex is start_index without its separator, and no word.
  const joined = new Set(names.filter((name) => /[a-z0-9]([_-][a-z]|[A-Z])/.test(name)).map(plainName));
  const fits = (name: string) =>
    (/^[a-z]+$/.test(name) && !joined.has(name)) ||
    style.test(name) ||
    holders.some((holder) => name.startsWith(holder));
  return { likely: names.filter(fits), unlikely: names.filter((name) => !fits(name)) };
}

interface Styled {
  readonly likely: readonly string[];
  readonly unlikely: readonly string[];
}

const styles = [/^[a-z0-9]+(_[a-z0-9]+)+$/, /^[a-z]+([A-Z][a-z0-9]*)+$/, /^[A-Z][a-z]/, /^[a-z0-9]+(-[a-z0-9]+)+$/];

/** What stands around the word for the size in a parameter's name: `page[` and `]`, `ws.`, `_`. */
export const styleOfSize = (param: string): readonly [string, string, string] | undefined => {
  const [, before = '', , after = ''] = /^(.*[^a-z0-9])(size|limit|page_?size|per_?page|count|take|max|top|number|n)(\]?)$/i.exec(param) ?? []; // prettier-ignore
  // With an underscore, the word before it is a part of the name: page_size.
  return before === '' || (/[a-z0-9][_-]$/i.test(before) && !/^pag(ination|ing|e)[_-]$/i.test(before)) || /^pages?[_-]size$/i.test(param)
    ? undefined
    : [param, before, after]; // prettier-ignore
};

/** Where parameters can be written into this request, likeliest first. */
export function placesOf({ method = 'GET', body, headers }: PageRequest): readonly string[] {
  if (/^(get|head)$/i.test(method) || body === undefined || body === null) return ['query'];
  const isForm =
    typeof headers === 'object' &&
    Object.entries(headers).some(
      ([name, value]) => /^content-type$/i.test(name) && /x-www-form-urlencoded/i.test(value),
    );
  if (typeof body === 'string' || body instanceof URLSearchParams || (isForm && body instanceof Uint8Array))
    return ['form', 'query'];
  if (typeof body !== 'object' || ArrayBuffer.isView(body)) return ['query'];
  const nested = Object.entries(body).filter(
    ([name, value]) => /^(pagination|paging|page|paginate|pager|cursor)$/i.test(name) && typeof value === 'object',
  );
  // Where the request itself has a number, a cursor or a size: { "request_options": { "paginate": { "start": 0 } } }.
  const deep = scanAnswer(body).filter(
    ({ names, plain, value }) => names.length > 1 && isPosition.test(plain) && typeof value !== 'object',
  );
  return [
    ...new Set(deep.map(({ names }) => `body:${pathText(names.slice(0, -1))}`)),
    ...nested.map(([name]) => `body:${name}`),
    'body',
    ...(nested.length > 0 ? [] : ['body:pagination']),
    'query',
  ];
}

const isPosition =
  /^(page|pagenumber|pageindex|offset|start|from|skip|cursor|after|startindex|startat|startrow|lastid|marker|pagetoken|nexttoken|limit|size|pagesize|perpage|maxresults|rowlimit|count|top|take|num)$/;
