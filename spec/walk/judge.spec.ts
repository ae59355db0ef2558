// What an answer is taken for: a page, the end, or an error, by the checks and then by its status.
import { describe, expect, it } from '@jest/globals';
import { CallbackError, type Check, CheckError, HttpError, type PageRequest, PositionExpiredError, type Strategy, type Verdict } from 'pagewise'; // prettier-ignore
import { judge } from '../../lib/walk/judge.js';
import { answer, counting, thrown } from '../support/walks.js';

const strategy = counting(9);
const page = { page: 1 };
const by = (verdict: unknown, position = 2) => judge(answer(page), position, strategy, [() => verdict as Verdict]);
const byStatus = (status: number, { position = 2, request }: { position?: number; request?: PageRequest } = {}) =>
  judge(answer(page, status), position, strategy, [], request);

describe('the judgement of a check', () => {
  it('is that of the first check that has one, which is asked with the answer and the position', () => {
    const asked: unknown[] = [];
    const check =
      (verdict?: Verdict): Check =>
      (response, position) => (asked.push([response.status, position]), verdict);
    const checks = [check(), check('end'), check('ok')];
    expect(judge(answer(page, 500), 2, strategy, checks)).toBe('end');
    expect(asked).toEqual([[500, 2], [500, 2]]); // prettier-ignore
    expect(judge(answer(page, 500), 2, strategy, [check('ok')])).toBe('ok');
    expect(judge(answer(page), 2, strategy, [check()])).toBe('unjudged');
  });

  it.each<[verdict: Verdict, made: object]>([
    [
      { retry: 'busy' },
      { reason: 'busy', retryable: true, retryAfterMs: undefined, tooHeavy: false, throttled: false },
    ],
    [
      { retry: 'busy', afterMs: 5, throttled: true },
      { retryable: true, retryAfterMs: 5, throttled: true },
    ],
    [
      { retry: 'busy', throttled: false },
      { retryable: true, throttled: false },
    ],
    [{ fail: 'no' }, { reason: 'no', retryable: false, tooHeavy: false }],
    [
      { fail: 'no', tooHeavy: true },
      { reason: 'no', retryable: false, tooHeavy: true },
    ],
  ])('%j is a CheckError', (verdict, made) => {
    const error = by(verdict);
    expect(error).toBeInstanceOf(CheckError);
    expect(error).toMatchObject(made);
    expect(error).toMatchObject({ response: { status: 200, body: page } });
  });

  it('is a rate limit if its status is 429 and the verdict says nothing else', () => {
    const of429 = (verdict: Verdict) => judge(answer(page, 429), 2, strategy, [() => verdict]);
    expect(of429({ retry: 'busy' })).toMatchObject({ throttled: true });
    expect(of429({ retry: 'busy', throttled: false })).toMatchObject({ throttled: false });
  });

  it('is a PositionExpiredError for { expired }, at the first page too', () => {
    expect(by({ expired: 'too old' }, 1)).toBeInstanceOf(PositionExpiredError);
    expect((by({ expired: 'too old' }) as Error).message).toContain('too old');
  });

  it.each([true, false, null, 0, '', 'fail', () => 'ok'])('fails for %p, which is none', (verdict) => {
    const error = thrown(() => by(verdict));
    expect(error).toBeInstanceOf(CallbackError);
    expect(error).toMatchObject({ callback: 'check', cause: expect.any(TypeError) });
  });

  it('fails with what a check throws', () => {
    const cause = new Error('mine');
    const check = () => {
      throw cause;
    };
    const error = thrown(() => judge(answer(page), 2, strategy, [check]));
    expect(error).toMatchObject({ name: 'CallbackError', callback: 'check', cause });
  });
});

describe('the judgement of a status', () => {
  it.each([100, 199, 300, 304, 404, 500])('%i is an HttpError', (status) => {
    expect(byStatus(status)).toBeInstanceOf(HttpError);
    expect(byStatus(status)).toMatchObject({ status });
  });

  it.each([200, 201, 202, 203, 204, 206, 299])('%i is a page as far as its status tells', (status) => {
    expect(byStatus(status)).toBe('unjudged');
  });

  it('410 is an expired position, but not at the first page', () => {
    const expired = byStatus(410);
    expect(expired).toBeInstanceOf(PositionExpiredError);
    expect(expired).toMatchObject({ cause: expect.any(HttpError) });
    expect(byStatus(410, { position: 1 })).toBeInstanceOf(HttpError);
    expect(byStatus(404)).not.toBeInstanceOf(PositionExpiredError);
  });

  it.each([
    ['bytes 0-9/100', false],
    [' BYTES 0-9/100', false],
    ['bytesize 0-9/100', true],
    ['in bytes 0-9/100', true],
    ['items 0-9/100', true],
    [undefined, true],
  ])('206 with Content-Range %j is a page: %j', (range, isPage) => {
    const headers: Record<string, string> = range === undefined ? {} : { 'content-range': range };
    const judgement = judge(answer(page, 206, headers), 2, strategy, []);
    if (isPage) expect(judgement).toBe('unjudged');
    else expect(judgement).toMatchObject({ name: 'CheckError', retryable: false });
    expect(judge(answer(page, 206, headers), 2, { ...strategy, name: 'contentRange' }, [])).toBe('unjudged');
    expect(judge(answer(page, 200, headers), 2, strategy, [])).toBe('unjudged');
  });

  it('202 without items, or whose items can not be read, is not ready yet', () => {
    const itemsOf = (items: Strategy<number, number>['items']) =>
      judge(answer(page, 202), 2, { ...strategy, items }, []);
    const unreadable = () => {
      throw new Error('none');
    };
    for (const items of [() => [], unreadable])
      expect(itemsOf(items)).toMatchObject({ name: 'CheckError', retryable: true });
    expect(itemsOf(() => [1])).toBe('unjudged');
  });
});

describe('H6 a request whose head is too large', () => {
  const message = (status: number, request?: PageRequest) =>
    (byStatus(status, request === undefined ? {} : { request }) as Error).message;
  const headers = { accept: 'x'.repeat(20), 'x-session': 'x'.repeat(30) };
  const url = `/${'u'.repeat(24)}`;

  it('says which part is the largest, of how many bytes', () => {
    expect(message(431, { url, headers })).toContain(
      ': the header x-session is 30 bytes long, of 75 in all; send less',
    );
    expect(message(431, { url, headers: { accept: 'x' } })).toContain(': the URL is 25 bytes long, of 26 in all;');
    expect(message(431, { url: '/1234', headers: { a: '12345', b: '12345' } })).toContain(': the URL is 5 bytes long, of 15 in all;'); // prettier-ignore
    expect(message(431, { url, headers: () => headers })).toContain(': the URL is 25 bytes long, of 25 in all;');
    expect(message(431)).toContain(': the URL is 0 bytes long, of 0 in all;');
  });

  it('is the URL for a 414, and is not told of another status', () => {
    expect(message(414, { url, headers })).toContain(': the URL is 25 bytes long, of 25 in all;');
    for (const status of [400, 413, 500]) expect(message(status, { url, headers })).toBe(new HttpError(answer(page, status)).message); // prettier-ignore
  });
});
