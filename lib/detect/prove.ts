import { CheckError, ConfigError, ExtractError, HttpError, isPagewiseError, ParseError } from '../errors.js';
import type { Answer, Position } from '../page.js';
import type { PageResponse } from '../request.js';
import type { Strategy } from '../strategy.js';
import { sameJson } from '../values/compare.js';
import type { Candidate } from './candidates/candidate.js';
import { countedIds, relate } from './lists.js';
import { type Paging, strategyOf } from './paging.js';
import { announcedIn, announcesMore, countOf, plainName, scanAnswer } from '../reading/scan-answer.js';

/** An answer and its items, as a candidate reads them. */
export interface Seen {
  readonly response: PageResponse;
  readonly items: readonly unknown[];
}

/** Requests the page of a strategy at a position. @throws PagewiseError */
export type Ask = (strategy: Strategy, position: unknown) => Promise<Seen>;

export interface Proof {
  readonly paging: Paging;
  readonly evidence: readonly string[];
  /** The second page; `undefined` if the first answer says that it is the last page. */
  readonly second: Seen | undefined;
  /** The position of the second page, if it has items. */
  readonly position?: Position | undefined;
}

/** Thrown if the API does not page as a candidate assumes; the message is the reason. */
export class Refuted extends Error {}

/** Requests page 2 as a candidate would. @throws Refuted, PagewiseError of the connection */
export async function prove(candidate: Candidate, first: Seen, ask: Ask): Promise<Proof> {
  const asked: Ask = answered(ask);
  switch (candidate.paging.kind) {
    case 'page':
      return proveByPage(candidate, first, asked);
    case 'offset':
      return proveByOffset(candidate, first, asked);
    default:
      return proveByNext(candidate, first, asked);
  }
}

/** Requests a page; an answer that is not a page throws `Refuted`. */
export const answered =
  (ask: Ask): Ask =>
  async (strategy, position) => {
    try {
      return await ask(strategy, position);
    } catch (error) {
      if (isAnswer(error)) throw new Refuted(error.message.replace(/^Page 1 failed: /, ''));
      throw error;
    }
  };

/** Whether an error is the API's answer to a request that it does not understand. A failed connection is no evidence. */
const isAnswer = (error: unknown): error is Error =>
  isPagewiseError(error) &&
  (error instanceof HttpError
    ? error.status !== 429
    : error instanceof CheckError ||
      error instanceof ConfigError ||
      error instanceof ExtractError ||
      error instanceof ParseError);

const same = 'returns the first page again, so the API ignores the parameter';

async function proveByPage({ paging, evidence }: Candidate, first: Seen, ask: Ask): Promise<Proof> {
  const name = paging.options.pageParam ?? 'page';
  const strategy = strategyOf(paging);
  const two = await ask(strategy, { page: 2 }).catch((error: unknown) => {
    if (error instanceof Refuted) return error; // With pages 0 and 1, there may be no page 2.
    throw error;
  });
  if (!(two instanceof Refuted) && relate(first.items, two.items) === 'same') throw new Refuted(`${name}=2 ${same}`);
  const one = await ask(strategy, { page: 1 });
  const relation = relate(first.items, one.items);
  if (relation === 'same') {
    if (two instanceof Refuted) throw two;
    if (relate(first.items, two.items) === 'overlapping')
      throw new Refuted(`${name}=2 has some of the first page's items`);
    return {
      paging,
      second: two,
      position: { page: 2 },
      evidence: [evidence, `${name}=1 is the first page`, onSecond(`${name}=2`, two)],
    };
  }
  const zero = relation === 'overlapping' ? undefined : await ask(strategy, { page: 0 });
  if (zero === undefined || relate(first.items, zero.items) !== 'same')
    throw new Refuted(`neither ${name}=1 nor ${name}=0 gives the same page as a request without ${name}`);
  // 0 may also stand for no filter at all.
  if (relation === 'empty') await checkWithUnknown(name, strategy, { page: 1 }, { page: unknowable }, one, first, ask);
  return {
    paging: { ...paging, options: { ...paging.options, start: 0 } },
    second: one,
    position: { page: 1 },
    evidence: [evidence, `${name}=0 is the first page`, onSecond(`${name}=1`, one)],
  };
}

async function proveByOffset({ paging, evidence }: Candidate, first: Seen, ask: Ask): Promise<Proof> {
  const name = paging.options.offsetParam ?? 'offset';
  const strategy = strategyOf(paging);
  const count = first.items.length;
  if (count < 2) throw new Refuted(`the first page has fewer than two items, so it does not show what ${name} counts`);
  // A known item shows that items are counted, and from where.
  const overlap = await ask(strategy, { offset: count - 1 });
  if (relate(first.items, overlap.items) === 'same') throw new Refuted(`${name}=${String(count - 1)} ${same}`);
  const starts = ([0, 1] as const).find(
    (start) =>
      overlap.items.length > 0 &&
      relate([first.items[count - 1 - start]], overlap.items.slice(0, 1), first.items) === 'same',
  );
  if (starts === undefined)
    throw new Refuted(
      `${name}=${String(count - 1)} does not begin with the last item of the first page: ${name} does not count items`,
    );
  await showFirst(name, strategy, starts, first, ask);
  const second = await ask(strategy, { offset: count + starts });
  const found = relate(first.items, second.items);
  if (found === 'same' || found === 'overlapping')
    throw new Refuted(`${name}=${String(count + starts)} has items of the first page`);
  await countsItems(name, strategy, starts, first, second, ask);
  return {
    paging: starts === 0 ? paging : { ...paging, options: { ...paging.options, start: starts } },
    second,
    position: { offset: count + starts },
    evidence: [
      evidence,
      `${name}=${String(count - 1)} begins with the ${starts === 0 ? 'last item' : 'second-to-last item'} of the first page`,
      onSecond(`${name}=${String(count + starts)}`, second),
    ],
  };
}

/**
 * Proves that the first offset is that of the first item, which a walk would otherwise lose: "after id 0" is not the
 * beginning if there is an item 0. Counting from 1 looks the same as an item that was inserted before the first one in
 * the meantime.
 * @throws Refuted
 */
async function showFirst(name: string, strategy: Strategy, start: 0 | 1, first: Seen, ask: Ask): Promise<void> {
  const one = await ask(strategy, { offset: start });
  if (relate(first.items.slice(0, 1), one.items.slice(0, 1), first.items) !== 'same')
    throw new Refuted(`${name}=${String(start)} does not begin with the first item of the first page`);
  if (start === 0) return;
  let zero: Seen;
  try {
    zero = await ask(strategy, { offset: 0 });
  } catch (error) {
    if (error instanceof Refuted) return; // There is no item 0.
    throw error;
  }
  if (zero.items.length > 0 && relate(one.items, zero.items) !== 'same')
    throw new Refuted(
      `${name}=0 begins before ${name}=1: the list has changed in the meantime, or ${name} counts from 0`,
    );
}

/**
 * Distinguishes a count of items from an id: while the ids are 1, 2, 3 …, "after the first 20" and "after id 20" are
 * the same. Searches later pages for a missing id. @throws Refuted
 */
async function countsItems(
  name: string,
  strategy: Strategy,
  start: number,
  first: Seen,
  second: Seen,
  ask: Ask,
): Promise<void> {
  const ids = countedIds(first.items);
  if (ids === undefined) return;
  const count = first.items.length;
  let page = second;
  let offset = count + start;
  // The pages of the walk itself, and one far away.
  for (const far of [0, 0, 0, 0, 0, 0, 0, 32 * count, 0]) {
    const size = page.items.length;
    if (size === 0) return;
    const expected = page.items.every((item, i) => ids.of(item) === ids.first + offset - start + i);
    if (!expected && size > 1) {
      const at = offset + size - 1;
      const begins = await ask(strategy, { offset: at });
      if (relate(page.items.slice(-1), begins.items.slice(0, 1), first.items) !== 'same')
        throw new Refuted(
          `${name}=${String(at)} does not begin with the last item of the page at ${name}=${String(offset)}: ${name} is compared with ${ids.key}, and does not count items`,
        );
      // An id would lead to the item before the last one as well, so this is a count. Otherwise both readings fit.
      if ((ids.of(page.items.at(-2)) ?? at) > at) return;
    }
    const before = page;
    offset += far + size;
    page = await ask(strategy, { offset });
    const relation = relate(before.items, page.items);
    if (relation === 'same') return; // Some servers answer with the last page past the end; the walk refuses that.
    if (relation === 'overlapping')
      throw new Refuted(
        `${name}=${String(offset)} has items of the page before it: ${name} is compared with ${ids.key}, and does not count items`,
      );
  }
}

async function proveByNext(candidate: Candidate, first: Seen, ask: Ask): Promise<Proof> {
  const { paging, evidence } = candidate;
  const strategy = strategyOf(paging);
  let seen = first;
  let before: Answer | undefined;
  // Empty pages with a token are normal in some APIs; a few of them are followed.
  for (let empty = 0; empty < 4; empty++) {
    const position = nextOf(strategy, toAnswer(strategy, seen, before));
    if (position === undefined) {
      if (seen === first) return { paging, second: undefined, evidence: [evidence, 'so this answer is the last page'] };
      await controlled(paging, first, ask);
      checkNumber(paging, before?.position, first);
      await checkTokenWithUnknown(paging, before?.position, seen, first, ask);
      await checkKey(paging, first, ask);
      return {
        paging,
        second: seen,
        evidence: [evidence, 'the next page is empty, and is the last one'],
      };
    }
    if (before && sameJson(position, before.position)) throw new Refuted(still);
    before = { ...toAnswer(strategy, seen, before), position };
    const second = await ask(strategy, position);
    const found = relate(first.items, second.items);
    if (found === 'same') throw new Refuted(`the next page ${same}`);
    if (found === 'overlapping') {
      const repeats = relate(first.items.slice(-1), second.items.slice(0, 1), first.items) === 'same';
      const rest = relate(first.items, second.items.slice(1));
      if (paging.kind !== 'keyset' || paging.options.inclusive || !repeats || rest === 'overlapping' || rest === 'same')
        throw new Refuted("the next page has some of the first page's items");
      const inclusive = { ...paging, options: { ...paging.options, inclusive: true as const } };
      return await proveByNext({ ...candidate, paging: inclusive }, first, ask);
    }
    if (found === 'disjoint') {
      const answer = toAnswer(strategy, second, before);
      const readAs = readable(paging, answer);
      // Items may look new although they are not. If the token stays the same, the API ignores it.
      const third = nextOf(strategyOf(readAs), answer);
      const stays = third !== undefined && sameJson(third, position);
      if (stays) await checkScroll(paging, strategyOf(readAs), position, second, first, ask);
      await checkTokenWithUnknown(paging, position, second, first, ask);
      await checkKey(paging, first, ask);
      return {
        paging: stays ? { ...readAs, options: { ...readAs.options, onSameToken: 'continue' } } : readAs,
        second,
        position,
        evidence: [evidence, onSecond('the next page', second)],
      };
    }
    seen = second;
  }
  checkNumber(paging, before?.position, first);
  await checkTokenWithUnknown(paging, before?.position, seen, first, ask);
  await checkKey(paging, first, ask);
  return { paging, second: seen, evidence: [evidence, 'the next pages are empty, but have further tokens'] };
}

/** A large number under the name of a page or an offset leads past the end, whatever it is. @throws Refuted */
function checkNumber({ kind, options }: Paging, position: unknown, first: Seen): void {
  const token = (position as Record<string, unknown> | undefined)?.[kind === 'cursor' ? 'cursor' : 'after'];
  const name = options.cursorParam ?? '';
  if (
    (countOf(token) ?? 0) > first.items.length + 1 &&
    /page(num(ber)?|index|no)?$|offset$|skip$|start(index|at)?$|^(p|from|first|position|index)$/.test(plainName(name))
  )
    throw new Refuted(`the page at ${name}=${String(token)} is empty, as it would be if ${name} counted`);
}

/**
 * Distinguishes a key from a number of items: the page after an item in the middle begins with the item that follows.
 * @throws Refuted
 */
async function checkKey(paging: Paging, first: Seen, ask: Ask): Promise<void> {
  const { items } = first;
  if (paging.kind !== 'keyset' || items.length < 2) return;
  const name = paging.options.cursorParam ?? 'after';
  if (countedIds(items) && !/id$|key|after|before|since|until|anchor/i.test(name))
    throw new Refuted(`the keys count from 0 or 1, so ${name} may as well be a number of items`);
  const strategy = strategyOf(paging);
  const middle = Math.floor(items.length / 2);
  const after = nextOf(strategy, toAnswer(strategy, { ...first, items: items.slice(0, middle) }, undefined));
  if (after === undefined) return;
  const found = await ask(strategy, after);
  if (relate([items[middle]], found.items.slice(0, 1), items) !== 'same')
    throw new Refuted(`${name} of an item does not lead to the item that follows it`);
}

/** Whether the same token leads to a third page: the server keeps the position. @throws Refuted if it does not */
async function checkScroll(
  { kind }: Paging,
  strategy: Strategy,
  position: Position,
  second: Seen,
  first: Seen,
  ask: Ask,
): Promise<void> {
  if (kind !== 'cursor') throw new Refuted(still);
  const third = await ask(strategy, position);
  if (third.items.length > 0 && [first, second].some(({ items }) => relate(items, third.items) !== 'disjoint'))
    throw new Refuted(still);
}

const still = 'the next page has the same token again, so the API ignores the token';

/** Some APIs filter by every parameter, so an unknown parameter leads to an empty page too. @throws Refuted */
async function controlled(paging: Paging, first: Seen, ask: Ask): Promise<void> {
  const { cursorParam } = paging.options;
  if ((paging.kind !== 'cursor' && paging.kind !== 'keyset') || cursorParam === undefined || cursorParam === '*')
    return;
  const more = announcesMore(announcedIn(scanAnswer(first.response.body), first.response.headers), first.items.length);
  if (more) throw new Refuted(`the next page is empty and is the last one, but ${more.read} is ${String(more.value)}`);
  if (first.items.length === 0) return;
  const unread = strategyOf({ ...paging, options: { ...paging.options, cursorParam: `not_${cursorParam}` } });
  const position = unread.next(toAnswer(unread, first, undefined));
  let items: readonly unknown[];
  try {
    ({ items } = await ask(unread, position));
  } catch (error) {
    if (error instanceof Refuted) return; // The API refuses names that it does not know.
    throw error;
  }
  if (relate(first.items, items) !== 'same')
    throw new Refuted(
      `the next page is empty, and it is also empty with the parameter not_${cursorParam}, which no API reads`,
    );
}

/** A value that no server has given out. */
const unknowable = 'zq7x-pagewise';

/**
 * Compares the second page with the page for a value that the API can't know. If both are empty or the same, or items
 * are new every time, the second page proves nothing. @throws Refuted
 */
async function checkWithUnknown(
  name: string,
  strategy: Strategy,
  position: unknown,
  unknown: unknown,
  second: Seen,
  first: Seen,
  ask: Ask,
): Promise<void> {
  // Many servers answer 500 to a token that they can't decode: that is a difference too, and is not retried.
  const strict: Strategy = {
    ...strategy,
    check: (response, at) => (response.status === 500 ? { fail: 'refused' } : strategy.check?.(response, at)),
  };
  let items: readonly unknown[];
  try {
    ({ items } = await ask(strict, unknown));
  } catch (error) {
    if (error instanceof Refuted) return;
    throw error;
  }
  const empty = second.items.length === 0;
  if (empty ? items.length > 0 : relate(first.items, items) !== 'disjoint') return;
  // Some servers decode anything. Then the second page is requested again: it counts if it alone stays the same.
  if (!empty && relate(second.items, items) === 'disjoint') {
    const again = await ask(strategy, position);
    if (relate(second.items, again.items) === 'same') return;
  }
  throw new Refuted(
    `the second page is ${empty ? 'empty' : 'new'}, and so is the page at ${name}=${unknowable}, a value that no API issues: the API ignores the parameter, or filters by it`,
  );
}

/** The same for a token or key, unless it is an object or several parameters: such a form can't be made up. */
async function checkTokenWithUnknown(
  paging: Paging,
  position: unknown,
  second: Seen,
  first: Seen,
  ask: Ask,
): Promise<void> {
  const { kind, options } = paging;
  const member = kind === 'cursor' ? 'cursor' : 'after';
  const token = (position as Record<string, unknown> | undefined)?.[member];
  if ((kind !== 'cursor' && kind !== 'keyset') || first.items.length === 0) return;
  if (typeof token !== 'string' && typeof token !== 'number') return;
  const name = options.cursorParam ?? member;
  await checkWithUnknown(
    name,
    strategyOf(paging),
    position,
    { ...(position as object), [member]: unknowable },
    second,
    first,
    ask,
  );
}

/** The paging, without `hasMore` if the second page lacks that field. @throws Refuted */
function readable(paging: Paging, answer: Answer): Paging {
  const { hasMore, ...options } = paging.options;
  try {
    nextOf(strategyOf(paging), answer);
    return paging;
  } catch (error) {
    if (hasMore === undefined || !(error instanceof Refuted)) throw error;
    nextOf(strategyOf({ ...paging, options }), answer);
    return { ...paging, options };
  }
}

/** @throws Refuted if the next position can't be read */
export function nextOf(strategy: Strategy, answer: Answer): ReturnType<Strategy['next']> {
  try {
    return strategy.next(answer);
  } catch (error) {
    if (isAnswer(error)) throw new Refuted(error.message);
    throw error;
  }
}

export function toAnswer(strategy: Strategy, { response, items }: Seen, before: Answer | undefined): Answer {
  const position = before?.position ?? strategy.first;
  return { index: 0, position, itemsBefore: 0, items, body: response.body, response };
}

const onSecond = (what: string, { items }: Seen): string =>
  items.length === 0
    ? `${what} is empty, so the API reads the parameter, and the first page is the whole list`
    : `${what} has ${String(items.length)} items, none of them on the first page`;
