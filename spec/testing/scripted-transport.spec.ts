import { describe, expect, it } from '@jest/globals';
import { firstValueFrom, lastValueFrom, NEVER, of, take, toArray } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { items, linkHeader, pageNumber, paginate, retryRequests, type Transport } from 'pagewise';
import { ScriptError, scriptedTransport, type Script } from 'pagewise/testing';
import { itemsOf, plain, rejection, thrown } from '../support/walks.js';

const marbles = (test: Parameters<TestScheduler['run']>[0]): void =>
  void new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(test);

const request = { url: 'https://api.example.com/items' };
const byPage = pageNumber<number>({ items: 'items' });
const page = (...numbers: number[]) => ({ body: { items: numbers } });
const all = (transport: Transport) => lastValueFrom(paginate(request, byPage, { transport }).pipe(items(), toArray()));

describe('scriptedTransport', () => {
  it('gives its answers in order, and records its requests', async () => {
    const transport = scriptedTransport([page(1, 2), page(3), page()]);
    expect(transport.remaining).toBe(3);
    expect(await all(transport)).toEqual([1, 2, 3]);
    expect(transport.requests).toMatchObject([
      { method: 'GET', url: `${request.url}?page=1`, pageIndex: 0, attempt: 1, state: 'answered' },
      { url: `${request.url}?page=2`, pageIndex: 1, attempt: 1, state: 'answered' },
      { url: `${request.url}?page=3`, pageIndex: 2, attempt: 1, state: 'answered' },
    ]);
    expect(transport.remaining).toBe(0);
  });

  it('calls a function for each answer, which serves any number of walks', async () => {
    const transport = scriptedTransport(({ url = '' }, { pageIndex }) =>
      page(...(url.endsWith('=3') ? [] : [pageIndex])),
    );
    expect([await all(transport), await all(transport)]).toEqual([[0, 1], [0, 1]]); // prettier-ignore
    expect(transport.remaining).toBe(0);
  });

  it('finds headers whatever their case, and answers from the requested URL', async () => {
    const transport = scriptedTransport([{ body: [1], headers: { Link: '<?from=1>; rel="next"' } }, { body: [2] }]);
    const pages = await lastValueFrom(paginate(request, linkHeader<number>(), { transport }).pipe(toArray()));
    expect(itemsOf(pages)).toEqual([1, 2]);
    expect(transport.requests[1]?.url).toBe(`${request.url}?from=1`);
  });

  it('fails with an Error, and records each attempt', async () => {
    const reset = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
    const transport = scriptedTransport([reset, { status: 503 }, page(1), page()]);
    const policy = retryRequests({ base: 0 });
    expect(await lastValueFrom(paginate(request, byPage, { transport, policy }).pipe(items(), toArray()))).toEqual([1]);
    expect(transport.requests.map(({ attempt, state }) => `${attempt} ${state}`)).toEqual([
      '1 failed', '2 answered', '3 answered', '1 answered',
    ]); // prettier-ignore
  });

  it.each([
    ['in order', [page(1)] as Script, 'the script has 1 answer, but this is request 2'],
    ['none at all', [], 'the script has 0 answers, but this is request 1'],
    ['by a function', (() => undefined) as Script, 'the script returned no answer to request 1'],
  ])('that has run out gives an error that is not retried: %s', async (_, script, message) => {
    const transport = scriptedTransport(script);
    const error = await rejection(all(transport));
    expect(error).toBeInstanceOf(ScriptError);
    expect(error.message).toContain(`failed: ${message}`);
    expect(transport.requests.at(-1)).toMatchObject({ attempt: 1, state: 'failed' });
  });

  it.each([
    [{ items: [1] }, 'answer 1 of the script has "items", which is not part of an answer'],
    ['a', 'answer 1 of the script is "a"'],
    [[1, 2], 'answer 1 of the script is 1'],
    [of(0), 'answer 1 of the script is 0'],
  ])('refuses an invalid answer: %j', async (answer, message) => {
    const error = await rejection(all(scriptedTransport([answer] as unknown as Script)));
    expect(error.message).toContain(message);
  });

  it('refuses an invalid script', () => {
    const error = thrown(() => scriptedTransport({ items: [] } as never));
    expect(error).toMatchObject({
      name: 'ConfigError',
      message: expect.stringContaining('must be an array of answers'),
    });
  });

  it('knows what was cancelled before it had answered, and what came first', async () => {
    const transport = scriptedTransport([page(1), NEVER]);
    const pages = paginate(request, byPage, { transport });
    expect(await firstValueFrom(pages)).toMatchObject({ items: [1] });
    expect(transport.requests.map(({ state }) => state)).toEqual(['answered']);
    const left = pages.subscribe();
    left.unsubscribe();
    expect(transport.requests.map(({ state }) => state)).toEqual(['answered', 'aborted']);
  });

  it('runs in virtual time: answers are marbles', () =>
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const first = cold('  --a|', { a: page(1, 2) });
      const second = cold('   ---b|', { b: page(3) });
      const third = cold('       -c|', { c: page() });
      const expected = '    --(12|)';
      const transport = scriptedTransport([first, second, third]);
      const numbers = paginate(request, byPage, { transport }).pipe(items(), take(2));
      expectObservable(numbers).toBe(expected, { 1: 1, 2: 2 });
      expectSubscriptions(first.subscriptions).toBe('^-!');
      expectSubscriptions(second.subscriptions).toBe([]);
    }));

  it('runs in virtual time to the end, with failures and an abort', () => {
    marbles(({ cold, expectObservable }) => {
      const transport = scriptedTransport([
        cold('        --a|', { a: page(1) }),
        cold('          ---b|', { b: page(2) }),
        cold('             -#'),
      ]);
      const expected = '--1--2#';
      const numbers = paginate(request, byPage, { transport, policy: plain }).pipe(items());
      expectObservable(numbers).toBe(expected, { 1: 1, 2: 2 }, expect.anything());
    });
    const transport = scriptedTransport([NEVER]);
    marbles(({ expectObservable }) => expectObservable(paginate(request, byPage, { transport }), '---!').toBe('----'));
    expect(transport.requests.map(({ state }) => state)).toEqual(['aborted']);
  });
});
