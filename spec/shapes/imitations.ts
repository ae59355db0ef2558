import { type Asked, elements, ifMore, indexAfter, indexIn, member, type Shape, sliceOf, tokenFor } from './shape.js';

const post = (url: string, body: object) => ({ method: 'POST', url, body });
const byId = (item: unknown) => member(item, 'id');

/** A server that keeps the position: every request under its one token gets the next page. */
function scrolling(tokenOf: (asked: Asked) => unknown, sizeOf: (asked: Asked) => unknown, bodyOf: (page: readonly unknown[]) => object): Shape {
  let at = 0;
  return {
    answer(asked, items) {
      const token = tokenOf(asked);
      if (token === 0) at = 0;
      else if (token !== 'scroll-1') throw new Error(`no scroll ${JSON.stringify(token)}`);
      const { page, to } = sliceOf(items, at, sizeOf(asked));
      at = to;
      return { body: bodyOf(page) };
    },
  };
} // prettier-ignore

/** By the first cell of the table. */
export const shapes: Readonly<Record<string, Shape>> = {
  'page number; the number of pages in a header; 400 past the end': {
    answer({ query }, items) {
      const pages = Math.ceil(items.length / Number(query['per_page']));
      const page = Number(query['page']);
      if (page > Math.max(1, pages)) return { status: 400, body: { code: 'rest_post_invalid_page_number' } };
      const { page: body } = sliceOf(items, (page - 1) * Number(query['per_page']), query['per_page']);
      return { body, headers: { 'X-WP-TotalPages': String(pages), 'X-WP-Total': String(items.length) } };
    },
  },
  'page number in the body, has-more': {
    request: post('/searches', { query: 'cats' }),
    answer({ json }, items) {
      if (json['query'] !== 'cats') throw new Error('the query is lost');
      const { page, more } = sliceOf(items, (Number(json['page']) - 1) * Number(json['page_size']), json['page_size']);
      return { body: { results: page, has_more: more } };
    },
  },
  'offset and limit, total': {
    answer: ({ query }, items) => ({
      body: { data: sliceOf(items, query['offset'], query['limit']).page, meta: { filter_count: items.length } },
    }),
  },
  '`$skip` and `$top`, no total': {
    answer: ({ query }, items) => ({ body: { value: sliceOf(items, query['$skip'], query['$top']).page } }),
  },
  'cursor in the query; the end is an empty one; errors have HTTP 200': {
    answer({ query }, items) {
      const slice = sliceOf(items, indexIn(query['cursor']), query['limit']);
      const next_cursor = slice.more ? tokenFor(slice.to) : '';
      return { body: { ok: true, members: slice.page, response_metadata: { next_cursor } } };
    },
  },
  'cursor in the body, has-more': {
    request: post('/query', { filter: {} }),
    answer({ json }, items) {
      const slice = sliceOf(items, indexIn(json['start_cursor']), json['page_size']);
      return { body: { results: slice.page, has_more: slice.more, next_cursor: slice.more ? tokenFor(slice.to) : null } };
    },
  },
  'page token; empty pages with a token': {
    answer({ query }, items) {
      // Every other page is empty, and lacks its list.
      const [, empty, at = 'at 0/='] = /^(empty )?(.*)$/.exec(query['pageToken'] ?? 'at 0/=') ?? [];
      const slice = sliceOf(items, indexIn(at), query['pageSize']);
      if (empty !== undefined) return { body: { nextPageToken: at } };
      return { body: { files: slice.page, ...ifMore(slice, { nextPageToken: `empty ${tokenFor(slice.to)}` }) } };
    },
  },
  'the token is an object': {
    request: post('/', { TableName: 'Music' }),
    answer({ json }, items) {
      const start = json['ExclusiveStartKey'] as { id: { S: string } } | undefined;
      const slice = sliceOf(items, indexAfter(items, start?.id.S, byId), json['Limit']);
      return { body: { Items: slice.page, ...ifMore(slice, { LastEvaluatedKey: { id: { S: byId(slice.page.at(-1)) } } }) } };
    },
  },
  'token in, token out, under names of its own': {
    request: post('/', {}),
    answer({ json }, items) {
      const slice = sliceOf(items, indexIn(json['NextToken']), json['MaxResults']);
      return { body: { Parameters: slice.page, ...ifMore(slice, { NextToken: tokenFor(slice.to) }) } };
    },
  },
  'token in XML': {
    request: { url: '/?list-type=2' },
    item: (n) => ({ Key: `photos/${n}.jpg` }),
    answer({ query }, items) {
      if (query['list-type'] !== '2') throw new Error('the type is lost');
      const slice = sliceOf(items, indexIn(query['continuation-token']), query['max-keys']);
      const token = slice.more ? `<NextContinuationToken>${tokenFor(slice.to)}</NextContinuationToken>` : '';
      return { body: `<ListBucketResult><IsTruncated>${String(slice.more)}</IsTruncated>${token}${elements('Contents', slice.page)}</ListBucketResult>` };
    },
  },
  'two tokens': {
    request: { url: '/?versions' },
    item: (n) => ({ Key: `${n >> 1}.jpg`, VersionId: `v${n}` }),
    answer({ query }, items) {
      const sent = query['key-marker'] === undefined ? undefined : { Key: query['key-marker'], VersionId: query['version-id-marker'] };
      const slice = sliceOf(items, indexAfter(items, sent, (item) => item), query['max-keys']);
      const last = slice.page.at(-1);
      const next = slice.more ? `<NextKeyMarker>${String(member(last, 'Key'))}</NextKeyMarker><NextVersionIdMarker>${String(member(last, 'VersionId'))}</NextVersionIdMarker>` : '';
      return { body: `<ListVersionsResult><IsTruncated>${String(slice.more)}</IsTruncated>${next}${elements('Version', slice.page)}</ListVersionsResult>` };
    },
  },
  'several parameters at once, whatever they are': {
    request: { url: '/api.php?action=query&list=allpages&format=json' },
    answer({ query }, items) {
      if (query['action'] !== 'query') throw new Error('the action is lost');
      if ((query['continue'] === '-||') !== (query['apcontinue'] !== undefined)) throw new Error('a parameter is lost');
      const slice = sliceOf(items, indexIn(query['apcontinue']), query['aplimit']);
      return { body: { ...ifMore(slice, { continue: { apcontinue: tokenFor(slice.to), continue: '-||' } }), query: { allpages: slice.page } } };
    },
  },
  'bookmark; the last one is the same again, or `nil`': {
    request: post('/db/_find', { selector: {} }),
    answer({ json }, items) {
      const sent = json['bookmark'];
      if (sent === 'nil') throw new Error('nil is no bookmark');
      const slice = sliceOf(items, indexIn(sent), json['limit']);
      const same = typeof sent === 'string' ? sent : 'nil';
      return { body: { docs: slice.page, bookmark: slice.page.length > 0 ? tokenFor(slice.to) : same } };
    },
  },
  'the last item’s id, has-more': {
    answer({ query }, items) {
      const slice = sliceOf(items, indexAfter(items, query['starting_after'], byId), query['limit']);
      return { body: { data: slice.page, has_more: slice.more } };
    },
  },
  'sort values of the last item': {
    request: post('/logs/_search', { sort: ['time', 'id'] }),
    item: (n) => ({ _source: { n }, sort: [1000 + (n >> 1), `i${n}`] }),
    answer({ json }, items) {
      const slice = sliceOf(items, indexAfter(items, json['search_after'], (hit) => member(hit, 'sort')), json['size']);
      return { body: { hits: { hits: slice.page } } };
    },
  },
  'computed from the last item’s key': {
    request: post('/v3/kv/range', { key: 'AA==', range_end: 'AA==' }),
    item: (n) => ({ key: btoa(`k${String(n).padStart(4, '0')}`) }),
    answer({ json }, items) {
      const start = atob(String(json['key']));
      const from = items.findIndex((kv) => atob(String(member(kv, 'key'))) >= start);
      const slice = sliceOf(items, from === -1 ? items.length : from, json['limit']);
      return { body: { kvs: slice.page, ...ifMore(slice, { more: true }) } };
    },
  },
  'Link header, relative or not': {
    answer({ query, seen, origin }, items) {
      const slice = sliceOf(items, Number(query['from'] ?? 0), query['per_page']);
      const path = `${seen.url.pathname}?per_page=${query['per_page'] ?? ''}&from=${slice.to}`;
      const target = slice.from === 0 ? path : origin + path;
      return { body: slice.page, headers: slice.more ? { Link: `<${origin}/items>; rel="first", <${target}>; rel="next"` } : {} };
    },
  },
  'next URL in the body': {
    answer({ query, origin }, items) {
      const slice = sliceOf(items, Number(query['$skiptoken'] ?? 0), query['$top']);
      return { body: { value: slice.page, ...ifMore(slice, { '@odata.nextLink': `${origin}/items?$top=${query['$top'] ?? ''}&%24skiptoken=${slice.to}` }) } };
    },
  },
  'relative next URL in the body': {
    answer({ query }, items) {
      const slice = sliceOf(items, Number(query['from'] ?? 0), query['limit']);
      const next = { next: { href: `/items?limit=${query['limit'] ?? ''}&from=${slice.to}` } };
      return { body: { _embedded: { orders: slice.page }, _links: { self: { href: '/items' }, ...ifMore(slice, next) } } };
    },
  },
  'start index from 1': {
    answer({ query }, items) {
      const { page, from } = sliceOf(items, Number(query['startIndex']) - 1, query['count']);
      return { body: { totalResults: items.length, startIndex: from + 1, ...(page.length > 0 && { Resources: page }) } };
    },
  },
  'GraphQL connection': {
    request: post('/graphql', {
      query: 'query ($first: Int, $after: String) { repository { issues(first: $first, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } } }',
    }),
    answer({ json }, items) {
      const { first, after } = json['variables'] as { first: number; after?: string };
      const slice = sliceOf(items, indexIn(after), first);
      const pageInfo = { hasNextPage: slice.more, endCursor: slice.page.length > 0 ? tokenFor(slice.to) : null };
      return { body: { data: { repository: { issues: { nodes: slice.page, pageInfo } } } } };
    },
  },
  'resumption token that excludes other parameters': {
    request: { url: '/oai?verb=ListRecords&metadataPrefix=oai_dc' },
    item: (n) => ({ identifier: `oai:${n}` }),
    answer({ query }, items) {
      const token = query['resumptionToken'];
      if ((token === undefined) !== (query['metadataPrefix'] !== undefined)) throw new Error('badArgument');
      if (items.length === 0) return { body: '<OAI-PMH><error code="noRecordsMatch"/></OAI-PMH>' };
      const slice = sliceOf(items, indexIn(token));
      const next = slice.more ? `<resumptionToken cursor="${slice.from}">${tokenFor(slice.to)}</resumptionToken>` : slice.from > 0 ? '<resumptionToken/>' : '';
      return { body: `<OAI-PMH><ListRecords>${elements('record', slice.page)}${next}</ListRecords></OAI-PMH>` };
    },
  },
  'token in a header, both ways': {
    answer({ header }, items) {
      const slice = sliceOf(items, indexIn(header('x-ms-continuation')), header('x-ms-max-item-count'));
      return { body: { Documents: slice.page }, headers: slice.more ? { 'x-ms-continuation': tokenFor(slice.to) } : {} };
    },
  },
  'next link in a list, by its relation': {
    answer({ query, origin }, items) {
      const slice = sliceOf(items, Number(query['offset'] ?? 0), query['limit']);
      const self = { rel: 'self', href: `${origin}/items` };
      return { body: { features: slice.page, links: [self, ...(slice.more ? [{ rel: 'next', href: `${origin}/items?limit=${query['limit'] ?? ''}&offset=${slice.to}` }] : [])] } };
    },
  },
  'next link relative to a base beside it': {
    request: { url: '/wiki/rest/api/content' },
    answer({ query, origin, seen }, items) {
      if (seen.url.pathname !== '/wiki/rest/api/content') return { status: 404, body: {} };
      const slice = sliceOf(items, Number(query['start'] ?? 0), query['limit']);
      const next = { next: `/rest/api/content?limit=${query['limit'] ?? ''}&start=${slice.to}` };
      return { body: { results: slice.page, _links: { base: `${origin}/wiki`, context: '/wiki', ...ifMore(slice, next) } } };
    },
  },
  'next link that is a request': {
    request: post('/search', { collections: ['a'] }),
    answer({ json, origin }, items) {
      if (JSON.stringify(json['collections']) !== '["a"]') throw new Error('the search is lost');
      const slice = sliceOf(items, indexIn(json['token']), json['limit']);
      const next = { rel: 'next', href: `${origin}/search`, method: 'POST', body: { token: tokenFor(slice.to) }, merge: true };
      return { body: { features: slice.page, links: slice.more ? [next] : [] } };
    },
  },
  'items inside the elements of a list': {
    item: (n) => ({ resourceType: 'Patient', id: `i${n}` }),
    answer({ query, origin }, items) {
      const slice = sliceOf(items, Number(query['from'] ?? 0), query['_count']);
      const entry = slice.page.map((resource) => ({ resource, search: { mode: 'match' } }));
      const next = { relation: 'next', url: `${origin}/items?_count=${query['_count'] ?? ''}&from=${slice.to}` };
      return { body: { ...(entry.length > 0 && { entry }), link: [{ relation: 'self', url: `${origin}/items` }, ...(slice.more ? [next] : [])] } };
    },
  },
  'items inside the elements, the token beside the last one': {
    request: post('/logs/_search', { sort: ['id'] }),
    answer({ json }, items) {
      const slice = sliceOf(items, indexAfter(items, json['search_after'], (item) => [byId(item)]), json['size']);
      return { body: { hits: { hits: slice.page.map((_source) => ({ _source, sort: [byId(_source)] })) } } };
    },
  },
  'several lists that belong together': {
    request: post('/transactions/sync', { access_token: 'x' }),
    delivered: (item, n) => ({ list: ['added', 'modified', 'removed'][n % 3], item }),
    answer({ json }, items) {
      const slice = sliceOf(items, indexIn(json['cursor']), json['count']);
      const every = (rest: number) => slice.page.filter((_, n) => (slice.from + n) % 3 === rest);
      return { body: { added: every(0), modified: every(1), removed: every(2), next_cursor: tokenFor(slice.to), has_more: slice.more } };
    },
  },
  'a list for each key, any of which a page may lack': {
    answer({ query }, items) {
      const slice = sliceOf(items, indexIn(query['page_token']), query['limit']);
      const bars: Record<string, unknown[]> = {};
      for (const [n, item] of slice.page.entries()) (bars[(slice.from + n) % 150 < 70 ? 'AAPL' : 'TSLA'] ??= []).push(item);
      return { body: { bars, next_page_token: slice.more ? tokenFor(slice.to) : null } };
    },
  },
  'one item in the place of a list': {
    answer({ query }, items) {
      const { page } = sliceOf(items, (Number(query['page']) - 1) * 100);
      return { body: { total: items.length, orders: page.length === 0 ? null : page.length === 1 ? page[0] : page } };
    },
  },
  'the flag says the opposite': {
    answer({ query }, items) {
      const { page, more } = sliceOf(items, Number(query['page']) * 100);
      return { body: { tasks: page, last_page: !more } };
    },
  },
  'the flag is absent for no': {
    answer({ query }, items) {
      const slice = sliceOf(items, query['resultOffset'], query['resultRecordCount']);
      return { body: { features: slice.page, ...ifMore(slice, { exceededTransferLimit: true }) } };
    },
  },
  'the flag is text': {
    answer({ query }, items) {
      const { page, more } = sliceOf(items, (Number(query['page']) - 1) * 100);
      return { body: { Items: page, HasMore: more ? 'True' : 'False' } };
    },
  },
  'the end of a Link walk is in the link': {
    answer({ query, origin }, items) {
      const slice = sliceOf(items, indexIn(query['cursor']));
      const link = `<${origin}/items?cursor=${encodeURIComponent(tokenFor(slice.to))}>; rel="next"; results="${String(slice.more)}"; cursor="${slice.to}"`;
      return { body: slice.page, headers: { Link: link } };
    },
  },
  'a link on every page; the end is an empty one': {
    answer({ query, origin }, items) {
      const slice = sliceOf(items, Number(query['after'] ?? 0));
      return { body: slice.page, headers: { Link: `<${origin}/items?after=${slice.to}&n=${Number(query['n'] ?? 0) + 1}>; rel="next"` } };
    },
  },
  'the token just sent comes again at the end': {
    answer({ query }, items) {
      const sent = query['cursorMark'] === '*' ? undefined : query['cursorMark'];
      const { page, to } = sliceOf(items, indexIn(sent), query['rows']);
      return { body: { response: { numFound: items.length, docs: page }, nextCursorMark: page.length > 0 ? tokenFor(to) : query['cursorMark'] } };
    },
  },
  'one token all along': scrolling(({ query }) => (query['cursor'] === '*' ? 0 : query['cursor']), ({ query }) => query['rows'], (page) => ({
    message: { 'next-cursor': 'scroll-1', items: page },
  })),
  'the second request goes elsewhere': {
    ...scrolling(({ json, seen }) => (seen.target === '/logs/_search?scroll=1m' ? 0 : seen.target === '/_search/scroll' && json['scroll'] === '1m' && json['size'] === undefined ? json['scroll_id'] : seen.target), () => 100, (page) => ({
      _scroll_id: 'scroll-1', hits: { hits: page },
    })),
    request: post('/logs/_search?scroll=1m', { size: 100 }),
  },
  'the second request asks something else': {
    request: post('/v2', { query: 'query { boards(ids: 1) { items_page(limit: 100) { cursor items { id } } } }' }),
    answer({ json }, items) {
      const { cursor } = (json['variables'] ?? {}) as { cursor?: string };
      if (String(json['query']).includes('next_items_page') !== (cursor !== undefined)) throw new Error('the other query');
      const slice = sliceOf(items, indexIn(cursor));
      const page = { cursor: slice.more ? tokenFor(slice.to) : null, items: slice.page };
      return { body: { data: cursor === undefined ? { boards: [{ items_page: page }] } : { next_items_page: page } } };
    },
  },
  '`Range` and `Content-Range`, 206 and 416': {
    answer({ header }, items) {
      const [, first = '', last = ''] = /^items=(\d+)-(\d+)$/.exec(header('range') ?? '') ?? [];
      if (Number(first) >= items.length && Number(first) > 0) return { status: 416, headers: { 'Content-Range': `items */${items.length}` } };
      const slice = sliceOf(items, first, Number(last) - Number(first) + 1);
      const range = slice.page.length === 0 ? `items */0` : `items ${slice.from}-${slice.to - 1}/${items.length}`;
      return { status: slice.page.length === items.length ? 200 : 206, body: slice.page, headers: { 'Content-Range': range } };
    },
  },
  '`Next-Range`, sent as `Range`': {
    answer({ header }, items) {
      const [, after] = /^id \](i\d+)\.\.; max=100$/.exec(header('range') ?? '') ?? [];
      const slice = sliceOf(items, indexAfter(items, after, byId));
      return { status: slice.more ? 206 : 200, body: slice.page, headers: slice.more ? { 'Next-Range': `id ]${String(byId(slice.page.at(-1)))}..; max=100` } : {} };
    },
  },
  'the position inside a text': {
    answer({ query }, items) {
      const [, start, size] = /^select \* from Customer startposition (\d+) maxresults (\d+)$/i.exec(query['query'] ?? '') ?? [];
      const { page } = sliceOf(items, Number(start) - 1, size);
      return { body: { QueryResponse: page.length > 0 ? { Customer: page, startPosition: Number(start), maxResults: page.length } : {} } };
    },
  },
  'the position inside a template of the body': {
    request: post('/documents:runQuery', { structuredQuery: { from: [{ collectionId: 'c' }], orderBy: [{ field: { fieldPath: '__name__' } }] } }),
    item: (n) => ({ name: `documents/c/${String(n).padStart(4, '0')}` }),
    answer({ json }, items) {
      const query = json['structuredQuery'] as { from: unknown; limit: number; startAt?: { values: { referenceValue: string }[]; before: boolean } };
      if (query.from === undefined || query.startAt?.before === true) throw new Error('the query is lost');
      const { page } = sliceOf(items, indexAfter(items, query.startAt?.values[0]?.referenceValue, (item) => member(item, 'name')), query.limit);
      return { body: page.length === 0 ? [{ readTime: 'now' }] : page.map((document) => ({ document, readTime: 'now' })) };
    },
  },
  'the next key is the last one plus one': {
    item: (n) => ({ update_id: 41_000 + n }),
    answer({ query }, items) {
      const from = query['offset'] === undefined ? 0 : items.findIndex((item) => Number(member(item, 'update_id')) >= Number(query['offset']));
      return { body: { ok: true, result: sliceOf(items, from === -1 ? items.length : from, query['limit']).page } };
    },
  },
  'token in a header, sent in the query': {
    answer({ query }, items) {
      const slice = sliceOf(items, indexIn(query['continuationToken']), query['$top']);
      return { body: { count: slice.page.length, value: slice.page }, headers: slice.more ? { 'x-ms-continuationtoken': tokenFor(slice.to) } : {} };
    },
  },
  'token in the body, sent in a header': {
    request: { url: '/items?limit=100' },
    answer({ query, header }, items) {
      const slice = sliceOf(items, indexIn(header('x-next-cursor')), query['limit']);
      return { body: { items: slice.page, next_cursor: slice.more ? tokenFor(slice.to) : null } };
    },
  },
  'offsets that are ids, with gaps': {
    request: post('/collections/c/points/scroll', { with_payload: true }),
    item: (n) => ({ id: n * 3 + (n % 2) }),
    answer({ json }, items) {
      const from = items.findIndex((point) => Number(byId(point)) >= Number(json['offset'] ?? 0));
      const slice = sliceOf(items, from === -1 ? items.length : from, json['limit']);
      return { body: { result: { points: slice.page, next_page_offset: slice.more ? byId(items[slice.to]) : null } } };
    },
  },
  'next links with an inner host, and without the key': {
    request: { url: '/items?key=secret' },
    answer({ query }, items) {
      if (query['key'] !== 'secret') return { status: 401, body: {} };
      const slice = sliceOf(items, Number(query['offset'] ?? 0), query['limit']);
      return { body: { results: slice.page, next: slice.more ? `http://inner.internal:8080/items?limit=${query['limit'] ?? ''}&offset=${slice.to}` : null } };
    },
  },
  'a first page that may be the only one': {
    answer({ query, origin }, items) {
      const slice = sliceOf(items, Number(query['offset'] ?? 0), query['limit']);
      return { body: { count: items.length, next: slice.more ? `${origin}/items?limit=${query['limit'] ?? ''}&offset=${slice.to}` : null, previous: null, results: slice.page } };
    },
  },
  'a token that is the text “null”': {
    answer({ query }, items) {
      const slice = sliceOf(items, indexIn(query['token']), query['limit']);
      return { body: { records: slice.page, next_token: slice.more ? tokenFor(slice.to) : 'null' } };
    },
  },
  'a token whose members are null': {
    item: (n) => ({ index: n, block: 1000 - n }),
    answer({ query }, items) {
      const sent = query['block'] === undefined ? undefined : { index: Number(query['index']), block: Number(query['block']) };
      const slice = sliceOf(items, indexAfter(items, sent, (item) => item));
      return { body: { items: slice.page, next_page_params: slice.more ? slice.page.at(-1) : { index: null, block: null } } };
    },
  },
}; // prettier-ignore
