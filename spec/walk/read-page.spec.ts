// How an answer becomes a page: its items and its next page, what is odd about it, and what its token remembers.
import { describe, expect, it } from '@jest/globals';
import {
  EmptyPagesError, ExtractError, type Page, PaginationLoopError, type PageResponse, type ResumeToken, type Strategy,
} from 'pagewise'; // prettier-ignore
import { markOf, type Step } from '../../lib/resume-token.js';
import type { Sync, Taken } from '../../lib/sync.js';
import { type Earlier, pageReader, positionAdvice } from '../../lib/walk/read-page.js';
import { rows } from '../support/server.js';
import { answer, counting, thrown } from '../support/walks.js';

type Own = Partial<Strategy<unknown, number>>;

/** A reader of a strategy whose items are the body, and whose pages all have a next one. */
function reading(more: Own = {}, begin: Earlier = {}, take?: Sync['take']) {
  const notices: string[] = [];
  const strategy = {
    ...counting(1000),
    items: (body: unknown) => body as unknown[],
    next: ({ position }: { position: number }) => position + 1,
    ...more,
  } as unknown as Strategy<unknown, number>;
  const owner = { method: 'GET', url: '', body: '', strategy: 'counting ' };
  const sync = take && ({ take } as Sync);
  const reader = pageReader(strategy, owner, begin, (message) => notices.push(message), sync);
  let index = 0;
  const stepTo = (step: Partial<Step<number>> = {}): Step<number> => {
    const at = step.index ?? index++;
    return { position: at + 1, itemsBefore: 0, ...step, index: at };
  };
  const read = (body: unknown, step?: Partial<Step<number>>, ended = false): Page =>
    reader.read(stepTo(step), answer(body), ended);
  return { read, reader, notices, stepTo };
}
const many = (from: number) => rows(from + 20).slice(from);
const then = (index: number) => ({ position: index + 1, index, itemsBefore: 0 });

describe('a page', () => {
  it('has where it is, what came, and where it leads', () => {
    const { read, reader } = reading({ total: () => 40 });
    expect(reader.received()).toBe(0);
    expect(reader.following()).toBeUndefined();
    const page = read(['a', 'b'], { itemsBefore: 7 });
    expect(page).toMatchObject({ index: 0, position: 1, itemsBefore: 7, items: ['a', 'b'], body: ['a', 'b'], total: 40, next: 2 });
    expect(page.response).toMatchObject({ status: 200, body: ['a', 'b'] });
    expect(reader.received()).toBe(9);
    expect(reader.following()).toMatchObject({ index: 1, position: 2, itemsBefore: 9 });
    expect(reader.announced()).toBe(40);
  }); // prettier-ignore

  it('makes its token once, which is an own member like the others', () => {
    const { read } = reading();
    const page = read(['a', 'b'], { itemsBefore: 7 });
    expect(Object.keys(page)).toContain('resume');
    const spread = { ...page };
    expect(page.resume).toBe(spread.resume);
    expect(Object.getOwnPropertyDescriptor(page, 'resume')).toMatchObject({ configurable: true, enumerable: true });
    expect(page.resume).toMatchObject({
      position: 2, index: 1, itemsBefore: 9, last: markOf(['a', 'b']), lastPage: { position: 1, index: 0 },
    }); // prettier-ignore
  });

  it('has headers that can be cloned, and keeps those that can be already, or are none', () => {
    const { reader, stepTo } = reading();
    const responseOf = (headers: unknown) => {
      const response = { ...answer(['a']), headers } as PageResponse;
      return { response, read: reader.read({ ...stepTo(), delivered: 0 }, response, false).response };
    };
    class OfClass {
      get() {
        return 'x';
      }
    }
    for (const headers of [undefined, null, 'text', {}, { a: 'b' }, Object.create(null) as object]) {
      const { response, read } = responseOf(headers);
      expect(read).toBe(response);
    }
    for (const headers of [new Headers({ a: 'x' }), { get: () => 'x' }, new (class extends OfClass { own = () => 1; })()]) {
      const { response, read } = responseOf(headers);
      expect(read).not.toBe(response);
      expect(read.headers.get('a')).toBe('x');
      expect(structuredClone(read)).toMatchObject({ status: 200, body: ['a'], headers: {} });
    }
  }); // prettier-ignore

  it('whose items are no list is an error that says what there is, and which lists there are', () => {
    const { read } = reading();
    const error = thrown(() => read({ rows: [1] }));
    expect(error).toBeInstanceOf(ExtractError);
    expect(error).toMatchObject({ field: 'items', path: 'strategy.items' });
    expect(error.message).toContain('expected an array, found an object with rows');
    expect(error.message).toContain("arrays are at 'rows'");
  });
});

describe('E11 what a strategy throws names the function', () => {
  const fails = () => {
    throw new Error('mine');
  };
  it.each<[name: keyof Own, own: Own, body: unknown[], step: Partial<Step<number>>, ended: boolean]>([
    ['items', { items: fails }, [1], {}, false],
    ['next', { next: fails }, [1], {}, false],
    ['total', { total: fails }, [1], {}, false],
    ['total', { total: fails }, [1], { then: then(3) }, false],
    ['afterEmpty', { next: () => undefined, afterEmpty: fails }, [], {}, false],
    ['afterEnd', { afterEnd: fails }, [], {}, true],
  ])('%s', (name, own, body, step, ended) => {
    const error = thrown(() => reading(own).read(body, step, ended));
    expect(error).toMatchObject({ name: 'CallbackError', callback: `strategy.${name}` });
  });
});

describe('an answer past the end', () => {
  it('is a page without items or total, and only afterEnd is asked what comes next', () => {
    const asked: string[] = [];
    const own: Own = {
      items: (body) => (asked.push('items'), body as unknown[]),
      next: () => (asked.push('next'), 9),
      total: () => (asked.push('total'), 9),
      afterEmpty: () => (asked.push('afterEmpty'), 9),
      afterEnd: (given) => (asked.push(`afterEnd ${String(given.items.length)} ${String(given.itemsBefore)}`), 7),
    };
    const page = reading(own).read(['x'], { itemsBefore: 5 }, true);
    expect(page).toMatchObject({ items: [], total: undefined, next: 7 });
    expect(asked).toEqual(['afterEnd 0 5']);
    expect(reading().read(['x'], {}, true).next).toBeUndefined();
  });

  it('of a gap asks for no total, and leads on to what is known', () => {
    const asked: string[] = [];
    const { read } = reading({ total: () => (asked.push('total'), 9), afterEnd: () => (asked.push('afterEnd'), 9) });
    expect(read(['x'], { then: then(5), index: 2 }, true)).toMatchObject({ items: [], next: 6, total: undefined });
    expect(asked).toEqual([]);
  });
});

describe('empty pages', () => {
  it('are an error after maxEmptyPages in a row that lead on', () => {
    const { read } = reading({ maxEmptyPages: 2 });
    for (const body of [[], [], ['a'], [], []]) read(body);
    const error = thrown(() => read([]));
    expect(error).toBeInstanceOf(EmptyPagesError);
    expect(error).toMatchObject({ emptyPages: 3 });
  });

  it('are fine at the end, however many, and 1,000 by default', () => {
    const { read } = reading({ maxEmptyPages: 1, next: ({ index }) => (index < 1 ? index + 2 : undefined) });
    expect([read([]), read([])].map(({ next }) => next)).toEqual([2, undefined]);
    const byDefault = reading();
    for (let i = 0; i < 1000; i++) byDefault.read([]);
    expect(thrown(() => byDefault.read([]))).toMatchObject({ emptyPages: 1001 });
  });

  it('P14 are confirmed once, by the answer and the last one with items', () => {
    const asked: unknown[] = [];
    const { read, reader, notices } = reading({
      next: ({ items }) => (items.length > 0 ? 5 : undefined),
      afterEmpty: (given, before) => (asked.push([given.index, before?.index]), 8),
    });
    read(['a']);
    read(['b']);
    expect(reader.trail().confirms).toBe(false);
    expect(read([]).next).toBe(8);
    expect(reader.trail().confirms).toBe(true);
    expect(read([]).next).toBeUndefined();
    expect(reader.trail().confirms).toBe(false);
    expect(asked).toEqual([[2, 1]]);
    expect(notices).toEqual([
      'Page 3 is empty, although the API announces more pages, and page 4 is empty too: the walk ends here.',
    ]);
  });

  it('P14 that confirm say nothing if a total tells, if there is a next page, or if they have items', () => {
    const ends: Own = { next: () => undefined, afterEmpty: () => 8 };
    const withTotal = reading({ ...ends, total: () => 9 });
    withTotal.read([]);
    withTotal.read([]);
    const goesOn = reading({ ...ends, next: ({ index }) => (index === 0 ? undefined : 9) });
    goesOn.read([]);
    goesOn.read([]);
    const found = reading(ends);
    found.read([]);
    found.read(['a']);
    const unasked = reading({ next: () => undefined });
    unasked.read([]);
    expect([withTotal, goesOn, found, unasked].map(({ notices }) => notices)).toEqual([[], [], [], []]);
  });

  it('P14 that confirm in a resumed run, and are past the end, say so', () => {
    const { read, notices } = reading({}, { confirms: true });
    read([], { index: 4 }, true);
    expect(notices).toEqual([
      'Page 4 is empty, although the API announces more pages, and page 5 is past the end: the walk ends here.',
    ]);
  });

  it('P14 of a gap confirm nothing, and leave the confirmation to the next page', () => {
    const { read, reader, notices } = reading({}, { confirms: true });
    read([], { then: { ...then(5), position: undefined }, index: 2 });
    expect([notices, reader.trail().confirms]).toEqual([[], true]);
  });
});

describe('the total', () => {
  it('is the last one that was announced, and that of an earlier run before', () => {
    const { read, reader } = reading({ total: ({ index }) => (index === 1 ? undefined : 7 + index) }, { total: 3 });
    expect([reader.announced(), reader.trail().total]).toEqual([3, 3]);
    expect([read(['a']).total, reader.announced()]).toEqual([7, 7]);
    expect([read(['b']).total, reader.announced()]).toEqual([undefined, 7]);
    expect(reader.trail().total).toBe(7);
  });

  it('is not in a token if it is an estimate', () => {
    const { read, reader } = reading({ total: () => 7, totalIs: 'estimate' });
    expect([read(['a']).total, reader.announced(), reader.trail().total]).toEqual([7, 7, undefined]);
  });

  it('of a gap is asked for with its items', () => {
    const asked: unknown[] = [];
    const total: Own['total'] = ({ index, items, itemsBefore }) => (asked.push([index, items, itemsBefore]), 30);
    const { read } = reading({ total });
    expect(read(['a'], { then: then(5), index: 2, itemsBefore: 8 })).toMatchObject({ total: 30, next: 6 });
    expect(asked).toEqual([[2, ['a'], 8]]);
  });
});

describe('a page that an earlier run delivered in part', () => {
  const rest = (own: Own = {}, begin: Earlier = {}) => reading(own, begin);

  it('has the rest of its items, and what is asked about it counts from its beginning', () => {
    const asked: number[] = [];
    const { read, reader, notices } = rest({ next: ({ itemsBefore }) => (asked.push(itemsBefore), 2) });
    const page = read(['a', 'b', 'c'], { itemsBefore: 12, delivered: 2, begins: markOf(['a', 'b']) });
    expect([page.items, page.itemsBefore, reader.received(), asked, notices]).toEqual([['c'], 12, 13, [10], []]);
  });

  it('without a mark of them too', () => {
    expect(rest().read(['a', 'b', 'c'], { delivered: 1, itemsBefore: 1 }).items).toEqual(['b', 'c']);
  });

  it('is whole, with a notice, if it begins with others', () => {
    const { read, notices } = rest();
    const page = read(['x', 'b', 'c'], { itemsBefore: 12, delivered: 2, begins: markOf(['a', 'b']) });
    expect(page.items).toEqual(['x', 'b', 'c']);
    expect(notices).toEqual([
      'Page 1 no longer begins with the 2 items that an earlier run delivered: the list has changed, so the whole page is delivered again; `distinctItems()` omits repeats.',
    ]);
  });

  it('is not compared with the page before: the earlier run has done so', () => {
    const { read } = rest({}, { last: markOf(['a', 'b']) });
    expect(read(['a', 'b'], { delivered: 1, itemsBefore: 1 }).items).toEqual(['b']);
    expect(thrown(() => rest({}, { last: markOf(['a', 'b']) }).read(['a', 'b']))).toBeInstanceOf(PaginationLoopError);
  });
});

describe('a page that repeats items', () => {
  const ids = (...numbers: number[]) => numbers.map((id) => ({ id }));
  const loop = (own: Own, ...bodies: unknown[][]) => {
    const { read } = reading(own);
    for (const body of bodies.slice(0, -1)) read(body);
    return thrown(() => read(bodies.at(-1)));
  };

  it('P11 of the page before says so, with the advice of the strategy', () => {
    const error = loop({ positionAdvice: (position) => `that is ${String(position)}` }, ids(1), ids(2), ids(2));
    expect(error).toBeInstanceOf(PaginationLoopError);
    expect(error.message).toBe(
      "the page has the same items as the page before it: the API ignores the parameter that asks for the next page (check its name and placement), or sends the same page again, past the end or under a new token. If the API ends its lists that way, set `onRepeat: 'stop'`; if identical pages are valid here, set `onRepeat: 'allow'`; that is 3",
    );
  });

  it('P16 of the first or of an earlier page says which', () => {
    const others =
      "page: the API starts over after its last page. If the API ends its lists that way, set `onRepeat: 'stop'`; if identical pages are valid here, set `onRepeat: 'allow'`";
    expect(loop({}, ids(1), ids(2), ids(1)).message).toBe(`the page has the same items as the first ${others}`);
    expect(loop({}, ids(1), ids(2), ids(3), ids(2)).message).toBe(`the page has the same items as an earlier ${others}`);
  }); // prettier-ignore

  it('P16 of page 2, then 4, 8 and so on is found, and not of others in between', () => {
    const isFound = (again: number, after: number) => {
      const { read } = reading();
      for (let page = 1; page <= after; page++) read(ids(page));
      try {
        return read(ids(again)).items.length === 0;
      } catch {
        return true;
      }
    };
    const foundAfter = (pages: number) => rows(pages).map((row) => row + 1).filter((page) => isFound(page, pages)); // prettier-ignore
    expect([3, 4, 5, 7, 8, 9].map(foundAfter)).toEqual([
      [1, 2, 3],
      [1, 4],
      [1, 4, 5],
      [1, 4, 7],
      [1, 8],
      [1, 8, 9],
    ]);
  });

  it('P16 empty pages in between are ignored', () => {
    expect(loop({}, ids(1), [], ids(1)).message).toContain('as the page before it');
    expect(reading({}, { last: markOf([]) }).read([]).next).toBe(2);
  });

  it("ends the walk with onRepeat: 'stop', and is nothing with 'allow'", () => {
    const stopping = reading({ onRepeat: 'stop', afterEnd: () => 77 });
    stopping.read(ids(1));
    expect(stopping.read(ids(1))).toMatchObject({ items: [], next: 77 });
    const allowing = reading({ onRepeat: 'allow' });
    allowing.read(ids(1));
    expect(allowing.read(ids(1))).toMatchObject({ items: ids(1), next: 3 });
  });

  it('perhaps, as far as the mark of an earlier run shows, is a notice, and then the same again an error', () => {
    const { read, notices } = reading({}, { last: markOf(many(0)) });
    expect(read(many(0), { index: 6 }).items).toEqual(many(0));
    expect(notices).toEqual([
      'Page 7 looks like the last page of the earlier run: the number of items is the same, and the first, the last and eight in between are equal. If the next page is the same again, the walk fails.',
    ]);
    expect(thrown(() => read(many(0), { index: 7 })).message).toContain('as the page before it');
    const stopping = reading({ onRepeat: 'stop' }, { last: markOf(many(0)) });
    expect(stopping.read(many(0), { index: 6 })).toMatchObject({ items: [], next: undefined });
    expect(stopping.notices[0]).toMatch(/equal\. With `onRepeat: 'stop'`, the walk ends here\.$/);
  });

  it('of the marks of an earlier run, if they cover all items, is an error', () => {
    expect(thrown(() => reading({}, { last: markOf(ids(1, 2)) }).read(ids(1, 2)))).toBeInstanceOf(PaginationLoopError);
    expect(reading({}, { last: markOf(ids(1, 2)) }).read(ids(1, 3)).items).toEqual(ids(1, 3));
  });

  it('that is a gap counts only if it comes after the last page with items', () => {
    const before = { last: markOf(ids(9)), lastPage: { position: 5, index: 4 } };
    const gap = (index: number) => reading({}, before).read(ids(9), { then: then(6), index });
    expect(gap(2).items).toEqual(ids(9));
    expect(thrown(() => gap(4))).toBeInstanceOf(PaginationLoopError);
    expect(thrown(() => gap(5))).toBeInstanceOf(PaginationLoopError);
    const stopping = reading({ onRepeat: 'stop' }, before);
    expect(stopping.read(ids(9), { then: then(6), index: 5 })).toMatchObject({ items: [], next: 7 });
    expect(thrown(() => reading({}, { last: markOf(ids(9)) }).read(ids(9), { then: then(6), index: 0 }))).toBeDefined();
  });
});

describe('what a reader remembers', () => {
  it('is the last page with items and the first one, as marks in a token', () => {
    const { read, reader } = reading();
    expect(reader.trail()).toEqual({ last: undefined, lastPage: undefined, first: undefined, confirms: false, total: undefined });
    read([{ id: 1 }, { id: 2 }]);
    read([{ id: 3 }]);
    const { resume } = read([]);
    expect(resume).toMatchObject({ last: markOf([{ id: 3 }]), lastPage: { position: 2, index: 1 } });
    expect(resume.first).toMatch(/^2:/);
    expect(reader.trail()).toMatchObject({ last: [{ id: 3 }], first: { items: [{ id: 1 }, { id: 2 }] } });
  }); // prettier-ignore

  it('is of a gap too if that comes after it, and not if it comes before', () => {
    const begin = { last: '1:x', lastPage: { position: 5, index: 4 } };
    const before = reading({}, begin);
    before.read(['a'], { then: then(6), index: 2 });
    expect(before.reader.trail()).toMatchObject(begin);
    const after = reading({}, begin);
    after.read(['a'], { then: then(6), index: 5 });
    expect(after.reader.trail()).toMatchObject({ last: ['a'], lastPage: { position: 6, index: 5 } });
  });

  it('is in the token of a page as it was when that page came', () => {
    const { read } = reading();
    const first = read([{ id: 1 }]);
    read([{ id: 2 }]);
    expect(first.resume.last).toBe(markOf([{ id: 1 }]));
  });

  it('begins with what an earlier run has left', () => {
    const begin: Earlier = { last: '1:x', lastPage: { position: 5, index: 4 }, first: '1:y', confirms: true, total: 9 };
    const { reader } = reading({}, begin);
    expect(reader.trail()).toMatchObject({ last: '1:x', lastPage: { position: 5, index: 4 }, confirms: true, total: 9 });
    expect(reader.trail().first?.sketch).toBe('1:y');
    const { read } = reading({}, begin);
    expect(read([]).resume).toMatchObject({ last: '1:x', first: '1:y' });
  }); // prettier-ignore
});

describe('a walk that asks only for what is new', () => {
  const syncing = (taken: (items: readonly unknown[]) => Partial<Taken<unknown>>, own: Own = {}) =>
    reading(own, {}, ((state, items) => ({
      items, state: [...(state as string[]), 'x'], isOver: false, ...taken(items),
    })) as Sync['take']); // prettier-ignore

  it('delivers what is new, and counts what was received', () => {
    const { read, reader } = syncing((items) => ({ items: items.slice(1) }));
    const page = read(['a', 'b'], { sync: ['s'] });
    expect([page.items, reader.received(), page.next]).toEqual([['b'], 2, 2]);
    expect(page.resume).toMatchObject({ sync: ['s', 'x'], itemsBefore: 2 });
    expect(reader.following()?.sync).toEqual(['s', 'x']);
  });

  it('ends where all is older', () => {
    const { read, reader } = syncing(() => ({ isOver: true }));
    const page = read(['a', 'b'], { sync: ['s'] });
    expect([page.items, page.next, reader.following()]).toEqual([['a', 'b'], undefined, undefined]);
    expect(page.resume).toMatchObject({ done: true });
  });

  it('says once what is odd', () => {
    const { read, notices } = syncing((items) => ({ notice: items[0] as string | undefined }));
    for (const [index, notice] of ['odd', 'odd', undefined, 'odd', 'odder'].entries()) read([notice, index], { sync: [] });
    expect(notices).toEqual(['odd', 'odder']);
  }); // prettier-ignore

  it('takes a page as it is without a state, as of a walk that does not ask so', () => {
    const { read } = syncing(() => ({ items: [] }));
    expect(read(['a']).items).toEqual(['a']);
    expect((reading().read(['a'], { sync: ['s'] }).resume as ResumeToken & { sync?: unknown }).sync).toEqual(['s']);
  });
});

describe('advice about a position', () => {
  it('is a part of a sentence, or nothing', () => {
    const of = (advice: string | undefined) => positionAdvice({ ...counting(1), positionAdvice: () => advice }, 1);
    expect([of('do'), of(undefined), positionAdvice(counting(1), 1)]).toEqual(['; do', '', '']);
  });
});
