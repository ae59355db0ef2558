/**
 * A client of @grpc/grpc-js, whichever copy made it: the shape only, since two copies of its classes don't fit each
 * other, and so that nothing of it is imported.
 */
export interface GrpcClient {
  close(): void;
  makeUnaryRequest: (...args: never[]) => unknown;
}

/** Metadata of the grpc that made the client. */
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

/** A call that is under way. */
export interface GrpcCall {
  cancel(): void;
  on(event: 'metadata', listener: (metadata: GrpcMetadata) => void): unknown;
}

export type GrpcCallback = (failure: GrpcFailure | null, answer?: unknown) => void;

/** A unary method of a client, with what grpc-js writes on it. */
export interface UnaryMethod {
  /** Takes a message, metadata (or none), options and a GrpcCallback. */
  (...args: unknown[]): GrpcCall;
  readonly requestStream?: boolean;
  readonly responseStream?: boolean;
  readonly requestSerialize?: (message: unknown) => Uint8Array;
  readonly requestDeserialize?: (bytes: Uint8Array) => unknown;
}
