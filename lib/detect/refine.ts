import { HttpError, isPagewiseError } from '../errors.js';
import type { PageRequest, PageResponse } from '../request.js';
import { type PagingOptions, takes } from './kinds.js';
import { countedIds, relate } from './lists.js';
import { type Paging, strategyOf } from './paging.js';
import { answered, type Ask, nextOf, type Proof, Refuted, type Seen } from './prove.js';
import { announcedIn, scanAnswer, announcesMore } from '../reading/scan-answer.js';

/**
 * Adds what the answers announce (totals, has-more) if both pages confirm it. A total that is only this page's length, or
 * that changes from page to page, is not believed.
 * @throws Refuted if the answer announces its last page, and says elsewhere that there is more
 */
export async function refine(proof: Proof, first: Seen, ask: Ask): Promise<Proof> {
  const { second, paging } = proof;
  const announced = announcedBy(first);
  const came = first.items.length;
  if (second === undefined) {
    const more = announcesMore(announced, came);
    if (more)
      throw new Refuted(`this answer announces that it is the last page, but ${more.read} is ${String(more.value)}`);
    return proof;
  }
  // Counted pages end at an empty page.
  const more = paging.kind === 'page' || paging.kind === 'offset' ? announcesMore(announced, came) : undefined;
  if (more && second.items.length === 0)
    throw new Refuted(`the second page is empty, but ${more.read} is ${String(more.value)}`);
  const then = announcedBy(second);
  const options: PagingOptions = { ...paging.options };
  const evidence = [...proof.evidence];
  const agree = <T>(name: 'total' | 'totalPages' | 'hasMore', fits: (value: T, after: T | undefined) => boolean) => {
    const found = (announced[name] as readonly { read: string; value: T }[]).find(({ read, value }) =>
      fits(value, (then[name] as readonly { read: string; value: T }[]).find((other) => other.read === read)?.value),
    );
    if (found === undefined) return {};
    evidence.push(
      `${found.read} is ${String(found.value)} on both pages`.replace(/^(.* is (?:true|false)) on both pages$/, '$1'),
    );
    return { [name]: found.read };
  };
  const filled = second.items.length > 0;
  const total = agree<number>(
    'total',
    (value, after) => value > came && value === after && value >= came + second.items.length,
  );
  const flag = takes(paging.kind, 'hasMore')
    ? agree<boolean>('hasMore', (value, after) => after !== undefined && value === filled)
    : {};
  const pages = takes(paging.kind, 'totalPages')
    ? agree<number>('totalPages', (value, after) => filled && value > 1 && value === after)
    : {};
  const counts = await heldCounts({ ...options, ...total, ...pages }, proof, first, ask);
  const refined: Proof = {
    ...proof,
    evidence: [...evidence, ...counts.evidence],
    paging: { ...paging, options: { ...counts.options, ...flag } },
  };
  if (await endsEarly(refined, first, second, ask)) return { ...proof, paging: withoutFlag(refined.paging) };
  return (paging.kind === 'page' || paging.kind === 'offset') && filled ? await withEnd(refined, ask) : refined;
}

/** A page and an item far past the end. */
const far = { page: 100_000, offset: 10_000_000 };

/**
 * Adds how the API answers past the end, if no total announces it: with a 404, without the list, or without the flag. A
 * 400 may as well be a limit that has items after it.
 */
async function withEnd(proof: Proof, ask: Ask): Promise<Proof> {
  const { kind, options } = proof.paging;
  if ((options.total ?? options.totalPages) !== undefined) return proof;
  const position = kind === 'page' ? { page: far.page } : { offset: far.offset };
  const [name] = Object.keys(position);
  const adding = (more: PagingOptions, sentence: string): Proof => ({
    ...proof,
    paging: { ...proof.paging, options: { ...options, ...more } },
    evidence: [...proof.evidence, `far past the end, ${sentence}`],
  });
  try {
    const { items, response } = await ask(strategyOf({ ...proof.paging, options: { ...options, missingItems: 'empty' } }), position); // prettier-ignore
    if (items.length > 0) return proof;
    const hasMore = announcedIn(scanAnswer(response.body), response.headers).hasMore.some(({ read }) => read === options.hasMore); // prettier-ignore
    if (options.hasMore !== undefined && !hasMore)
      return adding({ hasMoreIfAbsent: 'false' }, `the answer has no ${options.hasMore}`);
    return isListed(proof.paging, response) ? proof : adding({ missingItems: 'empty' }, 'the answer has no list'); // prettier-ignore
  } catch (error) {
    if (!isPagewiseError(error) || !(error instanceof HttpError)) throw error;
    return error.status === 404 && kind === 'page' && options.hasMore === undefined
      ? adding({ endStatuses: [404] }, `${String(name)} ${String(far.page)} is answered with 404`)
      : proof;
  }
}

/** Whether an answer has the list, even if it is empty. */
function isListed(paging: Paging, response: PageResponse): boolean {
  try {
    strategyOf(paging).items(response.body, response);
    return true;
  } catch {
    return false;
  }
}

/** Drops a total or number of pages that has items after it, since it would end the walk early. @throws Refuted */
async function heldCounts(options: PagingOptions, { paging, second }: Proof, first: Seen, ask: Ask) {
  const { kind } = paging;
  const evidence: string[] = [];
  if (second === undefined || (kind !== 'page' && kind !== 'offset')) return { options, evidence };
  const lenient = strategyOf({ ...paging, options: { ...paging.options, missingItems: 'empty' } });
  // Past the end, some APIs leave the list out.
  let isMissing = false;
  const announced = announcedBy(first);
  const valueOf = (name: 'total' | 'totalPages') => announced[name].find(({ read }) => read === options[name])?.value;
  const asked = new Map<number, readonly unknown[]>();
  const at = async (number: number) => {
    const items = asked.get(number) ?? (await itemsAt(number));
    asked.set(number, items);
    return items;
  };
  const itemsAt = async (number: number): Promise<readonly unknown[]> => {
    try {
      const { items, response } = await answered(ask)(lenient, kind === 'page' ? { page: number } : { offset: number });
      if (items.length === 0 && !isListed(paging, response)) isMissing = true;
      return items;
    } catch (error) {
      if (error instanceof Refuted) return [];
      throw error;
    }
  };
  let kept = options;
  for (const name of ['totalPages', 'total'] as const) {
    const value = valueOf(name);
    if (value === undefined) continue;
    const start = paging.options.start ?? (kind === 'page' ? 1 : 0);
    const size = first.items.length;
    const pages = name === 'total' ? Math.ceil(value / size) : value;
    // The walk asks for its last page too: if that is not full, nothing comes after it.
    const left = name === 'total' ? value % size : size;
    const last = start + (kind === 'page' ? pages - 1 : (pages - 1) * size);
    if (name === 'totalPages' || left > 0) {
      const items = pages === 2 ? second.items : await at(last);
      const isLast = name === 'total' ? items.length === left : items.length > 0 && items.length < size;
      if (isLast && relate(first.items, items) === 'disjoint') continue;
    }
    const end = start + (kind === 'page' ? pages : value);
    const past = await at(end);
    // Some servers answer with the first or last page past the end: that is the end too.
    if (past.length === 0 || relate(first.items, past) !== 'disjoint') continue;
    if (relate(await at(end - 1), past) === 'same') continue;
    // Many missing ids show on the pages seen so far; a few leave less than a page after the total.
    if (kind === 'offset' && past.length < first.items.length && countedIds(first.items))
      throw new Refuted(
        `${paging.options.offsetParam ?? 'offset'}=${String(end)} has items, but ${String(options[name])} is ${String(value)}: the parameter may be an id instead of a number of items`,
      );
    kept = { ...kept, [name]: undefined };
    evidence.push(
      `${String(options[name])} is not used as the ${name === 'total' ? 'total' : 'number of pages'}: there are items after it`,
    );
  }
  return { options: isMissing ? { ...kept, missingItems: 'empty' as const } : kept, evidence };
}

const withoutFlag = (paging: Paging): Paging => ({ ...paging, options: { ...paging.options, hasMore: undefined } });

/** Whether has-more marks the second page as the last one although there is a third. */
async function endsEarly({ paging, position }: Proof, first: Seen, second: Seen, ask: Ask): Promise<boolean> {
  const flag = announcedBy(second).hasMore.find(({ read }) => read === paging.options.hasMore);
  if (flag === undefined || flag.value || position === undefined || second.items.length === 0) return false;
  const options = { ...paging.options, hasMore: undefined, total: undefined, totalPages: undefined };
  const strategy = strategyOf({ ...paging, options });
  const { response, items } = second;
  try {
    const third = nextOf(strategy, { index: 1, position, itemsBefore: 0, items, body: response.body, response });
    if (third === undefined) return false;
    const after = await answered(ask)(strategy, third);
    return [first, second].every((seen) => relate(seen.items, after.items) === 'disjoint');
  } catch (error) {
    if (error instanceof Refuted) return false;
    throw error;
  }
}

const announcedBy = ({ response }: Seen) => announcedIn(scanAnswer(response.body), response.headers);

const names: readonly string[] = [
  'per_page', 'limit', 'page_size', 'pageSize', 'size', 'perPage', '$top', 'maxResults', 'count', 'first', 'n', '_limit',
  'page[size]', 'take', 'Limit', 'max-keys', 'MaxResults',
]; // prettier-ignore

/**
 * Detects the parameter of the size, by requesting the first page with each common name.
 * @returns the paging with that parameter; without it if the first page is the whole list or already has that size
 * @throws Refuted if no name changes the page
 */
export async function findSize(
  paging: Paging,
  size: number,
  request: PageRequest,
  first: Seen,
  second: Seen | undefined,
  ask: Ask,
): Promise<{ paging: Paging; evidence: readonly string[] }> {
  const sized = (name: string | undefined): Paging => ({
    ...paging,
    options: { ...paging.options, size, sizeParam: name },
  });
  const came = first.items.length;
  if (came === size) return { paging, evidence: [`pages already have ${String(size)} items`] };
  for (const name of candidates(paging, request)) {
    const strategy = strategyOf(sized(name));
    const { items } = await ask(strategy, strategy.first).catch(() => ({ items: first.items }));
    const both = Math.min(came, items.length);
    // A parameter that filters may give that many items by chance.
    const isPage = both === 0 || relate(first.items.slice(0, both), items.slice(0, both), first.items) === 'same';
    if (isPage && (items.length === size || (size > came && items.length > came)))
      return {
        paging: sized(name),
        evidence: [`${name ?? 'size'}=${String(size)} gives ${String(items.length)} items`],
      };
  }
  if (came < size && (second === undefined || second.items.length === 0))
    return { paging, evidence: [`all ${String(came)} items are on one page, so the size does not matter`] };
  throw new Refuted(`no common size parameter changes the page`);
}

function candidates({ kind }: Paging, { body }: PageRequest): readonly (string | undefined)[] {
  if (!takes(kind, 'sizeParam')) return [undefined];
  if (kind !== 'relay') return names;
  const query = (body as { query?: unknown } | null | undefined)?.query;
  const variable = typeof query === 'string' ? /\bfirst\s*:\s*\$(\w+)/.exec(query)?.[1] : undefined;
  return variable === undefined ? [] : [variable];
}
