export { createServer, type Server, type Socket } from 'node:net';
export { brotliCompressSync, gzipSync } from 'node:zlib';
