import type { findPaging } from './find-paging.js';

/** What finds out how an API pages. It is as large as all strategies, so Node loads it when it is asked for. */
export const finder = (): Promise<{ readonly findPaging: typeof findPaging }> => import('./find-paging.js');
