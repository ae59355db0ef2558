import { Observable } from 'rxjs';
import { AttemptTimeoutError, CallbackError, ConfigError, ParseError, TransportError } from '../errors.js';
import type { PageRequest, PageResponse, Transport } from '../request.js';
import { describe, describeError } from '../values/describe.js';
import { checkFunction, checkNumber, checkOptions } from '../values/options.js';
import { isA, peek } from '../values/peek.js';
import { callMetadata, readMetadata } from './call-metadata.js';
import type { GrpcCall, GrpcCallback, GrpcClient, GrpcFailure, GrpcMetadata, UnaryMethod } from './grpc-client.js';
import { GrpcError } from './grpc-error.js';

export interface GrpcTransportOptions {
  /**
   * Metadata of each call, or a function that returns it for each attempt; the request template's headers are added to
   * a copy. Use the copy of grpc-js that made the client. @default none; required if the request has headers
   */
  readonly metadata?: GrpcMetadata | (() => GrpcMetadata) | undefined;
  /** Milliseconds for one attempt, sent as the call's deadline; a timeout is retryable. @default 30_000 */
  readonly attemptTimeout?: number | undefined;
  /** Makes a message from a body, for clients that take instances of generated classes. @default the body itself */
  readonly toMessage?: ((body: unknown) => unknown) | undefined;
}

const known = ['metadata', 'attemptTimeout', 'toMessage'] as const satisfies readonly (keyof GrpcTransportOptions)[];

/**
 * Carries requests as unary calls of a @grpc/grpc-js client. The request's method is the call, its body the message,
 * and its headers the metadata.
 *
 *     const transport = grpcTransport(stub, { metadata: new grpc.Metadata() });
 *     paginate(
 *       { method: 'ListInputs', body: { user_app_id }, headers: { authorization: 'Key PAT' } },
 *       pageNumber<Input>({ size: 100, items: 'inputs', place: inBody() }),
 *       { transport },
 *     )
 *
 *     /clarifai.api.V2/ListInputs  user_app_id { … }  page: 2  per_page: 100   ▸   inputs { … } inputs { … } …
 *
 * Unsubscribing before the answer cancels the call. Generated messages in answers become plain objects through their
 * `toObject()`. A failed call is a GrpcError, or an AttemptTimeoutError.
 * @throws ConfigError for a client or options that can't work
 */
export function grpcTransport(client: GrpcClient, options: GrpcTransportOptions = {}): Transport {
  if (typeof client !== 'object' || client === null || typeof client.makeUnaryRequest !== 'function')
    throw new ConfigError(
      `grpcTransport: the client must be a client of @grpc/grpc-js, such as ClarifaiStub.grpc(), not ${describe(client)}`,
    );
  checkOptions('grpcTransport', options, known);
  const { attemptTimeout = 30_000, toMessage } = options;
  checkNumber('grpcTransport', 'attemptTimeout', attemptTimeout, 1, true);
  checkFunction('grpcTransport', 'toMessage', toMessage);
  const metadata = callMetadata(options.metadata);

  function prepare({ url, method: name, body = {}, headers }: PageRequest) {
    if (url !== undefined)
      throw new ConfigError(
        'grpcTransport: the request has a url, but a gRPC client knows its server; remove the url, and write parameters with inBody()',
      );
    return { name: name ?? '', method: findMethod(client, name), message: build(body), headers };
  }

  function build(body: unknown): unknown {
    if (toMessage === undefined) return body;
    try {
      return toMessage(body);
    } catch (error) {
      throw new CallbackError('grpcTransport.toMessage', error);
    }
  }

  const transport = (request: PageRequest): Observable<PageResponse> =>
    new Observable((subscriber) => {
      const { name, method, message, headers } = prepare(request);
      const sent = metadata.make(headers);
      const started = performance.now();
      // Timers can't wait for 2³¹ ms or longer.
      const limits = attemptTimeout < 2 ** 31 ? { deadline: Date.now() + attemptTimeout } : {};
      let received: GrpcMetadata | undefined;
      let settled = false;

      const answered: GrpcCallback = (failure, answer) => {
        if (settled) return;
        settled = true; // Before next: take(1) tears us down inside it, and an answered call must not be cancelled.
        if (failure !== null) {
          subscriber.error(toError(name, failure, performance.now() - started));
          return;
        }
        let body: unknown;
        try {
          body = toPlain(answer);
        } catch (error) {
          subscriber.error(new ParseError(`the answer's toObject() threw ${describeError(error)}`, '', error));
          return;
        }
        subscriber.next({ status: 200, url: '', headers: readMetadata(received), body });
        subscriber.complete();
      };
      const args = [message, ...(sent === undefined ? [] : [sent]), limits, answered];
      const call = startCall(client, method, args);
      call.on('metadata', (initial) => (received = initial));
      return () => {
        if (settled) return;
        settled = true;
        call.cancel();
      };
    });

  function toError(name: string, failure: GrpcFailure, elapsed: number): Error {
    try {
      if (typeof failure.code !== 'number' || typeof failure.details !== 'string') return new TransportError(failure);
      // Our own deadline, or the server's copy of it, which may expire slightly earlier.
      if (failure.code === deadlineExceeded && elapsed >= attemptTimeout - 10)
        return new AttemptTimeoutError(attemptTimeout);
      return new GrpcError(name, failure);
    } catch {
      return new TransportError(failure); // The failure can't be read: interceptors may end a call with anything.
    }
  }

  return Object.assign(transport, {
    checkRequest: (request: PageRequest) => {
      const { name, method, message, headers } = prepare(request);
      if (toMessage === undefined) checkMessage(name, method, message);
      metadata.check(headers);
    },
  });
}

const deadlineExceeded = 4;

/** Generated classes (google-protobuf) hold their fields behind getters; paths read plain objects. */
function toPlain(answer: unknown): unknown {
  const { toObject } = (answer ?? {}) as { toObject?: unknown };
  return typeof toObject === 'function' ? (toObject.call(answer) as unknown) : answer;
}

/** Calls a method of a client. @throws ConfigError for metadata of another grpc, TransportError for a closed client */
function startCall(client: GrpcClient, method: UnaryMethod, args: unknown[]): GrpcCall {
  try {
    return method.apply(client, args);
  } catch (error) {
    // grpc-js compares classes; its message says no more than this.
    if (isA(error, Error) && peek(error, 'message') === 'Incorrect arguments passed')
      throw new ConfigError(
        'grpcTransport: the client rejects the metadata, which comes from another copy of @grpc/grpc-js; ' +
          'make the metadata with the copy of @grpc/grpc-js that made the client',
        { cause: error },
      );
    throw new TransportError(error);
  }
}

/** The client's unary method of that name. @throws ConfigError if there is none */
function findMethod(client: GrpcClient, name: string | undefined): UnaryMethod {
  if (name === undefined)
    throw new ConfigError(
      "grpcTransport: the request names no method to call; set method, as in { method: 'ListInputs', body: { … } }",
    );
  const { service } = client.constructor as { service?: Readonly<Record<string, unknown>> };
  const found = (client as unknown as Record<string, UnaryMethod | undefined>)[name];
  if (typeof found !== 'function' || ownNames.has(name))
    throw new ConfigError(`grpcTransport: the client has no method ${describe(name)}${suggest(name, service)}`);
  if (found.requestStream === true || found.responseStream === true)
    throw new ConfigError(
      `grpcTransport: ${name} is a streaming call; use a unary call, with one message in and one out`,
    );
  return found;
}

/** Methods that every client has and that do not belong to the API. */
const ownNames = new Set([
  'constructor', 'close', 'getChannel', 'waitForReady',
  'makeUnaryRequest', 'makeClientStreamRequest', 'makeServerStreamRequest', 'makeBidiStreamRequest',
]); // prettier-ignore

function suggest(name: string, service: Readonly<Record<string, unknown>> | undefined): string {
  const all = Object.keys(service ?? {});
  const start = name.slice(0, 6).toLowerCase();
  const near = all.filter((other) => other.toLowerCase().startsWith(start));
  const shown = (near.length === 0 ? all : near).slice(0, 8);
  return shown.length === 0 ? '' : `; it has ${shown.join(', ')}${shown.length < all.length ? ' …' : ''}`;
}

/**
 * Rejects a message with a field that its type does not have. Serialising drops such a field silently, so paging
 * parameters written there would request the first page forever. @throws ConfigError
 */
function checkMessage(name: string, method: UnaryMethod, message: unknown): void {
  const { requestSerialize, requestDeserialize } = method;
  if (!requestSerialize || !requestDeserialize) return;
  let sent: unknown;
  try {
    sent = requestDeserialize(requestSerialize(message));
  } catch (error) {
    throw new ConfigError(
      `grpcTransport: ${name} rejects this message: ${describeError(error)}. ` +
        'If the client needs an instance of a generated class, make the instance with toMessage',
      { cause: error },
    );
  }
  const lost = lostField(message, sent, '');
  if (lost)
    throw new ConfigError(
      `grpcTransport: the message of ${name} has no field ${JSON.stringify(lost.path)}` +
        `${lost.known.length === 0 ? '' : ` (its fields are ${lost.known.join(', ')})`}, so the field would not be sent; check the name of the field and the placement`,
    );
}

function lostField(given: unknown, sent: unknown, path: string): { path: string; known: string[] } | undefined {
  if (typeof given !== 'object' || given === null || typeof sent !== 'object' || sent === null) return undefined;
  // google.protobuf.Any has a special form and comes back in another one.
  if (!isPlain(given) || '@type' in given) return undefined;
  for (const [key, value] of Object.entries(given)) {
    if (isNothing(value)) continue;
    const at = Array.isArray(given) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
    if (!Object.hasOwn(sent, key)) return { path: at, known: Object.keys(sent) };
    const lost = lostField(value, (sent as Record<string, unknown>)[key], at);
    if (lost) return lost;
  }
  return undefined;
}

const isPlain = (value: object): boolean => Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;

/** Whether a value is the default of a field, which a message may omit. */
const isNothing = (value: unknown): boolean =>
  value === undefined || value === null || value === 0 || value === '' || value === false || isEmpty(value);

const isEmpty = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0;
