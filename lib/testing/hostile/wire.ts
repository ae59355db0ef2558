import type { ServedAnswer } from './paged-api.js';

/** An answer that is ready to be written. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

const bodiless = new Set([204, 304]);

export const toBytes = (body: unknown): Uint8Array =>
  body instanceof Uint8Array
    ? body
    : new TextEncoder().encode(typeof body === 'string' ? body : (JSON.stringify(body) ?? ''));

export const toWire = ({ status = 200, headers = {}, body }: ServedAnswer): WireAnswer => ({
  status,
  headers: { 'content-type': 'application/json', date: new Date().toUTCString(), ...headers },
  body: body === undefined ? new Uint8Array(0) : toBytes(body),
});

/** Status line and headers, with the empty line after them. */
export const head = (status: number, headers: Readonly<Record<string, string | readonly string[]>>): string =>
  [
    `HTTP/1.1 ${status} Status`,
    ...Object.entries(headers).flatMap(([name, value]) => [value].flat().map((one) => `${name}: ${one}`)),
    '\r\n',
  ].join('\r\n');

/** A whole answer with its Content-Length. */
export function whole({ status, headers, body }: WireAnswer): Uint8Array {
  const length: Record<string, string> = bodiless.has(status) ? {} : { 'content-length': String(body.length) };
  return join(head(status, { ...headers, ...length }), bodiless.has(status) ? '' : body);
}

export const chunk = (bytes: Uint8Array): Uint8Array => join(`${bytes.length.toString(16)}\r\n`, bytes, '\r\n');

export function join(...parts: readonly (string | Uint8Array)[]): Uint8Array {
  const all = parts.map(toBytes);
  const joined = new Uint8Array(all.reduce((size, { length }) => size + length, 0));
  let at = 0;
  for (const part of all) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
