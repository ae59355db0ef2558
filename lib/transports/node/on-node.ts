import { followRedirect } from '../follow-redirect.js';
import type { Wire } from '../wire.js';
import { nodeError } from './node-error.js';

/** What all wires on Node have in common. */
export const onNode = { redirect: followRedirect, toError: nodeError, toText } as const satisfies Omit<Wire, 'send'>;

/** As TextDecoder, in half the time. */
function toText(bytes: Uint8Array): string {
  const { buffer, byteOffset, byteLength } = bytes;
  const text = Buffer.from(buffer, byteOffset, byteLength).toString();
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}
