import { afterEach } from '@jest/globals';
import type * as grpcJs from '@grpc/grpc-js';
import { createRequire } from 'node:module';

type V2Class = grpcJs.ServiceClientConstructor;

/** The official stub and the grpc that it was made with; its types omit the stub. */
export const { ClarifaiStub, grpc } = createRequire(import.meta.url)('clarifai-nodejs-grpc') as {
  ClarifaiStub: { grpc(base: string): grpcJs.Client };
  grpc: typeof grpcJs;
};

const stub = ClarifaiStub.grpc('localhost:1');
stub.close();
export const V2 = stub.constructor as V2Class;

export type Message = Readonly<Record<string, unknown>>;
export type ServedCall = grpcJs.ServerUnaryCall<Message, Message>;

/** What the server saw of one call. */
export interface SeenCall {
  readonly method: string;
  readonly message: Message;
  /** The message as it came over the wire. */
  readonly bytes: Buffer;
  readonly metadata: grpcJs.Metadata;
  /** Milliseconds of the wall clock. */
  readonly deadline: grpcJs.Deadline;
  readonly call: ServedCall;
}

/** What a method answers: a message, a failure, or nothing at all. */
export type Reply = Message | (Partial<grpcJs.StatusObject> & { readonly code: number }) | undefined;

export interface GrpcServer {
  readonly address: string;
  readonly seen: SeenCall[];
  /** Calls that the client cancelled before they were answered. */
  readonly cancelled: () => number;
  /** A client of it, closed after the test. */
  client(options?: grpcJs.ClientOptions): grpcJs.Client;
}

export const ok = { code: 10000, description: 'Ok' };

const cleanups: (() => void)[] = [];

afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

/** A real gRPC server of Clarifai's service on a free loopback port, closed after the test. */
export async function serveGrpc(
  handle: (seen: SeenCall, index: number) => Reply,
  credentials = grpc.ServerCredentials.createInsecure(),
): Promise<GrpcServer> {
  const seen: SeenCall[] = [];
  let cancelled = 0;
  const wire = new WeakMap<Message, Buffer>();
  const server = new grpc.Server();
  const unary = (method: string) => (call: ServedCall, callback: grpcJs.sendUnaryData<Message>) => {
    const bytes = wire.get(call.request) ?? Buffer.alloc(0);
    const one = { method, message: call.request, bytes, metadata: call.metadata, deadline: call.getDeadline(), call };
    seen.push(one);
    call.on('cancelled', () => cancelled++);
    const reply = handle(one, seen.length - 1);
    if (reply === undefined) return;
    if (typeof reply['code'] === 'number') callback(reply);
    else callback(null, reply);
  };
  const names = Object.entries(V2.service).filter(
    ([, { requestStream, responseStream }]) => !requestStream && !responseStream,
  );
  const service = Object.fromEntries(
    Object.entries(V2.service).map(([name, definition]) => {
      const requestDeserialize = (bytes: Buffer) => {
        const message = definition.requestDeserialize(bytes) as Message;
        wire.set(message, bytes);
        return message;
      };
      return [name, { ...definition, requestDeserialize }];
    }),
  );
  server.addService(service, Object.fromEntries(names.map(([name]) => [name, unary(name)])));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', credentials, (error, bound) => (error ? reject(error) : resolve(bound)));
  });
  const address = `127.0.0.1:${port}`;
  cleanups.push(() => server.forceShutdown());
  return {
    address,
    seen,
    cancelled: () => cancelled,
    client(options = {}) {
      const client = new V2(address, grpc.credentials.createInsecure(), options);
      cleanups.push(() => client.close());
      return client;
    },
  };
}

export interface Entry {
  readonly id: string;
}

/** Ids from 1 to `count`. */
export const entries = (count: number, prefix = 'e'): Entry[] =>
  Array.from({ length: count }, (_, i) => ({ id: `${prefix}${i + 1}` }));

/** The slice of a list that a message asks for, at its top or under `pagination`. */
export function sliceOf<T>(list: readonly T[], message: Message): T[] {
  const { page, per_page: size } = (message['pagination'] ?? message) as { page: number; per_page: number };
  return list.slice((page - 1) * size, page * size);
}
