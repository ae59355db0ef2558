// One walk from its subscription to its end: what it loads and holds, what it reports, and who hears of errors.
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { config, lastValueFrom, NEVER, of, Subject } from 'rxjs';
import {
  newest, offset, pageNumber, paginate, type PageResponse, type PaginateOptions, type ResumeToken, type Strategy, type Sync, type Transport, type WalkEvent,
} from 'pagewise'; // prettier-ignore
import { tokenOwner } from '../../lib/resume-token.js';
import { longestDelay } from '../../lib/values/timer.js';
import { checkpointOf } from '../../lib/walk/start-walk.js';
import { settle } from '../support/server.js';
import { answer, counting, echo, plain, rejection } from '../support/walks.js';

type Options = PaginateOptions<number>;
const pages = (last: number, options: Options = {}) =>
  paginate({ body: {} }, counting(last), { transport: echo, policy: plain, ...options });
const mine = new Error('mine');
const broken: Transport = () => {
  throw mine;
};

let unheard: unknown[] = [];
beforeEach(() => {
  unheard = [];
  config.onUnhandledError = (error) => unheard.push(error);
});
afterEach(() => {
  config.onUnhandledError = null;
});

/** Events of a walk, whose listener throws at those of one type. */
function listening(throwsAt?: WalkEvent['type']) {
  const heard: WalkEvent[] = [];
  const next = (event: WalkEvent) => {
    heard.push(event);
    if (event.type === throwsAt) throw mine;
  };
  return { heard, events: { next }, ends: () => heard.flatMap((one) => (one.type === 'end' ? [one.reason] : [])) };
}
const ofListener = [{ name: 'CallbackError', callback: 'events', cause: mine }];

describe('E11 a listener that throws at the end', () => {
  it('of a walk that fails does not replace its error, and is reported', async () => {
    const { events } = listening('end');
    const error = await rejection(lastValueFrom(pages(3, { transport: broken, events })));
    expect(error).toMatchObject({ name: 'TransportError', cause: mine });
    expect(unheard).toMatchObject(ofListener);
  });

  it('of a walk that completes fails it', async () => {
    const { events } = listening('end');
    expect(await rejection(lastValueFrom(pages(1, { events })))).toMatchObject(ofListener[0]!);
    expect(unheard).toEqual([]);
  });

  it('of a walk that is aborted does not replace the reason, and is reported', async () => {
    const { events, ends } = listening('end');
    const controller = new AbortController();
    const failed = rejection(lastValueFrom(pages(3, { transport: () => NEVER, events, signal: controller.signal })));
    const reason = new Error('enough');
    controller.abort(reason);
    expect(await failed).toBe(reason);
    expect(unheard).toMatchObject(ofListener);
    expect(ends()).toEqual(['error']);
  });

  it('of a walk that is unsubscribed from is reported, and heard by the loop that leaves it', async () => {
    const { events, ends } = listening('end');
    pages(3, { transport: () => NEVER, events })
      .subscribe()
      .unsubscribe();
    expect([ends(), unheard]).toMatchObject([['unsubscribed'], ofListener]);
    unheard = [];
    const loop = async () => {
      for await (const _ of pages(3, { events })) break;
    };
    expect(await rejection(loop())).toMatchObject(ofListener[0]!);
    expect(unheard).toEqual([]);
  });
});

describe('E11 a listener that throws at a notice that nothing is to be done', () => {
  it('fails the walk, which requests nothing', async () => {
    const last = await lastValueFrom(pages(1));
    const { events, ends } = listening('notice');
    const error = await rejection(lastValueFrom(pages(1, { resumeFrom: last.resume, events, transport: broken })));
    expect(error).toMatchObject(ofListener[0]!);
    expect(ends()).toEqual(['error']);
    const silent = listening();
    await pages(1, { resumeFrom: last.resume, events: silent.events, transport: broken }).forEach(() => {});
    expect(silent.heard).toMatchObject([{ type: 'notice' }, { type: 'end', reason: 'last-page' }]);
  });
});

describe('an error after a page', () => {
  it.each(['until', 'nextWhen'])('%s is located at that page, and continues after it', async (name) => {
    const fails = () => {
      throw mine;
    };
    const error = await rejection(lastValueFrom(pages(3, { [name]: fails })));
    expect(error).toMatchObject({ callback: name, pageIndex: 0, attempts: 1, request: { method: 'GET' } });
    expect(error['resume']).toMatchObject({ position: 2, index: 1 });
    const scroll = { ...counting(3), stateful: 'once' as const };
    const kept = await rejection(lastValueFrom(paginate({ body: {} }, scroll, { transport: echo, policy: plain, [name]: fails })));
    expect(kept).toMatchObject({ callback: name, pageIndex: 0, resume: undefined });
  }); // prettier-ignore
});

describe('the reason of an end', () => {
  it('is the last page if the pages after a skipped one are refused', async () => {
    const transport: Transport = ({ body }) => {
      const { page } = body as { page: number };
      return [answer(body, page === 1 ? 200 : page === 2 ? 500 : 404)];
    };
    const strategy = { ...counting(9), guess: (from: number) => from + 1 };
    const { events, ends } = listening();
    const options = { transport, policy: plain, events, skipFailedPages: { max: 3 } };
    await paginate({ body: {} }, strategy, options).forEach(() => {});
    expect(ends()).toEqual(['last-page']);
  });
});

describe('what a transport loads', () => {
  const loading = (load: () => unknown, options: Options = {}) => {
    let sent = 0;
    const send: Transport = (request, attempt) => (sent++, echo(request, attempt));
    const transport = Object.assign(send, { load }) as Transport;
    return { walk: pages(1, { transport, ...options }), sent: () => sent };
  };

  it('is there before anything is sent, and if it fails, the request says so itself', async () => {
    for (const loaded of [Promise.resolve(), Promise.reject(mine)]) {
      const { walk, sent } = loading(() => loaded);
      const page = lastValueFrom(walk);
      expect(sent()).toBe(0);
      expect((await page).items).toEqual([1]);
      expect(sent()).toBe(1);
    }
  });

  it('takes no turn if there is nothing to load', () => {
    const { walk, sent } = loading(() => undefined);
    walk.subscribe();
    expect(sent()).toBe(1);
  });

  it('by a function that throws fails the walk', async () => {
    const { walk, sent } = loading(() => {
      throw mine;
    });
    expect(await rejection(lastValueFrom(walk))).toMatchObject({ name: 'CallbackError', callback: 'transport.load', cause: mine });
    expect(sent()).toBe(0);
  }); // prettier-ignore

  it('is in vain if the walk has ended meanwhile: nobody asks where to resume', async () => {
    let asked = 0;
    const nowhere = Promise.resolve(undefined);
    const resumeFrom = { then: (...given: Parameters<typeof nowhere.then>) => (asked++, nowhere.then(...given)) };
    const { walk, sent } = loading(() => Promise.resolve(), { resumeFrom } as Options);
    const before = asked;
    walk.subscribe().unsubscribe();
    await settle(5);
    expect([asked - before, sent()]).toEqual([0, 0]);
    await lastValueFrom(walk);
    expect([asked - before, sent()]).toEqual([1, 1]);
  });
});

describe('a walk that asks only for what is new', () => {
  const begins: unknown[] = [];
  const sync = newest('id', { param: 'since' });
  const counted = (more: Partial<Sync> = {}): Sync => ({
    ...sync, begin: (...given) => (begins.push(given), sync.begin(...given)), ...more,
  }); // prettier-ignore
  const run = (options: object) =>
    paginate({ url: 'https://api.example.com/' }, pageNumber<{ id: number }>({ items: 'items' }), {
      transport: () => of(answer({ items: [] })), policy: plain, ...options,
    }); // prettier-ignore

  it('fails with what it throws, by its name', async () => {
    const begin = () => {
      throw mine;
    };
    expect(await rejection(lastValueFrom(run({ sync: counted({ begin }) })))).toMatchObject({
      name: 'CallbackError', callback: 'sync', cause: mine,
    });
  }); // prettier-ignore

  it('does not begin if it has ended before its start was found', async () => {
    const token = new Subject<ResumeToken | undefined>();
    const resumeFrom = new Promise<ResumeToken | undefined>((resolve) => token.subscribe(resolve));
    run({ sync: counted(), resumeFrom }).subscribe().unsubscribe();
    token.next(undefined);
    await settle(5);
    expect(begins).toEqual([]);
    await run({ sync: counted(), resumeFrom }).forEach(() => {});
    expect(begins).toHaveLength(1);
  });
});

describe('pages in flight', () => {
  it('are as many as may be', () => {
    const inFlight = (concurrency: number) => {
      let sent = 0;
      const transport: Transport = () => (sent++, new Subject<PageResponse>());
      const byOffset = offset<number>({ items: 'items', size: 5 }) as unknown as Strategy<number, number>;
      const options = { transport, policy: plain, concurrency };
      paginate({ url: 'https://api.example.com/' }, byOffset, options).subscribe().unsubscribe();
      return sent;
    };
    expect([1, 2, 3].map(inFlight)).toEqual([1, 2, 3]);
  });
});

describe('the process', () => {
  afterEach(() => void jest.restoreAllMocks());

  /** The timer that holds it, as a runtime makes it. */
  function holding(timer: unknown) {
    let fire = () => {};
    const real = globalThis.setTimeout;
    jest.spyOn(globalThis, 'setTimeout').mockImplementation(((done: () => void, ms: number) => {
      if (ms !== longestDelay) return real(done, ms);
      fire = done;
      return timer;
    }) as typeof setTimeout);
    const cleared = jest.spyOn(globalThis, 'clearTimeout');
    return { fire: () => fire(), released: () => cleared.mock.calls.some(([one]) => (one as unknown) === timer) };
  }

  it('E12 is held for a hundred turns of the longest timer, until the walk ends', () => {
    const calls: string[] = [];
    const timer = { ref: () => calls.push('ref'), unref: () => calls.push('unref'), refresh: () => calls.push('refresh') };
    const { fire, released } = holding(timer);
    const walk = pages(3, { transport: () => NEVER }).subscribe();
    for (let i = 0; i < 150; i++) fire();
    expect(calls).toEqual(Array.from({ length: 99 }, () => 'refresh'));
    expect(released()).toBe(false);
    walk.unsubscribe();
    expect(released()).toBe(true);
  }); // prettier-ignore

  it('E12 is held by a loop only while it wants a page', async () => {
    const calls: string[] = [];
    const { released } = holding({ ref: () => calls.push('ref'), unref: () => calls.push('unref') });
    const iterator = pages(3)[Symbol.asyncIterator]();
    await iterator.next();
    await settle(5);
    expect(calls).toEqual(['unref']);
    await iterator.next();
    await settle(5);
    expect(calls).toEqual(['unref', 'ref', 'unref']);
    await iterator.return?.();
    expect(released()).toBe(true);
  });

  it('E12 is held while pages are fetched ahead', async () => {
    const calls: string[] = [];
    holding({ ref: () => calls.push('ref'), unref: () => calls.push('unref') });
    const transport: Transport = ({ body }) => ((body as { page: number }).page === 1 ? [answer(body)] : NEVER);
    const iterator = pages(3, { transport, prefetch: 1 })[Symbol.asyncIterator]();
    await iterator.next();
    await settle(5);
    expect(calls).toEqual([]);
    await iterator.return?.();
  });

  it('is no matter in browsers, whose timers are numbers', async () => {
    const { fire, released } = holding(4711);
    const seen: number[] = [];
    for await (const { items } of pages(2)) {
      fire();
      seen.push(...items);
      await settle(5);
    }
    expect([seen, released()]).toEqual([[1, 2], true]);
  });
});

describe('the checkpoint of a walk', () => {
  it('is opened for each run, and refuses a token of another query', async () => {
    const owner = tokenOwner({ body: {} }, counting(9) as never);
    const { resume } = await lastValueFrom(pages(1));
    const other = { ...resume, of: { ...owner, body: 'another' } };
    let kept: ResumeToken = resume;
    const made = { key: 'job', load: async () => ({ resume: kept }), save: async () => {}, check: async () => {} };
    let opened = 0;
    const open = () => (opened++, { ...made, close: async () => {} });
    const own = checkpointOf({ ...made, open }, owner);
    const run = own.open?.();
    expect(opened).toBe(1);
    expect(await run?.load()).toEqual({ resume });
    expect(await own.load()).toEqual({ resume });
    kept = other;
    expect(await rejection(Promise.resolve(run?.load()))).toMatchObject({ name: 'ResumeError', checkpoint: 'job' });
    expect(await rejection(Promise.resolve(own.load()))).toMatchObject({ name: 'ResumeError', checkpoint: 'job' });
  });
});
