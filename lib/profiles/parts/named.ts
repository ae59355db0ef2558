import type { Read } from '../../reading/read.js';

/** A function that reads what is at a path, and more: errors name the path. */
export const named = <R extends Exclude<Read<unknown>, string>>(path: string, read: R): R =>
  Object.defineProperty(read, 'name', { value: `path ${path}` });
