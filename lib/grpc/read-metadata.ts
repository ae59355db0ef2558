import type { PageResponse } from '../request.js';
import type { GrpcMetadata } from './grpc-client.js';

/** Metadata read as headers are; binary values (`…-bin`) are none. */
export const readMetadata = (metadata: GrpcMetadata | undefined): PageResponse['headers'] => ({
  get(name) {
    const values = (metadata?.get(name) ?? []).filter((value) => typeof value === 'string');
    return values.length === 0 ? null : values.join(', ');
  },
});
