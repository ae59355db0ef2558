import type { Read } from '../../reading/read.js';

/** Gives a read function the name of a path, so that errors show the path. */
export const named = <R extends Exclude<Read<unknown>, string>>(path: string, read: R): R =>
  Object.defineProperty(read, 'name', { value: `path ${path}` });
