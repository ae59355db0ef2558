import { describe, expect, it } from '@jest/globals';
import type * as grpc from '@grpc/grpc-js';
import type * as clarifai from 'clarifai-nodejs';
import type * as servicePb from 'clarifai-nodejs-grpc/proto/clarifai/api/service_pb';
import { createRequire } from 'node:module';
import { defaultIfEmpty, from, lastValueFrom, take, toArray } from 'rxjs';
import { functionTransport, inBody, items, pageNumber, paginate, retryRequests, type Transport } from 'pagewise';
import { checkClarifai } from 'pagewise/profiles';
import { entries, ok, serveGrpc, sliceOf, type Entry } from './clarifai-server.js';

const require = createRequire(import.meta.url);
const { App, Input } = require('clarifai-nodejs') as typeof clarifai;
const { ListInputsRequest } = require('clarifai-nodejs-grpc/proto/clarifai/api/service_pb') as typeof servicePb;

interface Paging {
  page: number;
  size: number;
}

/** The SDK speaks gRPC to whatever base it is given: to `http://…` in plain text, and never REST or gRPC-web. */
const authConfig = (address: string) => ({ userId: 'me', appId: 'my-app', pat: 'PAT', base: `http://${address}` });

/** (page, size) => Promise of the items: the shape of any SDK. */
const byPage = (list: (page: number, size: number) => Promise<unknown>): Transport =>
  functionTransport(({ body }) => {
    const { page, size } = body as Paging;
    return list(page, size);
  });

const place = inBody();
const paging = { size: 200, pageParam: 'page', sizeParam: 'size', place };

/** The SDK's own way to methods that it has no function for: a subclass, here of one that lists inputs by page. */
class Inputs extends Input {
  async list(pageNo: number, perPage: number) {
    return (await this.listPagesData(this.endpoint, new ListInputsRequest(), pageNo, perPage)).toObject();
  }

  /** The raw answer, whatever its status. */
  async answer(pageNo: number, perPage: number) {
    const request = new ListInputsRequest().setPage(pageNo).setPerPage(perPage);
    return (await this.grpcRequest(this.endpoint, request)).toObject();
  }

  readonly endpoint = (request: servicePb.ListInputsRequest, metadata: grpc.Metadata, options: object) =>
    new Promise<servicePb.MultiInputResponse>((resolve, reject) => {
      this.STUB.client.listInputs(request, metadata, options, (error, answer) =>
        error ? reject(error) : resolve(answer),
      );
    });
}

const inputsAt = (address: string) => new Inputs({ authConfig: authConfig(address) });

describe('the SDK clarifai-nodejs over functionTransport', () => {
  it("lists concepts by a page and a size, one call for a page: App.listConcepts' generator", async () => {
    const all = entries(1000);
    const server = await serveGrpc(({ message }) => ({ status: ok, concepts: sliceOf(all, message) }));
    const app = new App({ authConfig: authConfig(server.address) });
    const transport = functionTransport(({ body }) => {
      const { page: pageNo, size: perPage } = body as Paging;
      // It yields nothing past the end, and would continue by itself after its first page.
      return from(app.listConcepts({ pageNo, perPage })).pipe(take(1), defaultIfEmpty([]));
    });
    const concepts = paginate({ body: {} }, pageNumber<Entry>(paging), { transport });
    expect((await lastValueFrom(concepts.pipe(items(), toArray()))).map(({ id }) => id)).toEqual(
      all.map(({ id }) => id),
    );
    expect(server.seen.map(({ method, message }) => [method, message['page'], message['per_page']])).toEqual(
      [1, 2, 3, 4, 5, 6].map((page) => ['ListConcepts', page, 200]),
    );
    expect(server.seen[0]!.metadata.get('authorization')).toEqual(['Key PAT']);
    expect(server.seen[0]!.message['user_app_id']).toEqual({ user_id: 'me', app_id: 'my-app' });
  });

  it('lists inputs by a function of page and size that gives a promise: Lister.listPagesData', async () => {
    const all = entries(1000);
    const server = await serveGrpc(({ message }) => ({ status: ok, inputs: sliceOf(all, message) }));
    const sdk = inputsAt(server.address);
    const strategy = pageNumber<Entry>({ ...paging, items: 'inputsList' });
    const inputs = paginate({ body: {} }, strategy, {
      transport: byPage((page, size) => sdk.list(page, size)),
      check: checkClarifai,
    });
    expect((await lastValueFrom(inputs.pipe(items(), toArray()))).map(({ id }) => id)).toEqual(all.map(({ id }) => id));
    expect(server.seen.map(({ message }) => [message['page'], message['per_page']])).toEqual(
      [1, 2, 3, 4, 5, 6].map((page) => [page, 200]),
    );
  });

  it('sends exactly the requests that are needed', async () => {
    const server = await serveGrpc(({ message }) => ({ status: ok, inputs: sliceOf(entries(1000), message) }));
    const sdk = inputsAt(server.address);
    const inputs = paginate({ body: {} }, pageNumber<Entry>({ ...paging, items: 'inputsList' }), {
      transport: byPage((page, size) => sdk.list(page, size)),
    });
    expect(await lastValueFrom(inputs.pipe(items(), take(300), toArray()))).toHaveLength(300);
    expect(server.seen).toHaveLength(2);
  });

  it('what the SDK throws for a throttled answer is retried if shouldRetry says so', async () => {
    const server = await serveGrpc(({ message }, index) =>
      index === 0
        ? { status: { code: 11005, description: 'Throttled' } }
        : { status: ok, inputs: sliceOf(entries(3), message) },
    );
    const sdk = inputsAt(server.address);
    const isThrottled = (error: unknown): boolean => {
      const { cause, status } = (error ?? {}) as { cause?: unknown; status?: { code?: unknown } };
      return status?.code === 11005 || (cause !== undefined && isThrottled(cause));
    };
    const policy = retryRequests({ base: 1, shouldRetry: (error, retryable) => retryable || isThrottled(error) });
    const strategy = pageNumber<Entry>({ ...paging, items: 'inputsList' });
    const inputs = paginate({ body: {} }, strategy, {
      transport: byPage((page, size) => sdk.list(page, size)),
      policy,
    });
    expect(await lastValueFrom(inputs.pipe(items(), toArray()))).toHaveLength(3);
    expect(server.seen.map(({ message }) => message['page'])).toEqual([1, 1, 2]);
  });

  it('… and judged by checkClarifai if the raw answer is requested: grpcRequest', async () => {
    const server = await serveGrpc(({ message }, index) =>
      index === 0
        ? { status: { code: 11003, description: 'Hourly limit' } }
        : { status: ok, inputs: sliceOf(entries(3), message) },
    );
    const sdk = inputsAt(server.address);
    const inputs = paginate({ body: {} }, pageNumber<Entry>({ ...paging, items: 'inputsList' }), {
      transport: byPage((page, size) => sdk.answer(page, size)),
      check: checkClarifai,
      policy: retryRequests({ base: 1 }),
    });
    expect(await lastValueFrom(inputs.pipe(items(), toArray()))).toHaveLength(3);
  });
});
