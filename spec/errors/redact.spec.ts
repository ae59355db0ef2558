// What errors and logs show of requests, URLs and texts, rule by rule. That no secret is shown anywhere is tested in
// spec/attacks.
import { describe, expect, it } from '@jest/globals';
import {
  cutText,
  isHarmlessHeader,
  isSecretName,
  redactHeaders,
  redactRequest,
  redactText,
  redactUrl,
  redactUrls,
  withoutExcerpt,
} from '../../lib/values/redact.js';

describe('S10 a request', () => {
  it('is a method, and a URL without values', () => {
    expect(redactRequest({})).toStrictEqual({ method: 'GET', url: undefined });
    expect(redactRequest({ method: 'post', url: '/a?b=c' })).toStrictEqual({ method: 'POST', url: '/a?b=…' });
    expect(redactRequest({ method: 'x'.repeat(200) }).method).toBe('X'.repeat(100));
  });

  it('that throws when it is read is unreadable', () => {
    const request = Object.defineProperty({}, 'method', { get: () => { throw new Error('hush'); } }); // prettier-ignore
    expect(redactRequest(request)).toStrictEqual({ method: 'unreadable', url: undefined });
  });

  it.each([
    ['/items/hush?a=hush', '/items{/cursor}', '/items{/cursor}?a=…'],
    ['/items/hush#hush', '/items%7b/cursor%7D#x', '/items%7b/cursor%7D'],
    ['/items/9?a=1', '/items?a={a}', '/items/9?a=…'],
    ['/items/9?a=1', '/items#{a}', '/items/9?a=…'],
    ['/items/9', undefined, '/items/9'],
  ])('whose URL is %s of the template %s is shown as %s', (url, template, shown) => {
    expect(redactRequest({ url }, template === undefined ? {} : { url: template }).url).toBe(shown);
  });

  it('S13 shows a header only if it is a harmless text that the caller gave', () => {
    const shown = (headers: object, given: unknown) => redactHeaders(headers as never, given as never);
    expect(shown({ accept: '*/*' }, { accept: '*/*' })).toEqual({ accept: '*/*' });
    expect(shown({ accept: '*/*' }, { accept: 'text/csv' })).toEqual({ accept: '[redacted]' });
    expect(shown({ accept: '*/*' }, () => ({ accept: '*/*' }))).toEqual({ accept: '[redacted]' });
    expect(shown({ accept: 5 }, { accept: 5 })).toEqual({ accept: '[redacted]' });
  });

  it('S13 knows harmless headers by their whole names', () => {
    const names =
      'accept accept-charset accept-encoding accept-language accept-ranges cache-control connection content-encoding content-language content-length content-type date dnt expect host pragma prefer range soapaction te upgrade-insecure-requests user-agent x-amz-target x-http-method-override x-requested-with api-version x-api-version x-github-api-version anthropic-version notion-version odata-version odata-max-version stripe-version x-ms-version'; // prettier-ignore
    for (const name of names.split(' ')) {
      for (const harmless of [name, name.toUpperCase()]) expect([harmless, isHarmlessHeader(harmless)]).toEqual([harmless, true]); // prettier-ignore
      for (const other of [`y${name}`, `${name}y`]) expect([other, isHarmlessHeader(other)]).toEqual([other, false]);
    }
    expect(['content', 'github-api-version', 'version'].filter(isHarmlessHeader)).toEqual([]);
  });

  it.each(
    'Authorization cookies api_key tokenId clientSecret password passwd credentials sessionId signature cursor next_page after before continuation scrollId marker'.split(' '),
  )('knows %s as the name of a secret', (name) => {
    expect([isSecretName(name), isSecretName(name.toUpperCase()), isSecretName('kind')]).toEqual([true, true, false]);
  }); // prettier-ignore
});

describe('S10 a URL', () => {
  it.each([
    ['/a?x?y=1', '/a?…'],
    ['/a?pageToken=x', '/a?pageToken=…'],
    ['/a?Page=&page=&page==', '/a?…&page=…&page=…'],
    [`/a?${'p'.repeat(25)}=&${'p'.repeat(24)}=`, `/a?…&${'p'.repeat(24)}=…`],
    [`/a?${'p'.repeat(64)}=1&${'p'.repeat(65)}=1`, `/a?${'p'.repeat(64)}=…&…`],
    ['/a?b=1\n2', '/a?b=…'],
    ['http://h:80/x', 'http://h:80/x'],
    ['//h:80/x', '//h:80/x'],
    ['https://h:80/@me/x', 'https://h:80/@me/x'],
    ['//h/x@y:1', '//h/x@y:1'],
    ['/a:1/@me', '/a:1/@me'],
    ['\\\\me:hush@host', '\\\\host'],
    ['hush@host/x', 'host/x'],
    ['file:///me:hush@host', 'file:///host'],
    ['see http://me:hush@host', 'host'],
    ['https:/me:hush@x/https://y', 'https:/x/https://y'],
    ['HTTPS://me:hush@host/x', 'HTTPS://host/x'],
  ])('%j is shown as %j', (url, shown) => {
    expect(redactUrl(url)).toBe(shown);
  });

  it('is cut at 1,000 characters', () => {
    const long = `/${'x'.repeat(999)}`;
    expect(redactUrl(long)).toBe(long);
    expect(redactUrl(`${long}y`)).toBe(`${long.slice(0, 999)}…`);
  });
});

describe('S10 URLs in a text', () => {
  it.each([
    ['at http://me:hush@h:80/x?y=hush#z and HTTPS://k/"q"', 'at http://h:80 and HTTPS://k"q"'],
    ['see http://hush@h/x', 'see http://h'],
    ['no me:hush@host or "x:hush@[::1]"', 'no host or "[::1]"'],
    ['no /a?b=c&d=e, /f?g. /h?i (/j?%20) why? No', 'no /a?…, /f?…. /h?… (/j?…) why? No'],
    ['a ratio of 1:2 @ noon, and me@host', 'a ratio of 1:2 @ noon, and me@host'],
  ])('%j become %j', (text, shown) => {
    expect(redactUrls(text)).toBe(shown);
  });
});

describe('S10 a text', () => {
  it.each([
    ['at https://me:hush@host/x', 'at https://host/x'],
    ['Set-Cookie: a=hush; b=hush\nHost: x', 'Set-Cookie: …\nHost: x'],
    ['Cookie:a=hush; b=hush<br>', 'Cookie: …<br>'],
    ['Cookie : a=hush; b=hush', 'Cookie: …'],
    ['cookie="hush"; b', 'cookie=…; b'],
    ['authorization = Digest hush, x=hush', 'authorization: …'],
    ['Proxy-Authorization: Basic hush hush', 'Proxy-Authorization: …'],
    ['sent Bearer  hush.hush, or basic hush=', 'sent Bearer …, or basic …'],
    ['token expired', 'token expired'],
    ['Token expired.', 'Token expired.'],
    ['{"error":"The token has expired"}', '{"error":"The token has expired"}'],
    [
      'API key missing, or token not valid: a Bearer  token is required',
      'API key missing, or token not valid: a Bearer … is required',
    ],
    ['Token INVALID!', 'Token INVALID!'],
    ['API Key\nrequired', 'API Key\nrequired'],
    ...[
      'hush',
      'expiredhush',
      'expired1',
      'expired.hush',
      'expired-hush',
      'expired=',
      'expired..',
      'is/hush',
      'not_hush',
      'has+',
      'missin',
      'nothing',
    ].map(
      // prettier-ignore
      (token) => [`token ${token}`, 'token …'] as const,
    ),
    ['token: expired', 'token: …'],
    ['token=invalid', 'token=…'],
    ['token=hush&kind=open, key : hush;', 'token=…&kind=open, key : …;'],
    ['{"token":"hu\\"sh', '{"token":…'],
    ["{'token':'hu\\'sh','a':1}", "{'token':…,'a':1}"],
    ["{'token':'hush", "{'token':…"],
    ['x'.repeat(39), 'x'.repeat(39)],
    [`a ${'x'.repeat(40)}`, 'a …'],
  ])('%j is shown as %j', (text, shown) => {
    expect(redactText(text)).toBe(shown);
  });

  it('is at most 200 characters long, and ends with … if it was longer', () => {
    const words = 'word '.repeat(40);
    expect(redactText(words)).toBe(words);
    expect(redactText(`${words}w`)).toBe(`${words.slice(0, 199)}…`);
    expect(redactText(`${'x'.repeat(396)} b c`)).toBe('… b c');
    expect(redactText(`${'x'.repeat(396)} b c d`)).toBe('… b c…');
  });

  it('is cut before a word that would be cut', () => {
    expect(cutText('one two', 3)).toBe('one');
    expect(cutText('one two', 4)).toBe('one ');
    expect(cutText('one two', 5)).toBe('one ');
    expect(cutText('one two', 7)).toBe('one two');
  });
});

describe('S10 an error of JSON.parse', () => {
  it('loses what it quotes of the text', () => {
    const error = withoutExcerpt(new SyntaxError('Unexpected token h, "a" or\n"hush" is not valid JSON'));
    expect(error).toBeInstanceOf(SyntaxError);
    expect((error as Error).message).toBe('Unexpected token h, … is not valid JSON');
  });

  it.each([
    ['quotes nothing', new SyntaxError('Unexpected end')],
    ['has a message that is no text', Object.assign(new SyntaxError(), { message: ['"hush"'] })],
    ['is of another class', new Error('"text"')],
    ['is no error', '"text"'],
  ])('is the same if it %s', (_what, error) => {
    expect(withoutExcerpt(error)).toBe(error);
  });
});
