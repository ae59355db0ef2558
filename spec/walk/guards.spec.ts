// What a walk remembers of its requests: when it sends the next one, and when it refuses to.
import { describe, expect, it } from '@jest/globals';
import type { PageRequest, Strategy } from 'pagewise';
import type { Step } from '../../lib/resume-token.js';
import { walkMemory } from '../../lib/walk/guards.js';
import type { Earlier } from '../../lib/walk/read-page.js';
import { counting, thrown } from '../support/walks.js';

function memory(more: Partial<Strategy<number, number>> = {}, request: PageRequest = {}, begin: Earlier = {}) {
  const notices: string[] = [];
  let startedOver = 0;
  const log = {
    notice: (message: string) => notices.push(message),
    noticeOnce: (message: string) => notices.push(message),
    startOver: () => startedOver++,
  };
  const strategy = { ...counting(9), ...more };
  const plan = { request, strategy, owner: {}, log } as unknown as Parameters<typeof walkMemory<number, number>>[0];
  const made = walkMemory(plan, begin);
  const place = (position: number, more: Partial<Step<number>> = {}) =>
    made.place({ position, index: position, itemsBefore: 0, ...more });
  return { ...made, place, memory: made, notices, startedOver: () => startedOver };
}
/** Requests by position, whatever was in the template. */
const placing = (...requests: PageRequest[]) => ({ place: (_: unknown, position: number) => requests[position] ?? {} });

describe('E9 a position that repeats', () => {
  const repeated = (sameTokenAdvice: [string, string?] | undefined, total?: number, itemsBefore = 30) => {
    const { place } = memory({ sameTokenAdvice }, {}, { total });
    place(1);
    return thrown(() => place(1, { index: 2, itemsBefore })).message;
  };

  it('is refused, with the advice of the strategy, and that about ends unless more is announced', () => {
    expect(repeated(undefined)).toMatch(/^the position is the same as that of page 2, .* check its path$/);
    expect(repeated(['A'])).toMatch(/check its path; A$/);
    expect(repeated(['A', 'B'])).toMatch(/check its path; A; B$/);
    expect(repeated(['A', 'B'], 31)).toMatch(/check its path; A$/);
    expect(repeated(['A', 'B'], 30)).toMatch(/check its path; A; B$/);
    expect(repeated(['A', 'B'], 29)).toMatch(/check its path; A; B$/);
  });

  it('is sent if the server keeps the position, and for a page that was skipped before', () => {
    const scroll = memory({ stateful: 'once' });
    for (let i = 0; i < 3; i++) expect(scroll.place(1)).toEqual({ body: { page: 1 } });
    const { place } = memory({ onRepeat: 'allow' });
    const then = { position: 2, index: 1, itemsBefore: 9 };
    for (let i = 0; i < 3; i++) expect(place(1, { then })).toEqual({ body: { page: 1 } });
  });
});

describe('a request that loses the headers of the template', () => {
  const headers = { authorization: 'x' };
  it.each<[what: string, given: PageRequest['headers'], placed: PageRequest['headers'], lost: boolean]>([
    ['none of none', undefined, undefined, false],
    ['others of none', undefined, headers, false],
    ['none of some', headers, undefined, true],
    ['some of some', headers, {}, false],
    ['none of a function', () => headers, undefined, true],
    ['an object of a function, which was spread', () => headers, {}, true],
    ['a function of a function', () => headers, () => headers, false],
    ['a function of an object', headers, () => headers, false],
  ])('is refused: %s', (_what, given, placed, lost) => {
    const request = given === undefined ? {} : { headers: given };
    const { place } = memory(placing({}, placed === undefined ? {} : { headers: placed }), request);
    if (lost) expect(thrown(() => place(1))).toMatchObject({ name: 'ConfigError', message: expect.stringContaining('place loses the headers') }); // prettier-ignore
    else expect(place(1)).toEqual(placed === undefined ? {} : { headers: placed });
  }); // prettier-ignore
});

it('E11 a place that throws is a CallbackError', () => {
  const cause = new Error('mine');
  const place = () => {
    throw cause;
  };
  expect(thrown(() => memory({ place }).place(1))).toMatchObject({ callback: 'strategy.place', cause });
});

describe('H6 a parameter that the strategy replaces', () => {
  const requests = placing({ url: '/?page=0' }, { url: '/?page=1' }, { url: '/?page=2' });

  it('is told at the first page, and not at the first one of a resumed walk', () => {
    const first = memory(requests, { url: '/?page=9' });
    first.place(0);
    first.place(1);
    expect(first.notices).toEqual([expect.stringMatching(/^page=9 in the URL is replaced by page=0: /)]);
    const resumed = memory(requests, { url: '/?page=9' });
    resumed.place(2);
    expect(resumed.notices).toEqual([]);
    const none = memory(requests, { url: '/?q=1' });
    none.place(0);
    expect(none.notices).toEqual([]);
  });

  it('is told once, if page 1 is requested again', () => {
    const { place, notices } = memory(requests, { url: '/?page=9' });
    place(0);
    place(1, { index: 0 });
    expect(notices).toHaveLength(1);
  });
});

describe('E9 a request that repeats', () => {
  const request = { url: '/x', method: 'POST', body: { a: 1 }, headers: { b: '1' } };
  it.each<[what: string, other: PageRequest]>([
    ['URL', { ...request, url: '/y' }],
    ['method', { ...request, method: 'PUT' }],
    ['body', { ...request, body: { a: 2 } }],
    ['headers', { ...request, headers: { b: '2' } }],
  ])('is another one by its %s', (_what, other) => {
    const { place } = memory(placing({}, request, other));
    place(1);
    expect(place(2)).toBe(other);
  });

  it('is refused, unless pages may repeat or the server keeps the position', () => {
    const same = placing({}, request, { ...request });
    const again = (more: Partial<Strategy<number, number>>) => {
      const { place } = memory({ ...same, ...more });
      place(1);
      return place(2);
    };
    for (const more of [{}, { onRepeat: 'error' }, { onRepeat: 'stop' }] as const)
      expect(thrown(() => again(more))).toMatchObject({ name: 'PaginationLoopError', message: expect.stringMatching(/^the request is the same as the last one/) }); // prettier-ignore
    for (const more of [{ onRepeat: 'allow' }, { stateful: 'once' }, { stateful: 'repeatable' }] as const)
      expect(again(more)).toEqual(request);
  });
});

describe('a walk that starts over', () => {
  it("does so once, if onExpired is 'restart', and forgets what was before", () => {
    const { place, memory: made, startedOver } = memory({ onExpired: 'restart' });
    const { reader } = made;
    place(1);
    expect(made.startOver({ position: 5, index: 3, itemsBefore: 9 })).toEqual({
      position: 1,
      index: 3,
      itemsBefore: 0,
    });
    expect(startedOver()).toBe(1);
    expect(made.reader).not.toBe(reader);
    expect(place(1)).toEqual({ body: { page: 1 } });
    expect([made.startOver({ position: 5, index: 3, itemsBefore: 9 }), startedOver()]).toEqual([undefined, 1]);
  });

  it('does not by default', () => {
    for (const more of [{}, { onExpired: 'error' }] as const) {
      const { memory: made, startedOver } = memory(more);
      expect([made.startOver({ position: 5, index: 3, itemsBefore: 9 }), startedOver()]).toEqual([undefined, 0]);
    }
  });
});
