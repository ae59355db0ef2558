import type { Position } from '../page.js';
import { countOf, plainName, scanAnswer } from '../reading/scan-answer.js';
import type { Strategy } from '../strategy.js';
import { type Candidate, renamed } from './candidates/candidate.js';
import { relate, type Relation } from './lists.js';
import { strategyOf } from './paging.js';
import { answered, type Ask, nextOf, Refuted, type Seen, toAnswer } from './prove.js';

/** How many names are tried one by one where sending them together shows nothing. */
const singly = 4;
/** The same where the API refuses unknown names. */
const alone: Readonly<Record<string, number>> = { offset: 5, cursor: 4 };
/** How many names of offsets and keys are tried: further ones are unlikely, and cost requests. */
const most = 80;
/** Servers refuse URLs of more than 8,000 characters. */
const longest = 6000;

/**
 * Which of many names for one parameter the API reads. They are sent together, so one request rules all of them out.
 * Offsets and keys differ from name to name: the first item of the answer shows whose was read. So do page numbers, if
 * the answer says which page it is. Otherwise the likeliest name comes first, and then parts of the others are sent
 * until one is left. Unlikely names follow only if none of the likely ones is read.
 * @param onRefused called if the API refuses names that it does not know
 * @returns candidates to prove, likeliest first; none if the API ignores all names
 * @throws PagewiseError of the connection
 */
export async function* narrow(
  candidate: Candidate,
  likely: readonly string[],
  unlikely: readonly string[],
  first: Seen,
  ask: Ask,
  onRefused: () => void,
): AsyncGenerator<Candidate> {
  const { kind } = candidate.paging;
  const names = [...likely, ...unlikely];
  const positions = positionsOf(candidate, first);
  let [position] = positions;
  if (position === undefined) return;
  const send = async (named: Named): Promise<Seen | 'refused'> => {
    try {
      return await answered(ask)(together(candidate, named), strategyOf(candidate.paging).first);
    } catch (error) {
      if (error instanceof Refuted) return 'refused';
      throw error;
    }
  };
  const reacts = async (some: readonly string[]): Promise<Relation | 'refused'> => {
    const seen = await send(some.map((name) => [name, position]));
    return seen === 'refused' ? seen : relate(first.items, seen.items);
  };
  const these = (some: readonly string[]) => some.map((name) => renamed(candidate, name));
  async function* oneByOne(count = alone[kind] ?? 2): AsyncGenerator<Candidate> {
    onRefused();
    for (const name of differentFirst(names).slice(0, count)) {
      const relation = await reacts([name]);
      if (relation !== 'refused' && relation !== 'same') yield* these([name]);
    }
  }

  if (positions.length > 1) {
    const end = Math.min(names.length, 2 * positions.length, Math.max(most, positions.length));
    for (let at = 0; at < end; at += positions.length) {
      const some = names.slice(at, at + positions.length);
      const seen = await send(some.map((name, index) => [name, positions[index]]));
      if (seen === 'refused') {
        yield* oneByOne();
        return;
      }
      if (relate(first.items, seen.items) === 'same') continue;
      const begins = first.items.findIndex((item) => relate([item], seen.items.slice(0, 1), first.items) === 'same');
      // The offset 3 leads to the fourth item or, counted from 1, to the third; the third key to the fourth item.
      const read = some.filter((_name, index) => [begins, begins + 1].includes(positions.length - index));
      yield* these(read.length === 0 ? some.slice(0, singly) : read);
      return;
    }
    return;
  }
  if (kind === 'page' && names.length > 1 && echoesIn(first).length > 0) {
    const seen = await send(names.map((name, index) => [name, { page: index + 2 }]));
    const told = seen === 'refused' ? [] : echoesIn(first).flatMap((path) => countIn(seen, path) ?? []);
    // Pages may be counted from 0 in the request, and from 1 in the answer.
    const read = told.flatMap((page) => [...names.slice(Math.max(0, page - 3), Math.max(0, page - 1))].reverse());
    if (read.length > 0) {
      yield* these([...new Set(read)]);
      return;
    }
    if (seen !== 'refused' && relate(first.items, seen.items) === 'same') return;
  }
  for (const batch of [...batchesOf(likely, position), ...batchesOf(unlikely, position)]) {
    let all = await reacts(batch);
    if (all === 'refused' && kind === 'page') {
      // Where pages are counted from 0, there may be no page 2. Whoever refuses page 1 too refuses the names.
      position = { page: 1 };
      const one = await reacts(batch);
      if (one === 'same' || one === 'refused') position = { page: 2 };
      if (one === 'refused') {
        yield* oneByOne(1);
        return;
      }
      if (one !== 'same') all = one;
    }
    if (all === 'same') continue;
    if (all === 'refused') {
      yield* oneByOne();
      return;
    }
    // Where every unknown parameter is a filter, sending many shows nothing.
    if (all === 'empty') {
      yield* these(batch.slice(0, singly));
      return;
    }
    yield* these(batch.slice(0, 1));
    let left: readonly string[] = batch.slice(1);
    while (left.length > 1) {
      const part = likelierHalf(left);
      left = (await reacts(part)) === 'same' ? left.slice(part.length) : part;
    }
    yield* these(left);
    return;
  }
}

/** The names, with those last that are another one in another style. */
function differentFirst(names: readonly string[]): readonly string[] {
  const plain = names.map(plainName);
  const isNew = (_name: string, index: number) => plain.indexOf(plain[index] ?? '') === index;
  return [...names.filter(isNew), ...names.filter((name, index) => !isNew(name, index))];
}

/** As many names in each request as its URL may hold. */
function batchesOf(names: readonly string[], position: unknown): readonly (readonly string[])[] {
  const value = encodeURIComponent(JSON.stringify(position)).length;
  const batches: string[][] = [];
  let length = Infinity;
  for (const name of names) {
    length += name.length + value;
    if (length > longest) {
      batches.push([]);
      length = name.length + value;
    }
    batches.at(-1)?.push(name);
  }
  return batches;
}

/** As many of the names as hold half of the likelihood, which falls from name to name. */
function likelierHalf(names: readonly string[]): readonly string[] {
  const likelihood = names.map((_name, index) => 1 / (index + 4));
  const half = likelihood.reduce((sum, each) => sum + each, 0) / 2;
  let sum = 0;
  const count = likelihood.findIndex((each) => (sum += each) >= half) + 1;
  return names.slice(0, Math.min(count, names.length - 1));
}

/** The members of the first answer that may be the number of its page. */
const echoesIn = ({ response }: Seen): readonly string[] =>
  scanAnswer(response.body).flatMap(({ path, plain, value }) =>
    /page|current|index/.test(plain) && [0, 1].includes(countOf(value) ?? 2) ? [path] : [],
  );

const countIn = ({ response }: Seen, path: string): number | undefined =>
  countOf(scanAnswer(response.body).find((member) => member.path === path && countOf(member.value) !== 0)?.value);

/** Names, and the position that is sent under each. */
type Named = readonly (readonly [name: string, position: unknown])[];

/** A strategy that sends a position under each of several names. */
function together(candidate: Candidate, named: Named): Strategy {
  const parts = named.map(([name, position]) => ({ strategy: strategyOf(renamed(candidate, name).paging), position }));
  return {
    ...strategyOf(candidate.paging),
    place: (request) =>
      parts.reduce((placed, { strategy, position }) => strategy.place(placed, position as Position), request),
  };
}

/** The positions to send: several if they can be told apart by the first item of the answer. */
function positionsOf({ paging }: Candidate, first: Seen): readonly unknown[] {
  const count = first.items.length;
  // The likeliest names get the largest: small numbers may be anything.
  const inner = first.items.slice(0, -1).map((_item, index) => count - 1 - index);
  if (paging.kind === 'page') return [{ page: 2 }];
  if (paging.kind === 'offset') return inner.map((offset) => ({ offset }));
  const strategy = strategyOf(paging);
  const after = (items: readonly unknown[]): unknown => {
    try {
      return nextOf(strategy, toAnswer(strategy, { ...first, items }, undefined));
    } catch (error) {
      if (error instanceof Refuted) return undefined;
      throw error;
    }
  };
  if (paging.kind !== 'keyset' || count < 3) return [after(first.items)].filter((position) => position !== undefined);
  const positions = inner.map((end) => after(first.items.slice(0, end)));
  return positions.every((position) => position !== undefined) ? positions : [];
}
