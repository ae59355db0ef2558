import { describe, expect, it, jest } from '@jest/globals';
import { EMPTY, lastValueFrom, Subject, tap, toArray, type Observable } from 'rxjs';
import {
  afterPages,
  CallbackError,
  ConfigError,
  CrossOriginError,
  EmptyPagesError,
  ExtractError,
  HttpError,
  pageNumber,
  paginate,
  PaginationLoopError,
  retryRequests,
  type PageRequest,
  type Strategy,
  type Transport,
  type WalkEvent,
} from 'pagewise';
import { pageWith } from '../lib/page.js';
import { json, numbered, rows, serve, settle } from './support/server.js';
import { answer, counting, echo, itemsOf, plain, rejection, thrown } from './support/walks.js';

const strategy = pageNumber<number>({ items: 'items', size: 10 });
const request = { body: {} };

const freeze = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(freeze);
  return value;
};

describe('paginate', () => {
  it('P8 never modifies the request template: a frozen one works', async () => {
    const server = await serve(numbered(15));
    const template = freeze({ url: server.url, headers: { a: '1' } });
    expect(itemsOf(await lastValueFrom(paginate(template, strategy).pipe(toArray())))).toEqual(rows(15));
    const post = freeze({ body: { a: { b: 1 } } });
    await lastValueFrom(paginate(post, counting(3), { transport: echo }));
  });

  it.each<[what: string, items: unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['an object with length', { length: 2 }],
    ['"text"', 'text'],
    ['3', 3],
  ])("refuses %s as the items of a strategy of one's own, and says where arrays are", async (what, found) => {
    const { url } = await serve((_seen, response) => json(response, { data: { org: { rows: { nodes: [1] } } } }));
    const own = { ...strategy, items: () => found as number[] };
    for (const options of [{}, { adaptiveSize: true }, { concurrency: 2 }]) {
      const error = await rejection(lastValueFrom(paginate({ url }, own, options)));
      expect(error).toBeInstanceOf(ExtractError);
      expect(error.message).toContain(
        `items at strategy.items: expected an array, found ${what}; arrays are at 'data.org.rows.nodes'`,
      );
    }
  });

  it('takes a URL and Headers, as they are when it is called', async () => {
    const server = await serve(numbered(15));
    const url = new URL(server.url);
    const headers = new Headers({ A: '1' });
    headers.append('a', '2');
    const pages = paginate({ url, headers }, strategy);
    url.pathname = '/elsewhere';
    headers.set('a', '3');
    const read = await lastValueFrom(pages.pipe(toArray()));
    expect(itemsOf(read)).toEqual(rows(15));
    expect(server.seen.map(({ headers }) => headers['a'])).toEqual(server.seen.map(() => '1, 2'));
    // A token of it continues the same URL as a text.
    const rest = paginate({ url: server.url }, strategy, { resumeFrom: read[0]?.resume });
    expect(itemsOf(await lastValueFrom(rest.pipe(toArray())))).toEqual(rows(15).slice(10));
    const called = paginate({ url: server.url, headers: () => new Headers({ b: '4' }) }, strategy);
    await lastValueFrom(called);
    expect(server.seen.at(-1)?.headers['b']).toBe('4');
  });

  it('a page carries its position, the next one, and how to resume', async () => {
    const [first, second] = await lastValueFrom(paginate(request, counting(2), { transport: echo }).pipe(toArray()));
    expect(first).toMatchObject({ index: 0, position: 1, itemsBefore: 0, items: [1], body: { page: 1 }, next: 2 });
    expect(first?.resume).toMatchObject({ v: 2, position: 2, index: 1, itemsBefore: 1 });
    expect(second).toMatchObject({ index: 1, position: 2, itemsBefore: 1, next: undefined });
    expect(second?.resume).not.toHaveProperty('position');
  });

  it('P10 a page is a plain object, whose copies keep its token', async () => {
    const pages = await lastValueFrom(paginate(request, counting(3), { transport: echo }).pipe(toArray()));
    for (const page of pages) {
      expect(Object.getPrototypeOf(page)).toBe(Object.prototype);
      expect(Object.keys(page)).toEqual([
        'index', 'position', 'itemsBefore', 'items', 'body', 'response', 'total', 'next', 'resume',
      ]); // prettier-ignore
      expect(page.resume).toBe(page.resume);
      const { resume } = { ...page };
      expect(resume).toBe(page.resume);
      expect(JSON.parse(JSON.stringify(page))).toMatchObject({ resume: JSON.parse(JSON.stringify(resume)) as object });
      const copy = pageWith(Object.freeze(page), { items: [1, 2, 3], body: null });
      expect(copy).toMatchObject({ items: [1, 2, 3], body: null, index: page.index, next: page.next });
      expect(copy.resume).toBe(resume);
      expect(Object.keys(copy)).toEqual(Object.keys(page));
    }
    const [first, second, last] = pages;
    expect([first?.resume, second?.resume, last?.resume]).toMatchObject([
      { position: 2, index: 1, itemsBefore: 1 },
      { position: 3, index: 2, itemsBefore: 2 },
      { done: true, index: 3, itemsBefore: 3 },
    ]);
  });

  it('P11 an empty page is identified by the items of the page before it', async () => {
    const sparse: Strategy<number, number> = {
      ...counting(4),
      items: (body) => ((body as { page: number }).page % 3 === 1 ? [7] : []),
    };
    const [first, second, third, fourth] = await lastValueFrom(
      paginate(request, { ...sparse, onRepeat: 'allow' }, { transport: echo }).pipe(toArray()),
    );
    // Pages that may be equal are named too: a finished job continues after the items of its last page.
    const kept = [first, second, third, fourth].map((page) => page?.resume.last);
    expect(kept).toEqual(Array(4).fill(expect.any(String)));
    const pages = await lastValueFrom(
      paginate(request, sparse, { transport: echo, until: afterPages(3) }).pipe(toArray()),
    );
    const names = pages.map((page) => page.resume.last);
    expect(names).toEqual([names[0], names[0], names[0]]);
    expect(names[0]).toEqual(expect.any(String));
    const error = await rejection(
      lastValueFrom(paginate(request, sparse, { transport: echo, resumeFrom: pages[2]!.resume })),
    );
    expect(error).toBeInstanceOf(PaginationLoopError);
  });

  it('a page at which until stopped still has next', async () => {
    const pages = await lastValueFrom(
      paginate(request, counting(9), { transport: echo, until: afterPages(2) }).pipe(toArray()),
    );
    expect(pages.at(-1)?.next).toBe(3);
  });

  describe('check', () => {
    const walk = (check: NonNullable<Parameters<typeof paginate>[2]>['check'], transport: Transport = echo) => {
      const sent: PageRequest[] = [];
      const counted: Transport = (one, attempt) => (sent.push(one), transport(one, attempt));
      const options = { transport: counted, policy: retryRequests({ base: 0 }), ...(check ? { check } : {}) };
      const pages = lastValueFrom(paginate(request, counting(3), options).pipe(toArray()));
      return { pages, sent };
    };

    it('ok makes a page of any status', async () => {
      const { pages } = walk(
        () => 'ok',
        ({ body }) => [answer(body, 418)],
      );
      expect(itemsOf(await pages)).toEqual([1, 2, 3]);
    });

    it('end is an empty last page', async () => {
      const { pages } = walk((_response, position) => (position === 2 ? 'end' : undefined));
      expect((await pages).map(({ items, next }) => [items, next])).toEqual([[[1], 2], [[], undefined]]); // prettier-ignore
    });

    it('retry repeats the request, and finally fails with the reason', async () => {
      let left = 2;
      expect(itemsOf(await walk(() => (left-- > 0 ? { retry: 'busy' } : undefined)).pages)).toEqual([1, 2, 3]);
      const { pages, sent } = walk(() => ({ retry: 'busy' }));
      expect((await rejection(pages)).message).toBe('Page 1 failed: busy after 6 attempts');
      expect(sent).toHaveLength(6);
    });

    it('fail fails immediately', async () => {
      const { pages, sent } = walk(() => ({ fail: 'no such thing', tooHeavy: true }));
      expect(await rejection(pages)).toMatchObject({ name: 'CheckError', reason: 'no such thing', tooHeavy: true });
      expect(sent).toHaveLength(1);
    });

    it('E11 one that throws gives one error and is not retried, whatever it throws', async () => {
      const mine = Object.assign(new TypeError('fetch failed'), { code: 'ECONNRESET', status: 503 });
      const { pages, sent } = walk(() => { throw mine; }); // prettier-ignore
      const error = await rejection(pages);
      expect([error.constructor, error.cause, error['callback'], sent.length]).toEqual([
        CallbackError,
        mine,
        'check',
        1,
      ]);
    });

    it('checks the HTTP status by default', async () => {
      const { pages, sent } = walk(undefined, () => [answer({}, 404)]);
      const error = await rejection(pages);
      expect([error.constructor, error.message, sent.length]).toEqual([HttpError, 'Page 1 failed: 404 Not Found', 1]);
    });
  });

  describe('E9 loops', () => {
    const looping = (next: (position: number) => number): Strategy<number, number> => ({
      ...counting(Infinity),
      next: ({ position }) => next(position),
    });
    const run = async (next: (position: number) => number) => {
      const sent: number[] = [];
      const transport: Transport = ({ body }) => (sent.push((body as { page: number }).page), [answer(body)]);
      const error = await rejection(lastValueFrom(paginate(request, looping(next), { transport, policy: plain })));
      expect(error).toBeInstanceOf(PaginationLoopError);
      return { sent, error };
    };

    it('the position just used is detected before it is sent', async () => {
      const { sent, error } = await run((position) => Math.min(position + 1, 3));
      expect(sent).toEqual([1, 2, 3]);
      expect(error.message).toContain('Page 4 failed: the position is the same as that of page 3');
    });

    it('A→B→A is detected before it is sent', async () => {
      expect((await run((position) => (position === 1 ? 2 : 1))).sent).toEqual([1, 2]);
    });

    it('a thousand pages, then a loop of any of the last 1,000', async () => {
      const { sent } = await run((position) => (position === 1500 ? 501 : position + 1));
      expect(sent).toHaveLength(1500);
    });

    it('longer cycles are detected within three times their length', async () => {
      for (const length of [1001, 2500, 5000])
        expect((await run((position) => (position === length ? 1 : position + 1))).sent.length).toBeLessThan(
          3 * length,
        );
    });

    it('the request just sent is detected if a placement does not write the position', async () => {
      const sent: unknown[] = [];
      const transport: Transport = ({ body }) => (sent.push(body), [answer({ page: 1 })]);
      const forgetful: Strategy<number, number> = { ...counting(9), place: (template) => template };
      const error = await rejection(lastValueFrom(paginate(request, forgetful, { transport })));
      expect(error).toBeInstanceOf(PaginationLoopError);
      expect(error.message).toContain('the request is the same as the last one');
      expect(sent).toHaveLength(1);
    });

    it('so is one that is written into the template, and the error asks for a copy', async () => {
      const place = (template: PageRequest, page: number) => Object.assign(template, { body: { page } });
      const changing: Strategy<number, number> = { ...counting(9), place };
      const error = await rejection(lastValueFrom(paginate({ ...request }, changing, { transport: echo })));
      expect(error).toBeInstanceOf(PaginationLoopError);
      expect(error.message).toContain('into a copy?');
    });
  });

  it('a next of null, as APIs write it, is the end', async () => {
    const untyped = { ...counting(9), next: ({ position }: { position: number }) => [2, null][position - 1] };
    const pages = await lastValueFrom(
      paginate(request, untyped as unknown as Strategy<number, number>, { transport: echo }).pipe(toArray()),
    );
    expect(pages.map(({ items, next }) => [items, next])).toEqual([[[1], 2], [[2], undefined]]); // prettier-ignore
  });

  it('P2 more than maxEmptyPages empty pages in a row are an error', async () => {
    let sent = 0;
    const empty: Strategy<number, number> = { ...counting(Infinity), items: () => [] };
    const error = await rejection(
      lastValueFrom(paginate(request, empty, { transport: ({ body }) => (sent++, [answer(body)]) })),
    );
    expect([error.constructor, sent]).toEqual([EmptyPagesError, 1001]);
    const bounded = paginate(request, { ...empty, maxEmptyPages: 3 }, { transport: echo });
    expect((await rejection(lastValueFrom(bounded))).message).toContain('4 empty pages in a row');
  });

  describe('S1 another origin', () => {
    const following = (url: (page: number) => string): Strategy<number, number> => ({
      name: 'following',
      first: 1,
      place: (template, page) => ({ ...template, url: page === 1 ? template.url : url(page) }),
      items: (body) => (body as { items: number[] }).items,
      next: ({ position }) => (position < 2 ? position + 1 : undefined),
    });
    const secret = { authorization: 'Key secret', 'x-api-key': 'secret', accept: 'application/json' };

    it('is refused before anything is sent, naming both origins and what to do', async () => {
      const evil = await serve(numbered(5));
      const server = await serve(numbered(5));
      const pages = paginate(
        { url: server.url, headers: secret },
        following(() => evil.url),
      );
      const error = await rejection(lastValueFrom(pages));
      expect(error).toBeInstanceOf(CrossOriginError);
      expect(error.message).toContain(`the next page is at ${evil.origin}, another origin than ${server.origin}`);
      expect(error.message).toContain(`allowOrigins: ['${evil.origin}']`);
      expect([evil.seen.length, evil.sockets.size]).toEqual([0, 0]);
    });

    it.each([
      ['http://host:81/'], ['https://host/'], ['http://sub.host/'], ['http://host./'], ['//evil/'], ['/\\evil/'], ['\\\\evil/'],
      ['ht\ntp://evil/'], ['javascript:alert(1)'], ['data:text/html,x'], ['http://host@evil/'],
    ])('%j is one', async (url) => {
      let sent = 0;
      const transport: Transport = () => (sent++, [answer({ items: [1] })]);
      const relativeToHost = url.startsWith('//') || url.includes('\\') ? `http:${url}` : url;
      const pages = paginate({ url: 'http://host/' }, following(() => relativeToHost), { transport });
      expect(await rejection(lastValueFrom(pages))).toBeInstanceOf(CrossOriginError);
      expect(sent).toBe(1);
    }); // prettier-ignore

    it.each(['http://host:80/x', 'HTTP://HOST/x', 'http://host/\\evil'])('%s is the same', async (url) => {
      const transport: Transport = ({ url: asked }) => [answer({ items: [asked] })];
      const pages = paginate(
        { url: 'http://host/' },
        following(() => url),
        { transport },
      );
      expect(itemsOf(await lastValueFrom(pages.pipe(toArray())))).toEqual(['http://host/', url]);
    });

    it('S2 an allowed one gets neither credentials nor the body, unless they are given for it', async () => {
      const other = await serve((_seen, response) => json(response, { items: [2] }));
      const server = await serve((_seen, response) => json(response, { items: [1] }));
      const template = { url: server.url, method: 'POST', body: { a: 1 }, headers: secret };
      const to = following(() => other.url);
      await lastValueFrom(paginate(template, to, { allowOrigins: [other.origin] }));
      await lastValueFrom(
        paginate(template, to, { allowOrigins: [{ origin: other.origin, headers: { 'x-own': '1' }, body: true }] }),
      );
      const [bare, given] = other.seen;
      expect(JSON.stringify(bare?.headers)).not.toContain('secret');
      expect([bare?.body, bare?.headers.accept]).toEqual(['', 'application/json']);
      expect([given?.body, given?.headers['x-own'], given?.headers.authorization]).toEqual(['{"a":1}', '1', undefined]);
    });

    it('an invalid origin is refused when the stream is built', () => {
      expect(
        thrown(() => paginate(request, counting(1), { transport: echo, allowOrigins: ['cdn.example.com'] })).message,
      ).toContain('allowOrigins holds "cdn.example.com"; give origins like');
    });
  });

  describe('events', () => {
    const watch = async (options: Parameters<typeof paginate<number, number>>[2], pages = 2) => {
      const events = new Subject<WalkEvent>();
      const seen: WalkEvent[] = [];
      events.subscribe((event) => seen.push(event));
      await lastValueFrom(
        paginate(request, counting(pages), { transport: echo, events, ...options }).pipe(toArray()),
      ).catch(() => {});
      return seen;
    };

    it('report requests, retries, waits, pages and the end', async () => {
      let failures = 1;
      const transport: Transport = ({ body }) => [failures-- > 0 ? answer({}, 503) : answer(body)];
      const seen = await watch({ transport, policy: retryRequests({ base: 0 }) });
      expect(seen).toMatchObject([
        { type: 'request', pageIndex: 0, attempt: 1 },
        { type: 'response', pageIndex: 0, attempt: 1, status: 503, error: { status: 503 } },
        { type: 'wait', reason: 'retry', error: { status: 503 } },
        { type: 'request', pageIndex: 0, attempt: 2 },
        { type: 'response', pageIndex: 0, attempt: 2, status: 200 },
        { type: 'page', pageIndex: 0, items: 1 },
        { type: 'request', pageIndex: 1, attempt: 1 },
        { type: 'response', pageIndex: 1, attempt: 1, status: 200 },
        { type: 'page', pageIndex: 1, items: 1 },
        { type: 'end', reason: 'last-page', pages: 2, items: 2, received: 2 },
      ]);
    });

    it('report waits in whole milliseconds', async () => {
      const random = jest.spyOn(Math, 'random').mockReturnValue(0.123456);
      let failures = 1;
      const transport: Transport = ({ body }) => [failures-- > 0 ? answer({}, 503) : answer(body)];
      const seen = await watch({ transport, policy: retryRequests({ base: 7 }) });
      random.mockRestore();
      const waits = seen.flatMap((event) => (event.type === 'wait' ? [event.ms] : []));
      expect(waits).toEqual([expect.any(Number)]);
      expect(waits.every(Number.isInteger)).toBe(true);
    });

    it('end once, with the reason', async () => {
      const end = async (...args: Parameters<typeof watch>) =>
        (await watch(...args)).filter(({ type }) => type === 'end');
      expect(await end({ until: afterPages(1) })).toMatchObject([{ reason: 'until', pages: 1 }]);
      expect(await end({ nextWhen: () => [] })).toMatchObject([{ reason: 'nextWhen', pages: 1 }]);
      expect(await end({ transport: () => [answer({}, 404)] })).toMatchObject([
        { reason: 'error', pages: 0, error: { status: 404 } },
      ]);
    });

    it('report each attempt: what was sent, without secrets, how long it took, and the answer', async () => {
      const server = await serve(({ url }, response, index) =>
        index === 1
          ? void response.destroy()
          : json(response, { items: url.searchParams.get('page') === '1' ? [1] : [] }),
      );
      const seen: WalkEvent[] = [];
      const asked = { url: `${server.url}?q=secret`, headers: { authorization: 'secret', accept: 'application/json' } };
      const options = { events: { next: (event: WalkEvent) => seen.push(event) }, policy: retryRequests({ base: 0 }) };
      await lastValueFrom(paginate(asked, pageNumber({ items: 'items' }), options));
      const answers = seen.filter((event) => event.type === 'response');
      const sent = {
        method: 'GET',
        url: `${server.url}?q=…&page=…`,
        headers: { authorization: '[redacted]', accept: 'application/json' },
      };
      const answered = {
        type: 'response',
        request: sent,
        ms: expect.any(Number),
        headMs: expect.any(Number),
        status: 200,
      };
      expect(answers).toEqual([
        { ...answered, pageIndex: 0, attempt: 1, bytes: 13 },
        {
          type: 'response',
          pageIndex: 1,
          attempt: 1,
          request: sent,
          ms: expect.any(Number),
          status: undefined,
          bytes: undefined,
          error: expect.objectContaining({ name: 'TransportError' }),
        },
        { ...answered, pageIndex: 1, attempt: 2, bytes: 12 },
      ]);
      for (const { ms } of answers) expect(ms).toBeGreaterThan(0);
    });

    it('E11 a listener that throws at a failed attempt fails the stream, and nothing is retried', async () => {
      let sent = 0;
      const transport: Transport = () => (sent++, [answer({}, 503)]);
      const events = { next: (event: WalkEvent) => { if (event.type === 'response') throw new Error('mine'); } }; // prettier-ignore
      const error = await rejection(
        lastValueFrom(paginate(request, counting(1), { transport, events, policy: retryRequests({ base: 0 }) })),
      );
      expect([error.constructor, error.cause, sent]).toEqual([CallbackError, new Error('mine'), 1]);
    });

    it('report drift: what the API announced and what was received', async () => {
      const seen: WalkEvent[] = [];
      const server = await serve(({ url }, response) =>
        json(response, { items: url.searchParams.get('page') === '1' ? [1] : [], total: 5 }),
      );
      const withTotal = pageNumber({ items: 'items', total: 'total' });
      await lastValueFrom(paginate({ url: server.url }, withTotal, { events: { next: (event) => seen.push(event) } }));
      expect(seen.at(-1)).toMatchObject({ type: 'end', reason: 'last-page', total: 5, received: 1 });
    });

    it('E11 a listener that throws fails the stream, once, and is not retried', async () => {
      for (const type of ['request', 'response', 'page', 'end'] as const) {
        let sent = 0;
        const transport: Transport = ({ body }) => (sent++, Promise.resolve(answer(body)));
        const events = { next: (event: WalkEvent) => { if (event.type === type) throw new Error('mine'); } }; // prettier-ignore
        const error = await rejection(lastValueFrom(paginate(request, counting(1), { transport, events })));
        expect([error.constructor, error.cause, sent]).toEqual([
          CallbackError,
          new Error('mine'),
          type === 'request' ? 0 : 1,
        ]);
      }
    });
  });

  it("an expired position is an error; with onExpired: 'restart' the walk starts over, once", async () => {
    const run = async (onExpired: 'error' | 'restart' | undefined, times: number) => {
      let left = times;
      const transport: Transport = async ({ body }) =>
        answer(body, (body as { page: number }).page === 2 && left-- > 0 ? 410 : 200);
      const seen: unknown[] = [];
      const events = { next: (event: WalkEvent) => void (event.type === 'notice' && seen.push(event.message)) };
      const pages = paginate(request, { ...counting(3), onExpired }, { transport, policy: plain, events });
      try {
        for await (const { items } of pages) seen.push(...items);
      } catch (error) {
        seen.push(error);
      }
      return seen;
    };
    const expiredAt = (pageIndex: number) =>
      expect.objectContaining({ name: 'PositionExpiredError', pageIndex, attempts: 1 });
    const notice =
      'The position of page 2 has expired: the walk starts over at the first page, so items are delivered again; `distinctItems()` omits repeats.';
    for (const onExpired of [undefined, 'error'] as const) expect(await run(onExpired, 1)).toEqual([1, expiredAt(1)]);
    expect(await run('restart', 1)).toEqual([1, notice, 1, 2, 3]);
    expect(await run('restart', 2)).toEqual([1, notice, 1, expiredAt(2)]);
  });

  it('an error has the request of its page, and where it continues, whether it was answered or not', async () => {
    const url = 'https://api.example/items';
    for (const failing of [
      () => [answer({}, 404)],
      () => {
        throw new Error('down');
      },
    ] as Transport[]) {
      const transport: Transport = (one, attempt) =>
        one.url?.includes('page=2') ? failing(one, attempt) : [answer({ items: [7] })];
      const error = await rejection(lastValueFrom(paginate({ url }, strategy, { transport, policy: plain })));
      expect(error).toMatchObject({
        pageIndex: 1, attempts: 1, request: { url: `${url}?page=…&per_page=…` }, resume: { position: { page: 2 }, index: 1, itemsBefore: 1, last: expect.any(String), first: expect.any(String), lastPage: { index: 0 } },
      }); // prettier-ignore
      const resumeFrom = error['resume'] as never;
      const rest = paginate({ url }, strategy, { transport: () => [answer({ items: [] })], resumeFrom });
      expect(await lastValueFrom(rest)).toMatchObject({ index: 1, itemsBefore: 1 });
    }
  });

  it('E11 a listener that throws when notified that a walk starts over fails the stream, once', async () => {
    const expiring: Strategy<number, number> = { ...counting(3), onExpired: 'restart' };
    const transport: Transport = ({ body }) => [answer(body, (body as { page: number }).page === 2 ? 410 : 200)];
    for (const policy of [plain, retryRequests()]) {
      const seen: unknown[] = [];
      const events = { next: ({ type }: WalkEvent) => { if (type === 'notice') throw new Error('mine'); } }; // prettier-ignore
      await new Promise<void>((fail) => {
        paginate(request, expiring, { transport, policy, events }).subscribe({
          next: (page) => seen.push(page.index),
          error: (error: unknown) => (seen.push(error), fail()),
          complete: fail,
        });
      });
      expect(seen).toEqual([
        0,
        expect.objectContaining({ callback: 'events', cause: new Error('mine'), pageIndex: 1 }),
      ]);
    }
  });

  describe("E11 a caller's function that throws is never retried, whatever it throws", () => {
    const mine = Object.assign(new TypeError('fetch failed'), { code: 'ECONNRESET', status: 503 });
    const boom = (): never => {
      throw mine;
    };
    const run = async (
      change: Partial<Strategy<number, number>>,
      options: Parameters<typeof paginate<number, number>>[2] = {},
      template: PageRequest = request,
    ) => {
      let sent = 0;
      const transport: Transport = ({ body }) => (sent++, [answer(body)]);
      const policy = retryRequests({ base: 0 });
      const error = await rejection(
        lastValueFrom(paginate(template, { ...counting(3), ...change }, { transport, policy, ...options })),
      );
      expect([error.constructor, error.cause]).toEqual([CallbackError, mine]);
      return [error['callback'], sent];
    };

    it('in a strategy', async () => {
      expect(await run({ items: boom })).toEqual(['strategy.items', 1]);
      expect(await run({ next: boom })).toEqual(['strategy.next', 1]);
      const place: Strategy<number, number>['place'] = (_template, page) => (page === 2 ? boom() : { body: { page } });
      expect(await run({ place })).toEqual(['strategy.place', 1]);
    });

    it('in a policy: an operator before retry, or one that breaks', async () => {
      const inner = retryRequests({ base: 0 });
      const throwing = <T>(source: Observable<T>) => inner(source.pipe(tap(boom)));
      expect(await run({}, { policy: throwing })).toEqual(['policy', 1]);
      expect(await run({}, { policy: boom })).toEqual(['policy', 0]);
    });

    it('in a headers function', async () => {
      expect(await run({}, {}, { ...request, headers: boom })).toEqual(['headers', 0]);
      expect(await run({}, {}, { ...request, headers: () => Promise.reject(mine) })).toEqual(['headers', 0]);
    });
  });

  it('a policy that completes without an answer is an error, never the end', async () => {
    const error = await rejection(
      lastValueFrom(paginate(request, counting(3), { transport: echo, policy: () => EMPTY })),
    );
    expect(error.message).toContain('policy threw Error: the policy completed without an answer');
  });

  it('T3 no promise stays unhandled when a walk is cancelled immediately', async () => {
    const unhandled: unknown[] = [];
    const onUnhandled = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', onUnhandled);
    const transport: Transport = (_request, { signal }) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
    paginate(request, counting(3), { transport })
      .subscribe({ error: () => {} })
      .unsubscribe();
    await settle(20);
    process.off('unhandledRejection', onUnhandled);
    expect(unhandled).toEqual([]);
  });

  it.each([
    [() => paginate('http://x' as never, strategy), /the request must be an object .*, not "http:\/\/x"; write/],
    [
      () => paginate({ uri: 'http://x' } as never, strategy),
      /unknown option "uri"; expected one of url, method, body, headers/,
    ],
    [() => paginate({ url: 5 as never }, strategy), /url must be a string or a URL, not 5/],
    [() => paginate({ url: 'http://x', method: 'GE T' }, strategy), /method must be a name/],
    [
      () => paginate({ url: 'http://x', headers: 'a: b' as never }, strategy),
      /headers must be an object, Headers, or a function that returns one of these, not "a: b"/,
    ],
    [
      () => paginate({ url: 'http://x', headers: new Map([['a', 'b']]) as never }, strategy),
      /headers must be an object/,
    ],
    [() => paginate({ url: 'http://x', headers: [['a', 'b']] as never }, strategy), /headers must be an object/],
    [() => paginate(request, undefined as never), /the strategy must be an object .* not undefined/],
    [() => paginate(request, { ...counting(1), next: 5 } as never), /the strategy's next must be a function, not 5/],
    [() => paginate(request, { ...counting(1), first: undefined } as never), /first position is missing/],
    [() => paginate(request, { ...counting(1), name: undefined } as never), /name must be a string/],
    [
      () => paginate(request, counting(1), { pollicy: plain } as never),
      /unknown option "pollicy"; expected one of transport, policy/,
    ],
    [() => paginate(request, counting(1), { until: 3 as never }), /until must be a function, not 3/],
    [() => paginate(request, counting(1), { prefetch: -1 }), /prefetch must be a whole number of at least 0, not -1/],
    [
      () => paginate(request, counting(1), { signal: {} as never }),
      /signal must be an AbortSignal, .*, not an empty object/,
    ],
    [
      () => paginate(request, counting(1), { events: (() => {}) as never }),
      /events must be a Subject or \{ next: \(event\) => … \}, not a function/,
    ],
  ])('bad input %# gives an error that names the value, its location and what to do', (call, message) => {
    const error = thrown(call);
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toMatch(message);
  });
});
