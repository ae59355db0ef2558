import { describe, expect, it } from '@jest/globals';
import { ConfigError, fetchTransport, inBody, pageNumber, paginate, type PageRequest } from 'pagewise';
import { thrown } from '../support/walks.js';

describe('what fetchTransport refuses before anything is sent', () => {
  const refused = (request: PageRequest) => {
    const error = thrown(() => paginate(request, pageNumber()));
    expect(error).toBeInstanceOf(ConfigError);
    return error.message;
  };

  it.each([
    ['items', 'not an absolute URL'],
    ['ftp://host/items', 'the scheme ftp:'],
    ['javascript:alert(1)', 'the scheme javascript:'],
    ['https://user:hush@host/', 'holds a user name or password'],
  ])('S3 S4 the url %s', (url, reason) => {
    expect(refused({ url })).toContain(reason);
    expect(refused({ url })).not.toContain('hush');
  });

  it('S11 a GET with a body', () => {
    expect(refused({ url: 'http://host/', body: {} })).toContain(
      "a GET request can't carry a body; set `method: 'POST'`",
    );
    const place = inBody('pagination');
    expect(thrown(() => paginate({ url: 'http://host/' }, pageNumber({ place })))).toBeInstanceOf(ConfigError);
  });

  it.each(['hush\r\nevil: 1', 'hush\0', 'hush\u200b', 'hush😀'])(
    'S8 S10 the header value %j, without showing it',
    (value) => {
      const message = refused({ url: 'http://host/', headers: { 'x-key': value } });
      expect(message).toContain("header x-key holds a character that headers can't carry");
      expect(message).not.toContain('hush');
    },
  );

  it('a body that JSON cannot hold', () => {
    expect(refused({ url: 'http://host/', method: 'POST', body: { big: 1n } })).toContain("can't be written as JSON");
  });

  it('options that do not exist or do not fit', () => {
    expect(thrown(() => fetchTransport({ timeout: 5 } as never)).message).toMatch(
      /^fetchTransport: unknown option "timeout"; expected one of fetch, agent, attemptTimeout/,
    );
    expect(thrown(() => fetchTransport({ attemptTimeout: 0 })).message).toContain(
      'fetchTransport: attemptTimeout must be a number of at least 1',
    );
    expect(thrown(() => fetchTransport({ fetch: 'x' as never })).message).toContain(
      'fetchTransport: fetch must be a function',
    );
    expect(
      thrown(() => paginate({ url: 'http://host/' }, pageNumber(), { transport: fetchTransport as never })).message,
    ).toContain('what fetchTransport returns, not fetchTransport itself');
  });
});
