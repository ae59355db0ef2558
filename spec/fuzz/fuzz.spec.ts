import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PageResponse, Transport } from 'pagewise';
import { from, map, mergeMap, of } from 'rxjs';
import { judge } from './judge.js';
import { Loopback, runCase } from './run.js';
import { caseOf, legal, simpler, type WalkCase } from './walk-case.js';

/** Thirty items in pages of five, without a fault. */
const plain: WalkCase = legal({
  strategy: 'offset', placement: 'query', transport: 'memory', items: 30, size: 5, cap: 5, end: 'empty', concurrency: 1,
  adaptiveSize: false, skip: 0, gaps: 'retry', retries: 1, totalTimeout: 0, throttle: false, latency: 0, work: 0,
  consumer: 'subscribe', carry: 'token', prefetch: 0, stops: [], faults: [],
}); // prettier-ignore

describe('the fuzz', () => {
  const loopback = new Loopback();
  beforeAll(() => loopback.start());
  afterAll(() => loopback.stop());

  const found = async (one: WalkCase, sabotage?: (transport: Transport) => Transport) =>
    judge(one, await runCase(one, loopback, sabotage));
  /** A library that takes items for others would look as if its answers had been changed. */
  const changing =
    (change: (items: { id: number }[]) => { id: number }[]) =>
    (transport: Transport): Transport =>
    (request, attempt) =>
      from(transport(request, attempt)).pipe(
        map((answer) => ({ ...answer, body: { items: change((answer.body as { items: { id: number }[] }).items) } })),
      );

  it('gives the same case for a seed, and a legal one', () => {
    for (let seed = 1; seed < 200; seed++) {
      expect(caseOf(seed)).toEqual(caseOf(seed));
      expect(legal(caseOf(seed))).toEqual(caseOf(seed));
    }
  });

  it('finds nothing wrong in a walk without faults', async () => {
    expect(await found(plain)).toEqual([]);
  });

  it.each([
    ['an item is lost', changing((items) => items.filter(({ id }) => id !== 37)), /silently lost: 37; in no page that failed, but missing: 37$/],
    ['an item comes twice', changing((items) => (items.some(({ id }) => id === 37) ? [...items, { id: 37 }] : items)), /37/],
    ['an item is none of the list', changing((items) => items.map((item) => (item.id === 37 ? { id: 38 } : item))), /^not in the list: 38;/],
    ['items are in another order', changing((items) => [...items].reverse()), /out of order/],
    ['a request is sent twice', (transport: Transport): Transport => (request, attempt) => from(transport(request, attempt)).pipe(mergeMap((answer: PageResponse) => from(transport(request, attempt)).pipe(map(() => answer)), 1), mergeMap((answer) => from(transport(request, attempt)).pipe(map(() => answer)))), /^3 requests for run 0/],
    ['an error comes from nowhere', (): Transport => () => of({ status: 400, url: '', headers: { get: () => null }, body: {} }), /fails: HttpError.*for no reason/],
  ])('notices if %s', async (_what, sabotage, message) => {
    expect((await found(plain, sabotage)).join('; ')).toMatch(message);
  }); // prettier-ignore

  it('offers simpler cases, each of them legal', () => {
    for (let seed = 1; seed < 50; seed++) {
      for (const next of simpler(caseOf(seed))) expect(legal(next)).toEqual(next);
    }
  });
});
