import type { findPaging } from './find-paging.js';

/** The detection, which is as large as all strategies: on Node it is loaded when it is used. */
export const finder = (): Promise<{ readonly findPaging: typeof findPaging }> => import('./find-paging.js');
