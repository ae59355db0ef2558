import { firstValueFrom } from 'rxjs';
import type { PaginateOptions } from '../paginate.js';
import { type Advice, DetectionError, type RejectedCandidate } from '../errors.js';
import { paginate } from '../paginate.js';
import type { PageRequest, PageResponse } from '../request.js';
import { singlePage } from '../strategies/single-page.js';
import type { Strategy } from '../strategy.js';
import { candidatesOf } from './candidates.js';
import { tokensIn } from './candidates/by-token.js';
import { type Candidate, isGraphql, paramOf, placesOf, requested } from './candidates/candidate.js';
import type { Position } from '../page.js';
import { kinds, type PagingOptions, takes } from './kinds.js';
import { describe } from '../values/describe.js';
import { byName, findLists, type FoundList, isOneConnection, siblingsOf, type Asked } from './lists.js';
import { type Paging, placementOf, strategyOf } from './paging.js';
import { narrow } from './narrow.js';
import { onlyPage } from './only-page.js';
import { type Ask, type Proof, prove, Refuted, type Seen } from './prove.js';
import { findSize, refine } from './refine.js';
import { announcedIn, scanAnswer, announcesMore } from '../reading/scan-answer.js';
import { toFlags, toTypeScript } from './write-paging.js';

export interface DetectOptions extends Pick<
  PaginateOptions,
  'transport' | 'policy' | 'check' | 'signal' | 'allowOrigins' | 'events'
> {
  /** Path of the items, or paths of several lists, if you know it. @default the one list that stands out */
  readonly items?: PagingOptions['items'];
  /** Items to request per page; the name of the parameter is detected. @default the API's own */
  readonly size?: number | undefined;
  /** Wire name of the size, if you know it. @default detected */
  readonly sizeParam?: string | undefined;
  /** Where parameters are written: `query`, `body`, `body:PATH`, `form` … @default detected */
  readonly place?: string | undefined;
}

/** How an API pages, detected and proved. */
export interface Detection<Item = unknown> {
  readonly strategy: Strategy<Item>;
  /**
   * Whether page 2 was requested and confirms the strategy. `false` if the first answer is the last page or empty: then
   * the walk is correct, but it is unknown how to request a second page.
   */
  readonly proved: boolean;
  /** What was seen, in sentences. */
  readonly evidence: readonly string[];
  /** The strategy as code. */
  readonly typescript: string;
  /** The strategy as flags of the command. */
  readonly flags: string;
  /** @internal The strategy in words, for callers that change a part of it. */
  readonly paging: Paging;
}

const nameIt: Advice = { typescript: 'Pass a strategy instead', flags: 'Set --paging and its flags' };

/** The most requests before detection refuses. */
const budget = 12;
/** Proving that an offset is no id, or the name of a size, may take more. */
const mostProving = 24;

/** Thrown instead of a request too many. */
class BudgetSpent extends Error {}

/** The detection that detect() loads when it is called. */
export async function findPaging<Item = unknown>(
  request: PageRequest,
  options: DetectOptions,
): Promise<Detection<Item>> {
  const { items: itemsPath, size, sizeParam, place, ...behaviour } = options;
  let asked = 0;
  let proving = false;
  // With the requested size: one page of the default size may be many pages of that size.
  const sizePlace = place ?? (isGraphql(request) ? 'variables' : placesOf(request)[0]) ?? 'query';
  const template =
    size === undefined || sizeParam === undefined ? request : placementOf(sizePlace)(request, { [sizeParam]: size });
  const answerOf = (strategy: Strategy): Promise<PageResponse> => {
    if (asked >= (proving ? mostProving : budget)) throw new BudgetSpent();
    asked++;
    // Detection itself judges empty pages.
    return firstValueFrom(paginate(template, { ...strategy, judgesFailures: true }, behaviour)).then(
      ({ response }) => response,
    );
  };

  const response = await answerOf({ ...singlePage(), items: () => [] });
  const list = listOf(response, itemsPath, requested(template));
  const ask: Ask = async (strategy, position) => {
    const found = await answerOf({ ...strategy, first: position as never, items: () => [], next: () => undefined });
    return { response: found, items: strategy.items(found.body, found, position as Position) };
  };

  const rejected: RejectedCandidate[] = [];
  const reject = ({ paging, evidence }: Candidate, reason: string) =>
    rejected.push({ typescript: toTypeScript(paging), flags: toFlags(paging), evidence, rejected: reason });

  // A sign that this is the last page is believed only if nothing else in the answer leads to another page.
  let last: { proof: Proof; first: Seen } | undefined;
  const attempt = async (candidate: Candidate, first: Seen): Promise<Proof | undefined> => {
    if (asked >= budget) throw new BudgetSpent();
    proving = true;
    try {
      return await refine(await prove(candidate, first, ask), first, ask);
    } catch (error) {
      if (!(error instanceof Refuted)) throw error;
      reject(candidate, error.message);
      if (/^4\d\d /.test(error.message)) strict.add(candidate.paging.place ?? 'query');
      return undefined;
    } finally {
      proving = false;
    }
  };
  /** Placements where the API refuses names that it does not know. */
  const strict = new Set<string>();
  const narrowed = new Set<string>();
  /** The candidate's own name first, if something speaks for it; then all the others together. */
  const proofOf = async (candidate: Candidate, first: Seen): Promise<Proof | undefined> => {
    const { paging, blind = false, others = [], unlikely = [] } = candidate;
    const proof = blind ? undefined : await attempt(candidate, first);
    const group = JSON.stringify([paging.kind, paging.place, paging.options.next, paging.options.key, paging.options[paramOf(paging.kind)], blind]); // prettier-ignore
    if (proof || others.length === 0 || narrowed.has(group)) return proof;
    narrowed.add(group);
    const own = blind ? [paging.options[paramOf(paging.kind)] ?? ''] : [];
    const names = [...own, ...others].filter((name) => name !== '');
    let any = false;
    for await (const one of narrow(candidate, names, unlikely, first, ask, () => strict.add(paging.place ?? 'query'))) {
      any = true;
      const shown = await attempt(one, first);
      if (shown) return shown;
    }
    if (!any)
      reject(
        candidate,
        `the API ignores ${names.slice(0, 3).join(', ')} and ${String(names.length + unlikely.length - 3)} other names`,
      );
    return undefined;
  };
  let spent = false;
  for (const candidate of candidatesOf(template, response, list, place)) {
    const first: Seen = { response, items: itemsIn(candidate.paging, response) ?? list.items };
    if (last && !leadsOn(candidate.paging, first)) continue;
    if (first.items.length === 0 && provesByItems.includes(candidate.paging.kind)) continue;
    // Who refuses an unknown name refuses an unknown object.
    if (strict.has('body') && candidate.paging.place === 'body:pagination') continue;
    if (candidate.score < 30 && onlyPage(response, list, requested(template))?.sure === true) continue;
    const proof = await proofOf(candidate, first).catch((error: unknown) => {
      if (!(error instanceof BudgetSpent)) throw error;
      spent = true;
      return undefined;
    });
    if (spent) break;
    if (!proof) continue;
    if (proof.second === undefined || (last && proof.second.items.length === 0)) {
      last ??= { proof, first };
      continue;
    }
    return await proved(proof, first);
  }
  if (last) return await proved(last.proof, last.first);

  const announced = announcedIn(scanAnswer(response.body), response.headers);
  const more = announcesMore(announced, list.items.length);
  const none = spent ? `${String(budget)} requests found no parameter that gives another page` : 'no common parameter gives another page'; // prettier-ignore
  const unseen =
    response.headers.hidden === true
      ? '. A Link header would be hidden from this web page, unless the server sends Access-Control-Expose-Headers: Link'
      : '';
  if (more)
    throw new DetectionError(
      `${more.read} is ${String(more.value)}, the list at ${list.path} has ${String(list.items.length)} items, and ${none}${unseen}`,
      nameIt,
      rejected,
    );
  // No known parameter takes this token, but a token means that there are more pages.
  const tokens = tokensIn(scanAnswer(response.body), response.headers);
  if (tokens.length > 0)
    throw new DetectionError(
      `${tokens.slice(0, 3).join(' and ')} ${tokens.length === 1 ? 'looks' : 'look'} like a token or URL of the next page, and ${none.replace('gives another page', 'takes it')}${unseen}`,
      nameIt,
      rejected,
    );
  const alone: Paging = { kind: 'none', options: { items: list.read } };
  const sign = onlyPage(response, list, requested(template));
  if (sign?.sure) return detection([itemsEvidence(list, { response, items: list.items }), sign.words], alone, false);
  if (list.items.length === 0)
    return detection([`the list at ${list.path} is empty, and nothing announces another page`], alone, false);
  const isItems = list.names.length === 0 || list.score >= 3 || list.items.some((item) => typeof item === 'object');
  const ifAlone = (way: string) => `, or ${way} if this answer is the whole list`;
  throw new DetectionError(
    `nothing in the answer leads to another page, and ${none.replace('another page', 'one')}${unseen}`,
    {
      typescript: nameIt.typescript + ifAlone(toTypeScript(alone)),
      flags: nameIt.flags + ifAlone('--paging none'),
    },
    rejected,
    isItems && !announced.total.some(({ value }) => value === 0) ? list.read : undefined,
  );

  async function proved(proof: Proof, first: Seen): Promise<Detection<Item>> {
    const certain = proof.second !== undefined;
    const evidence = [itemsEvidence(list, first), ...proof.evidence];
    if (!certain) evidence.push('there is no second page, so how to request one could not be proved');
    if (size === undefined) return detection(evidence, proof.paging, certain);
    if (sizeParam !== undefined && takes(proof.paging.kind, 'sizeParam'))
      return detection(evidence, await withName(proof.paging, size, sizeParam), certain);
    const sized = await withSize(proof, first, size);
    const name = sized.paging.options.sizeParam;
    // One page of the API's own size is several pages of this size: how to get from one to the next has to be detected.
    const onePage = proof.second === undefined || proof.second.items.length === 0;
    if (onePage && name !== undefined && size < first.items.length)
      return findPaging<Item>(request, { ...options, sizeParam: name });
    return detection([...evidence, ...sized.evidence], sized.paging, certain);
  }

  function detection(evidence: readonly string[], paging: Paging, certain: boolean): Detection<Item> {
    return {
      strategy: strategyOf(paging) as Strategy<Item>,
      proved: certain,
      evidence,
      typescript: toTypeScript(paging),
      flags: toFlags(paging),
      paging,
    };
  }

  /** Adds the size, written where the other parameters are; checked with a request if that is another placement. */
  async function withName(paging: Paging, wanted: number, name: string): Promise<Paging> {
    const sized: Paging = { ...paging, options: { ...paging.options, size: wanted, sizeParam: name } };
    const own = paging.place ?? kinds[paging.kind].place ?? 'query';
    if (own === sizePlace || kinds[paging.kind].writes === 'never') return sized;
    const strategy = strategyOf(sized);
    const found = await firstValueFrom(
      paginate(request, { ...strategy, judgesFailures: true, next: () => undefined }, behaviour),
    );
    if (found.items.length !== itemsIn(paging, response)?.length)
      throw new DetectionError(`the API reads ${name} in ${sizePlace}, but paging parameters in ${own}`, nameIt);
    return sized;
  }

  async function withSize({ paging, second }: Proof, first: Seen, wanted: number) {
    proving = true;
    try {
      return await findSize(paging, wanted, request, first, second, ask);
    } catch (error) {
      if (!(error instanceof Refuted)) throw error;
      throw new DetectionError(`no page of ${String(wanted)} items could be requested: ${error.message}`, {
        typescript: `Set \`sizeParam\` to the name of the size parameter, or remove \`size\`; without it, the strategy is ${toTypeScript(paging)}`,
        flags: `Set --size-param to the name of the size parameter, or remove --size; the other flags are ${toFlags(paging)}`,
      });
    }
  }
}

/** Kinds that nothing proves without items. */
const provesByItems: readonly string[] = ['page', 'offset', 'keyset'];

/** Whether the first answer has a token or URL of another page. */
function leadsOn(paging: Paging, { response, items }: Seen): boolean {
  if (paging.kind === 'page' || paging.kind === 'offset') return false;
  const { first: position, next } = strategyOf(paging);
  try {
    return next({ index: 0, position, itemsBefore: 0, items, body: response.body, response }) !== undefined;
  } catch {
    return false;
  }
}

/** The items as a candidate reads them: those of relay may be elsewhere. */
function itemsIn(paging: Paging, response: PageResponse): readonly unknown[] | undefined {
  try {
    return strategyOf(paging).items(response.body, response);
  } catch {
    return undefined;
  }
}

const itemsEvidence = (list: FoundList, { items }: Seen): string =>
  `the first answer has ${String(items.length)} items at ${list.path}`;

/** The list that holds the items. @throws DetectionError if there is none, or more than one is possible */
export function listOf(response: PageResponse, read: PagingOptions['items'], asked?: readonly Asked[]): FoundList {
  const path = typeof read === 'object' ? Object.values(read).join(', ') : (read ?? '.');
  if (response.status === 204) return { path, read: read ?? path, names: [], items: [], score: 0 };
  if (read !== undefined)
    return { path, read, names: [], items: singlePage({ items: read }).items(response.body, response), score: 0 };
  const lists = findLists(response.body, response.url, asked);
  const [best] = lists;
  const named = !best || siblingsOf(best, lists).length > 0 ? byName(response.body, lists) : undefined;
  if (named) return named;
  if (!best || best.score < -3)
    throw new DetectionError(
      `the answer has no list of items${best ? `, only ${best.path}` : ''}; it has ${membersOf(response.body)}`,
      {
        typescript: "Name the items, such as items: 'data.*' for the values of an object",
        flags: "Name the items with --items PATH, such as --items 'data.*' for the values of an object",
      },
    );
  const several = () =>
    new DetectionError(
      `the answer has several lists (${lists
        .slice(0, 5)
        .map((each) => each.path)
        .join(', ')})`,
      { typescript: 'Name one with items', flags: 'Name one with --items PATH' },
    );
  const held = best.items.length === 1 ? heldList(best.items[0]) : undefined;
  if (held !== undefined) {
    const path = `${best.path}[*].${held.name}`;
    return { ...best, path, read: path, items: held.items };
  }
  // One object that holds a list and its cursor: boards(ids: 1) { items_page { cursor items } }.
  const inner = best.items.length === 1 ? withCursor(best.items[0]) : undefined;
  if (inner !== undefined)
    throw new DetectionError(`the one element of ${best.path} has a list and its cursor, page or total`, {
      typescript: `Name the items: '${best.path}[0].${inner}', or '${best.path}'`,
      flags: `Name the items with --items '${best.path}[0].${inner}', or --items ${best.path}`,
    });
  const changes = lists.filter(({ names }) => /^(added|created|modified|updated|removed|deleted)$/i.test(names.at(-1) ?? '')); // prettier-ignore
  if (changes.length > 1) {
    const all = JSON.stringify(Object.fromEntries(changes.map(({ path, names }) => [names.at(-1), path])));
    throw new DetectionError(`the answer has several lists that belong together (${changes.map(({ path }) => path).join(', ')})`, { typescript: `Name them with items: ${all}`, flags: `Name them with --items '${all}'` }); // prettier-ignore
  }
  if (hasHeader(best.items))
    throw new DetectionError(`the first row at ${best.path} looks like a header, not like an item`, {
      typescript: 'Pass a strategy instead, whose items begin after it',
      flags: `If it is an item, set --items ${best.path} and --paging`,
    }); // prettier-ignore
  if (siblingsOf(best, lists).length > 0) throw several();
  const other = lists.find((each) => each !== best && !isOneConnection(each, best));
  if (other && other.score > best.score - 1) throw several();
  return best;
}

/** The only member of an object, if that is a list: `boards(ids: 1) { activity_logs }`. */
function heldList(value: unknown): { readonly name: string; readonly items: readonly unknown[] } | undefined {
  const [[name, items] = [], ...others] = Object.entries(typeof value === 'object' && value !== null ? value : {}) as [
    string,
    unknown,
  ][];
  // A row that is a list of cells is an item.
  const isHolder = name !== undefined && others.length === 0 && /^\w+$/.test(name) && Array.isArray(items);
  return isHolder && items.some((item) => typeof item === 'object' && Object.keys((item ?? {}) as object).length > 2)
    ? { name, items }
    : undefined;
}

/** The list of an object that has a cursor beside it. */
const withCursor = (value: unknown): string | undefined =>
  scanAnswer(value).some(({ plain }) => /^(cursor|pageinfo|nextcursor|page|offset|found|total|totalcount|hasmore)$/.test(plain)) ? findLists(value)[0]?.path : undefined; // prettier-ignore

/** Rows of which only the first is all text: names of columns, none of which is a number. */
const hasHeader = ([header, ...rows]: readonly unknown[]): boolean =>
  Array.isArray(header) && header.length > 0 && header.every((cell) => typeof cell === 'string' && !/^-?\d/.test(cell)) && rows.every((row) => Array.isArray(row) && row.length === header.length); // prettier-ignore

/** The members of an answer, for an error. */
function membersOf(body: unknown): string {
  if (typeof body !== 'object' || body === null) return describe(body);
  const names = Object.entries(body).map(([name, value]) => `${name.slice(0, 40)} (${Array.isArray(value) ? 'a list' : typeof value})`); // prettier-ignore
  return names.length === 0 ? 'no members' : names.slice(0, 8).join(', ');
}
