import { describe, expect, it } from '@jest/globals';
import {
  checkpoint, ConfigError, cursor, type CursorOptions, ExtractError, header, linkHeader, type LinkHeaderOptions, nextUrl, type NextUrlOptions,
  paginate, type Page, type Strategy, type Transport,
} from 'pagewise'; // prettier-ignore
import {
  googleAip,
  hal,
  jsonApi,
  mediawiki,
  odata,
  slack,
  github,
  gitlab,
  dynamodbScan,
  type Profile,
} from 'pagewise/profiles';
import { json, serve } from '../support/server.js';
import { answer, itemsOf, plain, rejection, thrown } from '../support/walks.js';

const list = (count: number, from = 0) => Array.from({ length: count }, (_, i) => ({ id: from + i }));
const items = list(10);

/** A walk over one answer. */
async function walked(strategy: unknown, body: unknown, headers: Record<string, string> = {}, url = '') {
  const notices: string[] = [];
  const events = {
    next: (event: { type: string; message?: string }) =>
      void (event.type === 'notice' && notices.push(event.message ?? '')),
  };
  const transport: Transport = () => [{ ...answer(body, 200, headers), url }];
  const pages: Page[] = [];
  for await (const page of paginate({ url: 'https://api.example.com/' }, strategy as Strategy, {
    transport,
    events,
    policy: plain,
  }))
    pages.push(page);
  return { items: itemsOf(pages), notices };
}

const refused = (strategy: unknown, body: unknown, headers?: Record<string, string>, url?: string) =>
  rejection(walked(strategy, body, headers, url));

const byCursor = (options: Partial<CursorOptions<unknown>> = {}) =>
  cursor({ items: 'items', next: 'nextCursor', ...options });
const byUrl = (options: Partial<NextUrlOptions<unknown>> = {}) => nextUrl({ items: 'items', next: 'next', ...options });
const byLink = (options: LinkHeaderOptions<unknown> = {}) => linkHeader({ items: 'items', ...options });

const head = 'Page 1 failed: next at';
const tail = "or set `missingNext: 'end'` if this is the last page, GET https://api.example.com/";

describe('a first page without the next one that was named', () => {
  it('P13 a misspelt path is an error that names what was looked for, what is there, and the ways out', async () => {
    const error = await refused(byCursor(), { items, next_cursor: 'abc', has_more: true });
    expect(error).toBeInstanceOf(ExtractError);
    expect(error).toMatchObject({ field: 'next', path: 'nextCursor', pageIndex: 0 });
    expect(error.message).toBe(
      `${head} nextCursor: found nothing, but there is a value at 'next_cursor' and has_more is true, so there are probably more pages. Set \`next: 'next_cursor'\`, ${tail}`,
    );
  });

  it.each<[string, unknown, object, string]>([
    ['another case', byCursor(), { NextCursor: 'abc' }, "there is a value at 'NextCursor'"],
    ['other separators', byCursor({ next: 'meta.next-id' }), { meta: { nextId: 7 } }, "there is a value at 'meta.nextId'"],
    ['another place', byCursor({ next: 'cursor' }), { page: { cursor: 'abc' } }, "there is a value at 'page.cursor'"],
    ['a token object', byCursor({ next: 'Key' }), { key: { id: { S: '1' } } }, "there is a value at 'key'"],
    ['bytes', byCursor({ next: 'state' }), { State: new Uint8Array([1]) }, "there is a value at 'State'"],
    ['the parameter that would carry it', byCursor({ cursorParam: 'pageToken' }), { pageToken: 'abc' }, "there is a value at 'pageToken'"],
    ['a parameter of several', byCursor({ next: { a: 'x.b', page_state: 'x.c' } }), { pageState: 'abc' }, "there is a value at 'pageState'"],
    ['a next token', byCursor({ next: 'token' }), { nextPageMarker: 'abc' }, "there is a value at 'nextPageMarker'"],
    ['a next token in one word', byCursor({ next: 'token' }), { nextpagetoken: 'abc' }, "there is a value at 'nextpagetoken'"],
    ['a next page number', byCursor({ next: 'token' }), { meta: { next_page: 2 } }, "there is a value at 'meta.next_page'"],
    ['next in links', byUrl(), { links: { next: '/items?page=2' } }, "there is a value at 'links.next'"],
    ['next in links as an object', byUrl({ next: 'nxt' }), { _links: { next: { href: '/items?page=2' } } }, "there is a value at '_links.next.href'"],
    ['a URL in next', byCursor({ next: 'token' }), { meta: { next: 'https://api.example.com/?p=2' } }, "there is a value at 'meta.next'"],
    ['a URL in a next batch', byCursor({ next: 'token' }), { nextBatch: '/items?page=2' }, "there is a value at 'nextBatch'"],
    ['a token of something', byCursor({ next: 'token' }), { next_users_token: 'abc' }, "there is a value at 'next_users_token'"],
    ['a next URI', byUrl({ next: 'meta.nxt' }), { meta: { next_page_uri: '/2' } }, "there is a value at 'meta.next_page_uri'"],
    ['has-more', byCursor(), { hasMore: true }, 'hasMore is true'],
    ['has-more in an object', byUrl(), { pageInfo: { hasNextPage: true } }, 'pageInfo.hasNextPage is true'],
    ['has-more as text', byUrl(), { IsTruncated: 'True' }, 'IsTruncated is True'],
    ['has-more by another name', byUrl(), { info: { more_records: true } }, 'info.more_records is true'],
    ['has-more with a noun', byCursor(), { HasMoreStreams: true }, 'HasMoreStreams is true'],
    ['a flag that says the opposite', byUrl(), { endOfRecords: false }, 'endOfRecords is false'],
    ['a total that is not reached does not hide it', byCursor(), { nextcursor: 'a', total: 25 }, "there is a value at 'nextcursor'"],
    ['a list of another name does not', byCursor(), { next_cursor: 'a', warnings: [] }, "there is a value at 'next_cursor'"],
    ['lists beside it in an object about paging do not', byCursor(), { meta: { next_cursor: 'a', include: ['x'] } }, "there is a value at 'meta.next_cursor'"],
  ])('P13 %s is a sign of more', async (_name, strategy, more, sign) => {
    const error = await refused(strategy, { items, ...more });
    expect(error.name).toBe('ExtractError');
    expect(error.message).toContain(`found nothing, but ${sign}`);
  }); // prettier-ignore

  it.each<[string, unknown, object]>([
    ['null', byCursor(), { nextCursor: null, next_cursor: 'abc' }],
    ['an empty text', byCursor(), { nextCursor: '', has_more: true }],
    ['false', byUrl(), { next: false, links: { next: '/2' } }],
    ['null in one of several', byCursor({ next: { a: 'a', b: 'b' } }), { a: null, B: 'x' }],
    ['a sync token (Google Calendar)', byCursor({ next: 'nextPageToken', cursorParam: 'pageToken' }), { nextSyncToken: 'CPDAlvWDx70CEPDAlvWDx70CGAU=' }],
    ['a delta link (OData)', byUrl({ next: '@odata.nextLink' }), { '@odata.deltaLink': 'https://api.example.com/?token=1' }],
    ['cursors without a next URL (Facebook)', byUrl({ next: 'paging.next' }), { paging: { cursors: { before: 'MTA', after: 'MTg' } } }],
    ['a next token that is empty', byCursor({ next: 'metadata.next' }), { response_metadata: { next_cursor: '' } }],
    ['a link that is empty', byUrl({ next: 'nxt' }), { links: { self: '/1', next: { href: null } } }],
    ['links to here and back', byUrl({ next: 'links.next.href' }), { links: { self: { href: '/1' }, prev: { href: '/0' }, first: { href: '/0' } } }],
    ['has-more that is false', byCursor(), { has_more: false, isLast: true }],
    ['a total that is reached', byCursor(), { next_cursor: 'abc', total: 10 }],
    ['a total of text that is reached', byUrl(), { links: { next: '/2' }, meta: { total_count: '10' } }],
    ['as many pages as this one', byUrl(), { links: { next: '/2' }, page: 1, total_pages: 1 }],
    ['the last page of several', byUrl(), { links: { next: '/4' }, pagination: { currentPage: 3, totalPages: 3 } }],
    ['a start that is repeated', byCursor({ next: 'next_offset', cursorParam: 'offset' }), { offset: 0, limit: 25 }],
    ['a page number that is repeated', byCursor({ next: 'next_page', cursorParam: 'page' }), { page: 1 }],
    ['a token that is repeated', byCursor({ firstCursor: '*', cursorParam: 'cursorMark' }), { cursorMark: '*' }],
    ['an object about pages', byCursor({ next: 'token', cursorParam: 'page' }), { page: { size: 10, number: 1 } }],
    ['a way back, for a walk backwards', byUrl({ next: 'links.prev' }), { links: { next: '/2' } }],
    ['signs of another list', byCursor(), { comments: { data: [1], has_more: true, next_cursor: 'abc' } }],
    ['signs in an array', byCursor(), { others: [{ next_cursor: 'abc' }] }],
    ['how many there are in a next page', byCursor(), { nextPageSize: 5, next_count: 3 }],
    ['no items', byCursor(), { items: [] }],
    ['no items and a total', byCursor(), { items: [], total: 0 }],
    ['what comes next in something else', byUrl(), { article: { nextArticle: { id: 7, url: '/articles/7' } }, nextEpisode: '/8' }],
    ['a hint at a time', byCursor(), { next_run: '2026-01-01', context_token: 'x' }],
  ])('P13 %s is no sign of more', async (_name, strategy, more) => {
    const found = await walked(strategy, { items, ...more });
    expect(found.items).toHaveLength('items' in more ? 0 : 10);
  }); // prettier-ignore

  it('P13 what was picked from an object is no sign', async () => {
    const read = (body: unknown) => Object.values((body as { byId: object }).byId) as { id: number }[];
    const byId = { a: { id: 1, nextPage: '/x', hasMore: true }, b: { id: 2 } };
    expect((await walked(byCursor({ items: read }), { byId })).items).toHaveLength(2);
    expect((await refused(byCursor({ items: read }), { byId, hasMore: true })).message).toContain('hasMore is true');
  });

  it('P13 what the request sent is no sign', async () => {
    const body = { items, pageToken: 'abc' };
    const strategy = byCursor({ cursorParam: 'pageToken' });
    expect((await walked(strategy, body, {}, 'https://api.example.com/?pageToken=abc')).items).toHaveLength(10);
    expect((await refused(strategy, body, {}, 'https://api.example.com/?pageToken=ab')).name).toBe('ExtractError');
    // S3 has its parameters in other spellings: marker and Marker, continuation-token and ContinuationToken.
    expect((await walked(strategy, body, {}, 'https://api.example.com/?page-token=abc')).items).toHaveLength(10);
  });

  it('P13 the total that was named decides, not another one', async () => {
    const body = { items, total: 10, meta: { all: 12 }, next_cursor: 'abc' };
    expect((await walked(byCursor(), body)).items).toHaveLength(10);
    expect((await refused(byCursor({ total: 'meta.all' }), body)).name).toBe('ExtractError');
  });

  it('P13 a header that is absent, and one that says that there is more', async () => {
    const strategy = byCursor({ next: header('X-Next-Crsor') });
    expect((await refused(strategy, { items }, { 'x-next-cursor': 'abc' })).message).toContain(
      'next at header X-Next-Crsor: found nothing, but the header X-Next-Cursor has a value',
    );
    expect((await refused(strategy, { items, next_crsor: 'x' })).message).toContain("a value at 'next_crsor'");
    expect((await walked(strategy, { items, has_more: true }, { 'x-next-crsor': '' })).items).toHaveLength(10);
    expect((await refused(byUrl(), { items }, { link: '</2>; rel="next"' })).message).toContain(
      'the Link header has a next link, so there are probably more pages. Use `linkHeader`, or',
    );
    expect((await walked(byUrl(), { items }, { link: '</1>; rel="last"' })).items).toHaveLength(10);
    expect((await walked(byUrl(), { items }, { link: 'broken' })).items).toHaveLength(10);
  });

  it.each<[string, object, Record<string, string>, string, LinkHeaderOptions<unknown>?]>([
    ['a next URL in the body', { paging: { next: '/2' } }, {}, "there is a value at 'paging.next', so there are probably more pages. Use `nextUrl` with `next: 'paging.next'`, or"],
    ['a total in the body', { total_count: 25 }, {}, 'total_count is 25, but 10 items arrived, so there are probably more pages. Use another strategy, or'],
    ['a total of the list (GitHub compares)', { total_items: 25 }, {}, 'total_items is 25, but 10 items arrived'],
    ['a total in a header', {}, { 'x-total-count': '25' }, 'the header X-Total-Count is 25, but 10 items arrived'],
    ['a number of pages in a header', {}, { 'x-total-pages': '3' }, 'the header X-Total-Pages is 3, but 10 items arrived'],
    ['a next page in a header', {}, { 'x-next-page': '2' }, 'the header X-Next-Page has a value'],
    ['the total that was named', { all: 25 }, {}, 'the total is 25, but 10 items arrived', { total: 'all' }],
    ['has-more', { truncated: true }, {}, 'truncated is true'],
    ['a relation in another spelling', {}, { link: '</2>; rel="next_page"' }, 'the Link header has rel="next_page"', { rel: 'next-page' }],
    ['a next link where another relation was named', {}, { link: '</2>; rel="next"' }, 'the Link header has rel="next"', { rel: 'nxt' }],
  ])('P13 without a Link header, %s is a sign of more', async (_name, more, headers, sign, options = {}) => {
    expect((await refused(byLink(options), { items, ...more }, headers)).message).toContain(
      `next at header Link: found nothing, but ${sign}`,
    );
  }); // prettier-ignore

  it.each<[string, object, Record<string, string>?, LinkHeaderOptions<unknown>?]>([
    ['a total that is reached', { total_count: 10, next: '/2' }],
    ['a count, which may be that of the page', { count: 25 }],
    ['a total of something else', { rate: { total: 5000 }, total_price: 300, storage: { total: 9 } }],
    ['a total of another list', { files: [1], total_files: 25, authors: { data: [1], total: 25 } }],
    ['a total in the header that is reached', {}, { 'x-total-count': '10' }],
    ['a Link header with other relations', { truncated: true }, { link: '</1>; rel="self"' }],
    ['a next link, for a walk backwards', {}, { link: '</2>; rel="next"' }, { rel: 'prev' }],
    ['nothing', {}],
  ])('P13 without a Link header, %s is no sign of more', async (_name, more, headers = {}, options = {}) => {
    expect((await walked(byLink(options), { items, ...more }, headers)).items).toHaveLength(10);
  });

  it("P13 missingNext: 'end' takes it for the last page, and says nothing", async () => {
    for (const strategy of [byCursor({ missingNext: 'end' }), byUrl({ next: 'nxt', missingNext: 'end' }), byLink({ missingNext: 'end' })]) {
      const found = await walked(strategy, { items, next_cursor: 'abc', links: { next: '/2' }, has_more: true, total: 25 });
      expect([found.items.length, found.notices]).toEqual([10, []]);
    }
    for (const make of [() => byCursor({ missingNext: 'stop' as 'end' }), () => byLink({ missingNext: 1 as unknown as 'end' })])
      expect(thrown(make)).toBeInstanceOf(ConfigError);
  }); // prettier-ignore

  it('P13 other names are a notice, which advises what the strategy has', async () => {
    expect((await walked(byCursor(), { items, paging: { after: 'abc' } })).notices).toEqual([
      "The walk ended at its first page: there is nothing at nextCursor, but something like a token at 'paging.after'. If there are more pages, check the value of next.",
    ]);
    expect((await walked(byLink(), { items })).notices).toEqual([
      'The walk ended at its first page: there is no Link header. If there are more pages, use another strategy.',
    ]);
    expect((await walked(byCursor({ next: () => undefined }), { items, has_more: true })).notices).toEqual([
      'The walk ended at its first page: next returned nothing, but has_more is true.',
    ]);
  });

  it('P13 a later page, or the first one of a resumed walk, ends without signs being looked for', async () => {
    const server = await serve((_seen, response, index) =>
      json(response, {
        items: list(1, index),
        ...(index === 0 ? { nextCursor: 'b' } : { next_cursor: 'c', has_more: true }),
      }),
    );
    const run = (resumeFrom?: Page['resume']) => {
      const pages: Promise<Page[]> = (async () => {
        const all: Page[] = [];
        for await (const page of paginate({ url: server.url }, byCursor(), { resumeFrom })) all.push(page);
        return all;
      })();
      return pages;
    };
    const pages = await run();
    expect(pages).toHaveLength(2);
    expect(await run(pages[0]?.resume)).toHaveLength(1);
  });

  it('P13 a walk that fails so is not done for its checkpoint', async () => {
    const server = await serve((_seen, response) => json(response, { items, next_cursor: 'b' }));
    const kept = new Map<string, string>();
    const store = {
      get: (key: string) => kept.get(key),
      set: (key: string, value: string) => void kept.set(key, value),
    };
    const walk = () => paginate({ url: server.url }, byCursor(), { checkpoint: checkpoint(store as never, 'job') });
    const error = await rejection((async () => {
      for await (const page of walk()) void page;
    })()); // prettier-ignore
    expect(error.name).toBe('ExtractError');
    expect(error['resume']).toMatchObject({ index: 0 });
    expect([...kept.values()].join()).not.toContain('done');
  });

  it.each<[string, Profile, object, string]>([
    ['googleAip on BigQuery', googleAip(), { rows: items, pageToken: 'abc' }, "Set `next: 'pageToken'`"],
    ['jsonApi', jsonApi(), { data: items, link: { next: '/2' } }, "Set `next: 'link.next'`"],
    ['hal', hal(), { _embedded: { items }, links: { next: { href: '/2' } } }, "Set `next: 'links.next.href'`"],
    ['odata', odata(), { value: items, nextLink: '/2' }, "Set `next: 'nextLink'`"],
    ['slack', slack(), { ok: true, members: items, next_cursor: 'abc' }, "Set `next: 'next_cursor'`"],
    ['mediawiki', mediawiki(), { query: { allpages: items }, Continue: { apcontinue: 'x' } }, "Set `next: 'Continue'`"],
    ['github comparing', github({ items: 'commits' }), { commits: items, files: items, total_commits: 300 }, 'total_commits is 300'],
    ['gitlab', gitlab(), items, 'the header X-Next-Page has a value'],
    ['dynamodbScan on ListBackups', dynamodbScan({ items: 'BackupSummaries' }), { BackupSummaries: items, lastEvaluatedKey: { a: 1 } }, "'lastEvaluatedKey'"],
  ])('P13 the profile %s', async (name, { strategy }, body, said) => {
    const headers: Record<string, string> = name === 'gitlab' ? { 'x-next-page': '2' } : {};
    expect((await refused(strategy, body, headers)).message).toContain(said);
  }); // prettier-ignore

  it.each<[string, Profile, object]>([
    ['googleAip with a sync token', googleAip({ items: 'items' }), { items, nextSyncToken: 'abc' }],
    ['googleAip without anything', googleAip(), {}],
    ['odata with a delta link', odata(), { value: items, '@odata.deltaLink': 'https://x/' }],
    ['slack at its end', slack(), { ok: true, members: items, response_metadata: { next_cursor: '' } }],
    ['mediawiki at its end', mediawiki(), { batchcomplete: true, query: { allpages: items } }],
    ['hal at its end', hal(), { _links: { self: { href: '/1' }, curies: [{ name: 'x', href: '/{rel}' }] }, page: { totalElements: 0 } }],
    ['jsonApi at its end', jsonApi(), { data: items, links: { self: '/1', next: null } }],
    ['github with one page', github({ items: 'items' }), { items, total_count: 10, incomplete_results: false }],
    ['googleAip if told so', googleAip({ missingNext: 'end' }), { rows: items, pageToken: 'abc' }],
    ['googleAip by another name', googleAip({ next: 'pageToken' }), { rows: items }],
  ])('P13 the profile %s ends', async (_name, { strategy }, body) => {
    await walked(strategy, body);
  }); // prettier-ignore

  it('P13 a profile that finds lists only inside objects says so, and an empty answer is fine', async () => {
    for (const { strategy } of [googleAip(), hal(), mediawiki()]) {
      const body = { _links: {}, query: {}, items: { zones: { instances: items } } };
      expect((await refused(strategy, body)).message).toContain(
        "found no list there, but lists at 'items.zones.instances'; set items to the path",
      );
      expect((await walked(strategy, { _links: {}, query: {}, items: { zones: {} } })).items).toEqual([]);
    }
  });
});
