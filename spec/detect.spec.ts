import { describe, expect, it } from '@jest/globals';
import type { ServerResponse } from 'node:http';
import { lastValueFrom, toArray } from 'rxjs';
import {
  CrossOriginError,
  detect,
  DetectionError,
  items,
  paginate,
  TransportError,
  type DetectOptions,
  type PageRequest,
} from 'pagewise';
import { json, rows, serve, type Seen } from './support/server.js';
import { rejection } from './support/walks.js';

type Handler = (seen: Seen, response: ServerResponse, origin: string) => void;
const records = rows(25).map((id) => ({ id, name: `row ${id}` }));
const query = (seen: Seen, name: string) => seen.url.searchParams.get(name);
const number = (seen: Seen, name: string, otherwise: number) => Number(query(seen, name) ?? otherwise);

/** Detects how a server pages, and walks it that way. */
async function found(handle: Handler, request: Partial<PageRequest> = {}, search = '', options: DetectOptions = {}) {
  let origin = '';
  const server = await serve((seen, response) => handle(seen, response, origin));
  origin = server.origin;
  const template = { url: server.url + search, ...request };
  const detection = await detect<{ id: number }>(template, options);
  const asked = server.seen.length;
  const all = await lastValueFrom(paginate(template, detection.strategy).pipe(items(), toArray()));
  return { ...detection, asked, all, server };
}

const byCursor =
  (token: string, param: string, more: (next: string | null) => object = () => ({})): Handler =>
  (seen, response) => {
    const from = Number((query(seen, param) ?? 'c0').slice(1));
    const next = from + 10 < 25 ? `c${from + 10}` : null;
    json(response, { data: records.slice(from, from + 10), [token]: next, ...more(next) });
  };

describe('detect finds, verifies and writes out', () => {
  it.each<[name: string, typescript: string, handle: Handler, request?: Partial<PageRequest>, search?: string]>([
    [
      'a Link header',
      "linkHeader({ items: '.' })",
      (seen, response, origin) => {
        const page = number(seen, 'page', 1);
        const next =
          page < 3 ? { link: `<${origin}/items?page=${page + 1}>; rel="next"` } : { link: '<x>; rel="first"' };
        json(response, records.slice((page - 1) * 10, page * 10), 200, next);
      },
    ],
    [
      'OData',
      "nextUrl({ items: 'value', next: '@odata.nextLink' })",
      (seen, response, origin) => {
        const from = number(seen, '$skiptoken', 0);
        const next = from + 10 < 25 ? { '@odata.nextLink': `${origin}/items?%24skiptoken=${from + 10}` } : {};
        json(response, { '@odata.context': '$metadata', value: records.slice(from, from + 10), ...next });
      },
    ],
    [
      'JSON:API',
      "nextUrl({ items: 'data', next: 'links.next.href', total: 'meta.total' })",
      (seen, response) => {
        const page = number(seen, 'page[number]', 1);
        const links = { self: '/items', next: page < 3 ? { href: `/items?page[number]=${page + 1}` } : null };
        const data = records.slice((page - 1) * 10, page * 10);
        json(response, { data, included: [{ type: 'x', id: 1 }], links, meta: { total: 25 } });
      },
    ],
    [
      'HAL',
      "nextUrl({ items: '_embedded.orders', next: '_links.next.href' })",
      (seen, response) => {
        const page = number(seen, 'page', 1);
        const next = page < 3 ? { next: { href: `/items?page=${page + 1}` } } : {};
        json(response, {
          _embedded: { orders: records.slice((page - 1) * 10, page * 10) },
          _links: { self: { href: '/items' }, ...next },
        });
      },
    ],
    [
      'the next URL of Django REST framework',
      "nextUrl({ items: 'results', next: 'next', total: 'count' })",
      (seen, response, origin) => {
        const from = number(seen, 'offset', 0);
        const next = from + 10 < 25 ? `${origin}/items?offset=${from + 10}` : null;
        json(response, { count: 25, next, previous: null, results: records.slice(from, from + 10) });
      },
    ],
    [
      'a token',
      "cursor({ items: 'data', next: 'next_cursor', cursorParam: 'cursor' })",
      byCursor('next_cursor', 'cursor'),
    ],
    [
      'a token under another name, tried until it is read',
      "cursor({ items: 'data', next: 'next_cursor', cursorParam: 'starting_after' })",
      byCursor('next_cursor', 'starting_after'),
    ],
    [
      'the next row, sent as the row to start at',
      "cursor({ items: 'rows', next: 'next_row', cursorParam: 'start_row', endTokens: ['0', 0, '-1', -1] })",
      (seen, response) => {
        const from = number(seen, 'start_row', 1);
        if (from < 1 || from > 25) json(response, { error: 'no such row' }, 400);
        else json(response, { rows: records.slice(from - 1, from + 9), next_row: from + 10 > 25 ? null : from + 10 });
      },
    ],
    [
      'a page token, with empty pages',
      "cursor({ items: 'items', next: 'nextPageToken', cursorParam: 'pageToken' })",
      (seen, response) => {
        const step = number(seen, 'pageToken', 0);
        const list = [records.slice(0, 10), [], [], records.slice(10)][step] ?? [];
        json(response, step < 3 ? { items: list, nextPageToken: String(step + 1) } : { items: list });
      },
    ],
    [
      'a token that comes with the last page too: has-more decides',
      "cursor({ items: 'data', next: 'after_cursor', cursorParam: 'after', hasMore: 'has_more' })",
      (seen, response) => {
        const from = number(seen, 'after', 0);
        json(response, {
          data: records.slice(from, from + 10),
          has_more: from + 10 < 25,
          after_cursor: String(from + 10),
        });
      },
    ],
    [
      "MediaWiki's continue, an object of parameters",
      "cursor({ items: 'query.pages', next: 'continue', cursorParam: (token) => token as Params })",
      (seen, response) => {
        const from = number(seen, 'apcontinue', 0);
        const more = from + 10 < 25 ? { continue: { apcontinue: String(from + 10), continue: '-||' } } : {};
        json(response, { query: { pages: records.slice(from, from + 10) }, ...more });
      },
    ],
    [
      'a token in a header, sent in a header',
      "cursor({ items: '.', next: header('x-ms-continuation'), cursorParam: 'x-ms-continuation', place: inHeaders() })",
      (seen, response) => {
        const from = Number(seen.headers['x-ms-continuation'] ?? 0);
        json(
          response,
          records.slice(from, from + 10),
          200,
          from + 10 < 25 ? { 'x-ms-continuation': String(from + 10) } : {},
        );
      },
    ],
    [
      'the last item’s id and has-more',
      "keyset({ items: 'data', key: 'id', cursorParam: 'starting_after', hasMore: 'has_more' })",
      (seen, response) => {
        const after = number(seen, 'starting_after', -1);
        json(response, { object: 'list', data: records.slice(after + 1, after + 11), has_more: after + 11 < 25 });
      },
    ],
    [
      'a page number, with a total that is confirmed',
      "pageNumber({ items: 'items', pageParam: 'page', total: 'total', totalPages: 'pages' })",
      (seen, response) => {
        const page = number(seen, 'page', 1);
        json(response, { items: records.slice((page - 1) * 10, page * 10), page, total: 25, pages: 3 });
      },
    ],
    [
      'a page number from 0',
      "pageNumber({ items: 'items', pageParam: 'page', start: 0 })",
      (seen, response) => {
        const page = number(seen, 'page', 0);
        json(response, { items: records.slice(page * 10, page * 10 + 10), page });
      },
    ],
    [
      'a page number that nothing mentions, and a total that is the length of the page',
      "pageNumber({ items: 'items', pageParam: 'page' })",
      (seen, response) => {
        const page = number(seen, 'page', 1);
        const list = records.slice((page - 1) * 10, page * 10);
        json(response, { items: list, total: list.length });
      },
    ],
    [
      'WordPress: the number of pages in a header, 400 past the end',
      "pageNumber({ items: '.', pageParam: 'page', total: header('X-WP-Total'), totalPages: header('X-WP-TotalPages') })",
      (seen, response) => {
        const page = number(seen, 'page', 1);
        const headers = { 'x-wp-totalpages': '3', 'x-wp-total': '25' };
        if (page > 3) json(response, { code: 'rest_post_invalid_page_number' }, 400);
        else json(response, records.slice((page - 1) * 10, page * 10), 200, headers);
      },
    ],
    [
      'an offset',
      "offset({ items: 'data', offsetParam: 'offset', total: 'meta.filter_count' })",
      (seen, response) => {
        const from = number(seen, 'offset', 0);
        json(response, { data: records.slice(from, from + 10), meta: { filter_count: 25 } });
      },
    ],
    [
      'a start index from 1 (SCIM)',
      "offset({ items: 'Resources', offsetParam: 'startIndex', start: 1, total: 'totalResults' })",
      (seen, response) => {
        const from = number(seen, 'startIndex', 1) - 1;
        json(response, {
          totalResults: 25,
          startIndex: from + 1,
          itemsPerPage: 10,
          Resources: records.slice(from, from + 10),
        });
      },
    ],
    [
      'the parameters that the request has already',
      "offset({ items: 'data', offsetParam: '$skip' })",
      (seen, response) => {
        const from = number(seen, '$skip', 0);
        json(response, { data: records.slice(from, from + 10) });
      },
      {},
      '?$skip=0',
    ],
    [
      "a POST's body: page numbers under pagination",
      "pageNumber({ items: 'hits', pageParam: 'page', place: inBody('pagination') })",
      (seen, response) => {
        const { pagination } = JSON.parse(seen.body) as { pagination?: { page?: number } };
        const page = pagination?.page ?? 1;
        json(response, { status: { code: 10000 }, hits: records.slice((page - 1) * 10, page * 10) });
      },
      { method: 'POST', body: { searches: [{}] } },
    ],
    [
      "a POST's body: object tokens (DynamoDB)",
      "cursor({ items: 'Items', next: 'LastEvaluatedKey', cursorParam: 'ExclusiveStartKey', place: inBody() })",
      (seen, response) => {
        const { ExclusiveStartKey: key } = JSON.parse(seen.body) as { ExclusiveStartKey?: { id: { N: string } } };
        const from = Number(key?.id.N ?? 0);
        const next = from + 10 < 25 ? { LastEvaluatedKey: { id: { N: String(from + 10) } } } : {};
        json(response, { Count: 10, Items: records.slice(from, from + 10), ...next });
      },
      { method: 'POST', body: { TableName: 't' } },
    ],
    [
      'a Relay connection',
      "relay({ items: 'data.viewer.rows.nodes', pageInfo: 'data.viewer.rows.pageInfo', cursorParam: 'from' })",
      (seen, response) => {
        const { variables } = JSON.parse(seen.body) as { variables?: { from?: string } };
        const from = Number(variables?.from ?? 0);
        const pageInfo = { hasNextPage: from + 10 < 25, endCursor: String(from + 10) };
        json(response, { data: { viewer: { rows: { nodes: records.slice(from, from + 10), pageInfo } } } });
      },
      {
        method: 'POST',
        body: { query: 'query ($from: String) { viewer { rows(first: 10, after: $from) { nodes { id } } } }' },
      },
    ],
    [
      'one page that says so',
      "cursor({ items: 'data', next: 'next_cursor', cursorParam: 'cursor' })",
      (_seen, response) => json(response, { data: records, next_cursor: null }),
    ],
    ['an empty list', "singlePage({ items: 'data' })", (_seen, response) => json(response, { data: [] })],
  ])('%s', async (...row) => {
    const [name, typescript, handle, request, search] = row;
    const { all, asked, evidence, typescript: written } = await found(handle, request, search);
    expect(written).toBe(typescript);
    expect(all).toEqual(name === 'an empty list' ? [] : records);
    expect(evidence.length).toBeGreaterThan(0);
    expect(asked).toBeLessThan(16);
  });
});

/** What detection reports when it is undecided. */
async function unsure(handle: Handler, request: Partial<PageRequest> = {}, options: DetectOptions = {}) {
  const server = await serve((seen, response) => handle(seen, response, ''));
  return { error: await rejection(detect({ url: server.url, ...request }, options)), server };
}

describe('detect never guesses', () => {
  it('a list that no parameter changes, and no sign that it is complete: an error with what was tried', async () => {
    const { error, server } = await unsure((_seen, response) => json(response, records));
    expect(error).toBeInstanceOf(DetectionError);
    expect(error.message).toContain("can't detect how this API pages: nothing in the answer leads to another page");
    expect(error.message).toContain("singlePage({ items: '.' }) if this answer is the whole list");
    expect(error.message).toContain(
      "pageNumber({ items: '.', pageParam: 'page' }): the API ignores page, pageNumber, page_number and ",
    );
    expect(error['candidates']).toContainEqual(
      expect.objectContaining({ flags: '--paging offset --items . --offset-param offset' }),
    );
    expect(server.seen.length).toBeLessThan(9);
  });

  it('pages that shift meanwhile are no proof', async () => {
    const { error } = await unsure((seen, response) => {
      const page = number(seen, 'page', 1);
      json(response, { items: records.slice((page - 1) * 5, (page - 1) * 5 + 10) });
    });
    expect(error.message).toContain("page=2 has some of the first page's items");
  });

  it('an offset that counts pages is no offset', async () => {
    const { error } = await unsure((seen, response) => {
      const page = number(seen, 'offset', 0);
      json(response, { data: records.slice(page * 10, page * 10 + 10), total: 25 });
    });
    expect(error.message).toContain('does not begin with the last item of the first page: offset does not count items');
  });

  it('a last page that the rest of the answer contradicts is not taken for the end', async () => {
    const { error } = await unsure((_seen, response) =>
      json(response, { data: records, next_cursor: null, total: 250 }),
    );
    expect(error.message).toContain('this answer announces that it is the last page, but total is 250');
  });

  it('two lists: the caller must say which one is meant', async () => {
    const both: Handler = (_seen, response) => json(response, { cats: records, dogs: records, next_cursor: null });
    const { error, server } = await unsure(both);
    expect(error.message).toContain('several lists (cats, dogs). Name one with items');
    expect(server.seen).toHaveLength(1);
    expect((await found(both, {}, '', { items: 'dogs' })).typescript).toContain("items: 'dogs'");
  });

  it('no list at all', async () => {
    const { error } = await unsure((_seen, response) => json(response, { ok: true }));
    expect(error.message).toContain('the answer has no list');
  });

  it('S1 a next URL on another origin is not requested', async () => {
    const evil = await serve((_seen, response) => json(response, []));
    const { error } = await unsure((_seen, response) => json(response, { results: records, next: evil.url }));
    expect(error).toBeInstanceOf(CrossOriginError);
    expect(evil.seen).toHaveLength(0);
  });

  it('an API that fails is not taken for another kind of paging: its error is reported', async () => {
    const { error } = await unsure((seen, response) =>
      seen.url.search === '' ? json(response, { items: records, page: 1 }) : void response.socket?.destroy(),
      {}, { policy: (source) => source },
    ); // prettier-ignore
    expect(error).toBeInstanceOf(TransportError);
    const refusing = await unsure((_seen, response) => json(response, { message: 'no' }, 401));
    expect(refusing.error).toMatchObject({ status: 401 });
  });

  it('unknown options are refused', async () => {
    expect((await rejection(detect({ url: 'http://x/' }, { limit: 3 } as never))).message).toContain(
      'unknown option "limit"',
    );
  });
});

describe('detect and answers that mislead', () => {
  const tokenOf = (from: number) => (from + 10 < 25 ? `c${from + 10}` : null);
  const fromOf = (seen: Seen, name: string) => Number((query(seen, name) ?? 'c0').slice(1) || 0);

  it.each<[name: string, typescript: string, handle: Handler]>([
    [
      'the token of this page beside that of the next',
      "cursor({ items: 'items', next: 'nextPageToken', cursorParam: 'pageToken' })",
      (seen, response) => {
        const from = fromOf(seen, 'pageToken');
        const pageToken = query(seen, 'pageToken') ?? '';
        json(response, { pageToken, items: records.slice(from, from + 10), nextPageToken: tokenOf(from) ?? '' });
      },
    ],
    [
      'a Link header that has no next link, and a token',
      "cursor({ items: 'data', next: 'next_cursor', cursorParam: 'cursor' })",
      (seen, response) => {
        const from = fromOf(seen, 'cursor');
        const link = '</items>; rel="first"';
        json(response, { data: records.slice(from, from + 10), next_cursor: tokenOf(from) }, 200, { link });
      },
    ],
    [
      'a bookmark that is null, and unrelated to paging',
      "pageNumber({ items: 'data', pageParam: 'page' })",
      (seen, response) => {
        const page = number(seen, 'page', 1);
        json(response, { user: { bookmark: null }, data: records.slice((page - 1) * 10, page * 10) });
      },
    ],
    [
      'a token that begins with a slash',
      "cursor({ items: 'data', next: 'next_cursor', cursorParam: 'cursor' })",
      (seen, response) => {
        const from = Number(/\d+/.exec(query(seen, 'cursor') ?? '0')?.[0]);
        const next = from + 10 < 25 ? `/w${from + 10}==` : null;
        json(response, { data: records.slice(from, from + 10), next_cursor: next });
      },
    ],
    [
      'a flag that is false on every page, and unrelated to paging',
      "cursor({ items: 'data', next: 'next_cursor', cursorParam: 'cursor' })",
      (seen, response) => {
        const from = fromOf(seen, 'cursor');
        const data = records.slice(from, from + 10);
        json(response, { query: { truncated: false }, data, next_cursor: tokenOf(from) });
      },
    ],
    [
      'a has-more that is false too early',
      "cursor({ items: 'data', next: 'next_cursor', cursorParam: 'cursor' })",
      (seen, response) => {
        const from = fromOf(seen, 'cursor');
        json(response, {
          data: records.slice(from, from + 10),
          has_more: from === 0,
          next_cursor: from < 20 ? `c${from + 10}` : null,
        });
      },
    ],
    [
      'a has-more that not every page has',
      "cursor({ items: 'data', next: 'next_cursor', cursorParam: 'cursor' })",
      (seen, response) => {
        const from = fromOf(seen, 'cursor');
        const more = from === 0 ? { has_more: true } : {};
        json(response, { data: records.slice(from, from + 10), ...more, next_cursor: tokenOf(from) });
      },
    ],
  ])('%s', async (...row) => {
    const [, typescript, handle] = row;
    const { all, typescript: written } = await found(handle);
    expect(written).toBe(typescript);
    expect(all).toEqual(records);
  });
});

describe('detect and counts of something else', () => {
  const many = rows(60).map((id) => ({ id }));
  it.each<[name: string, typescript: string, handle: Handler]>([
    [
      'a sum, with page numbers',
      "pageNumber({ items: 'items', pageParam: 'page' })",
      (seen, response) => {
        const page = number(seen, 'page', 1);
        json(response, { items: many.slice((page - 1) * 10, page * 10), page, summary: { total: 34 } });
      },
    ],
    [
      'a sum, with offsets',
      "offset({ items: 'items', offsetParam: 'offset' })",
      (seen, response) => {
        const from = number(seen, 'offset', 0);
        json(response, { items: many.slice(from, from + 10), offset: from, summary: { total: 34 } });
      },
    ],
    [
      'the pages of a book',
      "pageNumber({ items: 'items', pageParam: 'page' })",
      (seen, response) => {
        const page = number(seen, 'page', 1);
        json(response, { items: many.slice((page - 1) * 10, page * 10), book: { pages: 2 } });
      },
    ],
    [
      'a flag that is no has-more',
      "pageNumber({ items: 'items', pageParam: 'page' })",
      (seen, response) => {
        const page = number(seen, 'page', 1);
        json(response, { items: many.slice((page - 1) * 10, page * 10), more: page === 1 });
      },
    ],
    [
      'a total of pages, where the last one comes again past the end',
      "pageNumber({ items: 'items', pageParam: 'page', totalPages: 'pages' })",
      (seen, response) => {
        const page = Math.min(6, number(seen, 'page', 1));
        json(response, { items: many.slice((page - 1) * 10, page * 10), pages: 6 });
      },
    ],
  ])('%s', async (...row) => {
    const [, typescript, handle] = row;
    const { all, typescript: written } = await found(handle);
    expect(written).toBe(typescript);
    expect(all).toEqual(many);
  });
});

describe('detect and parameters that are not read', () => {
  it('items that look new in every answer: a token that does not move is not read', async () => {
    let time = 0;
    const volatile =
      (param: string): Handler =>
      (seen, response) => {
        const from = Number(query(seen, param) ?? 0);
        const data = records.slice(from, from + 10).map(({ id }) => ({ sku: id, at: ++time }));
        json(response, { data, next_cursor: from + 10 < 25 ? String(from + 10) : null });
      };
    const { all, typescript } = await found(volatile('starting_after'));
    expect(typescript).toContain("cursorParam: 'starting_after'");
    expect(all).toMatchObject(records.map(({ id }) => ({ sku: id })));
    expect((await unsure(volatile('elsewhere'))).error).toBeInstanceOf(DetectionError);
  });

  it.each<[param: string, more: (next: boolean, from: number) => object]>([
    ['starting_after', (next, from) => ({ next_cursor: next ? String(from + 9) : null })],
    ['after_id', (next) => ({ has_more: next })],
  ])('every parameter is a filter, and only %s is one of paging', async (...row) => {
    const [param, more] = row;
    const { all, typescript } = await found((seen, response) => {
      const from = number(seen, param, -1) + 1;
      const data = [...seen.url.searchParams.keys()].some((name) => name !== param)
        ? []
        : records.slice(from, from + 10);
      json(response, { data, ...more(data.length > 0 && from + 10 < 25, from) });
    });
    expect(typescript).toContain(`cursorParam: '${param}'`);
    expect(all).toEqual(records);
  });

  it('an empty page 2 is not the end if a total says that there is more', async () => {
    const { error } = await unsure((seen, response) =>
      json(response, { items: number(seen, 'page', 1) === 1 ? records : [], total: 250 }),
    );
    expect(error.message).toContain('the second page is empty, but total is 250');
  });
});

describe('detect and lists that mislead', () => {
  it('a list beside its metadata (World Bank)', async () => {
    const { all, typescript } = await found((seen, response) => {
      const page = number(seen, 'page', 1);
      json(response, [{ page, pages: 3, total: 25 }, records.slice((page - 1) * 10, page * 10)]);
    });
    expect(typescript).toBe("pageNumber({ items: '1', pageParam: 'page', total: '0.total', totalPages: '0.pages' })");
    expect(all).toEqual(records);
  });

  it('a next URL of something else', async () => {
    const { error, server } = await unsure((seen, response) => {
      const month = number(seen, 'month', 1);
      json(response, { events: [{ id: month }], next_month: `/items?month=${month + 1}` });
    });
    expect(error).toBeInstanceOf(DetectionError);
    expect(server.seen.map(({ url }) => url.search)).not.toContain('?month=2');
  });

  it.each<[body: object, message: string]>([
    [{ data: [], total: 250 }, 'total is 250, the list at data has 0 items'],
    [{ data: [], has_more: true }, 'has_more is true, the list at data has 0 items'],
    [{ data: records, total: 25, pages: 3 }, 'pages is 3, the list at data has 25 items'],
    [{ data: records, count: 25 }, 'nothing in the answer leads to another page'],
    [{ data: null, errors: [] }, 'the answer has no list'],
    [{ data: null, errors: [{ message: 'no' }] }, 'the answer has no list'],
  ])('%j is not taken for the only page', async (...row) => {
    const [body, message] = row;
    const { error } = await unsure((_seen, response) => json(response, body));
    expect(error).toBeInstanceOf(DetectionError);
    expect(error.message).toContain(message);
  });

  it('two connections: the caller must say which one is meant, and that one is walked', async () => {
    const both: Handler = (seen, response) => {
      const { variables = {} } = JSON.parse(seen.body) as { variables?: Record<string, string> };
      const connection = (name: string) => {
        const from = Number(variables[`${name}After`] ?? 0);
        return {
          nodes: records.slice(from, from + 10).map((record) => ({ ...record, name })),
          pageInfo: { hasNextPage: from + 10 < 25, endCursor: String(from + 10) },
        };
      };
      json(response, { data: { cats: connection('cats'), dogs: connection('dogs') } });
    };
    const query =
      'query ($dogsAfter: String) { cats(first: 10) { nodes { id } } dogs(first: 10, after: $dogsAfter) { nodes { id } } }';
    const request = { method: 'POST', body: { query } };
    expect((await unsure(both, request)).error.message).toContain('several lists (data.cats.nodes, data.dogs.nodes)');
    const { all, typescript } = await found(both, request, '', { items: 'data.dogs.nodes' });
    expect(typescript).toBe(
      "relay({ items: 'data.dogs.nodes', pageInfo: 'data.dogs.pageInfo', cursorParam: 'dogsAfter' })",
    );
    expect(all).toEqual(records.map((record) => ({ ...record, name: 'dogs' })));
  });
});

describe('detect and sizes', () => {
  const sized: Handler = (seen, response) => {
    const page = number(seen, 'page', 1);
    const size = Math.min(20, number(seen, 'page_size', 5));
    json(response, { items: records.slice((page - 1) * size, page * size) });
  };

  it('finds the size parameter by what changes the page, even if the server caps it', async () => {
    const seven = await found(sized, {}, '', { size: 7 });
    expect(seven.typescript).toBe("pageNumber({ items: 'items', pageParam: 'page', size: 7, sizeParam: 'page_size' })");
    expect(seven.all).toEqual(records);
    const capped = await found(sized, {}, '', { size: 100 });
    expect(capped.typescript).toContain("size: 100, sizeParam: 'page_size'");
    expect(capped.all).toEqual(records);
  });

  it('a filter that happens to match the size is not the size parameter', async () => {
    const { all, typescript } = await found(
      (seen, response) => {
        const page = number(seen, 'page', 1);
        const take = number(seen, 'take', 5);
        const filtered = query(seen, 'size') !== null;
        json(response, { items: filtered ? records.slice(18) : records.slice((page - 1) * take, page * take) });
      },
      {},
      '',
      { size: 7 },
    );
    expect(typescript).toContain("size: 7, sizeParam: 'take'");
    expect(all).toEqual(records);
  });

  it('uses the given name, and says if none is found', async () => {
    expect((await found(sized, {}, '', { size: 7, sizeParam: 'page_size' })).all).toEqual(records);
    const fixed: Handler = (seen, response) => {
      const page = number(seen, 'page', 1);
      json(response, { items: records.slice((page - 1) * 5, page * 5) });
    };
    const { error } = await unsure(fixed, {}, { size: 7 });
    expect(error.message).toContain('no page of 7 items could be requested: no common size parameter changes the page');
  });
});

describe('detect and what could not be verified', () => {
  it('having seen page 2 is proof; a last page or an empty list is not, and the result says so', async () => {
    expect((await found(byCursor('next_cursor', 'cursor'))).proved).toBe(true);
    const last = await found((_seen, response) => json(response, { data: records, next_cursor: null }));
    expect([last.proved, last.evidence.at(-1)]).toEqual([
      false,
      'there is no second page, so how to request one could not be proved',
    ]);
    expect((await found((_seen, response) => json(response, { data: [] }))).proved).toBe(false);
  });

  it.each([
    [{ status: { complete: true } }],
    [{ done: true }],
    [{ job: { finished: true } }],
    [{ user: { next_page: null } }],
  ])('%j is no sign that the list is whole: it may be about something else', async (beside) => {
    const { error } = await unsure((_seen, response) => json(response, { ...beside, items: records.slice(0, 3) }));
    expect(error).toBeInstanceOf(DetectionError);
    expect(error['items']).toBe('items');
  });

  it('a total that is the number of items is no proof that this is all: it may be the length of the page', async () => {
    const { error } = await unsure((_seen, response) => json(response, { total: 3, data: records.slice(0, 3) }));
    expect(error).toBeInstanceOf(DetectionError);
    expect(error['items']).toBe('data');
    const paged = await found((seen, response) => {
      const list = records.slice(number(seen, 'offset', 0)).slice(0, 10);
      json(response, { total: list.length, data: list });
    });
    expect(paged.all).toEqual(records);
  });

  it.each([{ size: 5, sizeParam: 'page[size]' }, { size: 5, sizeParam: 'per_page' }, { size: 5 }])(
    'one page of the default size is several of the requested size: %j',
    async (options) => {
      const name = options.sizeParam ?? 'limit';
      const { all, typescript } = await found(
        (seen, response) => {
          const size = number(seen, name, 100);
          const from = number(seen, 'cursor', 0);
          const next = from + size < 25 ? String(from + size) : null;
          json(response, { data: records.slice(from, from + size), next_cursor: next });
        },
        {},
        '',
        options,
      );
      expect(all).toEqual(records);
      expect(typescript).toContain(`size: 5, sizeParam: '${name}'`);
    },
  );
});

describe('P19 detection never accepts by luck', () => {
  const tokenLists: [string, (last: boolean) => object][] = [
    ['a token', (last) => ({ next_cursor: last ? null : 'abc' })],
    ['a numeric token', (last) => (last ? {} : { nextPageToken: 4711 })],
  ];
  it.each(tokenLists)('%s under a name that is a filter: an empty answer proves nothing', async (...row) => {
    const [, more] = row;
    // Each parameter that the API knows filters; what it does not know is ignored. It takes the token as `x`.
    const { error } = await unsure((seen, response) => {
      const filters = ['cursor', 'after', 'page_token', 'pageToken'].some((name) => query(seen, name) !== null);
      json(response, { data: filters ? [] : records.slice(0, 10), ...more(filters) });
    });
    expect(error).toBeInstanceOf(DetectionError);
    expect(error.message).toContain('zq7x-pagewise');
    expect(error.message).not.toContain('singlePage');
  });

  it('an empty answer is proof if the API refuses a token that it did not give out', async () => {
    const { all, typescript } = await found((seen, response) => {
      const token = query(seen, 'cursor');
      if (token !== null && token !== 'abc') return json(response, { error: 'bad cursor' }, 500);
      json(response, token === null ? { data: records, next_cursor: 'abc' } : { data: [], next_cursor: null });
    });
    expect(typescript).toContain("cursorParam: 'cursor'");
    expect(all).toEqual(records);
  });

  it('items that are new for any token are no proof', async () => {
    let time = 0;
    const { error } = await unsure((_seen, response) =>
      json(response, { data: rows(10).map(() => ({ id: ++time })), next_cursor: `t${++time}` }),
    );
    expect(error.message).toContain('a value that no API issues');
  });

  it('an API that decodes any token to other items is told apart from one whose items are new each time', async () => {
    const { all } = await found((seen, response) => {
      const at = Number((query(seen, 'cursor') ?? 'c0').slice(1)); // NaN for what it did not give out.
      const items = [1, 2, 3].map((n) => ({ id: at * 3 + n }));
      json(response, { items, next_cursor: at < 3 ? `c${at + 1}` : null });
    });
    expect(all.map(({ id }) => id)).toEqual(rows(12).map((row) => row + 1));
  });

  it('page=0 that stands for no filter at all does not make page=1 the empty second page', async () => {
    const { error } = await unsure((seen, response) => {
      const page = query(seen, 'page');
      json(response, { items: page === null || page === '0' ? records : [] });
    });
    expect(error.message).toContain('page=zq7x-pagewise');
  });

  it.each([10, 25])('a list of %i items on one page that counts from 0 is found', async (count) => {
    const { all, typescript } = await found((seen, response) => {
      const page = Math.trunc(number(seen, 'page', 0)) || 0;
      json(response, { items: records.slice(page * count, page * count + count) });
    });
    expect(typescript).toContain('start: 0');
    expect(all).toEqual(records);
  });

  it('an offset counts from 1 only if its first item is at 1', async () => {
    // One row comes in at the top, after the first answer.
    let asked = 0;
    const { error } = await unsure((seen, response) => {
      const list = asked++ === 0 ? records : [{ id: 99, name: 'new' }, ...records];
      const from = number(seen, 'offset', 0);
      json(response, { items: list.slice(from, from + 10), offset: from });
    });
    expect(error.message).toContain('the list has changed in the meantime, or offset counts from 0');
    const { all, typescript } = await found((seen, response) => {
      const from = number(seen, 'startIndex', 1);
      if (from < 1) return json(response, { error: 'startIndex' }, 400);
      json(response, { items: records.slice(from - 1, from + 9), startIndex: from });
    });
    expect(typescript).toContain('start: 1');
    expect(all).toEqual(records);
  });

  it.each([
    ['after 10', (id: number) => id <= 10 || id > 15],
    ['on page 2', (id: number) => id !== 14],
    ['on page 5', (id: number) => id !== 45],
    ['on page 9', (id: number) => id < 83 || id > 88],
  ])('an offset that is an id is recognised: ids are missing %s', async (...row) => {
    const [, kept] = row;
    const list = rows(120)
      .map((id) => ({ id: id + 1 }))
      .filter(({ id }) => kept(id));
    const byId: Handler = (seen, response) => {
      const after = number(seen, 'offset', 0);
      json(response, { items: list.filter(({ id }) => id > after).slice(0, 10) });
    };
    const { error } = await unsure(byId);
    expect(error).toBeInstanceOf(DetectionError);
    expect(error.message).toContain('offset is compared with id, and does not count items');
    // The same ids, and items that are counted:
    const { all } = await found((seen, response) => {
      const from = number(seen, 'offset', 0);
      json(response, { items: list.slice(from, from + 10) });
    });
    expect(all).toEqual(list);
  });

  it.each([
    ['the list begins with id 0, and only later ids are sent after it', [0, 1, 2, 3, 4, 5, 6, 7, 8, 10], 1],
    ['the only gap is before the last item, and later ids are sent', [1, 2, 3, 4, 5, 6, 7, 8, 10, 11], 1],
    ['the only gap is before the last item, and that id and later ones are sent', [0, 1, 2, 3, 4, 5, 6, 7, 9], 0],
  ])('an offset that is an id is recognised: %s', async (...row) => {
    const [, ids, after] = row;
    const { error } = await unsure((seen, response) => {
      const at = query(seen, 'offset');
      const rest = at === null ? ids : ids.filter((id) => id >= Number(at) + after);
      json(response, { items: rest.slice(0, 3).map((id) => ({ id })) });
    });
    expect(error).toBeInstanceOf(DetectionError);
  });

  it('an offset that is an id is recognised by the total', async () => {
    const list = rows(120)
      .map((id) => ({ id: id + 1 }))
      .filter(({ id }) => id !== 101);
    const { error } = await unsure((seen, response) => {
      const after = number(seen, 'offset', 0);
      json(response, { items: list.filter(({ id }) => id > after).slice(0, 10), total: list.length });
    });
    expect(error).toBeInstanceOf(DetectionError);
  });

  const first = records.slice(0, 10);
  it.each<[body: object, lists: string]>([
    [{ rates: { EUR: first, USD: ['a'] }, total: 40 }, 'rates.EUR, rates.USD'],
    [{ alice: first, bob: first.slice(0, 3), next_cursor: null }, 'alice, bob'],
    [{ users: { alice: { items: first }, bob: { items: [] } } }, 'users.alice.items, users.bob.items'],
    [{ AAPL: first, MSFT: [] }, 'AAPL, MSFT'],
    [{ orders: [], customers: first, next_cursor: null }, 'customers, orders'],
  ])('P19 one of several lists under keys that are data is refused: %j', async (...row) => {
    const [body, lists] = row;
    const { error, server } = await unsure((_seen, response) => json(response, body));
    expect(error.message).toContain(`the answer has several lists (${lists}`);
    expect(server.seen).toHaveLength(1);
  });

  it('P19 lists under keys that are data are read whole if there is nothing else beside them', async () => {
    const { all, typescript } = await found((_seen, response) =>
      json(response, { data: { '2024-01-01': first, '2024-01-02': [] }, next: null }),
    );
    expect(typescript).toBe("cursor({ items: 'data.*', next: 'next', cursorParam: 'next' })");
    expect(all).toEqual(first);
  });

  it.each<[body: object, list: string]>([
    [{ _embedded: { orders: first }, _links: { orders: [{ href: '/1' }] }, next_cursor: null }, '_embedded.orders'],
    [{ issues: first, warningMessages: ['slow'], next_cursor: null }, 'issues'],
    [{ results: first, facets: [{ a: 1 }], next_cursor: null }, 'results'],
    [{ result: { XXBTZUSD: first, last: '5' }, next_cursor: null }, 'result.XXBTZUSD'],
    [{ data: first, included: first, next_cursor: null }, 'data'],
  ])('lists beside the items are no siblings: %j', async (...row) => {
    const [body, list] = row;
    const { all, typescript } = await found((_seen, response) => json(response, body));
    expect(typescript).toContain(`items: '${list}'`);
    expect(all).toEqual(first);
  });

  it.each([
    [{ items: records, next_key: 'k1' }, 'next_key'],
    [{ items: records, scroll_id: 'k1' }, 'scroll_id'],
    [{ items: [], nextLink: 'more' }, 'nextLink'],
    [{ items: records, meta: { continuation: 'k1' } }, 'meta.continuation'],
  ])('a token that nothing takes is named, and singlePage is not advised: %j', async (...row) => {
    const [body, token] = row;
    const { error } = await unsure((_seen, response) => json(response, body));
    expect(error.message).toContain(
      `${token} looks like a token or URL of the next page, and no common parameter takes it`,
    );
    expect(error.message).not.toContain('singlePage');
  });
});

describe('detect and the words of an API', () => {
  const sparse = rows(45).map((n) => ({ id: 3 * n + 7, name: `row ${n % 4}` }));
  const from = (list: readonly unknown[], start: number, size = 10) => list.slice(start, start + size);
  const only = (seen: Seen, name: string) => Number(query(seen, name) ?? 0);

  it.each<[what: string, typescript: string, handle: (seen: Seen, response: ServerResponse) => void, search?: string]>([
    [
      'a header with the prefix of a vendor',
      "cursor({ items: '.', next: header('x-acme-nexttoken'), cursorParam: 'next_token' })",
      (seen, response) => {
        const at = only(seen, 'next_token');
        json(response, from(sparse, at), 200, at + 10 < 45 ? { 'x-acme-nexttoken': String(at + 10) } : {});
      },
    ],
    [
      'an offset that is written like the size',
      "offset({ items: 'entries', offsetParam: 'ws.start', total: 'total_size' })",
      (seen, response) => json(response, { entries: from(sparse, only(seen, 'ws.start')), total_size: 45 }),
      '?ws.size=10',
    ],
    [
      'a token that is written like the size',
      "cursor({ items: 'entries', next: 'next_cursor', cursorParam: 'pagination_cursor' })",
      (seen, response) => {
        const at = only(seen, 'pagination_cursor');
        json(response, { entries: from(sparse, at), ...(at + 10 < 45 ? { next_cursor: `${at + 10}` } : {}) });
      },
      '?pagination_limit=10',
    ],
    [
      'an echo under a name that no table has',
      "offset({ items: 'found', offsetParam: 'retstart', total: 'count' })",
      (seen, response) => {
        const at = only(seen, 'retstart');
        json(response, { found: from(sparse, at), retstart: at, count: 45 });
      },
    ],
    [
      'pages that are counted from 0 and end with 404',
      "pageNumber({ items: '.', pageParam: 'page', start: 0, endStatuses: [404] })",
      (seen, response) => {
        const items = from(sparse, 10 * only(seen, 'page'));
        json(response, items, items.length > 0 ? 200 : 404);
      },
    ],
    [
      'an offset whose list is absent past the end',
      "offset({ items: 'rows', offsetParam: 'offset', missingItems: 'empty' })",
      (seen, response) => {
        const items = from(sparse, only(seen, 'offset'));
        json(response, items.length > 0 ? { kind: 'list', rows: items } : { kind: 'list' });
      },
    ],
    [
      'a cursor of each item',
      "keyset({ items: '.', key: 'cursor', cursorParam: 'after_cursor' })",
      (seen, response) => {
        const all = sparse.map((item, index) => ({ ...item, cursor: `c${index}` }));
        const at = all.findIndex(({ cursor }) => cursor === query(seen, 'after_cursor'));
        if (query(seen, 'after_cursor') !== null && at === -1) json(response, {}, 400);
        else json(response, from(all, at + 1));
      },
    ],
    [
      'a scroll, whose token stays',
      "cursor({ items: 'hits', next: 'scroll_id', cursorParam: 'scroll_id', onSameToken: 'continue' })",
      (() => {
        const scrolls = new Map<string, number>();
        return (seen: Seen, response: ServerResponse) => {
          const id = query(seen, 'scroll_id') ?? `s${scrolls.size}-of-this-server`;
          const at = scrolls.get(id) ?? 0;
          if (query(seen, 'scroll_id') !== null && !scrolls.has(id)) return json(response, {}, 404);
          scrolls.set(id, at + 10);
          json(response, { hits: from(sparse, at), scroll_id: id });
        };
      })(),
    ],
    ...(
      [
        ['last_row_id', 'start_after_row_id', ''],
        ['nextRowName', 'startRowName', ''],
        ['LastEvaluatedRowName', 'ExclusiveStartRowName', ''],
        ['cursor_next', '_cursor', '?_limit=10'],
        ['pagination.next_key', 'pagination.key', '?pagination.limit=10'],
        ['sync', 'sync', '?sync=first-of-all-syncs'],
      ] as const
    ).map(([next, param, search]): [string, string, (seen: Seen, response: ServerResponse) => void, string] => [
      `the parameter ${param} for a token ${next}`,
      `cursor({ items: 'entries', next: '${next}', cursorParam: '${param}' })`,
      (seen, response) => {
        const sent = query(seen, param)?.replace('first-of-all-syncs', '') ?? '';
        const at = sent === '' ? 0 : Number(/^a token of (\d+) rows$/.exec(sent)?.[1]);
        if (Number.isNaN(at)) return json(response, {}, 400);
        const token = at + 10 < 45 ? `a token of ${at + 10} rows` : null;
        const [holder, name = ''] = next.split('.');
        const members = next.includes('.') ? { [holder ?? '']: { [name]: token } } : { [next]: token };
        json(response, { ...members, entries: from(sparse, at) });
      },
      search,
    ]),
    [
      'a token that is all of the pagination',
      "cursor({ items: 'entries', next: 'pagination', cursorParam: 'after' })",
      (seen, response) => {
        const at = Number(query(seen, 'after')?.replace('a-token-of-', '') ?? 0);
        if (Number.isNaN(at)) return json(response, {}, 400);
        json(response, { entries: from(sparse, at), pagination: at + 10 < 45 ? `a-token-of-${at + 10}` : '' });
      },
    ],
    [
      'the end of a connection outside GraphQL',
      "cursor({ items: 'results.data', next: 'results.pageInfo.endCursor', cursorParam: 'pageCursor', hasMore: 'results.pageInfo.hasNextPage' })",
      (seen, response) => {
        const at = only(seen, 'pageCursor');
        const pageInfo = { endCursor: String(at + 10), hasNextPage: at + 10 < 45 };
        json(response, { results: { pageInfo, data: from(sparse, at) } });
      },
      '?pageSize=10',
    ],
    [
      'an empty list beside the one that has as many items as were asked for',
      "offset({ items: 'events', offsetParam: 'offset', total: 'total' })",
      (seen, response) => json(response, { events: from(sparse, only(seen, 'offset')), streams: [], total: 45 }),
      '?limit=10',
    ],
    [
      'a next page in a header that leads back to the first one at the end',
      "cursor({ items: '.', next: header('x-next-page'), cursorParam: 'page', endTokens: ['1', 1] })",
      (seen, response) => {
        const page = Number(query(seen, 'page') ?? 1);
        const items = from(sparse, 10 * (page - 1));
        if (items.length === 0) json(response, {}, 400);
        else json(response, items, 200, { 'x-next-page': String(10 * page < 45 ? page + 1 : 1) });
      },
      '?page=1&per_page=10',
    ],
    [
      'an object of items beside the list of their ids',
      "pageNumber({ items: 'posts.*', pageParam: 'page', start: 0, hasMore: 'has_next' })",
      (seen, response) => {
        const some = (from(sparse, 10 * only(seen, 'page')) as typeof sparse).map((item) => ({
          ...item,
          key: `k${item.id}`,
          files: [],
        }));
        json(response, {
          order: some.map(({ key }) => key),
          posts: Object.fromEntries(some.map((item) => [item.key, item])),
          has_next: only(seen, 'page') < 4,
        });
      },
      '?page=0&per_page=10',
    ],
    [
      'a page number that is called an index',
      "pageNumber({ items: 'numbers', pageParam: 'index', total: 'count' })",
      (seen, response) => json(response, { count: 45, numbers: from(sparse, 10 * (only(seen, 'index') - 1)) }),
      '?index=1&size=10',
    ],
    [
      'a key whose parameter is named after it',
      "keyset({ items: 'builds', key: 'buildId', cursorParam: 'startBuildId' })",
      (seen, response) => {
        const list = sparse.map(({ id, name }) => ({ buildId: 90_000 - 7 * id, id: 90_000 - 7 * id, name }));
        const after = query(seen, 'startBuildId');
        json(response, {
          builds: list.filter(({ buildId }) => after === null || buildId < Number(after)).slice(0, 10),
        });
      },
      '?recordsNumber=10',
    ],
    [
      'a page number that is named after the list',
      "pageNumber({ items: 'cards', pageParam: 'cards_page', start: 0 })",
      (seen, response) => json(response, { terms: {}, cards: from(sparse, 10 * only(seen, 'cards_page')) }),
      '?cards_limit=10&cards_page=0',
    ],
    [
      'a link to what is older',
      "nextUrl({ items: 'entries', next: 'paging.older_url' })",
      (seen, response) => {
        const at = only(seen, 'older_than');
        const older = at + 10 < 45 ? { older_url: `${seen.url.pathname}?older_than=${at + 10}` } : { older_url: null };
        json(response, { entries: from(sparse, at), paging: older });
      },
    ],
    [
      'a list beside what the server has to say',
      "offset({ items: 'entries', offsetParam: 'offset', total: 'total' })",
      (seen, response) =>
        json(response, {
          messages: {
            message: [
              { code: 'I1', text: 'Successful.' },
              { code: 'I2', text: 'Twice.' },
            ],
          },
          entries: from(sparse, only(seen, 'offset')),
          total: 45,
        }),
    ],
  ])('%s', async (...row) => {
    const [, typescript, handle, search] = row;
    const { all, typescript: written } = await found(handle, {}, search);
    expect(written).toBe(typescript);
    const ids = sparse.map(({ id }) => (typescript.includes('buildId') ? 90_000 - 7 * id : id));
    expect(all.map(({ id }) => id)).toEqual(ids);
  });

  it('a start that is a position is no key, although the ids are numbers too', async () => {
    const list = rows(45).map((n) => ({ id: n < 25 ? n + 1 : n + 9, name: `row ${n}` }));
    const { typescript, all } = await found(
      (seen, response) => json(response, { data: from(list, Number(query(seen, 'start') ?? 1) - 1) }),
      {},
      '?start=1',
    );
    expect(typescript).toBe("offset({ items: 'data', offsetParam: 'start', start: 1 })");
    expect(all).toEqual(list);
  });

  it('a number of a page is no key: a large one leads to an empty page, as a key past the end does', async () => {
    const list = rows(45).map((n) => ({ transId: 60_010_736_710 - n, name: `row ${n}` }));
    const handle = (seen: Seen, response: ServerResponse) =>
      json(response, { entries: from(list, 10 * (Number(query(seen, 'position') ?? 1) - 1)) });
    const outcome = found(handle, {}, '?position=1').then(
      ({ all }) => all,
      (error: unknown) => (error instanceof DetectionError ? list : error),
    );
    expect(await outcome).toEqual(list);
  });

  it('a total that is the number of items says that the page is the only one, unless the page is full', async () => {
    const list = rows(7).map((id) => ({ id, name: `row ${id}` }));
    const handle = (_seen: Seen, response: ServerResponse) => json(response, { entries: list, total: 7 });
    const { typescript, all } = await found(handle, {}, '?limit=20');
    expect([typescript, all]).toEqual(["singlePage({ items: 'entries' })", list]);
    expect(await rejection(found(handle, {}, '?limit=7'))).toBeInstanceOf(DetectionError);
    expect(await rejection(found(handle, {}, ''))).toBeInstanceOf(DetectionError);
  });

  it('the one element that has the list is named, and not taken for the item', async () => {
    const error = await rejection(
      found((_seen, response) => json(response, { results: [{ hits: sparse.slice(0, 5), found: 45, page: 1 }] })),
    );
    expect((error as Error).message).toContain("Name the items: 'results[0].hits', or 'results'");
  });

  it('no URL is longer than 8,000 characters, whatever the token', async () => {
    const token = 't'.repeat(400);
    const { server } = await unsure((_seen, response) => json(response, { items: records, next_key: token }));
    expect(Math.max(...server.seen.map(({ url }) => url.href.length))).toBeLessThan(8000);
  });
});

it('flags say the same as the TypeScript', async () => {
  const { flags } = await found(byCursor('next_cursor', 'starting_after'));
  expect(flags).toBe('--paging cursor --items data --next next_cursor --cursor-param starting_after');
});
