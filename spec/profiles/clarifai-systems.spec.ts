import { describe, expect, it, jest } from '@jest/globals';
import type * as servicePb from 'clarifai-nodejs-grpc/proto/clarifai/api/service_pb';
import type * as resourcesPb from 'clarifai-nodejs-grpc/proto/clarifai/api/resources_pb';
import { createRequire } from 'node:module';
import { lastValueFrom, toArray } from 'rxjs';
import { functionTransport, inBody, items, pageNumber, paginate } from 'pagewise';
import { grpcTransport } from 'pagewise/grpc';
import { checkClarifai, clarifaiList, clarifaiSearch } from 'pagewise/profiles';
import { pagewise } from '../cli/pagewise.js';
import { entries, grpc, ok, serveGrpc, sliceOf, type Entry, type Message } from '../grpc/clarifai-server.js';
import { json, serve, type Seen } from '../support/server.js';

jest.setTimeout(60_000);

const inputs = entries(45);
const hits = inputs.map((input) => ({ score: 1, input }));
const searches = [{ query: { ranks: [{ annotation: { data: { concepts: [{ id: 'dog', value: 1 }] } } }] } }];

/** Clarifai's REST API, for one list and one search. */
const serveRest = () =>
  serve(({ method, url, body }, response) => {
    if (method === 'GET') {
      const { page, per_page } = Object.fromEntries(url.searchParams);
      json(response, { status: ok, inputs: sliceOf(inputs, { page: Number(page), per_page: Number(per_page) }) });
    } else json(response, { status: ok, hits: sliceOf(hits, JSON.parse(body) as Message) });
  });

const list = '/v2/users/me/apps/my-app/inputs';
const search = '/v2/users/me/apps/my-app/annotations/searches';
const seenList = ({ method, url, headers, body }: Seen) => [
  method,
  url.pathname + url.search,
  headers.authorization,
  body,
];
const seenSearch = ({ method, url, headers, body }: Seen) => [
  method,
  url.pathname + url.search,
  headers.authorization,
  headers['content-type'],
  JSON.parse(body) as unknown,
];
const listOnTheWire = [1, 2, 3, 4].map((page) => ['GET', `${list}?page=${page}&per_page=20`, 'Key PAT', '']);
const searchOnTheWire = [1, 2, 3, 4].map((page) => [
  'POST', search, 'Key PAT', 'application/json', { searches, pagination: { page, per_page: 20 } },
]); // prettier-ignore

describe('each client that Clarifai documents sends the same fields in the same way', () => {
  it('cURL GET: the command, with its flags', async () => {
    const server = await serveRest();
    const url = `${server.origin}${list}`;
    const ran = await pagewise([
      '-X',
      'GET',
      url,
      '-H',
      'Authorization: Key PAT',
      '--paging',
      'page',
      '--items',
      'inputs',
      '--size',
      '20',
    ]);
    expect(ran).toMatchObject({ code: 0, items: inputs });
    expect(server.seen.map(seenList)).toEqual(listOnTheWire);
  });

  it('cURL POST: the command, with its flags', async () => {
    const server = await serveRest();
    const ran = await pagewise([
      ...['-X', 'POST', `${server.origin}${search}`, '-H', 'Authorization: Key PAT'],
      ...['-H', 'Content-Type: application/json', '-d', JSON.stringify({ searches })],
      ...['--paging', 'page', '--in', 'body:pagination', '--items', 'hits', '--size', '20'],
    ]);
    expect(ran).toMatchObject({ code: 0, items: hits });
    expect(server.seen.map(seenSearch)).toEqual(searchOnTheWire);
  });

  it('JavaScript REST GET', async () => {
    const server = await serveRest();
    const { strategy, check } = clarifaiList<Entry>({ items: 'inputs', size: 20 });
    const request = { url: `${server.origin}${list}`, headers: { Authorization: 'Key PAT' } };
    expect(await lastValueFrom(paginate(request, strategy, { check }).pipe(items(), toArray()))).toEqual(inputs);
    expect(server.seen.map(seenList)).toEqual(listOnTheWire);
  });

  it('JavaScript REST POST', async () => {
    const server = await serveRest();
    const { strategy, check } = clarifaiSearch({ items: 'hits', size: 20 });
    const headers = { Authorization: 'Key PAT' };
    const request = { method: 'POST', url: `${server.origin}${search}`, headers, body: { searches } };
    expect(await lastValueFrom(paginate(request, strategy, { check }).pipe(items(), toArray()))).toEqual(hits);
    expect(server.seen.map(seenSearch)).toEqual(searchOnTheWire);
  });

  it('… and the search that names user and app in its body', async () => {
    const server = await serveRest();
    const { strategy, check } = clarifaiSearch({ items: 'hits', size: 20 });
    const body = { user_app_id: { user_id: 'me', app_id: 'my-app' }, searches };
    const request = { method: 'POST', url: `${server.origin}/v2/annotations/searches`, body };
    await lastValueFrom(paginate(request, strategy, { check }));
    expect(JSON.parse(server.seen[1]!.body)).toEqual({ ...body, pagination: { page: 2, per_page: 20 } });
  });

  it('Node.js SDK: a function of page and size', async () => {
    const asked: number[][] = [];
    const sdk = (page: number, size: number) => {
      asked.push([page, size]);
      return Promise.resolve(sliceOf(inputs, { page, per_page: size }));
    };
    const transport = functionTransport(({ body }) => {
      const { page, per_page } = body as { page: number; per_page: number };
      return sdk(page, per_page);
    });
    const pages = paginate({ body: {} }, pageNumber<Entry>({ size: 20, place: inBody() }), { transport });
    expect(await lastValueFrom(pages.pipe(items(), toArray()))).toEqual(inputs);
    expect(asked).toEqual([[1, 20], [2, 20], [3, 20], [4, 20]]); // prettier-ignore
  });
});

describe('gRPC: the messages are those of the official clients, byte for byte', () => {
  const { ListInputsRequest, Pagination, PostAnnotationsSearchesRequest } = createRequire(import.meta.url)(
    'clarifai-nodejs-grpc/proto/clarifai/api/service_pb',
  ) as typeof servicePb;
  const { Search, UserAppIDSet } = createRequire(import.meta.url)(
    'clarifai-nodejs-grpc/proto/clarifai/api/resources_pb',
  ) as typeof resourcesPb;

  const user_app_id = { user_id: 'me', app_id: 'my-app' };

  /** What the server gets of page 2, from Pagewise and from a call of the stub itself. */
  async function bothPages(method: string, template: Message, paging: Message, place: string) {
    const server = await serveGrpc(({ message, method: called }) =>
      called === 'ListInputs'
        ? { status: ok, inputs: sliceOf(inputs, message) }
        : { status: ok, hits: sliceOf(hits, message) },
    );
    const client = server.client();
    const strategy = pageNumber({ items: method === 'ListInputs' ? 'inputs' : 'hits', size: 20, place: inBody(place) });
    const transport = grpcTransport(client, { metadata: new grpc.Metadata() });
    const request = { method, body: template, headers: { authorization: 'Key PAT' } };
    await lastValueFrom(paginate(request, strategy, { transport, check: checkClarifai }));
    const metadata = new grpc.Metadata();
    metadata.set('authorization', 'Key PAT');
    const stub = client as unknown as Record<string, (...args: unknown[]) => void>;
    await new Promise((resolve) => stub[method]?.({ ...template, ...paging }, metadata, resolve));
    const [ours, theirs] = [server.seen[1], server.seen.at(-1)];
    expect(ours?.metadata.getMap()).toEqual(theirs?.metadata.getMap());
    expect(ours?.message).toEqual(theirs?.message);
    return { ours: ours?.bytes.toString('hex'), theirs: theirs?.bytes.toString('hex') };
  }

  // user_app_id { user_id: "me" app_id: "my-app" } page: 2 per_page: 20
  const listBytes = '0a0c0a026d6512066d792d6170701002' + '1814';
  // user_app_id { … } searches { metric: COSINE_DISTANCE } pagination { page: 2 per_page: 20 }
  const searchBytes = '0a0c0a026d6512066d792d617070' + '12026802' + '1a0408021014';
  const searchTemplate = { user_app_id, searches: [{ metric: 'COSINE_DISTANCE' }] };

  it('Node: ListInputs with page and per_page at the top', async () => {
    const { ours, theirs } = await bothPages('ListInputs', { user_app_id }, { page: 2, per_page: 20 }, '.');
    expect(ours).toBe(theirs);
    expect(ours).toBe(listBytes);
  });

  it('Node: PostAnnotationsSearches with pagination', async () => {
    const pagination = { page: 2, per_page: 20 };
    const { ours, theirs } = await bothPages('PostAnnotationsSearches', searchTemplate, { pagination }, 'pagination');
    expect(ours).toBe(theirs);
    expect(ours).toBe(searchBytes);
  });

  it('Python, Java, PHP and generated JavaScript: the same messages of the same .proto', () => {
    const userAppId = new UserAppIDSet().setUserId('me').setAppId('my-app');
    const listing = new ListInputsRequest().setUserAppId(userAppId).setPage(2).setPerPage(20);
    expect(Buffer.from(listing.serializeBinary()).toString('hex')).toBe(listBytes);
    const searching = new PostAnnotationsSearchesRequest()
      .setUserAppId(userAppId)
      .setSearchesList([new Search().setMetric(Search.Metric.COSINE_DISTANCE)])
      .setPagination(new Pagination().setPage(2).setPerPage(20));
    expect(Buffer.from(searching.serializeBinary()).toString('hex')).toBe(searchBytes);
  });
});
