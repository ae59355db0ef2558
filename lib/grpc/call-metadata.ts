import { CallbackError, ConfigError } from '../errors.js';
import type { HeaderMap, PageRequest, PageResponse } from '../request.js';
import { describe } from '../values/describe.js';
import type { GrpcMetadata } from './grpc-client.js';

interface CallMetadata {
  /** The metadata of one call: the given metadata plus the request's headers. @throws ConfigError, CallbackError */
  make(headers: PageRequest['headers']): GrpcMetadata | undefined;
  /** Rejects headers that could never be sent. @throws ConfigError */
  check(headers: PageRequest['headers']): void;
}

/** @throws ConfigError for anything that is not metadata */
export function callMetadata(given: GrpcMetadata | (() => GrpcMetadata) | undefined): CallMetadata {
  const fixed = typeof given === 'function' ? undefined : given;
  if (fixed !== undefined && !isMetadata(fixed))
    throw new ConfigError(
      `grpcTransport: metadata must be a Metadata object or a function that returns one, not ${describe(fixed)}; ` +
        'put plain names and values into the headers of the request',
    );

  function make(headers: PageRequest['headers']): GrpcMetadata | undefined {
    const metadata = typeof given === 'function' ? ask(given) : given;
    // Header functions were called before this attempt: a transport receives their result.
    const entries = Object.entries((headers ?? {}) as HeaderMap);
    if (entries.length === 0) return metadata;
    checkEntries(entries);
    if (metadata === undefined)
      throw new ConfigError(
        'grpcTransport: the request has headers, but there is no metadata to put the headers into; use ' +
          'grpcTransport(client, { metadata: new grpc.Metadata() }) with Metadata of the copy of @grpc/grpc-js that made the client',
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
    // The class grpc.Metadata itself is a function that can't be called.
    throw new CallbackError('grpcTransport.metadata', error);
  }
  if (isMetadata(metadata)) return metadata;
  const found = `not ${describe(metadata)}`;
  throw new CallbackError('grpcTransport.metadata', new TypeError(`it must return a Metadata object, ${found}`));
}

const isMetadata = (value: unknown): value is GrpcMetadata => {
  const { clone, set } = (value ?? {}) as { clone?: unknown; set?: unknown };
  return typeof clone === 'function' && typeof set === 'function';
};

/** Errors never show the value, which may be a key; errors of grpc-js would show it. */
function checkEntries(entries: readonly [string, string][]): void {
  for (const [name, value] of entries) {
    if (!/^[\w.-]+$/.test(name) || name.toLowerCase().endsWith('-bin'))
      throw new ConfigError(
        `grpcTransport: the header ${JSON.stringify(name)} can't be metadata; names of metadata hold letters, digits, _, - and ., ` +
          'and binary values (…-bin) must be set on the metadata itself',
      );
    if (!/^[\x20-\x7e]*$/.test(value))
      throw new ConfigError(
        `grpcTransport: the header ${JSON.stringify(name)} holds characters that metadata can't hold; remove them, or set a binary value (…-bin) on the metadata`,
      );
  }
}

/** Reads metadata like headers; binary values (`…-bin`), and values that can't be read, are left out. */
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
