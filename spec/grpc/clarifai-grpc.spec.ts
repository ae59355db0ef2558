import { describe, expect, it } from '@jest/globals';
import type { ListInputsRequest as ListInputsRequestClass } from 'clarifai-nodejs-grpc/proto/clarifai/api/service_pb';
import type { V2Client as V2ClientClass } from 'clarifai-nodejs-grpc/proto/clarifai/api/service_grpc_pb';
import { createRequire } from 'node:module';
import { lastValueFrom, toArray } from 'rxjs';
import { inBody, items, pageNumber, paginate, retryRequests, type Placement, type ResumeToken } from 'pagewise';
import { grpcTransport } from 'pagewise/grpc';
import { checkClarifai, clarifaiSearch } from 'pagewise/profiles';
import { until } from '../support/server.js';
import { answer, plain, rejection, thrown } from '../support/walks.js';
import { entries, grpc, ok, serveGrpc, sliceOf, type Entry } from './clarifai-server.js';

const require = createRequire(import.meta.url);
const { V2Client } = require('clarifai-nodejs-grpc/proto/clarifai/api/service_grpc_pb') as {
  V2Client: typeof V2ClientClass;
};
const { ListInputsRequest } = require('clarifai-nodejs-grpc/proto/clarifai/api/service_pb') as {
  ListInputsRequest: typeof ListInputsRequestClass;
};

const user_app_id = { user_id: 'me', app_id: 'my-app' };
const headers = { authorization: 'Key PAT' };
const inputs = pageNumber<Entry>({ items: 'inputs', size: 200, place: inBody() });
const listing = (name: string, place: Placement = inBody()) => pageNumber<Entry>({ items: name, size: 128, place });

describe("Clarifai's own stub over grpcTransport", () => {
  it.each([
    ['ListInputs', 'inputs', inBody(), {}, (entry: Entry): object => entry],
    ['ListConcepts', 'concepts', inBody(), {}, (entry: Entry): object => entry],
    [
      'PostConceptsSearches',
      'concepts',
      inBody('pagination'),
      { concept_query: { name: '*' } },
      (entry: Entry): object => entry,
    ],
    [
      'PostAnnotationsSearches',
      'hits',
      inBody('pagination'),
      { searches: [{ metric: 'COSINE_DISTANCE' }] },
      (entry: Entry): object => ({ input: entry }),
    ],
  ])('%s walks 1,000 entries', async (method, key, place, rest, wrap) => {
    const all = entries(1000);
    const server = await serveGrpc(({ message }) => ({ status: ok, [key]: sliceOf(all, message).map(wrap) }));
    const transport = grpcTransport(server.client(), { metadata: new grpc.Metadata() });
    const body = { user_app_id, ...rest };
    const read = await lastValueFrom(
      paginate({ method, body, headers }, listing(key, place), { transport, check: checkClarifai }).pipe(
        items(),
        toArray(),
      ),
    );
    expect(read.map((item) => ('input' in item ? (item['input'] as Entry) : item).id)).toEqual(all.map(({ id }) => id));
    expect(server.seen.map((seen) => seen.method)).toEqual(Array.from({ length: 9 }, () => method));
    expect(server.seen.map(({ metadata }) => metadata.get('authorization'))).toEqual(
      server.seen.map(() => ['Key PAT']),
    );
    expect(server.seen[0]!.message['user_app_id']).toEqual(user_app_id);
    const { page, per_page } = (server.seen[8]!.message['pagination'] ?? server.seen[8]!.message) as Record<
      string,
      unknown
    >;
    expect([page, per_page]).toEqual([9, 128]);
  });

  it('the profile of searches works as is', async () => {
    const all = entries(45);
    const server = await serveGrpc(({ message }) => ({ status: ok, concepts: sliceOf(all, message) }));
    const { strategy, check } = clarifaiSearch<Entry>({ items: 'concepts', size: 20 });
    const read = paginate({ method: 'PostConceptsSearches', body: { user_app_id } }, strategy, {
      transport: grpcTransport(server.client()),
      check,
    });
    expect((await lastValueFrom(read.pipe(items(), toArray()))).map(({ id }) => id)).toEqual(all.map(({ id }) => id));
  });

  it('a throttled answer with an OK status is retried after the wait that the answer names', async () => {
    const server = await serveGrpc(({ call, message }, index) => {
      if (index > 0) return { status: ok, inputs: sliceOf(entries(3), message) };
      const metadata = new grpc.Metadata();
      metadata.set('retry-after', '0');
      call.sendMetadata(metadata);
      return { status: { code: 11005, description: 'Throttled' } };
    });
    const walk = paginate({ method: 'ListInputs', body: { user_app_id } }, inputs, {
      transport: grpcTransport(server.client()),
      check: checkClarifai,
      policy: retryRequests({ base: 1 }),
    });
    expect(await lastValueFrom(walk.pipe(items(), toArray()))).toHaveLength(3);
    expect(server.seen.map(({ message }) => message['page'])).toEqual([1, 1, 2]);
  });

  it('… or after the documented 15 s', async () => {
    const server = await serveGrpc(() => ({ status: { code: 11005, description: 'Throttled' } }));
    const walk = paginate({ method: 'ListInputs', body: { user_app_id } }, inputs, {
      transport: grpcTransport(server.client()),
      check: checkClarifai,
      policy: retryRequests({ maxRetryAfter: 1 }),
    });
    expect(await rejection(lastValueFrom(walk))).toMatchObject({ name: 'RateLimitError', retryAfterMs: 15_000 });
  });

  it('concurrent walks over one client do not mix', async () => {
    const server = await serveGrpc(({ method, message }) => {
      const { app_id } = message['user_app_id'] as { app_id: string };
      const list = entries(500, app_id);
      return { status: ok, [method === 'ListInputs' ? 'inputs' : 'concepts']: sliceOf(list, message) };
    });
    const transport = grpcTransport(server.client());
    const walks = Array.from({ length: 10 }, (_, i) => {
      const [method, key] = i % 2 === 0 ? (['ListInputs', 'inputs'] as const) : (['ListConcepts', 'concepts'] as const);
      const body = { user_app_id: { user_id: 'me', app_id: `app${i}-` } };
      return lastValueFrom(paginate({ method, body }, listing(key), { transport }).pipe(items(), toArray()));
    });
    for (const [i, read] of (await Promise.all(walks)).entries())
      expect(read.map(({ id }) => id)).toEqual(entries(500, `app${i}-`).map(({ id }) => id));
  });

  it('one client serves any method; a resume token of one method is refused by another', async () => {
    const server = await serveGrpc(({ method, message }) => ({
      status: ok,
      [method === 'ListInputs' ? 'inputs' : 'concepts']: sliceOf(entries(500), message),
    }));
    const transport = grpcTransport(server.client());
    const body = { user_app_id };
    const strategy = pageNumber<Entry>({
      items: (answer) => (answer as { inputs: Entry[] }).inputs,
      size: 100,
      place: inBody(),
    });
    let resume: ResumeToken | undefined;
    for await (const page of paginate({ method: 'ListInputs', body }, strategy, { transport })) {
      resume = page.resume;
      break;
    }
    const again = paginate({ method: 'ListInputs', body }, strategy, { transport, resumeFrom: resume });
    expect(await lastValueFrom(again.pipe(items(), toArray()))).toHaveLength(500 - 100);
    expect(() => paginate({ method: 'ListConcepts', body }, strategy, { transport, resumeFrom: resume })).toThrow(
      /another/i,
    );
  });

  it('T3 unsubscribing cancels the call, which the server sees; an answered call is not cancelled', async () => {
    const server = await serveGrpc(({ message }, index) =>
      index === 0 ? { status: ok, inputs: sliceOf(entries(500), message) } : undefined,
    );
    const walk = paginate({ method: 'ListInputs', body: { user_app_id } }, inputs, {
      transport: grpcTransport(server.client()),
      policy: plain,
    });
    let pages = 0;
    const subscription = walk.subscribe(() => pages++);
    await until('the second page is requested', () => server.seen.length === 2);
    subscription.unsubscribe();
    await until('the server sees it cancelled', () => server.cancelled() > 0);
    expect([pages, server.cancelled()]).toEqual([1, 1]);
  });
});

describe('checkClarifai over gRPC', () => {
  const { StatusCode } = require('clarifai-nodejs-grpc/proto/clarifai/api/status/status_code_pb') as {
    StatusCode: Record<string, number>;
  };
  const kind = (code: string | number) => {
    const verdict = checkClarifai(answer({ status: { code } }), {}) ?? 'none';
    return typeof verdict === 'string' ? verdict : Object.keys(verdict).filter((key) => key !== 'afterMs');
  };

  it('judges each code of the proto by its name as by its number', () => {
    const codes = Object.entries(StatusCode);
    expect(codes.length).toBeGreaterThan(300);
    for (const [name, number] of codes) expect([name, kind(name)]).toEqual([name, kind(number)]);
    const retried = codes.flatMap(([name, number]) => (kind(number).includes('retry') ? [name] : []));
    expect(retried).toHaveLength(9);
  });

  it('the stub gives numbers, other loaders give names: both work', async () => {
    const server = await serveGrpc(({ message }) => ({
      status: { code: 'MIXED_STATUS' },
      inputs: sliceOf(entries(3), message),
    }));
    const transport = grpcTransport(server.client());
    const walk = paginate({ method: 'ListInputs' }, inputs, { transport, check: checkClarifai });
    const pages = await lastValueFrom(walk.pipe(toArray()));
    expect(pages.map(({ body }) => (body as { status: { code: unknown } }).status.code)).toEqual([10010, 10010]);
  });
});

describe("clients of generated classes (google-protobuf), such as clarifai-nodejs's V2Client", () => {
  it('take messages made by toMessage, and answer with objects that paths can read', async () => {
    const server = await serveGrpc(({ message }) => ({ status: ok, inputs: sliceOf(entries(450), message) }));
    const client = new V2Client(server.address, grpc.credentials.createInsecure());
    const transport = grpcTransport(client, {
      toMessage: (body) => {
        const { page, per_page } = body as { page: number; per_page: number };
        return new ListInputsRequest().setPage(page).setPerPage(per_page);
      },
    });
    const strategy = pageNumber<Entry>({ items: 'inputsList', size: 200, place: inBody() });
    const walk = paginate({ method: 'listInputs' }, strategy, { transport, check: checkClarifai });
    const read = await lastValueFrom(walk.pipe(items(), toArray()));
    client.close();
    expect(read.map(({ id }) => id)).toEqual(entries(450).map(({ id }) => id));
    expect(server.seen.map(({ message }) => message['page'])).toEqual([1, 2, 3, 4]);
  });

  it('name what is missing', async () => {
    const server = await serveGrpc(() => ({ status: ok }));
    const client = new V2Client(server.address, grpc.credentials.createInsecure());
    const { message } = thrown(() => paginate({ method: 'listInputs' }, inputs, { transport: grpcTransport(client) }));
    client.close();
    expect(message).toContain('listInputs rejects this message: ');
    expect(message).toContain('Expected argument of type clarifai.api.ListInputsRequest');
    expect(message).toContain('toMessage');
  });
});
