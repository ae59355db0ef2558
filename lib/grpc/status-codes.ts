/** What a gRPC status code is called, and the HTTP status that means the same (google/rpc/code.proto). */
export interface StatusCode {
  readonly name: string;
  readonly http: number;
}

const codes: readonly StatusCode[] = [
  { name: 'OK', http: 200 },
  { name: 'CANCELLED', http: 499 },
  { name: 'UNKNOWN', http: 500 },
  { name: 'INVALID_ARGUMENT', http: 400 },
  { name: 'DEADLINE_EXCEEDED', http: 504 },
  { name: 'NOT_FOUND', http: 404 },
  { name: 'ALREADY_EXISTS', http: 409 },
  { name: 'PERMISSION_DENIED', http: 403 },
  { name: 'RESOURCE_EXHAUSTED', http: 429 },
  { name: 'FAILED_PRECONDITION', http: 400 },
  { name: 'ABORTED', http: 409 },
  { name: 'OUT_OF_RANGE', http: 400 },
  { name: 'UNIMPLEMENTED', http: 501 },
  { name: 'INTERNAL', http: 500 },
  { name: 'UNAVAILABLE', http: 503 },
  { name: 'DATA_LOSS', http: 500 },
  { name: 'UNAUTHENTICATED', http: 401 },
];

/** A code that is not in the table is UNKNOWN, as gRPC wants it. */
export const statusCode = (code: number): StatusCode => codes[code] ?? { name: 'UNKNOWN', http: 500 };
