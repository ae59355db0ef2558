import { mergeMap, timer } from 'rxjs';
import type { Position } from '../../page.js';
import type { Transport } from '../../request.js';
import { nonJson } from '../non-json.js';
import { expectSame, isSame, show } from './expect-same.js';
import { checkPurity } from './check-purity.js';
import { checkForeignAnswer, checkRepeatedPage } from './check-bad-servers.js';
import { failure, mostPages, type Trial, type Walked } from './trial.js';

type Check = <Item, P extends Position>(trial: Trial<Item, P>) => Promise<void>;

/** What every strategy promises, by title. */
export const checks: readonly (readonly [title: string, check: Check])[] = [
  ['goes over all the answers to the last page', checkEnd],
  ['is pure: gives the same twice, and changes nothing', checkPurity],
  ['has positions that JSON can hold', checkPositions],
  ['gives equal pages to every subscription, also to two at once', checkSubscriptions],
  ['continues after every page from its token, and every item comes once', checkResume],
  ['ends where the API gives the same page again and again', checkRepeatedPage],
  ['fails, and does not end, where an answer has no items', checkForeignAnswer],
];

async function checkEnd<Item, P extends Position>({ whole, api }: Trial<Item, P>): Promise<void> {
  const { pages, items, remaining } = await whole();
  if (pages.at(-1)?.next !== undefined)
    throw failure(`it has not ended after ${mostPages} pages: next never gave undefined`);
  if (remaining > 0)
    throw failure(
      `it ended early, after page ${pages.length}: next gave undefined, and ${remaining} of the answers were not asked for`,
    );
  if (pages.length < 2)
    throw failure('the answers make one page only, which shows nothing of how it goes on; give two at least');
  if (api.items) expectSame('its items', items, api.items);
}

async function checkPositions<Item, P extends Position>({ whole, make, template }: Trial<Item, P>): Promise<void> {
  const { pages } = await whole();
  const strategy = make();
  for (const { index, position } of pages) {
    const lost = nonJson(position, 'position');
    if (lost !== undefined) throw failure(`of page ${index + 1}, ${lost}: JSON can't hold that`);
    const stored = JSON.parse(JSON.stringify(position)) as P;
    const what = `the request for page ${index + 1} at its position after JSON`;
    expectSame(what, strategy.place(template, stored), strategy.place(template, position as P));
  }
}

async function checkSubscriptions<Item, P extends Position>({ whole, make, walk }: Trial<Item, P>): Promise<void> {
  const { again, ...first } = await whole();
  const strategy = make();
  expectSamePages('a second walk', await walk(strategy, again), first);
  const both = await Promise.all([walk(strategy, later(again)), walk(strategy, later(again))]);
  for (const walked of both) expectSamePages('one of two walks at once', walked, first);
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
    throw failure(`${what} had ${found.pages.length} pages, and the first one ${expected.pages.length}`);
}

async function checkResume<Item, P extends Position>({ whole, make, walk }: Trial<Item, P>): Promise<void> {
  const { again, pages, items } = await whole();
  for (const { index, itemsBefore, items: own, resume } of pages) {
    const rest = items.slice(itemsBefore + own.length);
    const what = `continued after page ${index + 1}`;
    let walked: Walked<Item>;
    try {
      walked = await walk(make(), again, { resumeFrom: JSON.stringify(resume) });
    } catch (error) {
      throw failure(`${what}, it failed: ${(error as Error).message}`, error);
    }
    if (walked.error) throw failure(`${what}, it failed: ${walked.error.message}`, walked.error);
    if (!isSame(walked.items, rest))
      throw failure(`${what}, its items are ${show(walked.items)} and not ${show(rest)}`);
  }
}
