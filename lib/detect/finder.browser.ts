import { findPaging } from './find-paging.js';

// Without import(): bundlers that split code would move everything that it shares with the application into the first
// chunk, strategies that the application does not use included. This way, an application that does not use detect() ships
// none of it. The build replaces finder.ts by this file.
export const finder = () => Promise.resolve({ findPaging });
