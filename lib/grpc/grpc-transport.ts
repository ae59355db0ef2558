import { Observable } from 'rxjs';
import { AttemptTimeoutError, CallbackError, ConfigError, TransportError } from '../errors.js';
import type { PageRequest, PageResponse, Transport } from '../request.js';
import { describe } from '../values/describe.js';
import { checkFunction, checkNumber, checkOptions } from '../values/options.js';
import { callMetadata } from './call-metadata.js';
import { checkMessage } from './check-message.js';
import { findMethod } from './find-method.js';
import type { GrpcCallback, GrpcClient, GrpcFailure, GrpcMetadata } from './grpc-client.js';
import { GrpcError } from './grpc-error.js';
import { readMetadata } from './read-metadata.js';
import { startCall } from './start-call.js';

export interface GrpcTransportOptions {
  /**
   * Metadata of each call, or a function that gives it for each attempt; the request template's headers are added to a
   * copy. It must be of the grpc that the client was made with. @default none; needed where the request has headers
   */
  readonly metadata?: GrpcMetadata | (() => GrpcMetadata) | undefined;
  /** Milliseconds for one attempt, sent to the server as the call's deadline. Retryable. @default 30_000 */
  readonly attemptTimeout?: number | undefined;
  /** Makes the message of a body, for clients that take instances of generated classes. @default the body itself */
  readonly toMessage?: ((body: unknown) => unknown) | undefined;
}

const known = ['metadata', 'attemptTimeout', 'toMessage'] as const satisfies readonly (keyof GrpcTransportOptions)[];

/**
 * Carries requests by the unary calls of a @grpc/grpc-js client. The request's method is the call, its body the
 * message, its headers the metadata.
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
 * The call is cancelled when it is unsubscribed from before it has answered. Generated messages in answers are made
 * plain by their `toObject()`. A call that fails is a GrpcError, or an AttemptTimeoutError.
 * @throws ConfigError for a client or options that can't work
 */
export function grpcTransport(client: GrpcClient, options: GrpcTransportOptions = {}): Transport {
  if (typeof client !== 'object' || client === null || typeof client.makeUnaryRequest !== 'function')
    throw new ConfigError(
      `grpcTransport: the client must be one of @grpc/grpc-js, such as ClarifaiStub.grpc(), not ${describe(client)}`,
    );
  checkOptions('grpcTransport', options, known);
  const { attemptTimeout = 30_000, toMessage } = options;
  checkNumber('grpcTransport', 'attemptTimeout', attemptTimeout, 1, true);
  checkFunction('grpcTransport', 'toMessage', toMessage);
  const metadata = callMetadata(options.metadata);

  function prepare({ url, method: name, body = {}, headers }: PageRequest) {
    if (url !== undefined)
      throw new ConfigError(
        'grpcTransport: the request has a url, but a gRPC client knows its server; leave it out, and place parameters with inBody()',
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
      // Longer delays are beyond what timers take.
      const limits = attemptTimeout < 2 ** 31 ? { deadline: Date.now() + attemptTimeout } : {};
      let received: GrpcMetadata | undefined;
      let settled = false;

      const answered: GrpcCallback = (failure, answer) => {
        if (settled) return;
        settled = true; // Before next: take(1) tears us down inside it, and what has answered is not cancelled.
        if (failure === null) {
          subscriber.next({ status: 200, url: '', headers: readMetadata(received), body: toPlain(answer) });
          subscriber.complete();
        } else subscriber.error(toError(name, failure, performance.now() - started));
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
    if (typeof failure.code !== 'number' || typeof failure.details !== 'string') return new TransportError(failure);
    // Our own deadline, or the server's copy of it, which may ring a little earlier; any earlier it is the server's own.
    if (failure.code === deadlineExceeded && elapsed >= attemptTimeout - 10)
      return new AttemptTimeoutError(attemptTimeout);
    return new GrpcError(name, failure);
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
