// Which members of an answer with a 2xx status say that it is a failure.
import { describe, expect, it } from '@jest/globals';
import { CheckError, type Page } from 'pagewise';
import { failureGuard } from '../../lib/walk/failure-signs.js';

const pageOf = (body: unknown, items: readonly unknown[] = [], url = '', more: object = {}) =>
  ({ index: 0, items, next: undefined, body, response: { status: 200, url, body }, ...more }) as unknown as Page;

/** What an empty last page with this body is said to have; `undefined` if it is the end. */
function sign(body: unknown, items: readonly unknown[] = [], url = ''): string | undefined {
  try {
    failureGuard(() => {})(pageOf(body, items, url));
  } catch (error) {
    expect(error).toBeInstanceOf(CheckError);
    return /but (.*); if/.exec((error as Error).message)?.[1];
  }
  return undefined;
}
const words = (text: string) => text.split(' ');
const camel = (name: string) => name.replaceAll(/_(\w)/g, (_all, letter: string) => letter.toUpperCase());

describe('a failure', () => {
  it.each<[value: unknown, names: string]>([
    [false, 'success successful succeeded ok is_success is_ok is_successful job_complete'],
    [0, 'success ok'],
    [true, 'error has_error has_errors is_error failed timed_out partial partial_results incomplete_results incomplete_search'],
    ['Error', 'stat status response_stat response_status result_status result object'],
    ['fail', 'stat status'],
    ['failed', 'status result'],
    ['failure', 'status object'],
    [401, 'status code status_code http_status http_code http_status_code'],
    [403, 'code'],
    ['408', 'code'],
    [429, 'code'],
    [500, 'code'],
    ['599', 'code'],
    ['no such user', 'err error errors errno errcode err_code err_message error_description error_list odata_error exception fault failure'],
  ])('is %j for %s', (value, names) => {
    for (const name of words(names))
      for (const each of [name, camel(name), name.toUpperCase(), `${name}.`])
        expect([each, sign({ [each]: value })?.startsWith(`${each} is `)]).toEqual([each, true]);
  }); // prettier-ignore

  it.each<[value: unknown, names: string]>([
    [false, 'succes successes xsuccess okay has_success job_completes'],
    [0, 'successful is_success is_ok xok'],
    [10, 'success ok'],
    ['falsehood', 'success ok job_complete'],
    ['01', 'success ok'],
    ['trueish', 'failed partial has_errors'],
    [true, 'failures xfailed timed_outs incomplete partially partial_result incomplete_search_x has_errorsx had_errors'],
    ['errors', 'status'],
    ['xerror', 'status'],
    ['failures', 'status'],
    ['error', 'state mystatus statuses response objects'],
    [402, 'code'],
    [4011, 'code'],
    [1401, 'code'],
    [5000, 'code'],
    [50, 'code'],
    ['5xx', 'code'],
    [500, 'codes mycode http_codes http'],
    ['no such user', 'errorx xerr errx my_error exceptions faulty'],
  ])('is not %j for %s', (value, names) => {
    for (const name of words(names)) expect([name, sign({ [name]: value })]).toEqual([name, undefined]); // prettier-ignore
  }); // prettier-ignore

  it.each(words('0 000 200 none No_Error no-errors noerror false null nil OK ok. success successful! SUCCESS'))(
    'is no error that says %j',
    (text) => {
      expect([sign({ error: text }), sign({ error: { code: 0, message: text } })]).toEqual([undefined, undefined]);
    },
  );

  it.each(words('01 2000 1200 nones xnone no__error okay ok.. successfully unsuccessful'))(
    'is an error that says %j',
    (text) => {
      expect(sign({ error: text })).toBe(`error is "${text}"`);
    },
  );

  it('is an error object that says something, down to three levels, or a list', () => {
    expect(sign({ error: { a: { b: 'no' } } })).toBe('error is an object with a');
    expect(sign({ error: { a: { b: { c: 0 } } } })).toBeUndefined();
    expect(sign({ error: { a: { b: { c: { d: 0 } } } } })).toBe('error is an object with a');
    expect(sign({ error: { code: 0, a: ['x'] } })).toBe('error is an object with code, a');
    expect(sign({ error: { code: 0, a: [] } })).toBeUndefined();
    expect(sign({ error: null })).toBeUndefined();
  });

  it('is read by its first 20 characters', () => {
    expect(sign({ error: `none${' '.repeat(16)}x` })).toMatch(/^error is /);
    expect(sign({ error: `${'0'.repeat(20)}1` })).toBeUndefined();
    expect(sign({ error: `${'0'.repeat(19)}1` })).toMatch(/^error is /);
  });
});

describe('a failure within an answer', () => {
  it.each(words('meta metadata status result response header responseHeader response_metadata responseMetadata head envelope data _shards META'))(
    'is one in %s',
    (name) => {
      expect(sign({ [name]: { ok: false } })).toBe(`${name}.ok is false`);
      expect(sign({ [name]: [{ ok: false }] })).toBeUndefined();
      expect(sign({ [name]: { data: { ok: false } } })).toBeUndefined();
    },
  ); // prettier-ignore

  it.each(words('metas xmeta headers responseHead myresult datax'))('is none in %s', (name) => {
    expect(sign({ [name]: { ok: false } })).toBeUndefined();
  });

  it('is a number of shards that failed, and only there', () => {
    expect(sign({ _shards: { failed: 2 } })).toBe('_shards.failed is 2');
    expect(sign({ _shards: { failed: 0, total: 2 } })).toBeUndefined();
    for (const other of [{ failed: 2 }, { meta: { failed: 2 } }, { _shards: { total: 2 } }])
      expect(sign(other)).toBeUndefined();
  });

  it('is looked for in the first 100 members', () => {
    const members = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`m${i}`, 1]));
    expect(sign({ ...members(99), ok: false })).toBe('ok is false');
    expect(sign({ ...members(100), ok: false })).toBeUndefined();
  });

  it.each([null, 5, 'text', undefined, [{ ok: false }]])('is none in %j', (body) => {
    expect(sign(body)).toBeUndefined();
  });

  it('is none that holds the items, down to three levels', () => {
    const items: unknown[] = [];
    expect(sign({ errors: { count: 9, a: { b: items } } }, items)).toBeUndefined();
    expect(sign({ errors: { count: 9, a: { b: { c: items } } } }, items)).toBeUndefined();
    expect(sign({ errors: { count: 9, a: { b: { c: { d: items } } } } }, items)).toMatch(/^errors is /);
    expect(sign({ errors: { count: 9, a: [] } }, items)).toMatch(/^errors is /);
  });

  it.each([
    ['/x?status=failed', true],
    ['/x?a=1&status=failed&b=2#c', true],
    ['/x?status=failed#c?', true],
    ['/status=failed', false],
    ['/x?status=failed2', false],
    ['/x?xstatus=failed', false],
    ['/x?b?status=failed', false],
    ['/x?a=1#&status=failed', false],
  ])('is none that the request asked for, with %s: %j', (url, asked) => {
    expect(sign({ status: 'failed' }, [], url)).toBe(asked ? undefined : 'status is "failed"');
  });
});

describe('a failure on a page that is used', () => {
  it('is told once, of a page with items or with another one after it', () => {
    for (const more of [{ items: [1] }, { next: 2 }]) {
      const notices: string[] = [];
      const guard = failureGuard((message) => notices.push(message));
      guard(pageOf({ ok: true }, [], '', more));
      for (const index of [3, 4]) guard(pageOf({ meta: { ok: false } }, [], '', { ...more, index }));
      expect(notices).toEqual([
        "Page 4 is used, but meta.ok is false, so items may be missing. If that is a failure, reject it with the check `failIf('meta.ok')`.",
      ]);
    }
  });

  it('names the check that accepts it', () => {
    const accepting = (body: unknown) => {
      try {
        failureGuard(() => {})(pageOf(body));
      } catch (error) {
        return /check `(.*)`$/.exec((error as Error).message)?.[1];
      }
      return undefined;
    };
    expect(accepting({ error: 'no' })).toBe("okIf('error')");
    expect(accepting({ meta: { ok: false } })).toBe("okIf('meta.ok', 'false')");
  });
});
