import { defer, mergeMap, of, timer } from 'rxjs';
import { isPagewiseError } from '../../errors.js';
import type { Answer, Page, Position } from '../../page.js';
import type { PageResponse, Transport } from '../../request.js';
import type { Strategy } from '../../strategy.js';
import { fingerprint } from '../../values/compare.js';
import { nonJson } from '../recording/recording.js';
import { deepFreeze, failure, mostPages, type Trial, type Walked } from './trial.js';

type Check = <Item, P extends Position>(trial: Trial<Item, P>) => Promise<void>;

/** What every strategy promises, by title. */
export const checks: readonly (readonly [title: string, check: Check])[] = [
  ['walks through all answers to the last page', checkEnd],
  ['is pure: returns the same when called twice, and changes no argument', checkPurity],
  ['has positions that JSON can hold', checkPositions],
  ['gives equal pages to every subscription, even to two at the same time', checkSubscriptions],
  ['resumes after every page from its token, and gives every item once', checkResume],
  ['ends if the API sends the same page again and again', checkRepeatedPage],
  ['fails, and does not end, if an answer has no items', checkForeignAnswer],
];

async function checkEnd<Item, P extends Position>({ whole, api }: Trial<Item, P>): Promise<void> {
  const { pages, items, remaining } = await whole();
  if (pages.at(-1)?.next !== undefined)
    throw failure(`the walk has not ended after ${mostPages} pages: next never returned undefined`);
  if (remaining > 0)
    throw failure(
      `the walk ended early, after page ${pages.length}: next returned undefined, but ${remaining} of the answers are unused`,
    );
  if (pages.length < 2)
    throw failure(
      'the answers make only one page, which does not show how the strategy continues; give answers for at least two pages',
    );
  if (api.items) expectSame('the items of the walk', items, api.items);
}

async function checkPositions<Item, P extends Position>({ whole, make, template }: Trial<Item, P>): Promise<void> {
  const { pages } = await whole();
  const strategy = make();
  for (const { index, position } of pages) {
    const lost = nonJson(position, 'position');
    if (lost !== undefined) throw failure(`page ${index + 1}: ${lost}, which JSON can't hold`);
    const stored = JSON.parse(JSON.stringify(position)) as P;
    const what = `the request for page ${index + 1}, after its position went through JSON`;
    expectSame(what, strategy.place(template, stored), strategy.place(template, position as P));
  }
}

async function checkSubscriptions<Item, P extends Position>({ whole, make, walk }: Trial<Item, P>): Promise<void> {
  const { again, ...first } = await whole();
  const strategy = make();
  expectSamePages('a second walk', await walk(strategy, again), first);
  const both = await Promise.all([walk(strategy, later(again)), walk(strategy, later(again))]);
  for (const walked of both) expectSamePages('one of two walks at the same time', walked, first);
}

/** Answers later, so that two walks take turns. */
const later =
  (transport: Transport): Transport =>
  (request, attempt) =>
    timer(0).pipe(mergeMap(() => transport(request, attempt)));

function expectSamePages<Item>(what: string, found: Walked<Item>, expected: Walked<Item>): void {
  if (found.error) throw failure(`${what} failed: ${found.error.message}`, found.error);
  for (const [i, page] of expected.pages.entries()) {
    const other = found.pages[i];
    if (other === undefined) throw failure(`${what} ended after ${i} of ${expected.pages.length} pages`);
    for (const part of ['position', 'items', 'next', 'total'] as const)
      expectSame(`${what}: ${part} of page ${i + 1}`, other[part], page[part]);
  }
  if (found.pages.length > expected.pages.length)
    throw failure(`${what} had ${found.pages.length} pages, but the first walk had ${expected.pages.length}`);
}

async function checkResume<Item, P extends Position>({ whole, make, walk }: Trial<Item, P>): Promise<void> {
  const { again, pages, items } = await whole();
  for (const { index, itemsBefore, items: own, resume } of pages) {
    const rest = items.slice(itemsBefore + own.length);
    const what = `when resumed after page ${index + 1}`;
    let walked: Walked<Item>;
    try {
      walked = await walk(make(), again, { resumeFrom: JSON.stringify(resume) });
    } catch (error) {
      throw failure(`${what}, the walk failed: ${(error as Error).message}`, error);
    }
    if (walked.error) throw failure(`${what}, the walk failed: ${walked.error.message}`, walked.error);
    if (!isSame(walked.items, rest)) throw failure(`${what}, the items are ${show(walked.items)}, not ${show(rest)}`);
  }
}

/**
 * Every function returns the same when called twice, its arguments are frozen, and a second strategy made the same way
 * agrees.
 */
async function checkPurity<Item, P extends Position>({ whole, make, template }: Trial<Item, P>): Promise<void> {
  const { pages } = await whole();
  const strategy = make();
  const other = make();
  expectSame('the first position of a second strategy', other.first, strategy.first);
  expectSame('the identity of a second strategy', other.identity, strategy.identity);
  for (const page of pages) {
    const answer = deepFreeze(answerOf<Item, P>(page));
    const { position, body, response } = answer;
    const read: [name: string, call: (of: Strategy<Item, P>) => unknown][] = [
      ['items', (of) => of.items(body, response)],
      ['next', (of) => of.next(answer)],
      ['total', (of) => of.total?.(answer)],
    ];
    // Past the end, and for a repeated page, the walk calls none of these.
    const wasRead = page.next !== undefined || page.items.length > 0;
    const calls: typeof read = [
      ['place', (of) => of.place(template, position)],
      ['check', (of) => of.check?.(response, position)],
      ...(wasRead ? read : []),
    ];
    for (const [name, call] of calls) {
      const what = `${name} for page ${page.index + 1}`;
      const once = attempt(what, () => call(strategy));
      expectSame(
        `${what}, second call`,
        attempt(what, () => call(strategy)),
        once,
      );
      expectSame(
        `${what}, of a second strategy`,
        attempt(what, () => call(other)),
        once,
      );
    }
  }
}

/** The answer within a page, without the page's other properties. */
function answerOf<Item, P>({ index, position, itemsBefore, items, body, response }: Page<Item>): Answer<Item, P> {
  return {
    index,
    position: position as P,
    itemsBefore,
    items: Object.freeze([...items]),
    body,
    response: { ...response },
  };
}

function attempt<T>(what: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    const { message } = error as Error;
    throw failure(`${what}, called with frozen data: ${message}; a strategy must not change its arguments`, error);
  }
}

/** A server that stays at one page: its token repeats, or it clamps the page number. */
async function checkRepeatedPage<Item, P extends Position>(trial: Trial<Item, P>): Promise<void> {
  const { again, pages } = await trial.whole();
  const stuck = pages.find(({ next, items }) => next !== undefined && items.length > 0);
  if (stuck === undefined)
    throw failure('only the last page has items, so no page can be repeated; give two pages with items');
  const strategy = trial.make();
  if (strategy.onRepeat === 'allow') return; // Any number of equal pages is valid then.
  const { items, error, pages: found } = await trial.walk(strategy, firstThen(again, stuck.index, stuck.response));
  const what = `page ${stuck.index + 1} came again and again`;
  if (found.length >= mostPages) throw failure(`${what}, and the walk has not ended after ${mostPages} pages`);
  if (error && !(isPagewiseError(error) && ['PaginationLoopError', 'EmptyPagesError'].includes(error.name)))
    throw failure(`${what}, and the walk failed for another reason: ${error.message}`, error);
  const before = pages.slice(0, stuck.index + 1).flatMap((page: Page<Item>) => page.items);
  expectSame(`${what}; items of the walk`, items, before);
}

/** A server that answers with something else in the middle of a walk. */
async function checkForeignAnswer<Item, P extends Position>(trial: Trial<Item, P>): Promise<void> {
  if (trial.api.missingItems === 'empty') return;
  const { again } = await trial.whole();
  for (const body of [{ unexpected: 'answer' }, null]) {
    const foreign: PageResponse = { status: 200, url: '', headers: { get: () => null }, body };
    const { error, pages } = await trial.walk(trial.make(), firstThen(again, 1, foreign));
    if (error === undefined)
      throw failure(
        `page 2 was ${JSON.stringify(body)}, and the walk completed after ${pages.length} pages as if that were a page; ` +
          "throw if items are missing, or set missingItems: 'empty' in the contract if this is intended",
      );
  }
}

/** The original pages before an index, then always the same answer. */
const firstThen =
  (again: Transport, index: number, response: PageResponse): Transport =>
  (request, attempt) =>
    defer(() => (attempt.pageIndex < index ? again(request, attempt) : of(response)));

/** Whether two values hold the same, whatever their class. */
const isSame = (a: unknown, b: unknown): boolean => fingerprint(a) === fingerprint(b);

/** @throws Error that shows both values */
function expectSame(what: string, found: unknown, expected: unknown): void {
  if (!isSame(found, expected)) throw failure(`${what}: ${show(found)}, not ${show(expected)}`);
}

/** A value as errors show it: its JSON, truncated. */
function show(value: unknown): string {
  let text: string;
  try {
    text = JSON.stringify(value) ?? String(value);
  } catch {
    text = String(value);
  }
  return text.length > 300 ? `${text.slice(0, 299)}…` : text;
}
