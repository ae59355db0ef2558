// Which failed pages are skipped, how each becomes a gap, and where the walk goes on.
import { describe, expect, it } from '@jest/globals';
import { Observable } from 'rxjs';
import {
  AttemptTimeoutError, BrokenCircuitError, CallbackError, CheckError, ConfigError, HttpError, type Page, PageTimeoutError, ParseError, RateLimitError, ResponseTooLargeError, type ResumeToken, RetryBudgetError, type Strategy, TransportError,
} from 'pagewise'; // prettier-ignore
import { continueAt, locate, type PagewiseError } from '../../lib/errors.js';
import { brandAttemptError } from '../../lib/failure.js';
import { markOf, type Point, type Step } from '../../lib/resume-token.js';
import { skipFailedPages } from '../../lib/walk/skip-failed-pages.js';
import type { WalkLog } from '../../lib/walk/walk-log.js';
import { rows } from '../support/server.js';
import { answer } from '../support/walks.js';

type Position = { readonly at: number; readonly size?: number };
type Own = Partial<Strategy<number, Position>>;
type Outcome = readonly number[] | Error | 'nothing';

const tokenOf = (position: Position | undefined) => ({ v: 2, position }) as unknown as ResumeToken;
/** The error of an attempt, and where it continues. */
const failing = (error: PagewiseError, at = 2, size?: number) =>
  continueAt(brandAttemptError(error), tokenOf({ at, ...(size === undefined ? {} : { size }) }));
const status = (code: number, at?: number, size?: number) => failing(new HttpError(answer({}, code)), at, size);

/** Skips pages of which the outcomes are given by their index. */
function skipping({
  outcomes = {}, max = 3, begin = { position: { at: 1 }, index: 0, itemsBefore: 0 }, own = {}, listener = () => undefined,
}: {
  outcomes?: Readonly<Record<number, Outcome>>; max?: number; begin?: Point<Position>; own?: Own; listener?: (what: string) => void;
}) {
  const asked: Step<Position>[] = [];
  const said: string[] = [];
  const guessed: unknown[] = [];
  const gaps: { pageIndex: number; error: PagewiseError }[] = [];
  const strategy = {
    first: { at: 1 },
    guess: (position: Position, seen?: { items: readonly number[] }) => {
      guessed.push(seen?.items.length);
      return { ...position, at: position.at + 1 };
    },
    ...own,
  } as unknown as Strategy<number, Position>;
  const log = {
    notice: (message: string) => (listener('notice'), said.push(message)),
    report: (event: { type: string; pageIndex: number; error: PagewiseError }) => {
      listener(event.type);
      gaps.push(event);
    },
  } as unknown as WalkLog;
  const ask = skipFailedPages<number, Position>(
    (step, subscriber) => {
      asked.push(step);
      const outcome = outcomes[step.index] ?? [step.index];
      if (outcome instanceof Error) subscriber.error(outcome);
      else {
        const resume = { last: markOf(rows(7)) };
        if (outcome !== 'nothing') subscriber.next({ index: step.index, items: outcome, resume } as unknown as Page<number>);
        subscriber.complete();
      }
    },
    strategy, max, begin, log,
  );
  const walk = (step: Partial<Step<Position>> = {}) =>
    new Promise<Page<number> | PagewiseError | 'nothing'>((resolve) => {
      let found: Page<number> | 'nothing' = 'nothing';
      const whole = { position: { at: (step.index ?? 1) + 1 }, index: 1, itemsBefore: 0, ...step };
      new Observable<Page<number>>((subscriber) => void ask(whole, subscriber)).subscribe({
        next: (page) => (found = page), error: resolve, complete: () => resolve(found),
      });
    });
  return { walk, ask, asked, said, gaps, guessed, indexes: () => asked.map(({ index }) => index) };
} // prettier-ignore
const then = (index: number): Point<Position> => ({ position: { at: index + 1 }, index, itemsBefore: 5 });

describe('a page that fails', () => {
  it('becomes a gap, and the page that is guessed comes instead', async () => {
    const error = status(500);
    const { walk, asked, gaps, said } = skipping({ outcomes: { 1: error } });
    expect(await walk({ itemsBefore: 7, untried: 0 })).toMatchObject({ index: 2, items: [2] });
    expect(asked[1]).toMatchObject({ index: 2, position: { at: 3 }, itemsBefore: 7, gaps: [{ index: 1, position: { at: 2 } }] });
    expect(gaps).toEqual([{ type: 'gap', pageIndex: 1, error }]);
    expect(said).toEqual([]);
  }); // prettier-ignore

  it('is an error if it is the first of the list, or that with which a finished walk continues', async () => {
    expect(await skipping({ outcomes: { 0: status(500) } }).walk({ index: 0 })).toBeInstanceOf(HttpError);
    const begin = { ...then(4), lastPage: { position: { at: 5 }, index: 4 } };
    const again = skipping({ outcomes: { 3: status(500), 4: status(500) }, begin });
    expect(await again.walk({ index: 4 })).toBeInstanceOf(HttpError);
    expect(await again.walk({ index: 4, then: then(6) })).toMatchObject({ index: 6 });
    expect(await skipping({ outcomes: { 3: status(500) }, begin }).walk({ index: 3 })).toMatchObject({ index: 4 });
  });

  it('is an error if nothing can be guessed, and what the strategy throws is one too', async () => {
    const outcomes = { 1: status(500) };
    expect(await skipping({ outcomes, own: { guess: () => undefined } }).walk()).toBe(outcomes[1]);
    const no = () => {
      throw new Error('mine');
    };
    for (const name of ['guess', 'upTo'])
      expect(await skipping({ outcomes, own: { [name]: no } }).walk()).toMatchObject({ callback: `strategy.${name}` });
  });

  it('is an error that stays as it is if it is none of this library', async () => {
    const other = new Error('other');
    expect(await skipping({ outcomes: { 1: other } }).walk()).toBe(other);
    expect(await skipping({ outcomes: { 1: status(500), 2: other } }).walk()).toBe(other);
    expect(Object.keys(Object.getOwnPropertyDescriptors(other))).toEqual(['stack', 'message']);
  });

  it('is cut where the page that is guessed begins, but not below what was delivered of it', async () => {
    const cutTo = (size: number, step: Partial<Step<Position>> = {}, position?: Position) => {
      const { walk, asked } = skipping({
        outcomes: { 1: status(500, 2, 9) },
        own: { upTo: (from) => position ?? { ...from, size } },
      });
      return walk(step).then(() => asked[1]?.gaps);
    };
    expect(await cutTo(5)).toEqual([{ index: 1, position: { at: 2, size: 5 } }]);
    const begun = { position: { at: 2, size: 9 }, delivered: 4, begins: '4:x', itemsBefore: 4 };
    const left = { index: 1, delivered: 4, begins: '4:x' };
    expect(await cutTo(5, begun)).toEqual([{ ...left, position: { at: 2, size: 5 } }]);
    expect(await cutTo(4, begun)).toEqual([{ ...left, position: { at: 2, size: 4 } }]);
    expect(await cutTo(3, begun)).toEqual([{ ...left, position: begun.position }]);
    expect(await cutTo(3, begun, { at: 8 })).toEqual([{ ...left, position: begun.position }]);
    expect(await cutTo(3, {}, { at: 8 })).toEqual([{ index: 1, position: { at: 8 } }]);
  });

  it('is a gap of the size that failed if that was smaller, and of the size asked for otherwise', async () => {
    const gapOf = async (failed: number | undefined, asked: number | undefined) => {
      const position = { at: 2, ...(asked === undefined ? {} : { size: asked }) };
      const found = skipping({ outcomes: { 1: status(500, 2, failed) } });
      await found.walk({ position });
      return found.asked[1]?.gaps?.[0]?.position;
    };
    expect(await gapOf(5, 10)).toEqual({ at: 2, size: 5 });
    expect(await gapOf(20, 10)).toEqual({ at: 2, size: 10 });
    expect(await gapOf(5, undefined)).toEqual({ at: 2 });
    const bare = skipping({ outcomes: { 1: brandAttemptError(new HttpError(answer({}, 500))) } });
    await bare.walk({ position: { at: 2, size: 3 } });
    expect(bare.asked[1]?.gaps).toEqual([{ index: 1, position: { at: 2, size: 3 } }]);
  });
});

describe('what is guessed from', () => {
  it('is the last page that came, or the mark of one in a token', async () => {
    const outcomes = { 2: [1, 2, 3], 3: status(500), 5: status(500) };
    const { walk, guessed } = skipping({ outcomes });
    await walk({ index: 2 });
    await walk({ index: 3 });
    await walk({ index: 4, delivered: 1 }); // Only the rest of it is delivered.
    await walk({ index: 5 });
    expect(guessed).toEqual([3, 7]);
  });

  it('is nothing at the beginning, unless the token of an earlier run tells', async () => {
    const from = async (last: string | undefined) => {
      const { walk, guessed } = skipping({ outcomes: { 1: status(500) }, begin: { ...then(1), last } });
      await walk();
      return guessed[0];
    };
    expect([await from(undefined), await from('0:x'), await from('4:x')]).toEqual([undefined, undefined, 4]);
  });

  it('is no page that fills a gap of an earlier run', async () => {
    const { walk, guessed } = skipping({ outcomes: { 1: [1, 2, 3], 3: [1, 2, 3, 4, 5], 4: status(500) } });
    await walk();
    await walk({ index: 3, then: then(4) });
    await walk({ index: 4 });
    expect(guessed).toEqual([3]);
  });
});

describe('the limit', () => {
  it('fails the walk, says so, and continues at the first of the pages in a row', async () => {
    const outcomes = { 1: status(500, 2), 3: status(500, 4), 4: status(500, 5) };
    const { walk, said, gaps } = skipping({ outcomes, max: 2 });
    expect(await walk()).toMatchObject({ index: 2 });
    expect(await walk({ index: 3 })).toBe(outcomes[4]);
    expect(outcomes[4].resume).toEqual(tokenOf({ at: 4 }));
    expect(gaps.map(({ pageIndex }) => pageIndex)).toEqual([1, 3]);
    expect(said).toEqual(['Page 5 fails too, and 2 pages are already skipped, which is the limit; raise `skipFailedPages`.']);
  }); // prettier-ignore

  it('of one page has a sentence of its own, and continues at the page that failed if others came before it', async () => {
    const outcomes = { 1: status(500, 2), 3: status(500, 4) };
    const { walk, said } = skipping({ outcomes, max: 1 });
    await walk();
    expect(await walk({ index: 3 })).toBe(outcomes[3]);
    expect(outcomes[3].resume).toEqual(tokenOf({ at: 4 }));
    expect(said).toEqual(['Page 4 fails too, and 1 page is already skipped, which is the limit; raise `skipFailedPages`.']);
  }); // prettier-ignore

  it('an error that is none of the page continues at the first of the pages in a row as well', async () => {
    const outcomes = { 1: status(500, 2), 2: failing(new CallbackError('check', new Error('mine')), 3) };
    expect(await skipping({ outcomes }).walk()).toBe(outcomes[2]);
    expect(outcomes[2].resume).toEqual(tokenOf({ at: 2 }));
  });

  it('does not count gaps of an earlier run that stay: that run has counted them', async () => {
    const outcomes = { 1: status(500), 2: status(500), 5: status(500), 6: status(500) };
    const { walk, gaps, said, asked } = skipping({ outcomes, max: 1 });
    expect(await walk({ then: then(5), gaps: [{ position: { at: 3 }, index: 2 }], untried: 0 })).toMatchObject({ name: 'HttpError' });
    expect(asked.map(({ index }) => index)).toEqual([1, 5, 6]);
    expect(gaps.map(({ pageIndex }) => pageIndex)).toEqual([1, 5]);
    expect(said).toHaveLength(1);
  }); // prettier-ignore
});

describe('a gap of an earlier run', () => {
  it('that fails stays one, after those that are still to be tried, and the walk goes on where it was', async () => {
    const { walk, asked, guessed } = skipping({ outcomes: { 1: status(500), 2: status(404) } });
    const step = { then: then(6), gaps: [{ position: { at: 3 }, index: 2 }], untried: 1 };
    expect(await walk(step)).toMatchObject({ index: 6 });
    expect(asked.map(({ index }) => index)).toEqual([1, 2, 6]);
    expect(asked[2]?.gaps).toEqual([
      { position: { at: 2 }, index: 1 },
      { position: { at: 3 }, index: 2 },
    ]);
    expect(guessed).toEqual([]);
  });

  it('that fails by what can not be skipped fails the walk', async () => {
    const { walk, gaps } = skipping({ outcomes: { 1: status(401) } });
    expect(await walk({ then: then(6) })).toMatchObject({ status: 401 });
    expect(gaps).toEqual([]);
  });

  it('after which nothing is left ends the walk', async () => {
    const { walk, asked } = skipping({ outcomes: { 1: status(500) } });
    expect(await walk({ then: { ...then(6), position: undefined } })).toBe('nothing');
    expect(asked).toHaveLength(1);
  });
});

describe('P17 pages that are refused after one that was skipped', () => {
  const ended =
    'Page 3 and the page after it are refused (404), and the page before them was skipped: the walk ends there. A resumed run begins at the skipped page.';

  it('are the end, and neither is a gap', async () => {
    const { walk, said, gaps } = skipping({ outcomes: { 1: status(500), 2: status(404), 3: status(404) } });
    expect(await walk()).toBe('nothing');
    expect([said, gaps.map(({ pageIndex }) => pageIndex)]).toEqual([[ended], [1]]);
  });

  it('is a gap if only one is, or if the page after it fails for another reason', async () => {
    const one = skipping({ outcomes: { 1: status(500), 2: status(404) } });
    expect(await one.walk()).toMatchObject({ index: 3 });
    const other = skipping({ outcomes: { 1: status(500), 2: status(404), 3: status(500) } });
    expect(await other.walk()).toMatchObject({ index: 4 });
    expect([one.gaps, other.gaps].map((gaps) => gaps.map(({ pageIndex }) => pageIndex))).toEqual([[1, 2], [1, 2, 3]]);
  }); // prettier-ignore

  it('is a gap at once if it is the first of a run, or follows a gap of an earlier run', async () => {
    const first = skipping({ outcomes: { 1: status(404), 2: status(404) } });
    expect(await first.walk()).toMatchObject({ index: 3 });
    const later = skipping({ outcomes: { 1: status(500), 6: status(404), 7: status(404) } });
    expect(await later.walk({ then: then(6) })).toMatchObject({ index: 8 });
    expect([first.said, later.said]).toEqual([[], []]);
  });

  it('is a gap at once if the page before it came, or was refused as well', async () => {
    const outcomes = { 1: status(500), 3: status(404), 4: status(404), 5: status(404) };
    const { walk, said, gaps } = skipping({ outcomes, max: 9 });
    await walk();
    expect(await walk({ index: 3 })).toMatchObject({ index: 6 });
    expect([said, gaps.map(({ pageIndex }) => pageIndex)]).toEqual([[], [1, 3, 4, 5]]);
  });

  it('is over the limit when the page after it arrives: that page is not delivered', async () => {
    const outcomes = { 1: status(500, 2), 2: status(404, 3) };
    const { walk, said } = skipping({ outcomes, max: 1 });
    expect(await walk()).toBe(outcomes[2]);
    expect(outcomes[2].resume).toEqual(tokenOf({ at: 2 }));
    expect(said).toHaveLength(1);
  });

  it('is not settled by a gap of an earlier run that comes or fails in between', async () => {
    for (const between of [[5], status(404)] satisfies Outcome[]) {
      const outcomes = { 1: status(500), 2: status(404), 3: 'nothing', 4: status(404), 7: between } as const;
      const { walk, said, gaps } = skipping({ outcomes });
      expect(await walk()).toBe('nothing');
      await walk({ index: 7, then: { ...then(8), position: undefined } });
      expect(await walk({ index: 4 })).toBe('nothing');
      expect(said).toEqual([ended]);
      expect(gaps.map(({ pageIndex }) => pageIndex)).toEqual(between instanceof Error ? [1, 7] : [1]);
    }
  });

  it('follow a skipped page only: a gap of an earlier run that comes does not change that', async () => {
    const { walk, said } = skipping({ outcomes: { 1: status(500), 2: 'nothing', 3: status(404), 4: status(404), 7: [7] } });
    await walk();
    await walk({ index: 7, then: { ...then(8), position: undefined } });
    expect(await walk({ index: 3 })).toBe('nothing');
    expect(said).toHaveLength(1);
  }); // prettier-ignore

  it('fail the walk if nothing can be guessed after the first', async () => {
    const outcomes = { 1: status(500, 2), 2: status(404, 3) };
    const own: Own = { guess: ({ at }) => (at < 3 ? { at: at + 1 } : undefined) };
    const { walk } = skipping({ outcomes, own });
    expect(await walk()).toBe(outcomes[2]);
    expect(outcomes[2].resume).toEqual(tokenOf({ at: 2 }));
  });
});

describe('E11 a listener that throws', () => {
  const bare = (code: number) => brandAttemptError(new HttpError(answer({}, code)));
  it.each([
    ['gap', { 1: bare(500) }],
    ['notice', { 1: bare(500), 2: bare(500) }],
    ['notice', { 1: bare(500), 2: bare(404), 3: bare(404) }],
  ])('at a %s fails the walk at that page', async (kind, outcomes) => {
    const listener = (what: string) => {
      if (what === kind) throw new Error('mine');
    };
    const error = (await skipping({ outcomes, max: 1, listener }).walk()) as CallbackError;
    expect(error).toMatchObject({ name: 'CallbackError', callback: 'events' });
    expect(error.message).not.toContain('failed');
  });

  it('at an error that is located has its location', async () => {
    const resume = tokenOf({ at: 2 });
    const context = { pageIndex: 1, attempts: 2, request: { method: 'GET', url: 'https://api.example.com/' }, resume };
    const outcomes = { 1: locate(brandAttemptError(new HttpError(answer({}, 500))), context) };
    const listener = () => {
      throw new Error('mine');
    };
    const error = await skipping({ outcomes, listener }).walk();
    expect(error).toMatchObject({ name: 'CallbackError', pageIndex: 1, attempts: 2, request: context.request, resume });
    expect((error as Error).message).toMatch(/^Page 2 failed: .* after 2 attempts, GET https/);
  });
});

describe('what is skipped', () => {
  const reset = new TransportError(Object.assign(new Error('x'), { code: 'ECONNRESET' }));
  const check = (code: number, throttled = false) => new CheckError('no', answer({}, code), { throttled });
  it.each<[what: string, skipped: boolean, error: PagewiseError]>([
    ['500', true, status(500)],
    ['404', true, status(404)],
    ...[401, 403, 407, 429].map((code): [string, boolean, PagewiseError] => [String(code), false, status(code)]),
    ['a network failure', true, reset],
    ['another failure of a transport', false, new TransportError(new Error('x'))],
    ['an attempt that took too long', true, new AttemptTimeoutError(5)],
    ['a body that can not be read', true, new ParseError('no JSON', '')],
    ['a body that is too large', true, new ResponseTooLargeError(5)],
    ["a check's verdict", true, check(200)],
    ["a check's verdict on a 401", false, check(401)],
    ["a check's verdict of a rate limit", false, check(200, true)],
    ['a page that took too long', true, new PageTimeoutError(5, 'an answer')],
    ['a page that took too long after a 500', true, new PageTimeoutError(5, 'an answer', status(500))],
    ['a page that took too long after a 401', false, new PageTimeoutError(5, 'an answer', status(401))],
    ['a page that waited for the throttle', false, new PageTimeoutError(5, 'the throttle')],
    ['a function that throws', false, new CallbackError('check', status(500))],
    ['a configuration', false, new ConfigError('no')],
    ['a long wait', false, new RateLimitError(5000, 1, status(500))],
    ['a budget that is used up', false, new RetryBudgetError(status(500))],
    ['an open circuit', false, new BrokenCircuitError(undefined, status(500))],
  ])('%s: %s', async (_what, skipped, error) => {
    const { walk } = skipping({ outcomes: { 1: failing(error) } });
    expect(await walk()).toEqual(skipped ? expect.objectContaining({ index: 2 }) : error);
  });
});

describe('an error that no attempt of the walk ended with', () => {
  it('is not skipped, whatever it is', async () => {
    const error = continueAt(new HttpError(answer({}, 500)), tokenOf({ at: 2 }));
    expect(await skipping({ outcomes: { 1: error } }).walk()).toBe(error);
  });
});

describe('a page after a gap', () => {
  it('is requested in a turn of its own, and not after unsubscribing', async () => {
    const { ask, asked } = skipping({ outcomes: { 1: status(500) } });
    const walk = new Observable<Page<number>>((subscriber) => void ask({ position: { at: 2 }, index: 1, itemsBefore: 0 }, subscriber));
    walk.subscribe().unsubscribe();
    await new Promise((resolve) => setImmediate(resolve));
    expect(asked).toHaveLength(1);
    walk.subscribe();
    expect(asked).toHaveLength(2);
    await new Promise((resolve) => setImmediate(resolve));
    expect(asked).toHaveLength(3);
  }); // prettier-ignore
});
