import { findPaging } from './find-paging.js';
import { readAnswer } from './read-answer.js';

// Without import(): bundlers that split code would move everything that it shares with the application into the first
// chunk, including strategies that the application does not use. This way, an application that does not use detect()
// ships none of it. The build replaces finder.ts with this file.
export const finder = () => Promise.resolve({ findPaging });
export const reader = () => Promise.resolve({ readAnswer });
