import { CheckError, ConfigError, EmptyPagesError, ExtractError, ResumeError } from '../../errors.js';
import type { Answer, Json, Position } from '../../page.js';
import type { PageResponse } from '../../request.js';
import type { Strategy } from '../../strategy.js';
import { sameJson } from '../../values/compare.js';
import { describe } from '../../values/describe.js';
import { checkOptions, checkWhole } from '../../values/options.js';
import { peek } from '../../values/peek.js';
import type { Part, Parts } from './parts.js';
import { fieldOf, known, of, partsOf, placementOf, refusalOf, type SplitRangesOptions } from './split-options.js';

/** A part that is still to come, and how many rows it holds; `null` if that is not known. */
type Later = readonly [part: Part, total: number | null];

/** Where a page is: in which part, and where in it. */
export type SplitPosition = {
  readonly part: Part;
  /** The parts after this one. */
  readonly rest: readonly Later[];
  /** How many items the parts before this one had. */
  readonly start: number;
  /** Index of the page in its part. */
  readonly nth: number;
  /** The position in the part. */
  readonly at: Json;
  /** The size in that position. */
  readonly size?: number | undefined;
  /** How many rows the part holds, if that was known before its first page. */
  readonly total?: number | undefined;
  /** The part is one of those that a larger one was cut into, and its rows are counted before any is delivered. */
  readonly cut?: readonly [whole: Part, total: number, counted: number | null, times: number] | undefined;
  /** How many times the parts of this one did not add up. */
  readonly again?: number | undefined;
  /** The pages of the part are counted, not delivered: how many items they had so far. */
  readonly counted?: number | undefined;
  /** The page shows whether the empty page before it was the end of the part. */
  readonly confirms?: true | undefined;
  /** How many empty pages of the part came in a row. */
  readonly empty?: number | undefined;
};

/** What an answer is in its part. */
type Look<Item> =
  | { readonly is: 'page'; readonly items: readonly Item[]; readonly total?: number | undefined }
  | { readonly is: 'too many'; readonly total: number | null }
  | { readonly is: 'counted'; readonly rows: number | null }
  | { readonly is: 'other sum'; readonly times: number }
  | { readonly is: 'counting'; readonly rows: number; readonly next: Json }
  | { readonly is: 'fits'; readonly rows: number };

/** How often parts that do not add up are counted again: the list may have changed meanwhile. */
const recounts = 2;

/**
 * More rows than the API gives: a range is cut in halves until each part has fewer rows than the API's ceiling. The
 * parts follow one another in order, each paged by `strategy`; what lies around them (checkpoints, sinks, retries,
 * concurrency) works as for any strategy.
 *
 *     GET /events?created_after=2024-01-01&created_before=2025-01-01&page=1   ▸   { "total": 4711, "items": [ … ] }
 *     GET /events?created_after=2024-07-02&created_before=2025-01-01&page=1   ▸   { "total": 3900, "items": [ … ] }
 *     GET /events?created_after=2024-01-01&created_before=2024-07-02&page=1   ▸   { "total": 811, "items": [ … ] }
 *
 *     splitRanges(pageNumber<Event>({ size: 100, items: 'items', total: 'total' }), {
 *       from: '2024-01-01', to: '2025-01-01', params: ['created_after', 'created_before'], ceiling: 1000,
 *     })
 *
 * The totals of the parts must add up to the total of the whole, which is checked at each cut: no row is lost or comes
 * twice there. Where they do not, they are counted twice more before the walk fails.
 * @throws ConfigError for options that can't work
 */
export function splitRanges<Item = unknown, P extends Position = Position>(
  strategy: Strategy<Item, P>,
  options: SplitRangesOptions,
): Strategy<Item, SplitPosition> {
  return split(strategy as unknown as Strategy<Item>, options);
}

function split<Item>(inner: Strategy<Item>, options: SplitRangesOptions): Strategy<Item, SplitPosition> {
  if (typeof peek(inner, 'place') !== 'function' || typeof peek(inner, 'next') !== 'function')
    throw new ConfigError(
      `${of}: the first argument must be the strategy of each part, such as pageNumber({ … }), not ${describe(inner)}`,
    );
  checkOptions(of, options, known);
  if (inner.stateful !== undefined || inner.name === of)
    throw new ConfigError(
      `${of}: the first argument is ${inner.name === of ? 'split already' : 'a scroll, whose position the server keeps'}; give a strategy such as pageNumber({ … })`,
    );
  const { ceiling } = options;
  checkWhole(of, 'ceiling', ceiling, 1);
  const parts = partsOf(options);
  const place = placementOf(options);
  const field = fieldOf(options.field);
  const refuses = refusalOf(options.refusedWith);
  const isEstimate = inner.totalIs === 'estimate';
  const size = sizeOf(inner.first);
  if (size !== undefined && size > ceiling)
    throw new ConfigError(`is ${ceiling}, less than the page size of ${size}`, { of, options: ['ceiling'], value: ceiling }); // prettier-ignore

  const refused = (response: PageResponse, { confirms }: SplitPosition) => confirms !== true && refuses?.(response) === true; // prettier-ignore
  const failed = (reason: string, response: PageResponse) => new CheckError(reason, response, {});
  const inPart = (position: SplitPosition, at: Json): SplitPosition => {
    const now = sizeOf(at);
    return { ...position, at, ...(now === undefined ? {} : { size: now }) };
  };

  /** The first page of a part, in the size of the page before. */
  const begin = (
    from: SplitPosition,
    changes: Pick<SplitPosition, 'part' | 'rest' | 'start'> & Partial<SplitPosition>,
  ) =>
    inPart(
      { nth: 0, at: null, ...changes },
      from.size === undefined || sizeOf(inner.first) === undefined
        ? inner.first
        : { ...(inner.first as object), size: from.size },
    );

  /** The part that follows, if any. @param start how many items came before it */
  function enter(from: SplitPosition, start: number, response?: PageResponse): SplitPosition | undefined {
    const [later, ...rest] = from.rest;
    if (later === undefined) return undefined;
    const [part, total] = later;
    const known = begin(from, { part, rest, start, ...(total === null ? {} : { total }) });
    return total !== null && total > ceiling ? cut(known, total, response) : known;
  }

  /**
   * The first page of a part's parts. With a total, the last one comes first: they are all counted, so that the first
   * one follows only if they add up.
   * @throws CheckError if the part can't be cut
   */
  function cut(from: SplitPosition, total: number | null, response?: PageResponse, times = 0): SplitPosition {
    const { part, rest, start } = from;
    const fail = (reason: string) => (response ? failed(reason, response) : new Error(reason));
    const smaller = parts.cut(part);
    const has = total === null ? `may have more than ${ceiling} rows` : `has ${total} rows`;
    if (smaller === undefined)
      throw fail(
        `the part ${parts.words(part)} ${has}, of which the API gives ${ceiling}, and can't be split further: ${parts.uncut}${total === null ? `. If the API announces exact totals and gives all ${ceiling} rows, set \`ceiling\` to ${ceiling + 1}` : ''}`,
      );
    const [first = part, ...others] = smaller;
    if (total !== null) return begin(from, { part: smaller.at(-1) ?? part, rest, start, cut: [part, total, 0, times] });
    if (options.prefixes !== undefined)
      throw fail(
        `the part ${parts.words(part)} has no exact total, so nothing would show rows that begin with other characters; set \`total\` of the strategy`,
      );
    if (field === undefined)
      throw fail(
        `the part ${parts.words(part)} has no exact total, so nothing shows whether the API honours ${parts.parameters}; set \`field\` to the value in each item that ${parts.parameters} compare with`,
      );
    return begin(from, { part: first, rest: [...others.map((other): Later => [other, null]), ...rest], start });
  }

  /** What an answer is. @param isEnd whether it is past the end of its part @throws CheckError if rows would be lost */
  function look(body: unknown, response: PageResponse, position: SplitPosition, isEnd = false): Look<Item> {
    const { part, nth, at, counted, cut: within, total: before } = position;
    if (!isEnd && refused(response, position)) {
      if (within && !isFirst(within[0], part)) return { is: 'counted', rows: null };
      if (nth === 0 || counted !== undefined) return { is: 'too many', total: null };
      throw failed(
        `the API refuses page ${nth + 1} of the part ${parts.words(part)}, whose pages before it are delivered: the API gives fewer than ${ceiling} rows, or the part has grown; start over with a lower \`ceiling\``,
        response,
      );
    }
    const items = isEnd ? [] : inner.items(body, response, at);
    const answer = { index: nth, position: at, itemsBefore: counted ?? 0, items, body, response };
    if (counted !== undefined && nth > 0) return isEnd ? { is: 'fits', rows: counted } : count(answer);
    if (nth > 0) return { is: 'page', items };
    const isWhole = () => items.length < ceiling && nextOf(answer) === undefined;
    const total = isEnd ? 0 : (inner.total?.(answer) ?? (isWhole() ? items.length : undefined));
    let isKnown = before !== undefined;
    if (within) {
      const [whole, all, sum, times] = within;
      if (!isFirst(whole, part)) return { is: 'counted', rows: total ?? null };
      isKnown = total !== undefined && sum !== null;
      if (total !== undefined && sum !== null && sum + total !== all) {
        if (times < recounts) return { is: 'other sum', times: times + 1 };
        throw failed(otherSum(whole, all, sum, total), response);
      }
    }
    if (total === undefined && before === undefined) {
      if (refuses !== undefined) return count(answer);
      throw failed(
        `the part ${parts.words(part)} announces no total, so nothing says whether it has more than ${ceiling} rows; set \`total\` of the strategy, or \`refusedWith\` to the statuses with which the API refuses pages past its ceiling`,
        response,
      );
    }
    if (total === undefined || total < ceiling || (isKnown && total === ceiling))
      return { is: 'page', items, total: isKnown ? total : undefined };
    return { is: 'too many', total: !isEstimate && (isKnown || total > ceiling) ? total : null };
  }

  /** Null counts as the end, as for a walk. */
  const nextOf = (answer: Answer<Item>) => inner.next(answer) ?? undefined;

  const isFirst = (whole: Part, part: Part) => sameJson(parts.cut(whole)?.[0], part);

  function count(answer: Answer<Item>): Look<Item> {
    const rows = answer.itemsBefore + answer.items.length;
    if (rows >= ceiling) return { is: 'too many', total: null };
    const next = nextOf(answer);
    if (next !== undefined) return { is: 'counting', rows, next };
    return answer.index === 0 ? { is: 'page', items: answer.items } : { is: 'fits', rows };
  }

  function otherSum(whole: Part, all: number, sum: number, total: number): string {
    const what = `the parts of ${parts.words(whole)} have ${sum + total} rows, but the whole has ${all} (counted ${recounts + 1} times)`;
    if (total >= all || sum >= all)
      return `${what}: the API seems to ignore ${parts.parameters}, or one of them; check the names and the place`;
    return `${what}: ${sum + total < all ? parts.fewer : parts.more}; a list that changes all the time can't be checked: end the range before the changes`;
  }

  /** The position after a page. @throws CheckError if rows would be lost */
  function after(answer: Answer<Item, SplitPosition>, isEnd: boolean): SplitPosition | undefined {
    const { position, body, response, itemsBefore } = answer;
    const { part, rest, start, cut: within, again } = position;
    const found = look(body, response, position, isEnd);
    switch (found.is) {
      case 'too many':
        return cut(position, found.total, response, again);
      case 'counted': {
        const [whole, all, sum, times] = within ?? [part, 0, 0, 0];
        const { rows } = found;
        const smaller = parts.cut(whole) ?? [];
        const at = smaller.findIndex((each) => sameJson(each, part));
        return begin(position, {
          part: smaller[at - 1] ?? part,
          rest: rows === 0 ? rest : [[part, rows], ...rest],
          start,
          cut: [whole, all, rows === null || sum === null ? null : sum + rows, times],
        });
      }
      case 'other sum': {
        const [whole] = within ?? [part];
        const smaller = parts.cut(whole) ?? [];
        const others = rest.filter(([each]) => !smaller.some((one) => sameJson(one, each)));
        return begin(position, { part: whole, rest: others, start, again: found.times });
      }
      case 'counting': {
        return inPart({ part, rest, start, nth: position.nth + 1, at: null, counted: found.rows }, found.next);
      }
      case 'fits':
        return begin(position, { part, rest, start, total: found.rows });
      case 'page':
        return afterPage(found, { ...answer, index: position.nth, position: position.at, itemsBefore: itemsBefore - start }, position, isEnd); // prettier-ignore
    }
  }

  function afterPage(
    { total, items }: Look<Item> & { is: 'page' },
    answer: Answer<Item>,
    position: SplitPosition,
    isEnd: boolean,
  ): SplitPosition | undefined {
    const { part, rest, start, nth, confirms, empty = 0 } = position;
    const known = position.total ?? total;
    const following = isEnd ? undefined : nextOf({ ...answer, items });
    const isEmpty = items.length === 0;
    const confirming =
      following === undefined && !isEnd && isEmpty && confirms !== true
        ? (inner.afterEmpty?.({ ...answer, items }, undefined) ?? undefined)
        : undefined;
    const next = following ?? confirming;
    if (next !== undefined) {
      if (isEmpty && empty + 1 > (inner.maxEmptyPages ?? 1000)) throw new EmptyPagesError(empty + 1);
      return inPart(
        {
          part,
          rest,
          start,
          nth: nth + 1,
          at: next,
          ...(known === undefined ? {} : { total: known }),
          ...(confirming === undefined ? {} : { confirms: true }),
          ...(isEmpty ? { empty: empty + 1 } : {}),
        },
        next,
      );
    }
    const rows = answer.itemsBefore + items.length;
    if (rows >= ceiling && rows > (known ?? -1))
      throw failed(
        `the part ${parts.words(part)} ended after ${rows} rows, which is the ceiling, so it may have more: the API announces too few; set \`ceiling\` to a lower number, or check \`total\` of the strategy`,
        answer.response,
      );
    return enter(position, start + rows, answer.response);
  }

  function guess(from: SplitPosition, seen?: Answer<Item, SplitPosition>): SplitPosition | undefined {
    const { part, rest, start, nth, at, counted, cut: within, again } = from;
    if (counted !== undefined || again !== undefined) return undefined;
    const last = seen && sameJson(seen.position?.part, part) && seen.items.length > 0 ? seen : undefined;
    const known = within ? (isFirst(within[0], part) && within[2] !== null ? within[1] - within[2] : undefined) : from.total; // prettier-ignore
    const total = known ?? (last && inner.total?.({ ...last, position: last.position.at, itemsBefore: last.itemsBefore - start })); // prettier-ignore
    if (nth === 0 && total !== undefined && total > ceiling) return cut(from, total, seen?.response);
    // The first page of a part without a total may show that the part is too large.
    if (total === undefined && (nth > 0 || !isEstimate || sameJson(from, first))) return undefined;
    const asked = from.size ?? seen?.items.length ?? 0;
    const isLast = (peek(last, 'next') as SplitPosition | undefined)?.nth !== (last?.position.nth ?? 0) + 1;
    const rows = last && !isLast ? Math.min(last.items.length, asked) : asked; // A server may cap sizes.
    if (total !== undefined && rows > 0 && (nth + 1) * rows >= total) return enter(from, start + total, seen?.response);
    const next = inner.guess?.(at, last && !isLast ? { ...last, position: last.position.at } : undefined);
    if (next === undefined) return undefined;
    return inPart(
      { part, rest, start, nth: nth + 1, at: next, ...(known === undefined ? {} : { total: known }) },
      next,
    ); // prettier-ignore
  }

  const [firstPart = [], ...others] = parts.first;
  const first = begin({ part: [], rest: [], start: 0, nth: 0, at: null }, {
    part: firstPart,
    rest: others.map((part): Later => [part, null]),
    start: 0,
  }); // prettier-ignore
  const isRoot = ({ part, rest }: SplitPosition) => parts.first.length === 1 && rest.length === 0 && sameJson(part, firstPart); // prettier-ignore
  const asInner = (answer: Answer<Item, SplitPosition>): Answer<Item> => ({
    ...answer,
    index: answer.position.nth,
    position: answer.position.at,
    itemsBefore: answer.itemsBefore - answer.position.start,
  });

  return {
    name: of,
    identity: { of: [inner.name, inner.identity ?? null], parts: parts.identity },
    first,
    place(request, position) {
      if (!isPosition(position, parts))
        throw new ResumeError('unreadable', `the position is not one of ${of}; start over without the token`);
      return inner.place(place(request, parts.params(position.part)), position.at);
    },
    items(body, response, position) {
      if (position === undefined) return inner.items(body, response);
      const found = look(body, response, position as SplitPosition);
      if (found.is !== 'page') return [];
      if (field) checkItems(found.items, (position as SplitPosition).part, response);
      return found.items;
    },
    next: (answer) => after(answer, false),
    afterEnd: (answer) => after(answer, true),
    check(response, position) {
      if (position.confirms === true && [400, 404, 416].includes(response.status)) return 'end';
      if (refused(response, position)) return 'ok';
      const verdict = inner.check?.(response, position.at);
      if (verdict !== undefined || position.nth > 0 || isRoot(position)) return verdict;
      // A part may be empty: its first page is judged like any later one, since another part has shown that the list is there.
      const later = inner.guess?.(position.at);
      return later !== undefined && inner.check?.(response, later) === 'end' ? 'end' : undefined;
    },
    total(answer) {
      const { position, body, response } = answer;
      if (!isRoot(position)) return undefined;
      const found = position.nth === 0 ? look(body, response, position) : undefined;
      return found?.is === 'too many' ? (found.total ?? undefined) : inner.total?.(asInner(answer));
    },
    totalIs: inner.totalIs,
    judgesFailures: inner.judgesFailures,
    maxEmptyPages: Infinity, // Counted in each part.
    onRepeat: inner.onRepeat,
    onExpired: inner.onExpired,
    sameTokenAdvice: inner.sameTokenAdvice,
    positionAdvice: (position) => inner.positionAdvice?.(position.at),
    doubt: (answer) => (isRoot(answer.position) ? inner.doubt?.(asInner(answer)) : undefined),
    guess(from, seen) {
      try {
        return guess(from, seen);
      } catch {
        return undefined; // The walk runs into that error itself, when it arrives there.
      }
    },
    ...(inner.resize && {
      resize(position: SplitPosition, factor: number, itemsBefore: number) {
        const resized = inner.resize?.(position.at, factor, itemsBefore - position.start);
        return resized === undefined ? undefined : inPart(position, resized);
      },
    }),
  };

  /** @throws CheckError, ExtractError for an item that is not of its part */
  function checkItems(items: readonly Item[], part: Part, response: PageResponse): void {
    if (field === undefined) return;
    items.forEach((item, index) => {
      const value = field.read(item, response);
      const isInside = parts.holds(part, value);
      if (isInside === undefined)
        throw new ExtractError(
          `field of item ${index}`,
          field.path,
          `expected ${options.prefixes ? 'a text' : 'a value of the range'}, found ${describe(value)}`,
        );
      if (!isInside)
        throw failed(
          `item ${index} has ${field.path} ${describe(value)}, which is not in the part ${parts.words(part)}: the API ignores ${parts.parameters}, or compares another field, so rows would come several times; check the names, the place and \`field\``,
          response,
        );
    });
  }
}

const sizeOf = (position: Json): number | undefined => {
  const size = peek(position, 'size');
  return typeof size === 'number' ? size : undefined;
};

/** Whether a position is intact: it may come from a token that was edited. */
function isPosition(position: unknown, parts: Parts): position is SplitPosition {
  const { part, rest, start, nth, at } = (position ?? {}) as Partial<SplitPosition>;
  const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
  return (
    parts.isPart(part) &&
    Array.isArray(rest) &&
    rest.every((later: unknown) => {
      if (!Array.isArray(later)) return false;
      const [each, total] = later as unknown[];
      return parts.isPart(each) && (total === null || isCount(total));
    }) &&
    isCount(start) &&
    isCount(nth) &&
    at !== undefined
  );
}
