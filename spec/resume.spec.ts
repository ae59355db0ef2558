import { describe, expect, it } from '@jest/globals';
import { lastValueFrom, toArray } from 'rxjs';
import {
  afterItems,
  afterPages,
  inBody,
  pageNumber,
  paginate,
  ResumeError,
  type Page,
  type PageRequest,
  type ResumeToken,
  type Strategy,
  type Transport,
  type WalkEvent,
} from 'pagewise';
import { markOf } from '../lib/resume-token.js';
import { json, numbered, rows, serve } from './support/server.js';
import { answer, counting, echo, itemsOf, plain, rejection, thrown } from './support/walks.js';

const strategy = pageNumber<number>({ items: 'items', size: 10 });
const collect = async (pages: AsyncIterable<Page<number>>) => {
  const all: Page<number>[] = [];
  for await (const page of pages) all.push(page);
  return all;
};

describe('P10 resumeFrom', () => {
  it('continues after any page: both runs together are every item once', async () => {
    const server = await serve(numbered(35));
    const request = { url: server.url };
    for (let stop = 1; stop <= 5; stop++) {
      const first = await collect(paginate(request, strategy, { until: afterPages(stop) }));
      const token = JSON.stringify(first.at(-1)?.resume);
      const second = await collect(paginate(request, strategy, { resumeFrom: token }));
      expect(itemsOf([...first, ...second])).toEqual(rows(35));
      expect([...first, ...second].map((page) => [page.index, page.itemsBefore])).toEqual([
        [0, 0], [1, 10], [2, 20], [3, 30], [4, 35],
      ]); // prettier-ignore
    }
  });

  it('of the last page is a "done" token, which completes immediately and requests nothing', async () => {
    const server = await serve(numbered(5));
    const [, last] = await collect(paginate({ url: server.url }, strategy));
    const before = server.seen.length;
    expect(await collect(paginate({ url: server.url }, strategy, { resumeFrom: last!.resume }))).toEqual([]);
    expect(server.seen).toHaveLength(before);
  });

  it('E8 from an error continues at the page that failed', async () => {
    let down = true;
    const server = await serve((seen, response) =>
      down && seen.url.searchParams.get('page') === '3' ? json(response, {}, 404) : numbered(35)(seen, response),
    );
    const first: Page<number>[] = [];
    const error = await rejection(
      (async () => {
        for await (const page of paginate({ url: server.url }, strategy)) first.push(page);
      })(),
    );
    down = false;
    const second = await collect(
      paginate({ url: server.url }, strategy, { resumeFrom: error['resume'] as ResumeToken }),
    );
    expect(itemsOf([...first, ...second])).toEqual(rows(35));
    expect(second[0]?.index).toBe(2);
  });

  it('counts only the pages and items of this run towards its limits', async () => {
    const server = await serve(numbered(95));
    const request = { url: server.url };
    const [page] = await collect(paginate(request, strategy, { until: afterPages(1) }));
    const { resume } = page!;
    expect(await collect(paginate(request, strategy, { resumeFrom: resume, until: afterPages(2) }))).toHaveLength(2);
    expect(await collect(paginate(request, strategy, { resumeFrom: resume, until: afterItems(15) }))).toHaveLength(2);
  });

  it('counts items of earlier runs towards a total', async () => {
    const server = await serve(({ url }, response) => {
      const page = Number(url.searchParams.get('page'));
      json(response, { items: rows(20).slice((page - 1) * 10, page * 10), total: 20 });
    });
    const withTotal = pageNumber<number>({ items: 'items', size: 10, total: 'total' });
    const [first] = await collect(paginate({ url: server.url }, withTotal, { until: afterPages(1) }));
    expect(await collect(paginate({ url: server.url }, withTotal, { resumeFrom: first!.resume }))).toHaveLength(1);
    expect(server.seen).toHaveLength(2);
  });

  const owner: PageRequest = {
    url: 'http://host/items',
    method: 'POST',
    body: { q: 'dog', tags: [1] },
    headers: { a: '1' },
  };
  const inBodyStrategy = pageNumber({ place: inBody() });
  const token = async (): Promise<ResumeToken> => {
    const transport = () => Promise.resolve({ status: 200, url: '', headers: { get: () => null }, body: [1] });
    const pages = paginate(owner, inBodyStrategy, { transport, until: afterPages(1) });
    return (await lastValueFrom(pages.pipe(toArray())))[0]!.resume;
  };

  it('accepts a token of the same query, whatever its headers and the order of its keys', async () => {
    const resumeFrom = await token();
    const request = { ...owner, headers: { a: '2' }, body: { tags: [1], q: 'dog' } };
    expect(() => paginate(request, inBodyStrategy, { resumeFrom })).not.toThrow();
  });

  it.each([
    ['method', { ...owner, method: 'PUT' }, inBodyStrategy, 'made with another method'],
    ['url', { ...owner, url: 'http://host/others' }, inBodyStrategy, 'made with another URL'],
    ['body', { ...owner, body: { q: 'cat', tags: [1] } }, inBodyStrategy, 'made with another request body'],
    ['strategy', owner, pageNumber({ place: inBody(), start: 0 }), 'made with another strategy'],
  ])('refuses a token of another %s, with the reason', async (part, request, other, reason) => {
    const resumeFrom = await token();
    const error = thrown(() => paginate(request, other, { resumeFrom }));
    expect(error).toBeInstanceOf(ResumeError);
    expect(error).toMatchObject({ reason: part, checkpoint: undefined });
    expect(error.message).toContain(`the token was ${reason}`);
  });

  it.each([
    ['not json', 'the token is not JSON'],
    ['7', 'the value is not a resume token'],
    ['null', 'the value is not a resume token'],
    ['{"page":1}', 'the value is not a resume token'],
    [
      '{"v":3}',
      'the token has version 3, but this version of Pagewise reads 1 and 2; update Pagewise, or start over without `resumeFrom`',
    ],
    ['{"v":1,"index":-1,"itemsBefore":0,"of":{}}', 'the token is damaged'],
  ])('refuses %s', (resumeFrom, reason) => {
    const error = thrown(() => paginate(owner, inBodyStrategy, { resumeFrom }));
    expect(error).toMatchObject({ name: 'ResumeError', reason: reason.includes('version') ? 'version' : 'unreadable' });
    expect(error.message).toContain(reason);
    expect(error.cause).toEqual(resumeFrom === 'not json' ? expect.any(SyntaxError) : undefined);
  });

  const damaged = async (change: object, of: object = {}) => {
    const made = await token();
    const resumeFrom = JSON.stringify({ ...made, ...change, of: { ...made.of, ...of } });
    const error = thrown(() => paginate(owner, inBodyStrategy, { resumeFrom }));
    expect(error).toBeInstanceOf(ResumeError);
    const isDamaged = error.message.includes('the token is damaged');
    expect(error['reason'] === 'unreadable').toBe(isDamaged);
    return isDamaged;
  };

  it.each([
    { position: undefined }, // It is no end: the remaining pages would be left out.
    { position: undefined, done: false },
    { done: true },
    { position: 2 },
    { position: null },
    { position: [2] },
    { position: {} },
    { position: { page: '2' } },
    { position: { page: -2 } },
    { position: { page: 2, size: '10' } },
    { position: { page: 2, url: 7 } },
    { index: undefined },
    { index: 1.5 },
    { itemsBefore: '1' },
    { total: -1 },
    { last: 1 },
    { first: 1 },
    { confirms: false },
    { delivered: 5 }, // Without a mark, five items would be left out whatever they are.
    { begins: '5:x' },
    { itemsBefore: 9, delivered: 4, begins: '5:x' },
    { delivered: 5, begins: '5:x' }, // More than all items that were delivered.
    { delivered: 1, begins: 1 },
    { itemsBefore: 9, begins: '5:x' },
    { delivered: '1', begins: '1:x' },
    { gaps: [{ position: { page: 2 } }] },
    {
      gaps: [
        { position: { page: 2 }, index: 1 },
        { position: { page: 'x' }, index: 2 },
      ],
    },
    { gaps: [{ index: 1 }] },
    { gaps: [{ position: { page: 2 }, index: 1, delivered: 5 }] },
    { gaps: { position: { page: 2 }, index: 1 } },
    { gaps: [null] },
    { lastPage: { index: 1 } },
    { lastPage: { position: { page: 1 } } },
    { lastPage: null },
  ] as object[])('refuses a token that was damaged: %j', async (change) => {
    expect(await damaged(change)).toBe(true);
  });

  it.each(['method', 'url', 'body', 'strategy'])(
    'refuses a token that does not say for which %s it is',
    async (part) => {
      for (const value of [undefined, 7]) expect(await damaged({}, { [part]: value })).toBe(true);
      expect(await damaged({}, { [part]: 'x' })).toBe(false); // It was made with another one.
    },
  );

  it.each([
    ['offset', { offset: 20, size: 10 }, [{ size: 10 }, { offset: '20' }]],
    ['contentRange', { from: 20, size: 10 }, [{ from: 20, size: '10' }, { size: 10 }]],
    ['cursor', { cursor: 'x' }, ['x', { cursor: 'x', size: -1 }]],
    ['keyset', { cursor: 7, size: 10 }, [7, null]],
    ['relay', { after: 'x' }, [[]]],
    ['nextUrl', { url: '/next' }, [{ url: 7 }, '/next']],
    ['linkHeader', {}, [null]],
  ])('refuses a position that is none of %s, and takes one that is', async (name, position, others) => {
    const of = { strategy: `${name} x` };
    for (const other of others) expect(await damaged({ position: other, lastPage: undefined }, of)).toBe(true);
    expect(await damaged({ position, lastPage: undefined }, of)).toBe(false);
  });

  it('takes any position of a strategy of your own, whatever its name', async () => {
    for (const name of ['mine', 'toString', 'constructor', ''])
      for (const position of [7, 'x', null, [], { size: 'large', url: 7 }])
        expect(await damaged({ position, lastPage: undefined }, { strategy: `${name} x` })).toBe(false);
  });

  it('has no members but those that it needs', async () => {
    const members = (of: object) => Object.keys((of as { resume: ResumeToken }).resume);
    const failing = paginate({ body: {} }, counting(2), { transport: () => { throw new Error('down'); }, policy: plain }); // prettier-ignore
    expect(members(await rejection(collect(failing)))).toEqual(['v', 'position', 'index', 'itemsBefore', 'of']);
    const pages = await collect(paginate({ body: {} }, counting(2), { transport: echo }));
    const known = ['last', 'lastPage', 'first', 'of'];
    expect(members(pages[0]!)).toEqual(['v', 'position', 'index', 'itemsBefore', ...known]);
    expect(members(pages[1]!)).toEqual(['v', 'done', 'index', 'itemsBefore', ...known]);
    const transport: Transport = ({ body }) => [answer(body, (body as { page: number }).page === 2 ? 404 : 200)];
    const guessing = { ...counting(3), guess: (page: number) => page + 1 };
    const skipping = paginate({ body: {} }, guessing, { transport, policy: plain, skipFailedPages: { max: 1 } });
    const { gaps } = (await collect(skipping)).at(-1)!.resume;
    expect(gaps?.map((gap) => Object.entries(gap))).toEqual([[['position', 2], ['index', 1]]]); // prettier-ignore
  });

  it.each([
    [undefined, 'GET'],
    ['post', 'POST'],
  ])('of the method %s is one of %s', async (method, named) => {
    const [page] = await collect(paginate({ method, body: {} }, counting(2), { transport: echo }));
    expect(page!.resume.of.method).toBe(named);
    const same = paginate({ method: named, body: {} }, counting(2), { transport: echo, resumeFrom: page!.resume });
    expect(itemsOf(await collect(same))).toEqual([2]);
  });

  it('P14 remembers that the next page is to confirm the end', async () => {
    const sent: (string | undefined)[] = [];
    const transport: Transport = ({ url }) => {
      sent.push(/[?&]page=(\d+)/.exec(url ?? '')?.[1]);
      return [answer({ items: sent.length === 1 ? [1, 2] : [], total: 9 })];
    };
    const byTotal = pageNumber<number>({ items: 'items', total: 'total', size: 2 });
    const request = { url: 'http://host/items' };
    const first = await collect(paginate(request, byTotal, { transport, until: afterPages(2) }));
    expect(first[1]!.resume).toMatchObject({ confirms: true });
    await collect(paginate(request, byTotal, { transport, resumeFrom: JSON.stringify(first[1]!.resume) }));
    expect(sent).toEqual(['1', '2', '3']);
  });

  it('P16 recognizes the first page of the earlier run, when it comes again', async () => {
    const pages = [rows(20), [99], rows(20), [100]];
    const listed: Strategy<number, number> = {
      ...counting(pages.length),
      items: (body) => pages[(body as { page: number }).page - 1]!,
    };
    const first = await collect(paginate({ body: {} }, listed, { transport: echo, until: afterPages(2) }));
    const resumeFrom = JSON.stringify(first[1]!.resume);
    const error = await rejection(collect(paginate({ body: {} }, listed, { transport: echo, resumeFrom })));
    expect(error).toMatchObject({ name: 'PaginationLoopError', pageIndex: 2 });
    expect(error.message).toContain('the same items as the first page');
  });

  it('P10 delivers of a gap what no run has delivered, however often it fails before', async () => {
    const pages = [[9], [1, 2, 3], [4], [5]];
    const listed: Strategy<number, number> = {
      ...counting(pages.length),
      items: (body) => pages[(body as { page: number }).page - 1]!,
      guess: (page) => page + 1,
    };
    let down = false;
    const transport: Transport = ({ body }) => [
      answer(body, down && (body as { page: number }).page === 2 ? 404 : 200),
    ];
    const options = { transport, policy: plain };
    const before = await collect(paginate({ body: {} }, listed, { ...options, until: afterPages(3) }));
    const gap = { position: 2, index: 1, delivered: 2, begins: markOf([1, 2]) };
    const resumeFrom = { ...before[2]!.resume, gaps: [gap] };
    down = true;
    const failed = await rejection(collect(paginate({ body: {} }, listed, { ...options, resumeFrom })));
    const skipped = await collect(
      paginate({ body: {} }, listed, { ...options, resumeFrom, skipFailedPages: { max: 1 } }),
    );
    expect(itemsOf(skipped)).toEqual([5]);
    down = false;
    const rest = async (token: unknown) =>
      itemsOf(await collect(paginate({ body: {} }, listed, { ...options, resumeFrom: JSON.stringify(token) })));
    expect(await rest(failed['resume'])).toEqual([3, 5]);
    expect(await rest(skipped[0]!.resume)).toEqual([3]);
  });

  it('counts no gaps once they have arrived', async () => {
    const [page] = await collect(paginate({ body: {} }, counting(3), { transport: echo, until: afterPages(1) }));
    const resumeFrom = { ...page!.resume, position: 3, index: 2, gaps: [{ position: 2, index: 1 }] };
    const rest = await collect(paginate({ body: {} }, counting(3), { transport: echo, resumeFrom }));
    expect(itemsOf(rest)).toEqual([2, 3]);
    for (const { resume } of rest) expect(resume).not.toHaveProperty('gaps');
  });

  describe('P11 the mark of the page before', () => {
    const twenty = rows(20);
    const oneDiffers = twenty.map((item) => (item === 1 ? 99 : item));

    /** Reads the first page in one run and the others in the next, from a token that `change` may make older. */
    async function resumed(
      pages: readonly (readonly number[])[],
      { onRepeat, change }: { onRepeat?: 'stop' | 'allow'; change?: Partial<ResumeToken> } = {},
    ) {
      const notices: string[] = [];
      const listed: Strategy<number, number> = {
        ...counting(pages.length),
        items: (body) => pages[(body as { page: number }).page - 1] ?? [],
        ...(onRepeat && { onRepeat }),
      };
      const [page] = await collect(paginate({ body: {} }, listed, { transport: echo, until: afterPages(1) }));
      const events = {
        next: (event: WalkEvent) => {
          if (event.type === 'notice') notices.push(event.message);
        },
      };
      const resumeFrom = { ...page!.resume, ...change };
      const second = paginate({ body: {} }, listed, { transport: echo, resumeFrom, events });
      let error: unknown;
      const items = itemsOf(await collect(second).catch((thrown: unknown) => ((error = thrown), [])));
      return { last: page!.resume.last, items, notices, error };
    }

    it('holds the number of items and ten of them, so a page that differs elsewhere gives a notice and is not lost', async () => {
      const { last, items, notices } = await resumed([twenty, oneDiffers, [3]]);
      expect(last).toMatch(/^20:/);
      expect(items).toEqual([...oneDiffers, 3]);
      expect(notices).toEqual([expect.stringContaining('Page 2 looks like the last page of the earlier run')]);
    });

    it('fails the walk when the page after that is the same again', async () => {
      const change = { first: undefined } as object; // Else it is known to be the first page again (P16).
      const { error, notices } = await resumed([twenty, twenty, twenty], { change });
      expect(error).toMatchObject({ name: 'PaginationLoopError', pageIndex: 2 });
      expect(notices).toHaveLength(1);
    });

    it("ends the walk with onRepeat: 'stop', which is a notice, and is not looked at with 'allow'", async () => {
      const change = { first: undefined } as object;
      const stopped = await resumed([twenty, twenty, [3]], { onRepeat: 'stop', change });
      expect(stopped).toMatchObject({ items: [], notices: [expect.stringContaining('the walk ends here')] });
      const allowed = await resumed([twenty, twenty, [3]], { onRepeat: 'allow' });
      expect(allowed).toMatchObject({ items: [...twenty, 3], notices: [] });
    });

    it('holds all items of a page of up to ten, which fails the walk immediately when it comes again', async () => {
      for (const change of [{}, { first: undefined } as object]) {
        const { error, notices } = await resumed([rows(10), rows(10), [3]], { change });
        expect(error).toMatchObject({ name: 'PaginationLoopError', pageIndex: 1 });
        expect(notices).toEqual([]);
      }
    });

    it('is made of the first item, the last, and eight evenly spaced ones', () => {
      const covered = (count: number) =>
        rows(count).filter(
          (item) => markOf(rows(count)) !== markOf(rows(count).map((one) => (one === item ? -1 : one))),
        );
      expect(covered(10)).toEqual(rows(10));
      expect(covered(11)).toEqual([0, 1, 2, 3, 4, 6, 7, 8, 9, 10]);
      expect(covered(20)).toEqual([0, 2, 4, 6, 8, 11, 13, 15, 17, 19]);
      expect(covered(1000)).toEqual([0, 111, 222, 333, 444, 555, 666, 777, 888, 999]);
    });

    it('stays what it is, since tokens are stored', () => {
      expect([markOf([]), markOf([1, 2, 3]), markOf(rows(20))]).toEqual([
        '0:1mjsfpb3rfi',
        '3:1j375rlwxbu',
        '20:1tj05cy5evv',
      ]);
    });

    it('holds all items in a token of version 1', async () => {
      const change = { v: 1, last: '1zr5l7wmkrk', first: undefined } as object; // What version 1 made of twenty.
      const same = await resumed([twenty, twenty, [3]], { change });
      expect(same.error).toMatchObject({ name: 'PaginationLoopError', pageIndex: 1 });
      const other = await resumed([twenty, oneDiffers, [3]], { change });
      expect(other).toMatchObject({ items: [...oneDiffers, 3], notices: [], error: undefined });
    });
  });

  it('holds no header, URL or body in plain text', async () => {
    const text = JSON.stringify(await token());
    expect(text).not.toMatch(/host|dog|tags/);
  });
});
