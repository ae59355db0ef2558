// What retryRequests needs only after a first attempt has failed. Browsers load it separately, so it imports nothing of
// this library but files without imports: bundlers keep all that it uses, even in applications that do not retry.
export { default as pRetry } from 'p-retry';
export { retryHint } from './retry-hint.js';
