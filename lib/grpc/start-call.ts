import { ConfigError, TransportError } from '../errors.js';
import type { GrpcCall, GrpcClient, UnaryMethod } from './grpc-client.js';

/** Calls a method of a client. @throws ConfigError for metadata of another grpc, TransportError for a closed client */
export function startCall(client: GrpcClient, method: UnaryMethod, args: unknown[]): GrpcCall {
  try {
    return method.apply(client, args);
  } catch (error) {
    // grpc-js compares classes, and says no more than this.
    if (error instanceof Error && error.message === 'Incorrect arguments passed')
      throw new ConfigError(
        'grpcTransport: the client does not take this metadata, which is of another copy of @grpc/grpc-js; ' +
          'make it with the grpc that the client was made with',
        { cause: error },
      );
    throw new TransportError(error);
  }
}
