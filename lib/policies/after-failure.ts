// What retryRequests needs only after a first attempt has failed. Browsers load it separately, so from this library it
// imports only files that import no code: bundlers keep everything it uses, even in applications that do not retry.
export { default as pRetry } from 'p-retry';
export { retryHint } from './retry-hint.js';
export { whenOnline } from './when-online.js';
