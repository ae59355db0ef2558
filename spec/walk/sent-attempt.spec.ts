// One attempt, from its headers to its end: what is sent, what is told, and what is cancelled.
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type Attempt, CallbackError, ConfigError, HttpError, type PageRequest, type PageResponse, type Transport, TransportError } from 'pagewise'; // prettier-ignore
import { EMPTY, NEVER, Observable, type Observer, of, Subject, Subscription, throwError } from 'rxjs';
import { Headers as PackageHeaders } from 'undici';
import { Task } from '../../lib/task.js';
import { type AttemptRules, SentAttempt } from '../../lib/walk/attempt.js';
import { answer } from '../support/walks.js';

function inVirtualTime() {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());
}

const response = answer({ page: 1 });
type Asked = readonly [request: PageRequest, attempt: Attempt];

interface Options extends Partial<Pick<AttemptRules, 'allow' | 'signal'>> {
  readonly request?: PageRequest;
  readonly listener?: Partial<AttemptRules['log']>;
  readonly accept?: (response: PageResponse) => void;
}

function attempting(
  transport: (...asked: Asked) => unknown,
  { request = { url: '/x' }, listener, accept = () => {}, ...rules }: Options = {},
) {
  const asked: Asked[] = [];
  const got: unknown[] = [];
  const notices: string[] = [];
  const life = new Subscription();
  const owner = { index: 4, sent: 0, accept, failed: (error: Error) => Object.assign(error, { branded: true }) };
  const observer: Observer<PageResponse> = {
    next: (value) => got.push(value),
    error: (error) => got.push(error),
    complete: () => got.push('complete'),
  };
  const log = { request: () => {}, noticeOnce: (message: string) => notices.push(message), ...listener };
  const all = {
    transport: ((...args: Asked) => (asked.push(args), transport(...args))) as Transport,
    allow: (request: PageRequest) => request,
    log: log as unknown as AttemptRules['log'],
    ...rules,
  };
  const attempt = new SentAttempt(all, owner as never, 2, observer, life);
  return { attempt, start: () => attempt.start(request), asked, got, notices, life, owner };
}

/** A transport whose observer the test drives. */
function driven() {
  let observer!: Observer<PageResponse>;
  let freed = 0;
  const transport = () =>
    new Task<PageResponse>((given) => ((observer = given), new Subscription(() => freed++)), undefined);
  return { transport, observer: () => observer, freed: () => freed };
}

describe('the headers of an attempt', () => {
  inVirtualTime();
  const headers = { a: '1' };
  it.each<[what: string, headers: () => unknown]>([
    ['an object', () => headers],
    ['Headers', () => new Headers(headers)],
    ["a package's Headers", () => new PackageHeaders(headers)],
    ['a promise of Headers', () => Promise.resolve(new Headers(headers))],
    ['a promise', () => Promise.resolve(headers)],
    ['an Observable', () => of(headers, { a: '2' })],
    ['an Observable that goes on', () => new Observable((subscriber) => void subscriber.next(headers))],
    ['an iterable', () => [headers]],
    ['an async iterable', async function* () { yield await Promise.resolve(headers); }],
  ])('may be given by a function, as %s, and are sent with the rest of the request', async (_what, given) => {
    const request = { url: '/x', headers: given } as PageRequest;
    const { start, asked, got } = attempting(() => [response], { request });
    start();
    await jest.advanceTimersByTimeAsync(1);
    expect(asked.map(([sent]) => sent)).toEqual([{ url: '/x', headers }]);
    expect(got).toEqual([response, 'complete']);
  }); // prettier-ignore

  it.each<[what: string, headers: () => unknown, message: string]>([
    ['throws', () => { throw new Error('mine'); }, 'mine'],
    ['rejects', () => Promise.reject(new Error('mine')), 'mine'],
    ['fails', () => throwError(() => new Error('mine')), 'mine'],
    ['returns a Map', () => new Map([['a', '1']]), 'headers must be an object or Headers'],
    ['returns pairs', () => [['a', '1']], 'headers must be an object or Headers'],
    ['returns a promise of pairs', () => Promise.resolve([['a', '1']]), 'headers must be an object or Headers'],
    ['completes without any', () => EMPTY, 'the stream completed without headers'],
  ])('fail it if the function %s, and nothing is sent', async (_what, headers, message) => {
    const { start, asked, got, owner } = attempting(() => [response], { request: { headers } as PageRequest });
    start();
    await jest.advanceTimersByTimeAsync(1);
    expect(got).toEqual([expect.any(CallbackError)]);
    expect(got[0]).toMatchObject({ callback: 'headers', cause: { message } });
    expect([asked, owner.sent, (got[0] as { branded?: true }).branded]).toEqual([[], 0, undefined]);
  }); // prettier-ignore

  it('are no longer waited for when it is cancelled', () => {
    const given = new Subject<Record<string, string>>();
    const { start, asked, got } = attempting(() => [response], { request: { headers: () => given } });
    start()?.unsubscribe();
    expect(given.observed).toBe(false);
    expect([asked, got]).toEqual([[], []]);
  });

  it('that come when the consumer has left are not sent', () => {
    const given = new Subject<Record<string, string>>();
    let told = 0;
    const { start, asked, life } = attempting(() => [response], { request: { headers: () => given }, listener: { request: () => told++ } }); // prettier-ignore
    start();
    life.unsubscribe();
    given.next({});
    expect([asked, told]).toEqual([[], 0]);
  });

  it('that cancel it report nothing, though they throw', () => {
    const headers = () => {
      made.attempt.unsubscribe();
      throw new Error('mine');
    };
    const made = attempting(() => [response], { request: { headers } });
    expect(made.start()).toBeUndefined();
    expect(made.got).toEqual([]);
  });
});

describe('an attempt that is not allowed, or whose listener throws', () => {
  it('fails without the brand that lets a policy retry, and sends nothing', () => {
    const fail = () => {
      throw new Error('mine');
    };
    for (const options of [{ allow: fail }, { listener: { request: fail } }]) {
      const { start, asked, got, owner } = attempting(() => [response], options);
      expect(start()).toBeUndefined();
      expect([asked, owner.sent]).toEqual([[], 0]);
      expect(got).toEqual([new Error('mine')]);
      expect(got[0]).not.toHaveProperty('branded');
    }
  });

  it('is not sent if its listener has left', () => {
    const made = attempting(() => [response], { listener: { request: () => made.life.unsubscribe() } });
    made.start();
    expect([made.asked, made.owner.sent, made.got]).toEqual([[], 0, []]);
  });
});

describe('the answer of an attempt', () => {
  inVirtualTime();
  it.each<[what: string, answered: () => unknown]>([
    ['a list', () => [response, response]],
    ['a promise', () => Promise.resolve(response)],
    ['something like a promise', () => ({ then: (done: (value: unknown) => void) => done(response) })],
    ['an Observable', () => of(response, response)],
    ['a task', () => new Task((observer) => (observer.next(response), undefined), undefined)],
    ['an async iterable', async function* () { yield await Promise.resolve(response); }],
  ])('is taken once from %s', async (_what, answered) => {
    const { start, got, owner } = attempting(answered);
    start();
    await jest.advanceTimersByTimeAsync(1);
    expect([got, owner.sent]).toEqual([[response, 'complete'], 1]);
  }); // prettier-ignore

  it.each<[what: string, answered: () => unknown, message: string]>([
    ['throws', () => { throw new Error('mine'); }, 'mine'],
    ['rejects', () => Promise.reject(new Error('mine')), 'mine'],
    ['fails', () => throwError(() => new Error('mine')), 'mine'],
    ['gives nothing', () => [], 'the transport completed without an answer'],
    ['completes', () => EMPTY, 'the transport completed without an answer'],
    ['gives a text', () => ['text'], 'the transport returned "text"; it must return a response'],
    ['gives null', () => [null], 'the transport returned null; it must return a response'],
  ])('is a TransportError that policies may retry if the transport %s', async (_what, answered, message) => {
    const { start, got, owner } = attempting(answered);
    start();
    await jest.advanceTimersByTimeAsync(1);
    expect(got).toEqual([expect.any(TransportError)]);
    expect(got[0]).toMatchObject({ branded: true, cause: { message } });
    expect(owner.sent).toBe(1);
  }); // prettier-ignore

  it('is the error of this library that the transport fails with', () => {
    const error = new HttpError(answer({}, 500));
    const { start, got } = attempting(() => throwError(() => error));
    start();
    expect(got).toEqual([error]);
  });

  it('is no function', () => {
    const { start, got } = attempting(() => () => {});
    start();
    expect(got).toEqual([expect.any(ConfigError)]);
    expect((got[0] as Error).message).toBe('paginate: the transport returned a function instead of an answer; if a function that makes transports is passed itself, call it: transport: functionTransport(…)'); // prettier-ignore
  });

  it('is the first that comes: what comes after it, or after an error, is ignored', () => {
    const { transport, observer } = driven();
    const first = attempting(transport);
    first.start();
    observer().next(response);
    observer().error(new Error('late'));
    observer().complete();
    expect(first.got).toEqual([response, 'complete']);
    const second = attempting(transport);
    second.start();
    observer().error(new Error('mine'));
    observer().error(new Error('late'));
    observer().next(response);
    observer().complete();
    expect(second.got).toEqual([expect.objectContaining({ cause: new Error('mine') })]);
  });

  it('frees a transport that goes on after it', () => {
    let freed = 0;
    const { start } = attempting(() => new Observable((subscriber) => (subscriber.next(response), () => freed++)));
    expect(start()).toBeUndefined();
    expect(freed).toBe(1);
    const later = driven();
    const made = attempting(later.transport);
    made.start();
    later.observer().next(response);
    expect(later.freed()).toBe(0);
    made.attempt.unsubscribe();
    expect(later.freed()).toBe(1);
  });

  it('is dropped once the consumer has left: no check is called', () => {
    const { transport, observer } = driven();
    let checked = 0;
    const { start, life, got } = attempting(transport, { accept: () => checked++ });
    start();
    life.unsubscribe();
    observer().next(response);
    expect([checked, got]).toEqual([0, []]);
  });

  it('reports nothing if its check has left, whether it throws or not', () => {
    for (const throws of [false, true]) {
      let told = 0;
      const made = attempting(() => [response], {
        accept: () => {
          made.life.unsubscribe();
          if (throws) throw new Error('mine');
        },
        listener: { answer: () => told++ },
      });
      made.start();
      expect([made.got, told]).toEqual([[], 0]);
    }
  });
});

describe('the listener of attempts', () => {
  inVirtualTime();
  const told = () => {
    const all: unknown[] = [];
    const listener: Partial<AttemptRules['log']> = {
      answer: ({ pageIndex, attempt }, request, ms, got, error) => all.push([pageIndex, attempt, request.url, ms, got, error]), // prettier-ignore
    };
    return { all, listener };
  };

  it('is told how long each took, and its answer or its error', () => {
    const { all, listener } = told();
    const { transport, observer } = driven();
    const mine = new Error('mine');
    const rejecting = () => {
      throw mine;
    };
    attempting(transport, { listener }).start();
    jest.advanceTimersByTime(250);
    observer().next(response);
    attempting(transport, { listener, accept: rejecting }).start();
    jest.advanceTimersByTime(20);
    observer().next(response);
    attempting(transport, { listener }).start();
    observer().error(mine);
    expect(all).toEqual([
      [4, 2, '/x', 250, response, undefined],
      [4, 2, '/x', 20, response, mine],
      [4, 2, '/x', 0, undefined, expect.objectContaining({ cause: mine, branded: true })],
    ]);
  });

  it('fails the attempt with what it throws, in place of an answer or an error', () => {
    const mine = new Error('mine');
    const listener = { answer: () => { throw mine; } }; // prettier-ignore
    for (const transport of [() => [response], () => throwError(() => new Error('x'))]) {
      const { start, got } = attempting(transport, { listener });
      start();
      expect(got).toEqual([mine]);
      expect(got[0]).not.toHaveProperty('branded');
    }
  });

  it('is not told of one that was not sent', () => {
    const { all, listener } = told();
    const { start } = attempting(() => [response], { listener, request: { headers: () => EMPTY } });
    start();
    expect(all).toEqual([]);
  });
});

describe('an attempt that is cancelled', () => {
  it('T4 aborts its signal with the reason of the caller, and ignores what comes', () => {
    const caller = new AbortController();
    const { transport, observer, freed } = driven();
    const { attempt, start, got } = attempting(transport, { signal: caller.signal });
    const started = start();
    expect(started).toBe(attempt);
    const { signal } = attempt;
    expect([attempt.signal, signal.aborted]).toEqual([signal, false]);
    caller.abort('enough');
    started?.unsubscribe();
    expect([signal.aborted, signal.reason, freed()]).toEqual([true, 'enough', 1]);
    observer().next(response);
    observer().error(new Error('late'));
    expect(got).toEqual([]);
  });

  it('T4 without a reason of the caller is an AbortError', () => {
    const { attempt, start } = attempting(() => NEVER, { signal: new AbortController().signal });
    start();
    const { signal } = attempt;
    attempt.unsubscribe();
    expect(signal.reason).toMatchObject({ name: 'AbortError' });
  });

  it('T4 has an aborted signal also for a transport that reads it then', () => {
    const { attempt, start } = attempting(() => NEVER, { signal: AbortSignal.abort('enough') });
    start();
    attempt.unsubscribe();
    expect([attempt.signal.aborted, attempt.signal.reason]).toEqual([true, 'enough']);
  });

  it('T4 after its answer aborts nothing', () => {
    const { transport, observer } = driven();
    const { attempt, start } = attempting(transport);
    start();
    const { signal } = attempt;
    observer().next(response);
    attempt.unsubscribe();
    expect([signal.aborted, attempt.signal.aborted]).toEqual([false, false]);
  });

  it('frees its transport, though its headers came from a function', () => {
    const { transport, freed } = driven();
    const { start } = attempting(transport, { request: { headers: () => ({}) } });
    start()?.unsubscribe();
    expect(freed()).toBe(1);
  });
});

it('an attempt passes on the notices of its transport', () => {
  const { start, notices } = attempting((_request, attempt) => (attempt.notice?.('mine'), [response]));
  start();
  expect(notices).toEqual(['mine']);
});
