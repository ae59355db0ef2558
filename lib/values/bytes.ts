import type { Json } from '../page.js';

/** A token of bytes as a position holds it: Base64 (RFC 4648), marked so that it can become bytes again. */
interface Bytes {
  readonly $bytes: string;
}

/** @param bytes of a token, at least one */
export const fromBytes = (bytes: Uint8Array): { readonly $bytes: string } => ({
  $bytes: btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')),
});

const isBytes = (token: Json): token is Json & Bytes =>
  typeof token === 'object' && token !== null && typeof (token as Partial<Bytes>).$bytes === 'string';

/** Bytes in a message (gRPC, functionTransport), and Base64 wherever they are written as text. */
export class TokenBytes extends Uint8Array {
  override toString(): string {
    return fromBytes(this).$bytes;
  }

  toJSON(): string {
    return this.toString();
  }
}

/** A token as it is sent: its marked bytes, at any depth, are bytes again. */
export function toBytes(token: Json): unknown {
  if (typeof token !== 'object' || token === null) return token;
  if (isBytes(token)) return TokenBytes.from(atob(token.$bytes), (character) => character.charCodeAt(0));
  if (Array.isArray(token)) return (token as readonly Json[]).map(toBytes);
  return Object.fromEntries(Object.entries(token).map(([name, member]) => [name, toBytes(member ?? null)]));
}

/** A parameter as placements that take text write it. */
export const withoutBytes = (value: unknown): unknown => (value instanceof TokenBytes ? String(value) : value);
