import { describe, expect, it } from '@jest/globals';
import { inspect } from 'node:util';
import { lastValueFrom, toArray } from 'rxjs';
import * as pagewise from 'pagewise';
import { describe as describeValue } from '../../lib/values/describe.js';
import { redactHeaders, redactText, redactUrl } from '../../lib/values/redact.js';
import { answer, counting, rejection } from '../support/walks.js';

const failing = (
  transport: pagewise.Transport,
  request: pagewise.PageRequest = { url: 'http://host/items?token=hush' },
) =>
  rejection(
    lastValueFrom(
      pagewise.paginate(
        request,
        { ...counting(3), place: (template) => template },
        { transport, policy: (source) => source },
      ),
    ),
  );

describe('errors', () => {
  it('E8 state outcome, location and attempts, and carry page, request, attempts, cause and resume', async () => {
    const error = await failing(() => [answer({}, 503)]);
    expect(error).toBeInstanceOf(pagewise.HttpError);
    expect(error).toBeInstanceOf(pagewise.PagewiseError);
    expect(error.name).toBe('HttpError');
    expect(error.message).toBe('Page 1 failed: 503 Service Unavailable, GET http://host/items?token=…');
    expect(error).toMatchObject({
      status: 503,
      pageIndex: 0,
      attempts: 1,
      request: { method: 'GET' },
      resume: { index: 0, position: 1 },
    });
    expect(error.stack).toContain(error.message);
  });

  it('carry which options, why and what to do, for programs that word it themselves', async () => {
    const refused = (call: () => unknown) => {
      try {
        return call();
      } catch (error) {
        return error;
      }
    };
    expect(refused(() => pagewise.pageNumber({ size: 2000, maxSize: 1000 }))).toMatchObject({
      message: "pageNumber: size 2000 is above the API's maximum of 1000; request at most 1000",
      options: ['size'],
      value: 2000,
      problem: "2000 is above the API's maximum of 1000; request at most 1000",
    });
    const twice = refused(() => pagewise.cursor({ next: 'n', cursorParam: 'a', size: 1, sizeParam: 'a' }));
    expect(twice).toMatchObject({ options: ['cursorParam', 'sizeParam'], value: 'a' });
    expect(inspect(refused(() => pagewise.pageNumber({ items: 's3cr3t..' })))).not.toContain('value:');

    const request = { url: 'http://host/items' };
    const transport: pagewise.Transport = () => [answer([1])];
    const [first] = await lastValueFrom(
      pagewise.paginate(request, pagewise.pageNumber(), { transport, until: pagewise.afterPages(1) }).pipe(toArray()),
    );
    const resume = (from: unknown, url = request.url) =>
      refused(() => pagewise.paginate({ url }, pagewise.pageNumber(), { resumeFrom: from as string }));
    expect(resume(first!.resume, 'http://host/others')).toMatchObject({ reason: 'url', checkpoint: undefined });
    expect(resume('{')).toMatchObject({ reason: 'unreadable' });
    expect(resume({ ...first!.resume, v: 3 })).toMatchObject({ reason: 'version' });
    const store = new Map([['job', '{']]);
    const pages = pagewise.paginate(request, pagewise.pageNumber(), { checkpoint: pagewise.checkpoint(store, 'job') });
    expect(await rejection(pages[Symbol.asyncIterator]().next())).toMatchObject({
      reason: 'unreadable',
      checkpoint: 'job',
    });

    const found = await rejection(
      pagewise.detect(request, { transport: () => [answer({ cats: [1, 2], dogs: [1, 2] })] }),
    );
    expect(found).toMatchObject({
      name: 'DetectionError',
      reason: 'the answer has several lists (cats, dogs)',
      advice: { typescript: 'Name one with items', flags: 'Name one with --items PATH' },
      candidates: [],
    });
  });

  it('E8 resume and the answer are not enumerable: a log of the error holds no cursor and no body', async () => {
    const error = await failing(() => [answer({ password: 'hush' }, 503)], {
      url: 'http://host/items?token=hush',
      headers: {
        Authorization: 'Key hush',
        Cookie: 'hush',
        'X-Api-Key': 'hush',
        'x-auth-token': 'hush',
        'client-secret': 'hush',
        accept: '*/*',
      },
    });
    expect(JSON.stringify(error)).not.toContain('hush');
    expect(inspect(error, { depth: 10 })).not.toContain('hush');
    expect(error['request']).toMatchObject({ headers: { Authorization: '[redacted]', accept: '*/*' } });
    expect((error['response'] as pagewise.PageResponse).body).toEqual({ password: 'hush' });
  });

  it('are recognised across copies and realms', async () => {
    expect(pagewise.isPagewiseError(await failing(() => [answer({}, 503)]))).toBe(true);
    expect(pagewise.isPagewiseError({ [Symbol.for('pagewise.error')]: true })).toBe(true);
    expect(pagewise.isPagewiseError(new Error('x'))).toBe(false);
    expect(pagewise.isPagewiseError(undefined)).toBe(false);
  });

  it('every class has its own name', () => {
    const classes = Object.entries(pagewise).filter(([name]) => /^[A-Z]\w*Error$/.test(name));
    expect(classes.length).toBeGreaterThan(12);
    for (const [name, value] of classes) expect((value as { prototype: Error }).prototype.name).toBe(name);
  });

  it("p-retry's AbortError is not among them", () => {
    expect(Object.keys(pagewise)).not.toContain('AbortError');
  });

  it('S10 a text in an error hides secrets', () => {
    expect(redactText('{"access_token":"abc","name":"dog","api_key": "x\\"y", "cursor":"zzz"}')).toBe(
      '{"access_token":…,"name":"dog","api_key": …, "cursor":…}',
    );
    expect(redactText('Authorization: Bearer abc.def')).not.toContain('abc');
    expect(redactText('sent Key 0123456789abcdef')).toBe('sent Key …');
    expect(redactText('x'.repeat(60))).toBe('…');
    expect(redactText('word '.repeat(1000))).toHaveLength(200);
    // Half of a secret would not be recognized.
    expect(redactText(`${'a '.repeat(95)}hush-hush-hush-hush b`)).toBe(`${'a '.repeat(95)}…`);
    expect(redactText(`${'a '.repeat(195)}${'hush-'.repeat(20)}`)).not.toContain('hush');
  });

  it('S13 only headers that are known to be harmless are shown with their values', () => {
    const headers = { Accept: '*/*', 'content-type': 'text/csv', 'User-Agent': 'me', 'X-Any': 'hush', Referer: 'hush', 'X-Tenant': 'hush', etag: 'hush', 'Notion-Version': '2022-06-28' }; // prettier-ignore
    expect(redactHeaders(headers, headers)).toEqual({
      ...headers,
      ...{ 'X-Any': '[redacted]', Referer: '[redacted]', 'X-Tenant': '[redacted]', etag: '[redacted]' },
    });
    // What paging writes is hidden, whatever its name.
    expect(redactHeaders({ range: 'items=0-9' }, {})).toEqual({ range: '[redacted]' });
  });

  it('S10 what an error shows of a value has no password', () => {
    expect(describeValue('http//me:hush@host/x?a=hush')).toBe('"http//host/x?a=…"');
    expect(describeValue('me@example.com')).toBe('"me@example.com"');
  });

  it('S10 a message stays short, whatever the names in an answer', async () => {
    const name = 'n'.repeat(1_000_000);
    for (const body of [{ [name]: [1] }, { [name]: { next: 'x', items: [] } }, { items: [1], [name]: { next_cursor: 'x', has_more: true } }])
      for (const strategy of [pagewise.cursor({ items: 'itens', next: 'next' }), pagewise.cursor({ items: 'items', next: 'nxt' })]) {
        const notices: string[] = [];
        const walk = pagewise.paginate({ url: 'http://h/' }, strategy, { transport: () => [answer(body)], events: { next: (event) => void (event.type === 'notice' && notices.push(event.message)) } });
        const error = await lastValueFrom(walk, { defaultValue: undefined }).catch((thrown: unknown) => thrown as Error);
        expect(`${error instanceof Error ? error.message : ''}${notices.join('')}`.length).toBeLessThan(1000);
      }
    const { message } = await rejection(pagewise.detect({ url: 'http://h/' }, { transport: () => [answer({ [name]: [{ id: 1 }] })] }));
    expect(message.length).toBeLessThan(1000);
  }); // prettier-ignore

  it.each([
    ['https://user:pw@host/a?b=c&d#e', 'https://host/a?b=…&…'],
    ['/a?b=c=d&e[f]=g', '/a?b=…&e[f]=…'],
    ['http://h/?eyJhbGciOiJ.secret/payload==', 'http://h/?…'],
    ['http://h/path', 'http://h/path'],
    ['not a url?x=y?z', 'not a url?x=…'],
    ['http://h/?abcdef', 'http://h/?…'],
    ['http://h/?token', 'http://h/?…'],
    ['http://h/?a=1&hush&b=&=hush', 'http://h/?a=…&…&b=…&…'],
    ['http://h/?aHVzaDEyMw=', 'http://h/?…'],
    ['http://h/a#hush', 'http://h/a'],
    ['http//me:hush@host/x', 'http//host/x'],
    ['me:hush@host/x', 'host/x'],
    ['//me:hu/sh@host', '//host'],
    ['https:/me:hush@host', 'https:/host'],
    ['https://me:hush#a@host/', 'https://host/'],
    ['https://me:hush?a@host/', 'https://host/'],
    ['/users?email=a@b', '/users?email=…'],
    ['https://h/@me/x', 'https://h/@me/x'],
  ])('S10 %s is shown as %s', (url, shown) => {
    expect(redactUrl(url)).toBe(shown);
  });
});
