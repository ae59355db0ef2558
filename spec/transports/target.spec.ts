import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { targetReader } from '../../lib/transports/http-request.js';

/** URL escapes apostrophes in a query, where they are plain (RFC 3986). */
const escaped = (href: string): string => href.replaceAll("'", '%27');

/** The platform's result, without the memory of the last URL. */
const parsed = (text: string): unknown => {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return 'invalid';
  }
  if (!/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') return 'refused';
  return { href: escaped(url.href), origin: url.origin };
};
const read = (reader: ReturnType<typeof targetReader>, text: string): unknown => {
  try {
    const { href, origin, path } = reader(text);
    expect(path).toBe(
      href
        .split('#', 1)[0]
        ?.slice(origin.length)
        .replace(/^(?!\/)/, '/'),
    );
    return { href: escaped(href), origin };
  } catch (error) {
    return (error as Error).message.includes('not an absolute URL') ? 'invalid' : 'refused';
  }
};

describe('where a request goes', () => {
  const part = fc.oneof(
    fc.constantFrom(
      'http://', 'https://', 'HTTP:', 'ftp://', 'javascript:', '//', '/', '\\', '?', '#', '&', '=', '@', ':', ' ', '\t', '\n', "'", '"', '<', '>',
      '%2F', '%', '..', '.', 'host', 'HOST', 'host:80', 'host:8080', '[::1]', 'ü', '😀', '`', '{', '|', '}', '^', '[', ']', '+', '*', '\0', '~', '',
    ),
    fc.string(),
  ); // prettier-ignore
  const text = fc.array(part, { maxLength: 8 }).map((parts) => parts.join(''));

  it('P7 is the URL as the platform parses it, whatever was requested before', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom('http://host/a', 'https://host:8080', ' http://h', ''), text)), (texts) => {
        const reader = targetReader('t');
        for (const [head, tail] of texts) expect([head + tail, read(reader, head + tail)]).toEqual([head + tail, parsed(head + tail)]);
      }),
      { numRuns: 500 },
    ); // prettier-ignore
  });

  it('P7 keeps apostrophes in a query', () => {
    const reader = targetReader('t');
    for (const query of ["?a='b'", "?a='b c'&d='é'", "?'"])
      expect(reader(`http://host/it's${query}`).path).toBe(`/it's${query.replace(' ', '%20').replace('é', '%C3%A9')}`);
    expect(reader("http://host/?a='b'#c").path).toBe('/?a=%27b%27');
  });

  it('is relative to the document in browsers', () => {
    const scope = globalThis as { location?: { href: string } };
    scope.location = { href: 'https://host/folder/page?own=1#here' };
    try {
      const reader = targetReader('t');
      for (const one of ['?page=2', 'items?page=2', '/items?page=3', '', '#x', ' ?page=4', '//other/items?page=5'])
        expect(reader(one).href).toBe(new URL(one, scope.location.href).href);
      scope.location.href = 'https://host/elsewhere/';
      expect(reader('items?page=2').href).toBe('https://host/elsewhere/items?page=2');
    } finally {
      delete scope.location;
    }
  });
});
