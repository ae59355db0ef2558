// What is taken for a secret of a request, and how it is hidden in what a server or a client says.
import { describe, expect, it } from '@jest/globals';
import type { PageRequest } from 'pagewise';
import { formsOf, hideSent, sentBy } from '../../lib/values/sent.js';

const sorted = (values: ReadonlySet<string>) => [...values].filter((value) => value !== '').sort();
const found = (request: PageRequest, position?: unknown) => {
  const { secrets, others } = sentBy(request, position);
  return [sorted(secrets), sorted(others)];
};
const header = (value: string) => found({ headers: { 'x-any': value } })[0];

describe('S10 the values of a request', () => {
  it.each<[url: string | undefined, secrets: readonly string[], others: readonly string[]]>([
    [undefined, [], []],
    ['https://h/path', [], []],
    ['/a?b=lion#frag', [], ['lion']],
    ['/a?t0ken', ['t0ken'], []],
    ['/a?=t0ken', ['t0ken'], []],
    ['/a?key=a=b&q=x+y%21', ['a=b'], ['x y!', 'x+y%21']],
  ])('of the URL %j are %j and %j', (url, secrets, others) => {
    expect(found(url === undefined ? {} : { url })).toEqual([secrets, others]);
  });

  it.each<[position: unknown, secrets: readonly string[]]>([
    ['c0rs0r', ['c0rs0r']],
    [{ page: 9_999_999, after: 10_000_000 }, ['10000000']],
    [{ url: 'https://h/items?after=abc&x=1' }, ['1', 'abc']],
    ['//h/?k=v', ['v']],
    ['//h/path', []],
    ['/items?after=x', ['x']],
    ['see //x?k=v', ['see //x?k=v']],
    ['a/b?c=d', ['a/b?c=d']],
  ])('of the position %j are secrets: %j', (position, secrets) => {
    expect(found({}, position)).toEqual([secrets, []]);
  });

  it('do not include a position that is the URL itself', () => {
    expect(found({ url: 'items' }, 'items')).toEqual([[], []]);
  });

  it.each<[value: string, parts: readonly string[]]>([
    ['hush', ['hush']],
    ['~b=c', ['~b=c']],
    ['a=b', ['a=b', 'b']],
    ['a=', ['a=']],
    ['a"b"', ['a"b"']],
    ['"b"c', ['"b"c']],
    ['"b c"', ['"b', '"b c"', 'c"']],
    ['Basic am9lOnB3OjU=', ['Basic', 'Basic am9lOnB3OjU=', 'am9lOnB3OjU=', 'joe', 'joe:pw:5', 'pw:5']],
    ['not Basic am9lOnB3', ['Basic', 'am9lOnB3', 'not', 'not Basic am9lOnB3']],
    ['Basic am9lOnB3 more', ['Basic', 'Basic am9lOnB3 more', 'am9lOnB3', 'more']],
    ['Basic %%%%', ['%%%%', 'Basic', 'Basic %%%%']],
  ])('of the header %j are it and its parts: %j', (value, parts) => {
    expect(header(value)).toEqual(parts);
  });
});

describe('S10 the forms of a value', () => {
  it('are percent-encoded, within JSON, and in base64 without padding', () => {
    expect(formsOf('a"/b')).toEqual(new Set(['a"/b', 'a%22%2Fb', 'a%22/b', 'a\\"/b', 'YSIvYg']));
    expect(formsOf('a')).toEqual(new Set(['a', 'YQ']));
  });

  it('are those that exist, of half a surrogate pair', () => {
    expect(formsOf('\ud800')).toEqual(new Set(['\ud800', '\\ud800', '77+9']));
  });
});

describe('S10 a text without what was sent', () => {
  const hidden = (text: string, sent: { secrets?: readonly string[]; others?: readonly string[] }, short = true) =>
    hideSent(text, { secrets: new Set(sent.secrets), others: new Set(sent.others) }, short);
  const secrets = ['key-0f-the-user'];

  it('hides secrets in part, and other values as a whole', () => {
    expect(hidden('a key-0f-t or key-0f-', { secrets })).toBe('a … or key-0f-');
    expect(hidden('elephan elephants xelephantsy', { others: ['elephants'] })).toBe('elephan … x…y');
    expect(hidden('xelephanty', { others: ['elephant'] })).toBe('x…y');
    expect(hidden('xelephanty', { secrets: ['elephant'] })).toBe('x…y');
  });

  it('hides four to seven characters only as a word, and not in words of this library', () => {
    for (const sent of [{ secrets: ['lion'] }, { others: ['lion'] }]) {
      expect(hidden('lion, lions, a_lion', sent)).toBe('…, lions, a_lion');
      expect(hidden('a lion', sent, false)).toBe('a lion');
    }
    expect(hidden('cat', { secrets: ['cat'], others: ['cat'] })).toBe('cat');
    expect(hidden('an elephant', { others: ['elephant'] }, false)).toBe('an …');
    expect(hidden('an elephant', { secrets: ['elephant'] }, false)).toBe('an …');
  });

  it('looks for the first 20,000 characters of a value', () => {
    const value = `${'x'.repeat(19_992)}12345678`;
    expect(hidden('12345678 abcdefgh', { secrets: [`${value}abcdefgh`] })).toBe('… abcdefgh');
  });

  it.each([
    ['50% of key-0f-the-user', '50% of …'],
    ['a%20b  key-0f-the-user', 'a%20b  …'],
    ['a%20%6bey-0f-%74he-user b', 'a … b'],
    ['key-0f%25-the-u', 'key-0f%25-the-u'],
    ['%zzkey-0f-the-user%', '%zz…%'],
    ['key-0f-the-userkey-0f-the-user', '…'],
  ])('shows %j as %j', (text, shown) => {
    expect(hidden(text, { secrets })).toBe(shown);
  });
});
