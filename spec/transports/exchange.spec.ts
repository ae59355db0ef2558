// One attempt of a transport over HTTP, on a wire without a network: what it takes, when it ends, and what it frees.
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ConfigError, type Attempt, type PageRequest, type PageResponse } from 'pagewise';
import { Subscription } from 'rxjs';
import type { Task } from '../../lib/task.js';
import { Exchange } from '../../lib/transports/exchange.js';
import { httpTransport, type HttpTransportOptions } from '../../lib/transports/http-transport.js';
import type { HttpRequest } from '../../lib/transports/http-request.js';
import { followRedirect } from '../../lib/transports/redirects.js';
import { thrown } from '../support/walks.js';
import { networkError, prematureClose, type AnswerListener, type Wire } from '../../lib/transports/wire.js';

const url = 'https://api.example.com/items';
const bytes = (text: string) => new TextEncoder().encode(text);
const headersOf = (headers: Record<string, string> = {}) => ({ get: (name: string) => headers[name] ?? null });

/** Starts one attempt. The test plays the client: it answers the requests that were sent. */
function attempt(options: HttpTransportOptions = {}, request: PageRequest = { url }, more: Partial<Wire> = {}) {
  const sent: HttpRequest[] = [];
  const listeners: AnswerListener[] = [];
  const aborted: number[] = [];
  const events: unknown[] = [];
  const notices: string[] = [];
  const wire: Wire = {
    send(one, listener) {
      const index = sent.push(one) - 1;
      listeners.push(listener);
      return () => void aborted.push(index);
    },
    redirect: followRedirect,
    toText: (body) => new TextDecoder().decode(body),
    toError: networkError,
    ...more,
  };
  const transport = httpTransport('test', options, wire);
  const task = transport(request, { notice: (text: string) => notices.push(text) } as never) as Task<PageResponse>;
  // Started as policies start it: no subscriber of RxJS drops what comes too late.
  const started = task.start(
    {
      next: (response) => events.push(response),
      error: (error) => events.push(error),
      complete: () => events.push('complete'),
    },
    new Subscription(),
  );
  const head = (status = 200, headers?: Record<string, string>, index = listeners.length - 1, from = url) =>
    listeners[index]?.head(status, headersOf(headers), from);
  const data = (text: string, index = listeners.length - 1) => listeners[index]?.data(bytes(text));
  const end = (index = listeners.length - 1) => listeners[index]?.end();
  return { sent, aborted, events, notices, head, data, end, listener: () => listeners.at(-1)!, leave: () => started?.unsubscribe() }; // prettier-ignore
}
const failure = ({ events }: { readonly events: readonly unknown[] }) => {
  expect(events).toHaveLength(1);
  return events[0] as Error & Record<string, unknown>;
};

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());
/** No timer outlives the attempts. */
const settled = async () => {
  await Promise.resolve();
  await Promise.resolve();
  return jest.getTimerCount() === 0;
};

describe('an attempt', () => {
  it('is one answer, with its body whatever its chunks', async () => {
    const one = attempt();
    one.head(203, { 'x-mine': 'a' });
    expect([one.data('{"a":'), one.data(''), one.data('"é"}')]).toEqual([true, true, true]);
    expect([one.events, jest.getTimerCount()]).toEqual([[], 1]);
    one.end();
    const [response, end] = one.events as [PageResponse, unknown];
    expect({ ...response, headers: response.headers.get('x-mine') }).toEqual({ status: 203, headers: 'a', url, body: { a: 'é' }, bytes: 10 }); // prettier-ignore
    expect([end, one.aborted, one.events.length, await settled()]).toEqual(['complete', [], 2, true]);
  });

  it('ends once: nothing that comes afterwards counts', async () => {
    for (const over of ['answered', 'failed', 'left']) {
      const one = attempt();
      one.head();
      if (over === 'answered') {
        one.data('1');
        one.end();
      } else if (over === 'failed') one.listener().error(new Error('first'));
      else {
        one.data('1');
        one.leave();
      }
      const [events, aborted] = [[...one.events], [...one.aborted]];
      one.head(302, { location: '/elsewhere' });
      expect(one.data('2')).toBe(false);
      one.end();
      one.listener().error(new Error('second'));
      one.listener().notice?.('late');
      one.leave();
      jest.advanceTimersByTime(60_000);
      expect([one.events, one.aborted, one.notices, one.sent.length]).toEqual([events, aborted, [], 1]);
      expect([aborted.length, await settled()]).toEqual([over === 'answered' ? 0 : 1, true]);
    }
  });

  it('that is unsubscribed from within its answer is not aborted', () => {
    const aborted: string[] = [];
    let listener: AnswerListener | undefined;
    const wire: Wire = {
      send: (_request, its) => ((listener = its), () => void aborted.push('aborted')),
      redirect: followRedirect,
      toText: () => '1',
      toError: networkError,
    };
    const transport = httpTransport('test', {}, wire);
    const seen: unknown[] = [];
    const subscription = (transport({ url }, {} as Attempt) as never as { subscribe(observer: object): { unsubscribe(): void } }).subscribe({
      next: ({ body }: PageResponse) => {
        seen.push(body);
        subscription.unsubscribe();
      },
    }); // prettier-ignore
    listener?.head(200, headersOf(), url);
    listener?.end();
    expect([seen, aborted]).toEqual([[1], []]);
  });

  it('T1 fails at attemptTimeout, whatever has come by then, and frees its connection', () => {
    for (const begun of [0, 1, 2]) {
      const one = attempt({ attemptTimeout: 500 });
      if (begun > 0) one.head();
      if (begun > 1) one.data('[');
      jest.advanceTimersByTime(499);
      expect(one.events).toEqual([]);
      jest.advanceTimersByTime(1);
      expect(failure(one)).toMatchObject({ name: 'AttemptTimeoutError', timeoutMs: 500 });
      expect([one.aborted, jest.getTimerCount()]).toEqual([[0], 0]);
    }
  });

  it('fails with the error of its client, and with one of its own if its answer breaks off', () => {
    const failed = attempt();
    failed.listener().error(Object.assign(new Error('reset'), { code: 'ECONNRESET' }));
    expect(failure(failed)).toMatchObject({ name: 'TransportError', cause: { code: 'ECONNRESET' } });
    for (const [isCut, name, code] of [
      [true, 'TransportError', 'ERR_STREAM_PREMATURE_CLOSE'],
      [false, 'ParseError', undefined],
    ] as const) {
      const given: unknown[] = [];
      const one = attempt(
        {},
        { url },
        { isCut: (headers, body) => (given.push(headers.get('a'), body.length), isCut) },
      );
      one.head(200, { a: 'b' });
      one.data('[1');
      one.end();
      expect([failure(one).name, (failure(one)['cause'] as { code?: unknown }).code, given]).toEqual([name, code, ['b', 2]]); // prettier-ignore
      expect(one.aborted).toEqual([0]);
    }
    expect(prematureClose({ message: 'other side closed' }).message).toBe('Premature close: other side closed');
  });

  it('reports what its client reports, and fails if its listener throws', () => {
    const one = attempt();
    one.listener().notice?.('hear');
    expect([one.notices, one.events]).toEqual([['hear'], []]);
    const error = new Error('mine');
    const observed: unknown[] = [];
    let listener: AnswerListener | undefined;
    const rules = {
      wire: { send: (_: unknown, its: AnswerListener) => ((listener = its), () => undefined), toError: (thrown: unknown) => thrown },
      deadlines: { add: () => undefined, delete: () => undefined, release: () => undefined },
    } as never; // prettier-ignore
    const notice = () => { throw error; }; // prettier-ignore
    new Exchange(
      rules,
      { error: (thrown: unknown) => observed.push(thrown) } as never,
      {} as never,
      { notice } as never,
    );
    listener?.notice?.('hear');
    expect(observed).toEqual([error]);
    new Exchange(rules, { error: (thrown: unknown) => observed.push(thrown) } as never, {} as never);
    listener?.notice?.('nobody hears');
    new Exchange(rules, { error: (thrown: unknown) => observed.push(thrown) } as never, {} as never, {} as never);
    listener?.notice?.('nobody hears');
    expect(observed).toEqual([error]);
  });
});

describe('T5 the size of an answer', () => {
  it('may be maxResponseBytes, and no byte more', () => {
    for (const status of [200, 299]) {
      const one = attempt({ maxResponseBytes: 5 });
      one.head(status);
      expect([one.data('[12'), one.data('3]')]).toEqual([true, true]);
      one.end();
      expect(one.events).toMatchObject([{ body: [123], bytes: 5 }, 'complete']);
      const more = attempt({ maxResponseBytes: 4 });
      more.head(status);
      expect([more.data('[12'), more.data('3]')]).toEqual([true, false]);
      expect(failure(more)).toMatchObject({ name: 'ResponseTooLargeError', limitBytes: 4 });
      expect(more.aborted).toEqual([0]);
    }
  });

  it('is 64 MiB at most by default', () => {
    const [most, more] = [attempt(), attempt()];
    const chunk = (byteLength: number) => ({ byteLength, subarray: () => new Uint8Array() }) as unknown as Uint8Array;
    for (const one of [most, more]) one.head();
    expect([most.listener().data(chunk(67_108_864)), more.listener().data(chunk(67_108_865))]).toEqual([true, false]);
    expect(failure(more)).toMatchObject({ limitBytes: 67_108_864 });
    most.leave();
  });

  it.each([199, 300, 400, 500])('of a %i is cut at the limit, and at 64 KiB at most: the rest is not read', async (status) => {
    for (const [maxResponseBytes, kept] of [[4, 4], [65_536, 65_536], [1_000_000, 65_536]] as const) {
      const one = attempt({ maxResponseBytes });
      one.head(status);
      expect(one.data('ab')).toBe(true);
      expect(one.data('x'.repeat(100_000))).toBe(false);
      const [response] = one.events as [PageResponse];
      expect([response.status, response.body, response.bytes]).toEqual([status, `ab${'x'.repeat(kept - 2)}`, kept]);
      expect([one.events.length, one.aborted, await settled()]).toEqual([2, [0], true]);
    }
    const whole = attempt({ maxResponseBytes: 4 });
    whole.head(status);
    expect(whole.data('abcd')).toBe(true);
    whole.end();
    expect([(whole.events[0] as PageResponse).body, whole.aborted]).toEqual(['abcd', []]);
  }); // prettier-ignore
});

describe('T7 a redirect', () => {
  const location = '/moved';

  it('is followed as often as maxRedirects says; their own bodies are dropped', async () => {
    const one = attempt({ maxRedirects: 2, maxResponseBytes: 4 });
    for (const from of ['/items', '/1']) {
      one.head(302, { location: from === '/items' ? '/1' : '/2' }, undefined, `https://api.example.com${from}`);
      expect(one.data('x'.repeat(65_536))).toBe(true);
      one.end();
    }
    one.head(200, {}, undefined, 'https://api.example.com/2');
    one.data('[1]');
    one.end();
    expect(one.sent.map(({ href }) => href)).toEqual([url, 'https://api.example.com/1', 'https://api.example.com/2']);
    expect(one.events).toMatchObject([{ status: 200, body: [1], bytes: 3, url: 'https://api.example.com/2' }, 'complete']); // prettier-ignore
    expect([one.aborted, await settled()]).toEqual([[], true]);
  });

  it.each([0, 1, 5])('more than %i are an error, with nothing sent', (maxRedirects) => {
    const one = attempt(maxRedirects === 5 ? {} : { maxRedirects });
    for (let hop = 0; hop < maxRedirects; hop++) {
      one.head(302, { location });
      one.end();
    }
    one.head(302, { location });
    expect(failure(one)).toMatchObject({ name: 'RedirectError', message: expect.stringContaining(`more than ${maxRedirects} redirects`) }); // prettier-ignore
    expect([one.sent.length, one.aborted]).toEqual([maxRedirects + 1, [maxRedirects]]);
  });

  it('with a body of more than 64 KiB is an error', () => {
    const one = attempt();
    one.head(307, { location });
    expect([one.data('x'.repeat(65_536)), one.data('x')]).toEqual([true, false]);
    expect(failure(one)).toMatchObject({ name: 'RedirectError', message: 'a redirect with a body of more than 65536 bytes; use the final URL in the request' }); // prettier-ignore
    expect(one.aborted).toEqual([0]);
  });

  it('that is followed is what unsubscribing and the deadline end', () => {
    for (const end of ['leave', 'deadline']) {
      const one = attempt({ attemptTimeout: 500 });
      one.head(302, { location });
      jest.advanceTimersByTime(300);
      one.end();
      if (end === 'leave') one.leave();
      else jest.advanceTimersByTime(200);
      expect([one.aborted, one.events.length, jest.getTimerCount()]).toEqual([[1], end === 'leave' ? 0 : 1, 0]);
    }
  });
});

describe('options', () => {
  it.each<[options: object, named: string]>([
    [{ parseJson: 7 }, 'parseJson must be a function'],
    [{ decode: 'xml' }, 'decode must be a function'],
    [{ decode: () => 1, parseJson: JSON.parse }, 'parseJson and decode both read the body; remove one of them'],
    [{ encoding: 'klingon' }, 'encoding must be a label'],
    [{ invalidText: 'ignore' }, 'invalidText must be'],
    [{ attemptTimeout: 0 }, 'attemptTimeout must be'],
    [{ attemptTimeout: NaN }, 'attemptTimeout must be'],
    [{ maxResponseBytes: 0 }, 'maxResponseBytes must be'],
    [{ maxRedirects: -1 }, 'maxRedirects must be'],
  ])('%j are refused when the transport is made', (options, message) => {
    const error = thrown(() => attempt(options));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toContain(message);
  });

  it('may be at their limits', () => {
    for (const options of [
      { attemptTimeout: 1 },
      { attemptTimeout: Infinity },
      { maxResponseBytes: 1 },
      { maxRedirects: 0 },
      { encoding: 'latin1' },
      { decode: undefined, parseJson: undefined },
    ])
      // prettier-ignore
      attempt(options).leave();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('need no TextDecoder when the transport is made: React Native may get one later', () => {
    const { TextDecoder } = globalThis;
    Object.defineProperty(globalThis, 'TextDecoder', { value: undefined, configurable: true, writable: true });
    try {
      expect(() => httpTransport('test', {}, {} as never)).not.toThrow();
    } finally {
      Object.defineProperty(globalThis, 'TextDecoder', { value: TextDecoder, configurable: true, writable: true });
    }
  });

  it('say what is accepted, after what the request and the client say', () => {
    const accepted = (options: HttpTransportOptions, headers = {}) => attempt(options, { url, headers }, { headers: { 'user-agent': 'mine' } }).sent[0]?.headers; // prettier-ignore
    expect(accepted({})).toEqual({ accept: 'application/json', 'user-agent': 'mine' });
    expect(accepted({ parseJson: JSON.parse })).toMatchObject({ accept: 'application/json' });
    expect(accepted({ decode: (text) => text })).toMatchObject({ accept: '*/*' });
    expect(accepted({}, { Accept: 'text/csv' })).toEqual({ Accept: 'text/csv', 'user-agent': 'mine' });
  });

  it('are of no use for a request that can not be sent, which is refused before', () => {
    const transport = httpTransport('test', {}, {} as never);
    expect(transport.checkRequest?.({ url })).toBeUndefined();
    expect(thrown(() => transport.checkRequest?.({ url: 'ftp://api.example.com/' }))).toBeInstanceOf(ConfigError);
  });

  it('T1 attempts share a timer, unless the runtime ends timers with the request that has set them', () => {
    const wire = { send: () => () => undefined } as never;
    const { navigator } = globalThis;
    for (const [userAgent, timers] of [
      ['Node.js/22', 1],
      ['Cloudflare-Workers', 2],
    ] as const) {
      Object.defineProperty(globalThis, 'navigator', { value: { userAgent }, configurable: true });
      const transport = httpTransport('test', { attemptTimeout: 100 }, wire);
      const errors: string[] = [];
      const attempts = [1, 2].map(() => (transport({ url }, {} as Attempt) as Task<PageResponse>).start({ next: () => undefined, error: (error: Error) => errors.push(error.name), complete: () => undefined }, new Subscription())); // prettier-ignore
      expect([attempts.length, jest.getTimerCount()]).toEqual([2, timers]);
      jest.advanceTimersByTime(100);
      expect([errors, jest.getTimerCount()]).toEqual([['AttemptTimeoutError', 'AttemptTimeoutError'], 0]);
    }
    Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true });
  });
});

describe('D3 text that is not valid', () => {
  const invalid = new Uint8Array([0x22, 0xff, 0x22]);
  it('is an error; replaced if that is asked for, and marked in the answer', () => {
    const strict = attempt();
    strict.head();
    strict.listener().data(invalid);
    strict.end();
    expect(failure(strict)).toMatchObject({ name: 'ParseError' });
    for (const [options, marked] of [
      [{ invalidText: 'replace' }, true],
      [{ decode: (text: string) => text.replaceAll('"', '') }, undefined],
    ] as const) {
      const one = attempt(options);
      one.head();
      one.listener().data(invalid);
      one.end();
      expect([(one.events[0] as PageResponse).body, (one.events[0] as { replacedText?: true }).replacedText]).toEqual(['\ufffd', marked]); // prettier-ignore
    }
    const valid = attempt({ invalidText: 'replace' });
    valid.head();
    valid.data('"a"');
    valid.end();
    expect(valid.events[0]).not.toHaveProperty('replacedText');
  });
});
