import { describe, expect, it } from '@jest/globals';
import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { lastValueFrom, toArray } from 'rxjs';
import { inBody, items, pageNumber, paginate, PagewiseError, retryRequests, type PageRequest } from 'pagewise';
import { GrpcError, grpcTransport, type GrpcClient, type GrpcTransportOptions } from 'pagewise/grpc';
import { rejection, thrown } from '../support/walks.js';
import { until } from '../support/server.js';
import { entries, grpc, ok, serveGrpc, sliceOf, V2, type Entry, type Reply } from './clarifai-server.js';

const strategy = pageNumber<Entry>({ items: 'inputs', size: 2, place: inBody() });
const quick = retryRequests({ base: 0, retries: 2 });

/** Walks ListInputs over 3 inputs; the first call is answered with `first`. */
async function walk(first: Reply, options?: GrpcTransportOptions, request: Partial<PageRequest> = {}) {
  const server = await serveGrpc(({ message }, index) =>
    index === 0 && first !== undefined ? first : { status: ok, inputs: sliceOf(entries(3), message) },
  );
  const transport = grpcTransport(server.client(), options);
  const pages = paginate({ method: 'ListInputs', ...request }, strategy, { transport, policy: quick });
  return { server, done: lastValueFrom(pages.pipe(items(), toArray())) };
}

function trailers(values: Record<string, string | Buffer>) {
  const metadata = new grpc.Metadata();
  for (const [name, value] of Object.entries(values)) metadata.set(name, value);
  return metadata;
}

describe('grpcTransport: which failures are retried', () => {
  const { status } = grpc;

  it.each([
    ['UNAVAILABLE', status.UNAVAILABLE, 'try again'],
    ['RESOURCE_EXHAUSTED', status.RESOURCE_EXHAUSTED, 'quota'],
    ['ABORTED', status.ABORTED, 'conflict'],
    ['DEADLINE_EXCEEDED of the server', status.DEADLINE_EXCEEDED, 'the database took too long'],
    ['INTERNAL after a reset', status.INTERNAL, 'Received RST_STREAM with code 2 (Internal server error)'],
    ['UNKNOWN after a reset', status.UNKNOWN, 'stream terminated by RST_STREAM with error code: INTERNAL_ERROR'],
  ])('%s is', async (_name, code, details) => {
    const { server, done } = await walk({ code, details });
    expect(await done).toHaveLength(3);
    expect(server.seen.map(({ message }) => message['page'])).toEqual([1, 1, 2, 3]);
  });

  it.each([
    ['CANCELLED', status.CANCELLED, 499],
    ['UNKNOWN', status.UNKNOWN, 500],
    ['INVALID_ARGUMENT', status.INVALID_ARGUMENT, 400],
    ['NOT_FOUND', status.NOT_FOUND, 404],
    ['PERMISSION_DENIED', status.PERMISSION_DENIED, 403],
    ['FAILED_PRECONDITION', status.FAILED_PRECONDITION, 400],
    ['OUT_OF_RANGE', status.OUT_OF_RANGE, 400],
    ['UNIMPLEMENTED', status.UNIMPLEMENTED, 501],
    ['INTERNAL', status.INTERNAL, 500],
    ['DATA_LOSS', status.DATA_LOSS, 500],
    ['UNAUTHENTICATED', status.UNAUTHENTICATED, 401],
  ])('%s is not', async (codeName, code, http) => {
    const { server, done } = await walk({ code, details: 'no authorization: Key abcdef' });
    const error = await rejection(done);
    expect(error).toBeInstanceOf(GrpcError);
    expect(error).toBeInstanceOf(PagewiseError);
    expect(error).toMatchObject({ code, codeName, status: http, retryable: false, attempts: 1, method: 'ListInputs' });
    expect(error.message).toMatch(new RegExp(`^Page 1 failed: ListInputs: ${code} ${codeName}: no authorization: `));
    expect(error.message).not.toContain('abcdef');
    expect(error['details']).toBe('no authorization: Key abcdef');
    expect(JSON.stringify(error)).not.toContain('abcdef');
    expect(error.cause).toMatchObject({ code, name: 'Error' });
    expect(server.seen).toHaveLength(1);
  });

  it.each([0, 1, 2, 7, 8, 11])('a stream that is reset with HTTP/2 code %i is', async (code) => {
    let calls = 0;
    const server = createServer();
    server.on('stream', (stream) => {
      calls++;
      stream.on('error', () => {});
      stream.close(code);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const client = new V2(`127.0.0.1:${(server.address() as AddressInfo).port}`, grpc.credentials.createInsecure());
    const pages = paginate({ method: 'ListInputs' }, strategy, { transport: grpcTransport(client), policy: quick });
    const error = await rejection(lastValueFrom(pages));
    client.close();
    server.close();
    expect(error).toMatchObject({ name: 'GrpcError', attempts: 3 });
    expect(calls).toBeGreaterThanOrEqual(3); // Streams that are refused (7) grpc-js sends again on its own.
  });

  it('an unreachable server is', async () => {
    const client = new V2('127.0.0.1:1', grpc.credentials.createInsecure());
    const pages = paginate({ method: 'ListInputs' }, strategy, { transport: grpcTransport(client), policy: quick });
    const error = await rejection(lastValueFrom(pages));
    client.close();
    expect(error).toMatchObject({ name: 'GrpcError', codeName: 'UNAVAILABLE', status: 503, attempts: 3 });
    expect(error.message).toMatch(/^Page 1 failed: ListInputs: 14 UNAVAILABLE: .*ECONNREFUSED.* after 3 attempts$/);
  });

  it('an answer that is too large is not, and the error says what to do', async () => {
    const server = await serveGrpc(() => ({ status: ok, inputs: [{ id: 'x'.repeat(2000) }] }));
    const client = server.client({ 'grpc.max_receive_message_length': 1000 });
    const error = await rejection(
      lastValueFrom(paginate({ method: 'ListInputs' }, strategy, { transport: grpcTransport(client), policy: quick })),
    );
    expect(error).toMatchObject({ codeName: 'RESOURCE_EXHAUSTED', throttled: false, attempts: 1 });
    expect(error.message).toContain("request smaller pages, or raise the client's grpc.max_receive_message_length");
  });
});

describe('grpcTransport: how long to wait', () => {
  const code = grpc.status.RESOURCE_EXHAUSTED;
  // google.rpc.Status { 1: 8, 2: "quota", 3: Any { 1: type_url, 2: RetryInfo { 1: Duration { 1: 3661, 2: 500000000 } } } }
  const field = (number: number, bytes: Uint8Array | string) => {
    const content = Buffer.from(bytes as string);
    return Buffer.concat([Buffer.from([number * 8 + 2, content.length]), content]);
  };
  const duration = Buffer.from([0x08, 0xcd, 0x1c, 0x10, 0x80, 0xca, 0xb5, 0xee, 0x01]);
  const any = (type: string, value: Buffer) => field(3, Buffer.concat([field(1, type), field(2, value)]));
  const statusDetails = Buffer.concat([
    Buffer.from([0x08, 8]),
    field(2, 'quota'),
    any('type.googleapis.com/google.rpc.ErrorInfo', field(1, 'x')),
    any('type.googleapis.com/google.rpc.RetryInfo', field(1, duration)),
  ]);

  it.each([
    ['RetryInfo', { 'grpc-status-details-bin': statusDetails }, 3_661_500],
    ['grpc-retry-pushback-ms', { 'grpc-retry-pushback-ms': '3600000' }, 3_600_000],
    ['retry-after', { 'retry-after': '3600' }, 3_600_000],
  ])('%s of the trailing metadata is the hint', async (_name, values, retryAfterMs) => {
    const { done } = await walk({ code, details: 'quota', metadata: trailers(values) });
    const error = await rejection(done);
    expect(error).toMatchObject({ name: 'RateLimitError', retryAfterMs });
    expect(error.cause).toMatchObject({ name: 'GrpcError', throttled: true, status: 429 });
  });

  it('a negative pushback forbids another attempt', async () => {
    const { server, done } = await walk({
      code: grpc.status.UNAVAILABLE,
      details: '',
      metadata: trailers({ 'grpc-retry-pushback-ms': '-1' }),
    });
    expect(await rejection(done)).toMatchObject({ codeName: 'UNAVAILABLE', retryable: false });
    expect(server.seen).toHaveLength(1);
  });

  it.each([[statusDetails.subarray(0, -4)], [Buffer.from([0x1a, 0xff])], [Buffer.alloc(20, 0xff)], [Buffer.alloc(0)]])(
    'truncated details are no hint, and no failure',
    async (bytes) => {
      const { server, done } = await walk({
        code,
        details: '',
        metadata: trailers({ 'grpc-status-details-bin': bytes }),
      });
      expect(await done).toHaveLength(3);
      expect(server.seen).toHaveLength(4);
    },
  );
});

describe('grpcTransport: deadline and cancellation', () => {
  it('attemptTimeout is the deadline that the server sees, and fails as AttemptTimeoutError', async () => {
    const server = await serveGrpc(() => undefined);
    const transport = grpcTransport(server.client(), { attemptTimeout: 150 });
    const before = Date.now();
    const pages = paginate({ method: 'ListInputs' }, strategy, { transport, policy: quick });
    const error = await rejection(lastValueFrom(pages));
    expect(error).toMatchObject({ name: 'AttemptTimeoutError', timeoutMs: 150, attempts: 3 });
    expect(server.seen).toHaveLength(3);
    const deadline = Number(server.seen[0]!.deadline);
    expect(deadline).toBeGreaterThan(before);
    expect(deadline).toBeLessThan(Date.now() + 150);
    await until('the server sees them cancelled', () => server.cancelled() === 3);
  });

  it('the default is 30 s, and Infinity sends none', async () => {
    const near = await walk(undefined);
    await near.done;
    const left = Number(near.server.seen[0]!.deadline) - Date.now();
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(30_000);
    const endless = await walk(undefined, { attemptTimeout: Infinity });
    await endless.done;
    expect(endless.server.seen[0]!.deadline).toBe(Infinity);
  });

  it('E7 an abort cancels the call', async () => {
    const server = await serveGrpc(() => undefined);
    const leave = new AbortController();
    const transport = grpcTransport(server.client());
    const pages = paginate({ method: 'ListInputs' }, strategy, { transport, signal: leave.signal });
    const failed = rejection(lastValueFrom(pages));
    await until('the call is there', () => server.seen.length === 1);
    leave.abort(new Error('enough'));
    expect((await failed).message).toBe('enough');
    await until('the server sees it cancelled', () => server.cancelled() === 1);
  });
});

describe('grpcTransport: metadata', () => {
  it('headers are added to a copy of what was given', async () => {
    const metadata = trailers({ 'x-team': 'a', authorization: 'Key OLD' });
    const { server, done } = await walk(undefined, { metadata }, { headers: { Authorization: 'Key PAT' } });
    await done;
    expect(server.seen.map((seen) => seen.metadata.get('authorization'))).toEqual([
      ['Key PAT'],
      ['Key PAT'],
      ['Key PAT'],
    ]);
    expect(server.seen[0]!.metadata.get('x-team')).toEqual(['a']);
    expect(metadata.get('authorization')).toEqual(['Key OLD']);
  });

  it('functions are called for every attempt', async () => {
    let keys = 0;
    let made = 0;
    const metadata = () => trailers({ made: String(++made) });
    const headers = () => Promise.resolve({ authorization: `Key ${++keys}` });
    const { server, done } = await walk({ code: grpc.status.UNAVAILABLE, details: '' }, { metadata }, { headers });
    await done;
    const sent = server.seen.map((seen) => [...seen.metadata.get('authorization'), ...seen.metadata.get('made')]);
    expect(sent).toEqual([['Key 1', '1'], ['Key 2', '2'], ['Key 3', '3'], ['Key 4', '4']]); // prettier-ignore
  });

  it("the answer's metadata are the response's headers", async () => {
    const server = await serveGrpc(({ call }) => {
      call.sendMetadata(trailers({ 'x-served-by': 'a', 'x-data-bin': Buffer.from('x') }));
      return { status: ok, inputs: [] };
    });
    const transport = grpcTransport(server.client());
    const page = await lastValueFrom(paginate({ method: 'ListInputs' }, strategy, { transport }));
    const { headers } = page.response;
    expect(['X-Served-By', 'x-data-bin', 'x-none'].map((name) => headers.get(name))).toEqual(['a', null, null]);
  });
});

describe('grpcTransport: invalid input is refused before anything is sent', () => {
  const client = new V2('127.0.0.1:1', grpc.credentials.createInsecure());
  client.close();
  const build = (request: PageRequest, options?: GrpcTransportOptions, place = inBody()) =>
    thrown(() =>
      paginate(request, pageNumber<Entry>({ items: 'inputs', place }), { transport: grpcTransport(client, options) }),
    );

  it.each([
    [V2, 'not a function'],
    [undefined, 'not undefined'],
    [{ ListInputs: () => {} }, 'not an object with ListInputs'],
  ])('not a client: %#', (none, found) => {
    const { message } = thrown(() => grpcTransport(none as unknown as GrpcClient));
    expect(message).toContain('the client must be a client of @grpc/grpc-js, such as ClarifaiStub.grpc()');
    expect(message).toContain(found);
  });

  it.each([
    [{ attemptTimeout: 0 }, 'attemptTimeout must be a number of at least 1 or Infinity, not 0'],
    [{ timeout: 1 }, 'unknown option "timeout"; expected one of metadata, attemptTimeout, toMessage'],
    [{ metadata: { authorization: 'Key PAT' } }, 'put plain names and values into the headers of the request'],
    [{ toMessage: 1 }, 'toMessage must be a function, not 1'],
  ])('options: %j', (options, message) => {
    expect(thrown(() => grpcTransport(client, options as GrpcTransportOptions)).message).toContain(message);
  });

  it.each([
    [{ body: {} }, 'the request names no method to call'],
    [{ method: 'ListInput' }, 'no method "ListInput"; it has ListInputs'],
    [{ method: 'close' }, 'no method "close"'],
    [{ method: 'StreamInputs', body: {} }, 'has no field "page"'],
    [{ method: 'PostModelOutputs' }, 'has no field "page" (its fields are '],
    [{ method: 'GenerateModelOutputs' }, 'GenerateModelOutputs is a streaming call'],
    [{ method: 'ListInputs', url: 'https://api.clarifai.com' }, 'the request has a url'],
    [
      { method: 'ListInputs', body: { user_app_id: { user: 'me' } } },
      'no field "user_app_id.user" (its fields are user_id, app_id)',
    ],
    [{ method: 'ListInputs', body: { user_app_id: 'me' } }, 'ListInputs rejects this message: '],
    [
      { method: 'ListInputs', headers: { authorization: 'Key PAT' } },
      'use grpcTransport(client, { metadata: new grpc.Metadata() })',
    ],
  ] satisfies [PageRequest, string][])('requests: %j', (request, message) => {
    const error = build(request);
    expect(error).toMatchObject({ name: 'ConfigError', message: expect.stringContaining(message) as unknown });
  });

  it('paging that the message has no field for, which would be dropped silently', () => {
    const error = build({ method: 'ListInputs' }, {}, inBody('pagination'));
    expect(error.message).toBe(
      'grpcTransport: the message of ListInputs has no field "pagination" (its fields are ids, user_app_id, page, per_page, status), so the field would not be sent; check the name of the field and the placement',
    );
    expect(build({ method: 'PostInputsSearches' }, {}, inBody()).message).toContain('has no field "page"');
  });

  it('headers that metadata cannot hold, without showing their value', () => {
    const metadata = new grpc.Metadata();
    const broken = build({ method: 'ListInputs', headers: { authorization: 'Key\nPAT' } }, { metadata });
    expect(broken.message).toContain('the header "authorization" holds characters that metadata can\'t hold');
    expect(broken.message).not.toContain('PAT');
    expect(build({ method: 'ListInputs', headers: { 'a b': 'x' } }, { metadata }).message).toContain('"a b"');
    expect(build({ method: 'ListInputs', headers: { 'x-bin': 'x' } }, { metadata }).message).toContain('"x-bin"');
  });

  it('input that proves invalid only later is not retried', async () => {
    const run = async (options: GrpcTransportOptions, request: Partial<PageRequest> = {}) => {
      const { server, done } = await walk(undefined, options, request);
      const error = await rejection(done);
      expect(server.seen).toHaveLength(0);
      return error;
    };
    expect(await run({ metadata: (() => 1) as never })).toMatchObject({ name: 'CallbackError', attempts: 1 });
    expect(await run({ metadata: grpc.Metadata as never })).toMatchObject({ name: 'CallbackError', attempts: 1 });
    expect(await run({}, { headers: () => ({ a: 'b' }) })).toMatchObject({ name: 'ConfigError', attempts: 1 });
    // The same shape, and another class: as from another copy of grpc-js.
    const other = { clone: () => other, get: () => [], set: () => {} };
    const { message } = await run({ metadata: other });
    expect(message).toContain(
      'which comes from another copy of @grpc/grpc-js; make the metadata with the copy of @grpc/grpc-js that made the client',
    );
  });

  it('a client that was closed is an error, not retried', async () => {
    const pages = paginate({ method: 'ListInputs' }, strategy, { transport: grpcTransport(client) });
    expect(await rejection(lastValueFrom(pages))).toMatchObject({ pageIndex: 0, attempts: 1 });
  });
});
