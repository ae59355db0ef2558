import { ConfigError } from '../../errors.js';

const refuse = (): never => {
  throw new ConfigError(
    'hostileServer and torture open sockets, which only works on Node; in browsers use scriptedTransport',
  );
};

export const createServer = refuse;
export const brotliCompressSync = refuse;
export const gzipSync = refuse;
