import { describe, expect, it } from '@jest/globals';
import { cursor, HttpError, nextUrl, pageNumber, paginate, ParseError, type PageRequest, type PagewiseError, retryRequests, type Strategy, type Transport } from 'pagewise'; // prettier-ignore
import { lastValueFrom } from 'rxjs';
import { answer, rejection } from '../support/walks.js';

const quick = retryRequests({ retries: 0 });

/** The error of a page that is refused with this body. */
const refused = async (body: unknown, request: Partial<PageRequest> = {}, status = 400): Promise<PagewiseError> =>
  (await rejection(
    lastValueFrom(
      paginate(
        { url: 'http://host/items', ...request },
        pageNumber({ items: 'items' }),
        { transport: () => [answer(body, status)], policy: quick },
      ),
    ),
  )) as unknown as PagewiseError; // prettier-ignore

describe("H6 S10 the API's own words are in errors, without what the request sent", () => {
  it.each<[body: unknown, detail: string | undefined]>([
    [{ message: 'no such user' }, 'no such user'],
    [{ error: { errors: [{ detail: 'bad\n  filter\u001b[31m' }] } }, 'bad filter [31m'],
    [[{ title: 'first' }, { title: 'second' }], 'first'],
    [{ error: { code: 7 } }, undefined],
    ['<html>maintenance</html>', undefined],
    [{ message: ' ' }, undefined],
    [undefined, undefined],
  ])('H6 %j', async (body, detail) => {
    const error = await refused(body);
    expect(error).toBeInstanceOf(HttpError);
    expect(error.detail).toBe(detail);
    const before = 'Page 1 failed: 400 Bad Request, GET http://host/items?page=…';
    expect(error.message).toBe(detail === undefined ? before : `${before}; the API says: ${detail}`);
    expect(error.stack).toContain(error.message);
  });

  it('H6 at most 200 characters of it', async () => {
    const { detail = '' } = await refused({ message: 'word '.repeat(1_000_000) });
    expect(detail).toHaveLength(200);
  });

  it.each<[what: string, request: Partial<PageRequest>]>([
    ['a header', { headers: { 'X-Custom': 'v4lue-of-header' } }],
    ['a header after its scheme', { headers: { Authorization: 'Custom v4lue-of-header' } }],
    ['a cookie', { headers: { Cookie: 'a=1; b=v4lue-of-header' } }],
    ['a header of a function', { headers: () => ({ 'X-Custom': 'v4lue-of-header' }) }],
    ['a query value', { url: 'http://host/items?user=v4lue-of-header' }],
    ['an escaped query value', { url: 'http://host/items?user=v4lue%2Dof%2Dheader' }],
  ])('S10 %s is hidden', async (_what, request) => {
    const error = await refused({ message: 'you sent v4lue-of-header, see https://x/?k=v4lue-of-header' }, request);
    expect(error.detail).toBe('you sent …, see https://x');
    expect(`${error.message}${String(error.stack)}`).not.toContain('v4lue');
  });

  it.each<[form: string, repeated: string]>([
    ['in upper case', 'KEY-0F-THE-USER'],
    ['percent-encoded', 'key%2D0f%2Dthe%2Duser and key-0f-the-user'],
    ['in base64', btoa('key-0f-the-user')],
    ['masked', 'key-0f-the********'],
    ['within a word', 'xkey-0f-the-usery'],
    ['within JSON', '{\\"key\\":\\"key-0f-the-user\\"}'],
    ['cut at 200 characters', `${'word '.repeat(38)}key-0f-the-user`],
    ['cut at 4,000 characters', `${'x'.repeat(3990)} key-0f-the-user`],
  ])('S10 a secret that the server repeats %s is hidden', async (_form, repeated) => {
    for (const headers of [{ 'X-Any': 'key-0f-the-user' }, { Authorization: `Basic ${btoa('me:key-0f-the-user')}` }]) {
      const { message, detail } = await refused({ message: `not ${repeated}` }, { headers });
      expect(detail).toMatch(/^not /);
      expect(message).not.toMatch(/key-0f|key%2D|a2V5/i);
    }
  });

  it('S10 an excerpt, and the reason of a check, have no secret that the request sent', async () => {
    const headers = { 'X-Any': 'key-0f-the-user', Cookie: 'sid=c00k' };
    const walk = (transport: Transport, options = {}) =>
      rejection(lastValueFrom(paginate({ url: 'http://host/items', headers }, pageNumber({ items: 'items' }), { transport, policy: quick, ...options })));
    const parse: Transport = () => { throw new ParseError('not JSON', 'you sent key-0f-the-user and c00k'); };
    expect(await walk(parse)).toMatchObject({ excerpt: 'you sent … and …', message: expect.stringContaining('not JSON: you sent … and …') });
    const check = () => ({ fail: 'Acme: no key-0f-the-user' });
    expect(await walk(() => [answer({ items: [] })], { check })).toMatchObject({ name: 'CheckError', reason: 'Acme: no …' });
  }); // prettier-ignore

  it('S10 a short value is hidden as a word, and is none within one', async () => {
    const { detail } = await refused({ message: 'cats: the cat of location' }, { url: 'http://host/items?kind=cat&x=loca' });
    expect(detail).toBe('cats: the cat of location');
    const longer = await refused({ message: 'lions: a lion' }, { url: 'http://host/items?kind=lion' });
    expect(longer.detail).toBe('lions: a …');
  }); // prettier-ignore

  it('S10 the cursor is hidden, wherever it is written', async () => {
    const transport: Transport = (_request, { pageIndex }) => [
      pageIndex === 0 ? answer({ items: [1], next: 'c0rs/or' }) : answer({ message: 'bad c0rs/or or c0rs%2For' }, 400),
    ];
    const walk = paginate({ url: 'http://host/items' }, cursor({ items: 'items', next: 'next' }), { transport, policy: quick }); // prettier-ignore
    expect(((await rejection(lastValueFrom(walk))) as unknown as PagewiseError).detail).toBe('bad … or …');
  });

  it.each<[what: string, request: Partial<PageRequest>, said: string, shown: string]>([
    ['a quoted value of a cookie', { headers: { Cookie: 'a=1; b="s3cr"' } }, 'not s3cr', 'not …'],
    ['a user and a password', { headers: { Authorization: `Basic ${btoa('joe1:pw:5')}` } }, 'joe1 or pw:5', '… or …'],
    ['a user and no password', { headers: { authorization: `basic  ${btoa('joe1')}` } }, 'not joe1', 'not …'],
    ['what only looks like them', { headers: { authorization: 'Basic joe1' } }, 'not joe1', 'not …'],
    ['the parts of a header', { headers: { 'X-Any': 'a1b2, c3d4;e5f6' } }, 'a1b2 c3d4 e5f6', '… … …'],
    ['a harmless header is shown', { headers: { Accept: 'application/json' } }, 'no application/json', 'no application/json'],
    ['secrets of a body, but not what is beside them', { method: 'POST', body: { password: 's3cr', kind: 'open', in: [{ token: 12345678 }] } }, 's3cr open 12345678', '… open …'],
    ['a number of less than eight digits is shown', { method: 'POST', body: { token: 1234567 } }, 'not 1234567', 'not 1234567'],
    ['secrets and others of a query', { url: 'http://host/items?q=lion&key=t1ger#frag' }, 'lion t1ger frag', '… … frag'],
    ['a query that is a token', { url: 'http://host/items?t0ken' }, 'not t0ken', 'not …'],
    ['two words', { url: 'http://host/items?q=two+words' }, 'no two words', 'no …'],
    ['a query that can not be decoded', { url: 'http://host/items?q=%zzlion' }, 'not %zzlion', 'not …'],
    ['a part of a secret, but not of another value', { url: 'http://host/items?q=elephants&key=crocodiles' }, 'elephant crocodile', 'elephant …'],
    ['a secret in a text with letters that get longer', { headers: { 'X-Any': 'key-0f-the-user' } }, 'İ key-0f-the-user', 'İ …'],
  ])('S10 %s', async (_what, request, said, shown) => {
    expect((await refused({ message: said }, request)).detail).toBe(shown);
  }); // prettier-ignore

  it('S10 what a next URL holds, and a cursor that is a number, are hidden', async () => {
    const failing = async (strategy: Strategy<unknown, never>, next: unknown, message: string) => {
      const transport: Transport = (_request, { pageIndex }) => [
        pageIndex === 0 ? { ...answer({ items: [1], next }), url: 'http://host/items' } : answer({ message }, 400),
      ];
      const walk = paginate({ url: 'http://host/items' }, strategy, { transport, policy: quick });
      return ((await rejection(lastValueFrom(walk))) as unknown as PagewiseError).detail;
    };
    const byUrl = nextUrl({ items: 'items', next: 'next' }) as Strategy<unknown, never>;
    for (const url of ['http://host/items?q=abcd', '/items?q=abcd', '//host/items?q=abcd'])
      expect(await failing(byUrl, url, 'not abcd')).toBe('not …');
    const byCursor = cursor({ items: 'items', next: 'next', cursorParam: 'from' }) as Strategy<unknown, never>;
    expect(await failing(byCursor, 123456789, 'not 123456789')).toBe('not …');
    expect(await failing(byCursor, 'abcd', 'not abcd')).toBe('not …');
  });

  it('H6 an error that wraps another has the words of its cause', async () => {
    const transport: Transport = () => [answer({ message: 'slow down' }, 429, { 'retry-after': '1000' })];
    const walk = paginate({ url: 'http://host/items' }, pageNumber({ items: 'items' }), { transport });
    const error = (await rejection(lastValueFrom(walk))) as unknown as PagewiseError;
    expect(error).toMatchObject({ name: 'RateLimitError', detail: 'slow down' });
  });

  it('H2 a body that throws when it is read has no words', async () => {
    const body = new Proxy({}, { getOwnPropertyDescriptor: () => { throw new Error('x'); } }); // prettier-ignore
    expect((await refused(body)).detail).toBeUndefined();
  });
});
