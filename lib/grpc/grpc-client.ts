/**
 * A client of any copy of @grpc/grpc-js. Only its shape is declared: classes of two copies are not compatible, and
 * nothing of grpc-js is imported this way.
 */
export interface GrpcClient {
  close(): void;
  makeUnaryRequest: (...args: never[]) => unknown;
}

/** Metadata from the same copy of grpc-js as the client. */
export interface GrpcMetadata {
  clone(): GrpcMetadata;
  get(name: string): readonly (string | Uint8Array)[];
  set(name: string, value: string): void;
}

/** What a call fails with: grpc-js's ServiceError. */
export interface GrpcFailure {
  readonly code: number;
  readonly details: string;
  readonly metadata?: GrpcMetadata;
}

/** A call in progress. */
export interface GrpcCall {
  cancel(): void;
  on(event: 'metadata', listener: (metadata: GrpcMetadata) => void): unknown;
}

export type GrpcCallback = (failure: GrpcFailure | null, answer?: unknown) => void;

/** A unary method of a client, with the properties that grpc-js sets on it. */
export interface UnaryMethod {
  /** Takes a message, metadata (or none), options and a GrpcCallback. */
  (...args: unknown[]): GrpcCall;
  readonly requestStream?: boolean;
  readonly responseStream?: boolean;
  readonly requestSerialize?: (message: unknown) => Uint8Array;
  readonly requestDeserialize?: (bytes: Uint8Array) => unknown;
}
