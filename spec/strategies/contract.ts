import { describe, expect, it } from '@jest/globals';
import {
  afterPages,
  ConfigError,
  EmptyPagesError,
  ExtractError,
  fetchTransport,
  HttpError,
  inHeaders,
  PaginationLoopError,
  paginate,
  PositionExpiredError,
  ResumeError,
  type EndEvent,
  type ListOptions,
  type Page,
  type PagewiseError,
  type PaginateOptions,
  type ResumeToken,
  type Strategy,
  type WalkEvent,
} from 'pagewise';
import { rows, type TestServer } from '../support/server.js';
import { itemsOf, plain, thrown } from '../support/walks.js';
import { script, servePages, type Faults, type PagedApi, type Script } from './paged-api.js';

/** Freezes a value deeply: writing to it throws. */
function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const member of Object.values(value)) deepFreeze(member);
  }
  return value;
}

/** Answers are frozen too: nobody writes into them. */
const transport = fetchTransport({ parseJson: (text) => deepFreeze<unknown>(JSON.parse(text)) });

/** What a walk gave, whether it completed or failed. */
interface Walked {
  readonly pages: Page<number>[];
  readonly items: number[];
  readonly error: PagewiseError | undefined;
  readonly events: WalkEvent[];
  readonly end: EndEvent | undefined;
}

/**
 * What every strategy promises, tried on a real server that pages that way.
 * @param make the strategy, with these options beside those that its API needs; its items are the numbers of the script
 */
export function strategyContract(
  title: string,
  make: (options: ListOptions<number>) => Strategy<number>,
  api: PagedApi,
): void {
  const kind = title.split(' ')[0] ?? '';
  const pages: Script = api.single ? [script.flat() as number[]] : script;
  const all = rows(10);
  const middle = pages.length > 2 ? 2 : 0;

  async function walk(
    server: TestServer,
    options: ListOptions<number> = {},
    behaviour: PaginateOptions<number> = {},
  ): Promise<Walked> {
    const request = deepFreeze({ ...api.request, url: server.url });
    const strategy = Object.freeze(make(deepFreeze(options)));
    const events: WalkEvent[] = [];
    const listener = { next: (event: WalkEvent) => events.push(event) };
    const found: Page<number>[] = [];
    const stream = paginate(request, strategy, { transport, policy: plain, events: listener, ...behaviour });
    const error = await new Promise<PagewiseError | undefined>((resolve) => {
      stream.subscribe({ next: (page) => found.push(page), error: resolve, complete: () => resolve(undefined) });
    });
    const end = events.find((event) => event.type === 'end');
    return { pages: found, items: itemsOf(found), error, events, end };
  }
  const tried = async (options: ListOptions<number>, faults: Faults = {}, answers: Script = pages) => {
    const server = await servePages(api, answers, faults);
    return { server, ...(await walk(server, options)) };
  };
  /** The first run up to a page, then another from the JSON of its token. */
  async function interrupted(server: TestServer, stopAfter: number, options: ListOptions<number> = {}) {
    const first = await walk(server, options, { until: afterPages(stopAfter) });
    const resumeFrom = JSON.stringify(first.pages.at(-1)?.resume);
    const second = await walk(server, options, { resumeFrom });
    return { first, second, items: [...first.items, ...second.items] };
  }

  describe(`${title}: the contract of strategies`, () => {
    it('terminates, with every item once and as many requests as there are pages, one more if no signal ends it', async () => {
      const { items, pages: found, error, server } = await tried({});
      expect(error).toBeUndefined();
      expect(items).toEqual(all);
      expect(found.at(-1)?.next).toBeUndefined();
      expect(found.slice(0, -1).every(({ next }) => next !== undefined)).toBe(true);
      expect(server.seen.length - pages.length).toBe(found.at(-1)?.items.length === 0 ? 1 : 0);
    });

    it('P8 is pure: next and place return the same twice, and modify nothing', async () => {
      const { pages: found } = await tried({});
      const strategy = Object.freeze(make({}));
      const request = deepFreeze({ ...api.request, url: 'http://host/items' });
      for (const page of found) {
        const answer = Object.freeze({ ...page, items: deepFreeze(page.items) });
        expect(strategy.next(answer)).toEqual(page.next);
        expect(strategy.next(answer)).toEqual(page.next);
        expect(strategy.items(page.body, page.response)).toEqual(page.items);
        const position = deepFreeze(page.position);
        expect(strategy.place(request, position)).toEqual(strategy.place(request, position));
      }
    });

    it('E1 gives equal pages to every subscription, also at the same time', async () => {
      const server = await servePages(api, pages);
      const stream = paginate({ ...api.request, url: server.url }, make({}), { transport, policy: plain });
      const shown = ({ index, position, itemsBefore, items, body, total, next, resume }: Page<number>) =>
        ({ index, position, itemsBefore, items, body, total, next, resume }); // prettier-ignore
      const run = async () => {
        const found: unknown[] = [];
        for await (const page of stream) found.push(shown(page));
        return found;
      };
      const first = await run();
      for (const again of await Promise.all([run(), run()])) expect(again).toEqual(first);
    });

    it('P10 positions are JSON: killed at any page and resumed from text, every item comes once', async () => {
      const server = await servePages(api, pages);
      const whole = await walk(server);
      for (let stop = 1; stop <= whole.pages.length; stop++) {
        const { first, second, items } = await interrupted(server, stop);
        expect(second.error).toBeUndefined();
        expect(items).toEqual(all);
        const found = [...first.pages, ...second.pages];
        expect(found.map(({ index, position }) => ({ index, position }))).toEqual(
          whole.pages.map(({ index, position }) => ({ index, position })),
        );
      }
    });

    it('P10 positions hold nothing that JSON omits', async () => {
      const { pages: found } = await tried({});
      for (const { position, next } of found)
        for (const one of next === undefined ? [position] : [position, next])
          expect(JSON.parse(JSON.stringify(one))).toStrictEqual(one);
    });

    it('P10 resumes at a page that failed', async () => {
      for (let failing = 0; failing < pages.length; failing++) {
        const server = await servePages(api, pages, {
          status: (index, count) => (index === failing && count === 1 ? 500 : undefined),
        });
        const first = await walk(server);
        expect(first.error).toMatchObject({ name: 'HttpError', pageIndex: failing });
        const second = await walk(server, {}, { resumeFrom: JSON.stringify(first.error?.resume) });
        expect(second.error).toBeUndefined();
        expect([...first.items, ...second.items]).toEqual(all);
      }
    });

    it('P10 refuses a token of another strategy, which in turn refuses its tokens', async () => {
      const server = await servePages(api, pages);
      const request = { ...api.request, url: server.url };
      const strategy = make({});
      const other: Strategy<number> = { ...strategy, name: 'other' };
      const { pages: found } = await walk(server, {}, { until: afterPages(1) });
      const mine = found[0]!.resume;
      const theirs: ResumeToken = { ...mine, of: { ...mine.of, strategy: 'other' } };
      for (const refused of [
        () => paginate(request, strategy, { resumeFrom: theirs }),
        () => paginate(request, other, { resumeFrom: mine }),
      ]) {
        const error = thrown(refused);
        expect(error).toBeInstanceOf(ResumeError);
        expect(error.message).toContain('made with another strategy');
      }
      expect(server.seen).toHaveLength(1);
    });

    it('P5 missing items are an error, never the end', async () => {
      const gap = pages.map((items, index) => (index === middle ? undefined : items));
      const { error, items } = await tried({}, {}, gap);
      expect(error).toBeInstanceOf(ExtractError);
      expect(error).toMatchObject({ field: 'items', pageIndex: middle });
      expect(items).toEqual(pages.slice(0, middle).flat());
    });

    it("P5 with missingItems: 'empty' they are an empty page", async () => {
      const gap = pages.map((items, index) => (index === middle ? undefined : items));
      const { error, pages: found } = await tried({ missingItems: 'empty' }, {}, gap);
      expect(error).toBeUndefined();
      expect(found[middle]?.items).toEqual([]);
      // If an empty page is the end, it is this one.
      expect(found).toHaveLength(api.emptyPages ? pages.length : middle + 1);
    });

    it('T9 a 204 on its last page is an empty page, and the end', async () => {
      const last = pages.length - 1;
      const { error, items, pages: found } = await tried({}, { status: (index) => (index === last ? 204 : undefined) });
      expect(error).toBeUndefined();
      expect(items).toEqual(pages.slice(0, last).flat());
      expect(found.at(-1)).toMatchObject({ index: last, items: [], next: undefined });
    });

    it('has its own name', () => {
      expect(make({}).name).toBe(kind);
    });

    it.each([
      [{ items: 5 }, "items must be a path like 'data.items' or '/data/items', not 5"],
      [{ total: 5 }, "total must be a path like 'data.items' or '/data/items', not 5"],
      [{ missingItems: false }, "missingItems must be 'error' or 'empty', not false"],
      [{ itms: 'x' }, 'unknown option "itms"; expected one of items, missingItems, singleItem, total'],
    ])('refuses %j', (options, message) => {
      const error = thrown(() => make(options as never));
      expect(error).toBeInstanceOf(ConfigError);
      expect(error.message).toContain(`${kind}: ${message}`);
    });

    it('P12 page.total and the end event report what was announced, and what was received', async () => {
      const total = api.total ?? 'total';
      const server = await servePages(api, pages, { total: 12 });
      const { end, pages: found, error } = await walk(server, { total });
      expect(error).toBeUndefined();
      expect(found[0]?.total).toBe(12);
      expect(end).toMatchObject({ reason: 'last-page', items: 10, received: 10, total: 12 });
      const told = found.map(() => ({ type: 'page', total: 12 }));
      expect((await walk(server, { total })).events.filter(({ type }) => type === 'page')).toMatchObject(told);
    });

    if (api.single) return;

    it.each([
      [{ endStatuses: 404 }, 'endStatuses must be an array of statuses, not 404'],
      [{ endStatuses: ['404'] }, 'endStatuses must be a whole number of at least 100, not "404"'],
      [{ onRepeat: 'ignore' }, "onRepeat must be 'error', 'stop' or 'allow', not \"ignore\""],
      [{ onExpired: true }, "onExpired must be 'error' or 'restart', not true"],
      [{ maxEmptyPages: Infinity }, 'maxEmptyPages must be a whole number of at least 0'],
      [{ place: 'query' }, 'place must be a function, not "query"'],
    ])('refuses %j', (options, message) => {
      const error = thrown(() => make(options as never));
      expect(error).toBeInstanceOf(ConfigError);
      expect(error.message).toContain(`${kind}: ${message}`);
    });

    it('a placement that lacks its parentheses is refused when the stream is built', () => {
      const strategy = { ...make({}), place: inHeaders as never };
      const error = thrown(() => paginate({ ...api.request, url: 'http://host/' }, strategy));
      expect(error).toBeInstanceOf(ConfigError);
      expect(error.message).toContain('is a placement missing its parentheses, as in `inHeaders()`?');
    });

    it('P12 items received by earlier runs count', async () => {
      const total = api.total ?? 'total';
      const server = await servePages(api, pages, { total: 12 });
      const { second } = await interrupted(server, 2, { total });
      expect(second.end).toMatchObject({ items: 4, received: 10, total: 12 });
    });

    it('endStatuses end it past the last page, and only there', async () => {
      const past: Faults = {
        next: (index) => index + 1,
        status: (index) => (index >= pages.length ? 404 : undefined),
      };
      const ended = await tried({ endStatuses: [400, 404] }, past);
      expect(ended.error).toBeUndefined();
      expect(ended.items).toEqual(all);
      expect(ended.pages.at(-1)).toMatchObject({ items: [], next: undefined });
      expect(ended.pages.at(-1)?.response.status).toBe(404);
      const failed = await tried({ endStatuses: [400] }, past);
      expect(failed.error).toBeInstanceOf(HttpError);
      expect(failed.error).toMatchObject({ status: 404, pageIndex: pages.length });
      const atOnce = await tried({ endStatuses: [404] }, { status: () => 404 });
      expect(atOnce.error).toMatchObject({ status: 404, pageIndex: 0 });
      expect(atOnce.pages).toEqual([]);
    });

    it('P9 410 on a later page is a PositionExpiredError; on the first page it is just a status', async () => {
      const { error, items } = await tried({}, { status: (index) => (index === 2 ? 410 : undefined) });
      expect(error).toBeInstanceOf(PositionExpiredError);
      expect(error).toMatchObject({ pageIndex: 2, cause: { name: 'HttpError', status: 410 } });
      expect(items).toEqual(pages.slice(0, 2).flat());
      for (const onExpired of ['error', 'restart'] as const) {
        const first = await tried({ onExpired }, { status: () => 410 });
        expect(first.error).toBeInstanceOf(HttpError);
        expect(first.server.seen).toHaveLength(1);
      }
    });

    it("P9 onExpired: 'restart' starts over once, and says so", async () => {
      const once: Faults = { status: (index, count) => (index === 2 && count === 1 ? 410 : undefined) };
      const { error, items, events, pages: found } = await tried({ onExpired: 'restart' }, once);
      expect(error).toBeUndefined();
      expect(items).toEqual([...(pages.slice(0, 2).flat() as number[]), ...all]);
      expect(found.map(({ index }) => index)).toEqual(found.map((_page, i) => i));
      expect(found[2]?.itemsBefore).toBe(0);
      const notices = events.filter(({ type }) => type === 'notice');
      expect(notices).toHaveLength(1);
      expect(notices[0]).toMatchObject({ message: expect.stringContaining('starts over') });

      const again = await tried({ onExpired: 'restart' }, { status: (index) => (index === 2 ? 410 : undefined) });
      expect(again.error).toBeInstanceOf(PositionExpiredError);
      expect(again.events.filter(({ type }) => type === 'notice')).toHaveLength(1);
    });

    const repeated: Script = [script[0], script[1], script[1], [6, 7, 8], [9]];
    const before = [...script[0]!, ...script[1]!];

    it('P11 the same page again is a PaginationLoopError, and none of it is delivered twice', async () => {
      const { error, items } = await tried({}, {}, repeated);
      expect(error).toBeInstanceOf(PaginationLoopError);
      expect(error).toMatchObject({ pageIndex: 2 });
      expect(items).toEqual(before);
    });

    it("P11 onRepeat: 'stop' ends there", async () => {
      const { error, items, pages: found } = await tried({ onRepeat: 'stop' }, {}, repeated);
      expect(error).toBeUndefined();
      expect(items).toEqual(before);
      expect(found.at(-1)).toMatchObject({ index: 2, items: [], next: undefined });
    });

    // If positions are made of items, equal pages have one position: what follows them can't be requested.
    if (api.positionsOfItems)
      it("P11 onRepeat: 'allow' lets no equal pages pass, which have one position", async () => {
        const { error } = await tried({ onRepeat: 'allow' }, {}, repeated);
        expect(error).toBeInstanceOf(PaginationLoopError);
        expect(error?.message).toContain('nothing was sent');
      });
    else
      it("P11 onRepeat: 'allow' lets equal pages pass", async () => {
        const { error, items } = await tried({ onRepeat: 'allow' }, {}, repeated);
        expect(error).toBeUndefined();
        expect(items).toEqual(repeated.flat());
      });

    it('P11 detects it across a resume too', async () => {
      const server = await servePages(api, repeated);
      const failed = await interrupted(server, 2);
      expect(failed.second.error).toBeInstanceOf(PaginationLoopError);
      expect(failed.second.error).toMatchObject({ pageIndex: 2 });
      expect(failed.items).toEqual(before);
      const stopped = await interrupted(server, 2, { onRepeat: 'stop' });
      expect(stopped.second.error).toBeUndefined();
      expect(stopped.items).toEqual(before);
      if (api.positionsOfItems) return;
      const allowed = await interrupted(server, 2, { onRepeat: 'allow' });
      expect(allowed.second.error).toBeUndefined();
      expect(allowed.items).toEqual(repeated.flat());
    });

    if (api.emptyPages)
      it('P2 continues past empty pages, up to maxEmptyPages in a row', async () => {
        const sparse: Script = [[0], [], [], [1], [], [], [2]];
        const believed = await tried({ maxEmptyPages: 2 }, {}, sparse);
        expect(believed.error).toBeUndefined();
        expect(believed.items).toEqual([0, 1, 2]);
        const { error, items, server } = await tried({ maxEmptyPages: 1 }, {}, sparse);
        expect(error).toBeInstanceOf(EmptyPagesError);
        expect(error).toMatchObject({ emptyPages: 2, pageIndex: 2 });
        expect(items).toEqual([0]);
        expect(server.seen).toHaveLength(3);
      });

    if (api.emptyPages)
      it('P11 empty pages between equal ones hide nothing, not even across a resume', async () => {
        const hidden: Script = [[0, 1], [], [], [0, 1], [2]];
        const { error, items, server } = await tried({}, {}, hidden);
        expect(error).toBeInstanceOf(PaginationLoopError);
        expect(error).toMatchObject({ pageIndex: 3 });
        expect(items).toEqual([0, 1]);
        for (const stop of [1, 2, 3]) {
          const { first, second } = await interrupted(server, stop);
          expect(second.error).toBeInstanceOf(PaginationLoopError);
          expect([...first.items, ...second.items]).toEqual([0, 1]);
        }
        const allowed = await tried({ onRepeat: 'allow' }, {}, hidden);
        expect(allowed.items).toEqual([0, 1, 0, 1, 2]);
      });

    if (api.tokens)
      it('E9 a position that comes again is an error before its request is sent', async () => {
        const { error, items, server } = await tried({}, { next: (index) => (index === 3 ? 1 : index + 1) });
        expect(error).toBeInstanceOf(PaginationLoopError);
        expect(error).toMatchObject({ pageIndex: 4 });
        expect(error?.message).toContain('the same as that of page 2');
        expect(error?.message).toContain('nothing was sent');
        expect(items).toEqual(all);
        expect(server.seen).toHaveLength(4);
      });
  });
}
