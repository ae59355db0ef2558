export { GrpcError } from './grpc-error.js';
export { grpcTransport, type GrpcTransportOptions } from './grpc-transport.js';
export type { GrpcClient, GrpcFailure, GrpcMetadata } from './grpc-client.js';
