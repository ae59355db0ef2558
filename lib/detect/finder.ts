import type { findPaging } from './find-paging.js';
import type { readAnswer } from './read-answer.js';

/** The detection, which is as large as all strategies: on Node it is loaded when it is used. */
export const finder = (): Promise<{ readonly findPaging: typeof findPaging }> => import('./find-paging.js');
export const reader = (): Promise<{ readonly readAnswer: typeof readAnswer }> => import('./read-answer.js');
