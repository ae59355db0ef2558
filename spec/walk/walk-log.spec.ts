// What a listener is told of a walk, and how its end sums the walk up.
import { describe, expect, it } from '@jest/globals';
import { HttpError, type Page, type PagewiseError, type WalkEvent } from 'pagewise';
import { behind } from '../../lib/events.js';
import { walkLog } from '../../lib/walk/walk-log.js';
import { answer, thrown } from '../support/walks.js';

const pageOf = (index: number, itemsBefore: number, count: number, more: object = {}) =>
  ({ index, itemsBefore, items: Array(count).fill(0), total: undefined, response: answer({}), ...more }) as unknown as Page; // prettier-ignore
const error = new HttpError(answer({}, 500)) as PagewiseError;
const gap = (pageIndex: number) => ({ type: 'gap', pageIndex, error }) as const;

function logging(totalIs?: 'exact' | 'estimate', onNext: (event: WalkEvent) => void = () => {}) {
  const told: WalkEvent[] = [];
  const listener = { next: (event: WalkEvent) => (told.push(event), onNext(event)) };
  return { told, log: walkLog(listener, { url: '/x{/cursor}' }, totalIs) };
}
const attempt = { pageIndex: 2, attempt: 3 } as never;

describe('a listener', () => {
  it('that keeps its events keeps no pages: what is behind an event is known only while it is told', () => {
    const known: unknown[] = [];
    const { told, log } = logging(undefined, (event) => known.push(behind.get(event)));
    const page = pageOf(0, 0, 2);
    log.page(page);
    log.answer?.(attempt, { url: '/x' }, 5, answer({}, 201));
    expect(known).toEqual([page, expect.objectContaining({ request: { url: '/x' } })]);
    expect(told.map((event) => behind.has(event))).toEqual([false, false]);
  });

  it('is told of requests, answers, pages and notices', () => {
    const { told, log } = logging();
    log.request(0, 1);
    log.notice('a');
    log.notice('a');
    log.noticeOnce('b');
    log.notice('c');
    log.noticeOnce('b');
    log.answer?.(attempt, { url: '/x/secret?a=1' }, 5, { ...answer({}, 201), bytes: 7 });
    log.answer?.(attempt, { url: '/x/secret' }, 6, undefined, error);
    log.answer?.(attempt, { url: '/x/secret' }, 7, answer({}, 200), error);
    log.answer?.(attempt, { url: '/x/secret' }, 8, undefined, undefined);
    log.page(pageOf(0, 0, 2, { total: 9 }));
    log.page(pageOf(1, 2, 3));
    const response = { type: 'response', pageIndex: 2, attempt: 3 };
    const request = { method: 'GET', url: '/x{/cursor}' };
    expect(told).toEqual([
      { type: 'request', pageIndex: 0, attempt: 1 },
      { type: 'notice', message: 'a' },
      { type: 'notice', message: 'a' },
      { type: 'notice', message: 'b' },
      { type: 'notice', message: 'c' },
      { ...response, request: { ...request, url: '/x{/cursor}?a=…' }, ms: 5, status: 201, bytes: 7 },
      { ...response, request, ms: 6, status: 500, bytes: undefined, error },
      { ...response, request, ms: 7, status: 200, bytes: undefined, error },
      { ...response, request, ms: 8, status: undefined, bytes: undefined },
      { type: 'page', pageIndex: 0, items: 2, total: 9 },
      { type: 'page', pageIndex: 1, items: 3, total: 9 },
    ]);
    expect(told[5]).not.toHaveProperty('error');
  });

  it('is told once that bytes were replaced', () => {
    const { told, log } = logging();
    const replaced = { response: { ...answer({}), replacedText: true } };
    log.page(pageOf(0, 0, 1));
    log.page(pageOf(1, 1, 1, replaced));
    log.page(pageOf(2, 2, 1, replaced));
    expect(told.flatMap((event) => (event.type === 'notice' ? event.message : []))).toEqual([
      'Page 2 holds bytes that are not valid text; they were replaced with U+FFFD; check `encoding`.',
    ]);
  });

  it('need not be there', () => {
    const log = walkLog(undefined, {});
    expect(log.answer).toBeUndefined();
    log.request(0, 1);
    log.page(pageOf(0, 0, 1, { total: 5 }));
    expect(() => log.end('last-page')).not.toThrow();
  });

  it('is told of nothing after the end, and of the end once', () => {
    const { told, log } = logging();
    log.end('until');
    log.end('error', error);
    log.notice('late');
    log.request(0, 1);
    expect(told.map(({ type }) => type)).toEqual(['end']);
  });
});

describe('the end of a walk', () => {
  const ended = (work: (log: ReturnType<typeof walkLog>) => void, totalIs?: 'exact' | 'estimate') => {
    const { told, log } = logging(totalIs);
    work(log);
    log.end('last-page');
    return told.at(-1);
  };
  const none = { type: 'end', reason: 'last-page', pages: 0, items: 0, total: undefined, received: 0, gaps: undefined, error: undefined }; // prettier-ignore

  it('counts pages, items, and what was received with earlier runs', () => {
    expect(ended(() => {})).toStrictEqual(none);
    expect(ended((log) => (log.page(pageOf(0, 0, 2)), log.page(pageOf(1, 2, 3))))).toStrictEqual({ ...none, pages: 2, items: 5, received: 5 }); // prettier-ignore
    const resumed = (log: ReturnType<typeof walkLog>) => log.begin({ position: 1, index: 3, itemsBefore: 30 });
    expect(ended(resumed)).toStrictEqual({ ...none, received: 30 });
    expect(ended((log) => (resumed(log), log.page(pageOf(3, 30, 4))))).toStrictEqual({ ...none, pages: 1, items: 4, received: 34 }); // prettier-ignore
  });

  it('has the last total that was announced, and whether it is exact', () => {
    expect(ended((log) => (log.page(pageOf(0, 0, 1, { total: 8 })), log.page(pageOf(1, 1, 1))))).toStrictEqual({ ...none, pages: 2, items: 2, received: 2, total: 8, totalIs: 'exact' }); // prettier-ignore
    expect(ended((log) => log.begin({ position: 1, index: 0, itemsBefore: 0, total: 7 }), 'estimate')).toStrictEqual({ ...none, total: 7, totalIs: 'estimate' }); // prettier-ignore
  });

  it('has the pages that are missing: skipped by this run or an earlier one, and not fetched since', () => {
    const gaps = [{ position: 1, index: 1, itemsBefore: 0 }, { position: 4, index: 4, itemsBefore: 0 }]; // prettier-ignore
    const begin = (log: ReturnType<typeof walkLog>) => log.begin({ position: 9, index: 9, itemsBefore: 0, gaps });
    expect(ended(begin)).toStrictEqual({ ...none, missing: [1, 4] });
    expect(ended((log) => (begin(log), log.page(pageOf(4, 0, 0))))).toStrictEqual({ ...none, pages: 1, missing: [1] });
    const skipping = (log: ReturnType<typeof walkLog>) => {
      begin(log);
      log.page(pageOf(4, 0, 1));
      log.report(gap(1));
      log.report(gap(7));
    };
    expect(ended(skipping)).toStrictEqual({ ...none, pages: 1, items: 1, received: 1, missing: [1, 7], gaps: [gap(1), gap(7)] }); // prettier-ignore
    expect(ended((log) => (begin(log), log.startOver()))).toStrictEqual(none);
  });

  it('has its reason and its error', () => {
    const { told, log } = logging();
    log.end('error', error);
    expect(told).toEqual([{ ...none, reason: 'error', error }]);
  });
});

describe('a listener that throws', () => {
  it('fails with a CallbackError once, and the end throws it again unless the walk ends with it', () => {
    const cause = new Error('mine');
    const { log, told } = logging(undefined, () => {
      throw cause;
    });
    const failed = thrown(() => log.notice('a'));
    expect(failed).toMatchObject({ name: 'CallbackError', callback: 'events', cause });
    expect(() => log.notice('b')).not.toThrow();
    expect(thrown(() => log.end('last-page'))).toBe(failed);
    expect(told).toHaveLength(3);
  });

  it('throws nothing more at the end if the walk ends with what it threw', () => {
    const { log } = logging(undefined, () => {
      throw new Error('mine');
    });
    const failed = thrown(() => log.notice('a')) as unknown as PagewiseError;
    expect(() => log.end('error', failed)).not.toThrow();
  });

  it('fails at the end alone', () => {
    const { log } = logging(undefined, ({ type }) => {
      if (type === 'end') throw new Error('mine');
    });
    log.notice('a');
    expect(thrown(() => log.end('last-page'))).toMatchObject({ name: 'CallbackError', callback: 'events' });
    expect(() => log.end('last-page')).not.toThrow();
  });
});
