import { CallbackError, ConfigError } from '../errors.js';
import type { HeaderMap, PageRequest, PageResponse } from '../request.js';
import { describe } from '../values/describe.js';
import type { GrpcMetadata } from './grpc-client.js';

interface CallMetadata {
  /** What is sent with one call: the metadata that was given, and a request's headers. @throws ConfigError, CallbackError */
  make(headers: PageRequest['headers']): GrpcMetadata | undefined;
  /** Refuses headers that could never be sent. @throws ConfigError */
  check(headers: PageRequest['headers']): void;
}

/** @throws ConfigError for metadata that is none */
export function callMetadata(given: GrpcMetadata | (() => GrpcMetadata) | undefined): CallMetadata {
  const fixed = typeof given === 'function' ? undefined : given;
  if (fixed !== undefined && !isMetadata(fixed))
    throw new ConfigError(
      `grpcTransport: metadata must be a Metadata object or a function that gives one, not ${describe(fixed)}; ` +
        'plain names and values go into the headers of the request',
    );

  function make(headers: PageRequest['headers']): GrpcMetadata | undefined {
    const metadata = typeof given === 'function' ? ask(given) : given;
    // Functions are asked before each attempt: a transport gets what they gave.
    const entries = Object.entries((headers ?? {}) as HeaderMap);
    if (entries.length === 0) return metadata;
    checkEntries(entries);
    if (metadata === undefined)
      throw new ConfigError(
        'grpcTransport: the request has headers, and there is no metadata to put them into; give ' +
          'grpcTransport(client, { metadata: new grpc.Metadata() }), of the grpc that the client was made with',
      );
    const merged = metadata.clone();
    for (const [name, value] of entries) merged.set(name, value);
    return merged;
  }

  return {
    make,
    check(headers) {
      if (typeof headers === 'object' && typeof given === 'function') checkEntries(Object.entries(headers));
      else if (typeof headers === 'object') make(headers);
    },
  };
}

function ask(given: () => GrpcMetadata): GrpcMetadata {
  let metadata: GrpcMetadata;
  try {
    metadata = given();
  } catch (error) {
    // grpc.Metadata itself, the class, is a function that can't be called.
    throw new CallbackError('grpcTransport.metadata', error);
  }
  if (isMetadata(metadata)) return metadata;
  const found = `not ${describe(metadata)}`;
  throw new CallbackError('grpcTransport.metadata', new TypeError(`it must give a Metadata object, ${found}`));
}

const isMetadata = (value: unknown): value is GrpcMetadata => {
  const { clone, set } = (value ?? {}) as { clone?: unknown; set?: unknown };
  return typeof clone === 'function' && typeof set === 'function';
};

/** Never with the value, which may be a key: grpc-js's own words have it. */
function checkEntries(entries: readonly [string, string][]): void {
  for (const [name, value] of entries) {
    if (!/^[\w.-]+$/.test(name) || name.toLowerCase().endsWith('-bin'))
      throw new ConfigError(
        `grpcTransport: the header ${JSON.stringify(name)} can't be metadata, whose names are letters, digits, _ - and ., ` +
          'and whose binary values (…-bin) are set on the metadata itself',
      );
    if (!/^[\x20-\x7e]*$/.test(value))
      throw new ConfigError(`grpcTransport: the header ${JSON.stringify(name)} holds characters that metadata can't`);
  }
}

/** Metadata read as headers are; binary values (`…-bin`) are none, nor is what can't be read. */
export const readMetadata = (metadata: GrpcMetadata | undefined): PageResponse['headers'] => ({
  get(name) {
    try {
      const values = (metadata?.get(name) ?? []).filter((value) => typeof value === 'string');
      return values.length === 0 ? null : values.join(', ');
    } catch {
      return null;
    }
  },
});
