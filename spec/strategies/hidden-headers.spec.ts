import { afterEach, describe, expect, it } from '@jest/globals';
import {
  ConfigError, cursor, ExtractError, header, linkHeader, nextUrl, pageNumber, type Answer, type LinkHeaderOptions, type Position,
} from 'pagewise'; // prettier-ignore
import { gitlab, github } from 'pagewise/profiles';
import { thrown } from '../support/walks.js';

/** An answer from another origin as a browser exposes it: with these headers, and perhaps others that it hides. */
function shown<P extends Position>(position: P, headers: Record<string, string> = {}, more: object = {}) {
  const seen = { get: (name: string) => headers[name.toLowerCase()] ?? null, hidden: true, ...more };
  const response = { status: 200, url: 'https://api.example.com/items', headers: seen, body: { total: 2, more: true } };
  return { index: 0, position, itemsBefore: 0, items: [1, 2], body: response.body, response } as Answer<number, P>;
}

const advice = (name: string) =>
  `there is no such header; the header may be hidden: a browser shows only those headers of another origin that the server exposes. Let the server send Access-Control-Expose-Headers: ${name}, or use a proxy on your own origin. If it is exposed already, `;
const knownHere = "set `missingNext: 'end'`";

describe('linkHeader if the Link header may be hidden', () => {
  const next = (options: LinkHeaderOptions<number>, position = {}, headers = {}, more = {}) =>
    linkHeader<number>(options).next(shown(position, headers, more));

  it('does not take the first page for the last one', () => {
    const error = thrown(() => next({}));
    expect(error).toBeInstanceOf(ExtractError);
    expect(error).toMatchObject({ field: 'next', path: 'header Link' });
    expect(error.message).toBe(`next at header Link: ${advice('Link')}set \`missingNext: 'end'\``);
  });

  it.each<{ why: string; options?: LinkHeaderOptions<number>; position?: object; headers?: object; more?: object }>([
    { why: 'the caller says so', options: { missingNext: 'end' } },
    { why: 'a Link header led there', position: { url: 'https://api.example.com/items?page=2' } },
    { why: 'there are fewer items than a size that is not capped', options: { maxSize: 3 }, position: { size: 3 } },
    { why: 'the page has as many items as the total', options: { total: 'total' } },
    { why: 'the header is present, without such a link', headers: { link: '<?page=1>; rel="prev"' } },
    { why: 'every header is exposed', headers: { 'access-control-expose-headers': '*' } },
    { why: 'nothing is hidden', more: { hidden: false } },
    { why: 'the transport knows nothing about hiding', more: { hidden: undefined } },
  ])('ends if $why', ({ options = {}, position, headers, more }) => {
    expect(next(options, position, headers, more)).toBeUndefined();
  });

  it.each<{ why: string; options?: LinkHeaderOptions<number>; position?: object; headers?: object }>([
    { why: 'a size that may have been capped was not reached', options: { size: 3 }, position: { size: 3 } },
    { why: 'the size was reached', options: { maxSize: 3 }, position: { size: 2 } },
    { why: 'no size was requested', options: { maxSize: 3 } },
    { why: 'only others are exposed', headers: { 'access-control-expose-headers': 'ETag' } },
  ])('does not end if $why', ({ options = {}, position, headers }) => {
    expect(thrown(() => next(options, position, headers))).toBeInstanceOf(ExtractError);
  });

  it('does not end if the total says that there is more', () => {
    const answer = shown({});
    const strategy = linkHeader<number>({ total: 'total' });
    expect(thrown(() => strategy.next({ ...answer, items: [1] }))).toBeInstanceOf(ExtractError);
  });

  it('takes an empty page for the end', () => {
    expect(linkHeader<number>().next({ ...shown({}), items: [], body: {} })).toBeUndefined();
  });

  it('takes no other sign for the end', () => {
    const error = thrown(() => linkHeader({ missingNext: 'stop' as 'end' }));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toBe(`linkHeader: missingNext must be 'error' or 'end', not "stop"`);
  });

  it('is no issue if the API exposes it', () => {
    for (const { strategy } of [github<number>(), gitlab<number>()]) expect(strategy.next(shown({}))).toBeUndefined();
  });
});

describe('a page at another origin than the one before it', () => {
  const place = globalThis as { location?: object };
  afterEach(() => void delete place.location);
  const there = 'https://cdn.example.com/2';

  it.each([
    ['linkHeader', linkHeader<number>({ size: 5 }), { link: `<${there}>; rel="next"` }],
    ['nextUrl', nextUrl<number>({ next: header('X-Next'), size: 5 }), { 'x-next': there }],
  ])(
    '%s trusts no missing header there until that one has led to a page',
    (_, strategy, headers: Record<string, string>) => {
      place.location = { origin: 'https://app.example.com', href: 'https://app.example.com/' };
      const second = strategy.next(shown({ size: 5 }, headers)) ?? {};
      expect(second).toEqual({ size: 5, url: there, elsewhere: true });
      expect(thrown(() => strategy.next(shown(second))).message).toMatch(
        /there is no such header; the header may be hidden/,
      );

      const answer = shown(second, headers);
      const third = strategy.next({ ...answer, response: { ...answer.response, url: there } }) ?? {};
      expect(third).toEqual({ size: 5, url: there });
      expect(strategy.next(shown(third))).toBeUndefined();
    },
  );

  it('is no issue on Node', () => {
    const links = linkHeader<number>();
    expect(links.next(shown({}, { link: `<${there}>; rel="next"` }))).toEqual({ url: there });
  });
});

describe('other headers that may be hidden', () => {
  it('nextUrl', () => {
    const strategy = nextUrl<number>({ next: header('X-Next') });
    const error = thrown(() => strategy.next(shown({})));
    expect(error.message).toBe(`next at header X-Next: ${advice('X-Next')}${knownHere}`);
    expect(strategy.next(shown({ url: 'https://api.example.com/2' }))).toBeUndefined();
    expect(strategy.next(shown({}, { 'x-next': '' }))).toBeUndefined();
    expect(nextUrl<number>({ next: 'next' }).next(shown({}))).toBeUndefined();
    expect(nextUrl<number>({ next: (_, { headers }) => headers.get('x-next') }).next(shown({}))).toBeUndefined();
  });

  it.each([
    ['one token', header('X-Next')],
    ['several', { a: 'a', b: header('X-Next') }],
  ])('cursor, %s', (_, next) => {
    const strategy = cursor<number>({ next, firstCursor: '*' });
    for (const position of [{}, { cursor: '*' }])
      expect(thrown(() => strategy.next(shown(position))).message).toBe(
        `next at header X-Next: ${advice('X-Next')}${knownHere}`,
      );
    expect(strategy.next(shown({ cursor: 'b' }))).toBeUndefined();
    expect(strategy.next(shown({}, { 'x-next': '' }))).toBeUndefined();
    expect(strategy.next(shown({}, {}, { hidden: false }))).toBeUndefined();
  });

  it('an end token that is visible is the end', () => {
    const strategy = cursor<number>({ next: header('X-Next'), endTokens: ['nil'] });
    expect(strategy.next(shown({}, { 'x-next': 'nil' }))).toBeUndefined();
  });

  it.each([
    ['total', 'a whole number', { total: header('X-It') }],
    ['totalPages', 'a whole number', { totalPages: header('X-It') }],
    ['hasMore', 'true or false', { hasMore: header('X-It') }],
  ])('pageNumber by %s', (field, expected, options) => {
    const { next } = pageNumber<number>(options);
    const message = (more = {}, headers = {}) => thrown(() => next(shown({ page: 1 }, headers, more))).message;
    const plain = `${field} at header X-It: expected ${expected}, found null`;
    expect(message()).toBe(
      `${plain}; the header may be hidden: a browser shows only those headers of another origin that the server exposes. Let the server send Access-Control-Expose-Headers: X-It, or use a proxy on your own origin`,
    );
    expect(message({ hidden: false })).toBe(plain);
    expect(message({}, { 'x-it': 'no' })).toBe(`${field} at header X-It: expected ${expected}, found "no"`);
  });
});
