import type { PageRequest } from '../request.js';
import { sameJson } from '../values/equal.js';

/** Whether two requests ask for the same. */
export const sameRequest = (a: PageRequest, b: PageRequest): boolean =>
  a.url === b.url && a.method === b.method && sameJson(a.body, b.body) && sameJson(a.headers, b.headers);
