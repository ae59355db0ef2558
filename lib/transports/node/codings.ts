/** The content codings that are undone, by decompress.ts: apart from it, since it loads zlib. */
export const acceptEncoding = 'gzip, deflate, br';
