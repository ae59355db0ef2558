import { fingerprint } from '../values/fingerprint.js';

const made = /^redacted(-[0-9a-z]+)?$/;

/**
 * What stands for a secret in a recording: the same for the same text, so that a cursor is still known again, and of a
 * stand-in it is that itself. It can't be turned back, though who has a guess can test it: keep short passwords out of
 * bodies and URLs.
 *
 *     recordTransport(fetchTransport(), { redact: (body) => ({ ...body, next: standIn(body.next) }) })
 */
export const standIn = (text: string): string => (made.test(text) ? text : `redacted-${fingerprint(text)}`);
