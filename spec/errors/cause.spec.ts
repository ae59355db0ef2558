// What is left of a cause, member by member. That no cause shows a secret is tested in spec/errors/causes.spec.ts.
import { describe, expect, it } from '@jest/globals';
import { inspect } from 'node:util';
import { ConfigError } from 'pagewise';
import { safeCause, safeStack } from '../../lib/values/cause.js';

const hide = (text: string) => text.replaceAll('hush', '…');
const safe = (cause: unknown) => safeCause(cause, hide) as Record<PropertyKey, unknown>;
/** An error that has to be copied, with these members. */
const copied = (members: object) => safe(Object.assign(new Error('hush'), members));
const isShown = (copy: object, name: PropertyKey) => Object.prototype.propertyIsEnumerable.call(copy, name);
const custom = Symbol.for('nodejs.util.inspect.custom');

describe('S10 a cause that is left as it is', () => {
  const cyclic: { self?: unknown } = {};
  cyclic.self = cyclic;
  it.each<[what: string, cause: unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a number', 5],
    ['a symbol', custom],
    ['a function', () => 'hush'],
    ['a text without secrets', 'text'],
    ['a text of 10,000 characters', 'a '.repeat(5000)],
    ['an error of this library', new ConfigError('hush')],
    ['an error of a file', Object.assign(new Error('hush'), { path: '/a?hush', syscall: 'open' })],
    ['an error without secrets', Object.assign(new AggregateError([new Error('a')], 'b', { cause: new Error('c') }), { code: 'E', note: 'd', meta: { e: [null, 1, Object.create(null)] } })],
    ['what can not be read', new Proxy({}, { ownKeys: () => { throw new Error('x'); } })],
  ])('S10 %s', (_what, cause) => {
    expect(safe(cause)).toBe(cause);
  }); // prettier-ignore
});

describe('S10 a cause that is copied', () => {
  it('if it is a text with secrets, or a long one, which is cut', () => {
    expect(safe('a hush')).toBe('a …');
    expect(safe('a '.repeat(5001))).toBe(`${'a '.repeat(5000)}…`);
  });

  it('if it has a path or a system call alone', () => {
    for (const members of [{ path: '/a' }, { syscall: 'open' }]) expect(copied(members)['message']).toBe('…');
  });

  it('if it is of a class of the platform, and then is a plain object', () => {
    const cause = new Map([['a', 'hush']]);
    expect(safe(cause)).not.toBe(cause);
    expect(safe(cause)).not.toBeInstanceOf(Map);
  });

  it.each([
    ['toJSON', { toJSON: () => 'hush' }],
    ['a way to be inspected', { [custom]: () => 'hush' }],
  ])('if it has %s of its own', (_what, cause) => {
    const copy = safe(cause);
    expect(copy).not.toBe(cause);
    expect(`${JSON.stringify(copy)}${inspect(copy)}`).not.toContain('hush');
  });

  it('stays of its class, array or not', () => {
    class Mine {
      readonly url = 'hush';
    }
    expect(safe(new Mine())).toBeInstanceOf(Mine);
    expect(safe(['hush'])[0]).toBe('…');
    expect(safe(['hush'])).toBeInstanceOf(Array);
    expect(copied({})).toBeInstanceOf(Error);
  });

  it('has a JSON of its name, message, code and status', () => {
    const copy = safe(Object.assign(new TypeError('hush'), { code: 'E', status: 503, other: 1 }));
    expect(JSON.parse(JSON.stringify(copy))).toEqual({ name: 'TypeError', message: '…', code: 'E', status: 503 });
    expect(Object.hasOwn(copied({}), 'status')).toBe(false);
  });

  it('has what its class gives by getters', () => {
    class Odd {
      readonly url = 'hush';
    }
    const headers = { a: 1 };
    const given = { name: 'Odd', message: 'of hush', stack: 'this Odd: of hush', code: 7, status: 503, headers };
    for (const [name, value] of Object.entries(given)) Object.defineProperty(Odd.prototype, name, { get: () => value });
    const copy = safe(new Odd());
    const own = Object.fromEntries(Object.getOwnPropertyNames(copy).map((name) => [name, copy[name]]));
    const shown = { ...given, url: '…', message: 'of …', stack: 'this Odd: of …' };
    expect(own).toEqual({ ...shown, toJSON: expect.any(Function) });
  });

  it('has a stack, made of its name and message if there is none', () => {
    expect(safe({ name: 'Mine', message: 'hush' })['stack']).toBe('Mine: …');
    expect(safe(Object.assign(new Error('hush'), { stack: 'mine' }))['stack']).toBe('mine');
  });

  it('ends after eleven causes, and may contain itself', () => {
    let cause: Error | undefined;
    for (let i = 0; i < 14; i++) cause = new Error('hush', { cause });
    let count = 0;
    for (let each: unknown = safe(cause); each; each = (each as Error).cause) count++;
    expect(count).toBe(11);
    const circle = new Error('hush');
    circle.cause = circle;
    const copy = safe(circle);
    expect(copy['cause']).toBe(copy);
  });
});

describe('S10 a member of a cause that is copied', () => {
  it('can be changed and removed, and is enumerable if it was', () => {
    const copy = copied({ code: 'E' });
    expect([isShown(copy, 'code'), isShown(copy, 'message'), isShown(copy, 'name')]).toEqual([true, false, false]);
    copy['code'] = 'F';
    expect(copy['code']).toBe('F');
    expect(delete copy['code']).toBe(true);
  });

  it('is the same if nothing shows it', () => {
    const cause = Object.defineProperty(new Error('hush'), 'hidden', { value: 'hush' });
    expect(safe(cause)['hidden']).toBe('hush');
    const symbol = Symbol('mine');
    const copy = copied({ [symbol]: 'text' });
    expect([copy[symbol], isShown(copy, symbol)]).toEqual(['text', false]);
  });

  it.each(
    'config request response options req res headers body data error metadata responseText responseBody responseData'.split(' '),
  )('is there for programs, and not shown, if its name is %s', (name) => {
    const value = { a: 1 };
    const copy = copied({ [name]: value, [`x${name}`]: value, [`${name}x`]: value });
    expect(copy[name]).toBe(value);
    expect([isShown(copy, name), isShown(copy, `x${name}`), isShown(copy, `${name}x`)]).toEqual([false, true, true]);
    for (const plain of [5, null, true]) expect(isShown(copied({ [name]: plain }), name)).toBe(true);
  }); // prettier-ignore

  it.each<[what: string, value: unknown, shown: boolean]>([
    ['with a text that has a secret', { a: 'hush' }, false],
    ['with the name of a secret', { token: 'x' }, false],
    ['with a number of that name', { token: 5 }, true],
    ['that is a list with a secret', ['hush'], false],
    ['with an object of a class', { a: new Headers() }, false],
    ['with null and without a prototype', Object.assign(Object.create(null) as object, { a: null }), true],
    ['of 10,000 characters', { a: 'x '.repeat(4996) }, true],
    ['of more characters', { a: `${'x '.repeat(4996)}y` }, false],
    ['that contains itself', (() => { const it: { it?: unknown } = {}; return (it.it = it); })(), false],
  ])('is the same object %s, and shown or not', (_what, value, shown) => {
    const copy = copied({ meta: value });
    expect(copy['meta']).toBe(value);
    expect(isShown(copy, 'meta')).toBe(shown);
  }); // prettier-ignore

  it('is not shown if it is a text with the name of a secret, and is shown if it is an object of that name', () => {
    const copy = copied({ apiKey: 'x', token: { a: 1 }, note: 'a hush\n    at hush' });
    expect([copy['apiKey'], isShown(copy, 'apiKey'), isShown(copy, 'token')]).toEqual(['x', false, true]);
    expect(copy['note']).toBe('a …\n    at …');
  });

  it('is copied if it is a cause, an error, or one of several errors', () => {
    const same = new Error('b');
    const copy = copied({ inner: new Error('hush'), errors: [new Error('hush'), same], cause: { url: 'hush' } });
    expect(copy['inner']).toMatchObject({ message: '…' });
    expect(copy['cause']).toMatchObject({ url: '…' });
    const [first, second] = copy['errors'] as unknown[];
    expect(first).toMatchObject({ message: '…' });
    expect(second).toBe(same);
    expect(copied({ errors: 'no hush' })['errors']).toBe('no …');
  });
});

describe('S10 a stack', () => {
  it.each([
    ['Error: look at hush\n    at hush (x.js:1:2)', 'Error: look at …\n    at hush (x.js:1:2)'],
    ['    at hush (x.js:1:2)', '    at hush (x.js:1:2)'],
    ['f@https://hush/x.js:10:20\ng@y.js:3:45\n', 'f@https://hush/x.js:10:20\ng@y.js:3:45\n'],
    ['f@https://h/x.js:10:20 is hush', 'f@https://h/x.js:10:20 is …'],
    ['hush@x.js:10:20', 'hush@x.js:10:20'],
    ['me@hush', 'me@…'],
    ['hush', '…'],
  ])('%j is shown as %j', (stack, shown) => {
    expect(safeStack(stack, hide)).toBe(shown);
  });

  it('of an error has its message without secrets, and its frames as they are', () => {
    const stack = 'Error: hush\n    at hush (x.js:1:2)';
    expect(safe(Object.assign(new Error('hush'), { stack }))['stack']).toBe('Error: …\n    at hush (x.js:1:2)');
  });
});
