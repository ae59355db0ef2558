import { describe, expect, it } from '@jest/globals';
import { lastValueFrom, toArray } from 'rxjs';
import { ConfigError, CrossOriginError, ExtractError, linkHeader, paginate, type LinkHeaderOptions } from 'pagewise';
import { json, serve } from '../support/server.js';
import { plain, rejection, thrown } from '../support/walks.js';
import { strategyContract } from './contract.js';
import { ways } from './other-origins.js';

strategyContract('linkHeader', (options) => linkHeader<number>({ items: 'items', ...options }), {
  asked: ({ url }) => Number(url.searchParams.get('p') ?? 0),
  answer: ({ items, total, next, origin }) => ({
    body: { items, total },
    headers: next === undefined ? {} : { link: `<${origin}/items?p=${next}>; rel="next"` },
  }),
  tokens: true,
  emptyPages: true,
});

const at = 'http://host/items?q=1';

/** The next page's URL by this header, in an answer of `at`. */
const target = (link: string | null, options: LinkHeaderOptions<unknown> = {}, url = at): string | undefined => {
  const response = { status: 200, url, headers: { get: () => link }, body: [] };
  return linkHeader(options).next({ index: 0, position: {}, itemsBefore: 0, items: [1], body: [1], response })?.url;
};
const next = 'http://host/2';

describe('linkHeader', () => {
  it('follows rel="next", and sends a size on the first page only', async () => {
    const server = await serve((_seen, response, index) =>
      json(
        response,
        [index],
        200,
        index === 0 ? { Link: '<?page=2&sig=a%2Bb>; rel="next", <?page=9>; rel="last"' } : {},
      ),
    );
    const strategy = linkHeader<number>({ size: 100 });
    const pages = await lastValueFrom(paginate({ url: `${server.url}?q=a%20b` }, strategy).pipe(toArray()));
    expect(pages.map(({ next: position }) => position)).toEqual([
      { size: 100, url: `${server.url}?page=2&sig=a%2Bb` },
      undefined,
    ]);
    expect(server.seen.map(({ target: one }) => one)).toEqual([
      '/items?q=a%20b&per_page=100',
      '/items?page=2&sig=a%2Bb',
    ]);
  });

  it('reads several Link headers as one list', async () => {
    const server = await serve((_seen, response, index) => {
      response.setHeader('Link', index === 0 ? ['<?page=9>; rel="last"', '<?page=2>; rel="next"'] : []);
      json(response, [index]);
    });
    await lastValueFrom(paginate({ url: server.url }, linkHeader()));
    expect(server.seen.map(({ url }) => url.search)).toEqual(['', '?page=2']);
  });

  it('is the same for answers of 204', async () => {
    const server = await serve((_seen, response, index) => {
      if (index === 0) response.writeHead(204, { link: '<?page=2>; rel="next"' }).end();
      else json(response, [index]);
    });
    const pages = await lastValueFrom(paginate({ url: server.url }, linkHeader()).pipe(toArray()));
    expect(pages.map(({ items }) => items)).toEqual([[], [1]]);
  });

  it.each<[string, string | null, string | undefined]>([
    ['none', null, undefined],
    ['an empty one', '', undefined],
    ['nothing but commas', ' ,, , ', undefined],
    ['no next', '<http://host/1>; rel="prev"', undefined],
    ['the usual', `<${next}>; rel="next"`, next],
    ['among others', `<http://host/1>; rel="prev", <${next}>; rel="next", <http://host/9>; rel="last"`, next],
    ['unquoted', `<${next}>; rel=next`, next],
    ['unquoted, then another link', `<${next}>;rel=next,<http://host/9>;rel=last`, next],
    ['no space at all', `<${next}>;rel="next"`, next],
    ['spaces everywhere', `  <${next}>  ;  rel  =  "next"  ,  `, next],
    ['tabs', `<${next}>\t;\trel\t=\t"next"`, next],
    ['REL', `<${next}>; REL="next"`, next],
    ['NEXT', `<${next}>; rel="NEXT"`, next],
    ['two relations', `<${next}>; rel="next prev"`, next],
    ['two relations, next last', `<${next}>; rel="prev  next"`, next],
    ['two relations with a tab', `<${next}>; rel="prev\tnext"`, next],
    ['a relation that begins so', `<${next}>; rel="nextpage"`, undefined],
    ['a relation that holds it', `<${next}>; rel="the-next"`, undefined],
    ['a URL as relation', `<${next}>; rel="http://host/rels/next"`, undefined],
    ['a second rel is ignored', `<${next}>; rel="next"; rel="last"`, next],
    ['a second rel is ignored, the other way round', `<${next}>; rel="last"; rel="next"`, undefined],
    ['the first of two next links', `<${next}>; rel="next", <http://host/3>; rel="next"`, next],
    ['a link= parameter', `<http://host/1>; link="<http://evil>; rel=next"; rel="prev"`, undefined],
    ['a url= parameter', `<${next}>; url="http://evil"; rel="next"`, next],
    ['a uri= parameter', `<${next}>; uri=http://evil; rel="next"`, next],
    ['a parameter named target', `<${next}>; target="http://evil"; rel="next"`, next],
    ['?rel=next within the target', '<http://host/1?rel=next>; rel="prev"', undefined],
    ['; rel="next" within the target', '<http://host/1;rel="next">; rel="prev"', undefined],
    ['a comma within the target', '<http://host/2?ids=1,2;3>; rel="next"', 'http://host/2?ids=1,2;3'],
    ['a link within a title', `<http://host/1>; title="<http://evil>; rel=\\"next\\""; rel="prev"`, undefined],
    ['a link within a title, after a comma', `<http://host/1>; title=", <http://evil>; rel=next"`, undefined],
    ['escaped quotes', `<${next}>; title="a \\"b\\", <c>"; rel="next"`, next],
    ['an escaped backslash before the quote', `<${next}>; title="a\\\\"; rel="next"`, next],
    ['an escaped letter', `<${next}>; rel="n\\ext"`, next],
    ['a title* parameter', `<${next}>; title*=UTF-8''n%c3%a4chste; rel="next"`, next],
    ['a parameter without a value', `<${next}>; crossorigin; rel="next"`, next],
    ['an empty parameter', `<${next}>;; ;rel="next";`, next],
    ['an empty rel', `<${next}>; rel=""`, undefined],
    ['rel without a value', `<${next}>; rel`, undefined],
    ['empty members', `, ,<http://host/1>; rel="prev",, <${next}>; rel="next",`, next],
    ['an anchor elsewhere', `<http://evil/>; rel="next"; anchor="http://host/other", <${next}>; rel="next"`, next],
    ['nothing but an anchor elsewhere', `<${next}>; anchor="#part"; rel="next"`, undefined],
    ['an anchor here', `<${next}>; rel="next"; anchor="${at}"`, next],
    ['a relative anchor here', `<${next}>; rel="next"; anchor="?q=1"`, next],
    ['an empty anchor', `<${next}>; rel="next"; anchor=""`, next],
    ['an anchor without a value', `<${next}>; rel="next"; anchor`, next],
    ['an anchor that is no URL', `<${next}>; rel="next"; anchor="http://["`, undefined],
    ['a rev', `<${next}>; rev="next"`, undefined],
    ['an empty target: the page itself', '<>; rel="next"', at],
    ['a relative target', '<?page=2>; rel="next"', 'http://host/items?page=2'],
    ['broken text after it', `<${next}>; rel="next", oops <`, next],
  ])('S6 %s', (_name, link, expected) => {
    expect(target(link)).toBe(expected);
  });

  it.each<[string, string, number, string]>([
    ['no angle brackets', 'http://h/2; rel="next"', 1, '<'],
    ['an open target', ' <http://h/2; rel="next"', 2, 'a closing >'],
    ['an open quote', '<http://h/2>; rel="next', 24, 'a closing quote'],
    ['an open quote that ends in a backslash', '<http://h/2>; rel="next\\', 25, 'a closing quote'],
    ['junk between links', '<http://h/1>; rel="prev" junk, <http://h/2>; rel="next"', 26, 'a comma'],
    ['junk before it', 'junk, <http://h/2>; rel="next"', 1, '<'],
    ['a comma that is missing', '<http://h/1>; rel="prev" <http://h/2>; rel="next"', 26, 'a comma'],
    ['a comma that is missing after a word', '<http://h/1>; rel=prev <http://h/2>; rel="next"', 24, 'a comma'],
    ['a comma that is missing after a name', '<http://h/1>; crossorigin <http://h/2>; rel="next"', 27, 'a comma'],
    ['a comma in a parameter name', '<http://h/1>; "a,b"; rel="next"', 18, '<'],
  ])('%s is an error, never the end', (_name, link, character, expected) => {
    const error = thrown(() => target(link));
    expect(error).toBeInstanceOf(ExtractError);
    expect(error.message).toBe(
      `next at header Link: can't be read at character ${character}, where ${expected} was expected`,
    );
  });

  it.each([
    ['an empty anchor', '<http://host/2>; rel="next"; anchor=""', 'http://host/2'],
    ['an anchor', '<http://host/2>; rel="next"; anchor="/other"', undefined],
  ])('S6 %s in an answer that has no URL', (_name, link, expected) => {
    expect(target(link, {}, '')).toBe(expected);
  });

  it('differs from a strategy that follows another relation', () => {
    expect(linkHeader().identity).toEqual({ rel: 'next' });
    expect(linkHeader({ rel: 'older' }).identity).toEqual({ rel: 'older' });
  });

  it('a first page with items and without the header ends the walk, and is reported', () => {
    const doubt = (items: unknown[], link: string | null) => {
      const headers = { get: (name: string) => (name.toLowerCase() === 'link' ? link : null) };
      const response = { status: 200, url: at, headers, body: [] };
      return linkHeader().doubt?.({ index: 0, position: {}, itemsBefore: 0, items, body: [], response });
    };
    expect(doubt([1], null)).toBe('there is no Link header. If there are more pages, use another strategy');
    expect(doubt([1], '<?page=1>; rel="last"')).toBeUndefined();
    expect(doubt([], null)).toBeUndefined();
  });

  it('follows another relation', () => {
    const link = '<http://host/1>; rel="next", <http://host/2>; rel="http://host/rels/older"';
    expect(target(link, { rel: 'http://host/rels/Older' })).toBe('http://host/2');
  });

  const most = 64 * 1024;
  const filled = (unit: string) => unit.repeat(Math.floor(most / unit.length));
  // Quadratic scanners take minutes for some of these; two seconds are for slow machines.
  it.each([
    '<', '>', '<>', '<>,', '<>;', ';', ',', ' ', '\t', '"', '\\', '=', '<a>;', '<a>; ', '<a> ', '<a>;b="', '<a>;b="c";', '<a>;b="\\', '<a>;b=c d ',
    '<a>;rel=prev,', '<a>;rel="prev prev";', '<a>; ;', '<a>;b', '<a>;"', '<a>;=', '< ', '<,', '<a>,<',
  ])('S5 64 KB of %j are scanned in linear time', (unit) => {
    const texts = [filled(unit), filled(unit).slice(1), `<a>${filled(unit).slice(3)}`, `<a>; b="${filled(unit).slice(8)}`];
    const spaces = `<a>; rel="${filled(unit === '"' ? ' ' : unit).slice(11)}"`;
    const start = performance.now();
    const errors = [...texts, spaces].flatMap((text) => {
      try {
        target(text);
        return [];
      } catch (error) {
        return [error];
      }
    });
    expect(performance.now() - start).toBeLessThan(2000);
    expect(errors.filter((error) => !(error instanceof ExtractError))).toEqual([]);
  }); // prettier-ignore

  it('S5 a header over 64 KiB is an error, never the end', () => {
    const long = `<http://host/1>; title="${'x'.repeat(most)}"; rel="prev"`;
    const error = thrown(() => target(long));
    expect(error).toBeInstanceOf(ExtractError);
    expect(error.message).toBe(`next at header Link: the header has ${long.length} characters; at most 65536 are read`);
  });

  it('S5 a header of 64 KiB is read', () => {
    const head = `<${next}>; rel="next"; title="`;
    expect(target(`${head}${'x'.repeat(most - head.length - 1)}"`)).toBe(next);
  });

  const names = ways('http://evil', 'http://own').map(([name]) => name);
  // A line break can't stand in a header.
  it.each(names.filter((name) => name !== 'a newline in the scheme'))(
    'S1 S3 S4 %s is refused before anything is sent',
    async (name) => {
      const evil = await serve((_seen, response) => json(response, ['stolen']));
      const server = await serve((_seen, response) => {
        const url = new Map(ways(evil.origin, server.origin)).get(name) ?? '';
        json(response, [1], 200, { link: `<${url}>; rel="next"` });
      });
      const walk = lastValueFrom(
        paginate({ url: server.url, headers: { authorization: 'Bearer secret' } }, linkHeader(), { policy: plain }),
      );
      const error = await rejection(walk);
      expect(error).toBeInstanceOf(CrossOriginError);
      expect(error.message).not.toContain('secret');
      expect(evil.seen).toHaveLength(0);
      expect(evil.sockets.size).toBe(0);
      expect(server.seen).toHaveLength(1);
    },
  );

  it.each<[LinkHeaderOptions<unknown>, string]>([
    [{ rel: '' }, 'rel must be a non-empty string, not ""'],
    [{ rel: 5 as never }, 'rel must be a non-empty string, not 5'],
    [{ size: 101, maxSize: 100 }, "size 101 is above the API's maximum of 100"],
    [{ next: 'x' } as never, 'unknown option "next"'],
  ])('refuses %j', (options, message) => {
    const error = thrown(() => linkHeader(options));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toContain(`linkHeader: ${message}`);
  });
});
