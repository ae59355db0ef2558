import { brotliCompressSync, gzipSync } from '#hostile';
import type { Exchange, Fault } from '../fault.js';
import { toBytes } from '../wire.js';

const fault = (name: string, play: (exchange: Exchange) => void): Fault => ({ name, play });

const withHeaders = (headers: Readonly<Record<string, string>>): string =>
  Object.entries(headers)
    .map(([name, value]) => `, ${name}: ${value}`)
    .join('');

/** An answer with this status and an error as its body, instead of the page. */
export const status = (code: number, headers: Readonly<Record<string, string>> = {}, body?: unknown): Fault =>
  fault(`${String(code)}${withHeaders(headers)}`, ({ answer, send }) => {
    const bytes = body === undefined ? toBytes({ error: `status ${String(code)}` }) : toBytes(body);
    send({ status: code, headers: { ...answer.headers, ...headers }, body: code === 204 ? new Uint8Array(0) : bytes });
  });

/** A rate limit with a date as Retry-After, on a server whose clock is off by `clockOff` milliseconds. */
export const retryAtDate = (afterMs: number, clockOff: number): Fault =>
  fault(`429 with a date ${afterMs} ms ahead, clock off by ${clockOff} ms`, ({ answer, send }) => {
    const now = Date.now() + clockOff;
    const date = (ms: number) => new Date(ms).toUTCString();
    send({ status: 429, headers: { ...answer.headers, date: date(now), 'retry-after': date(now + afterMs) } });
  });

/** The page with additional headers. */
export const headers = (added: Readonly<Record<string, string>>): Fault =>
  fault(`headers${withHeaders(added)}`, ({ answer, send }) => send({ headers: { ...answer.headers, ...added } }));

/** The page with a changed body: another value, which is written as JSON, or other text or bytes. */
export const body = (name: string, change: (body: unknown) => unknown): Fault =>
  fault(name, ({ answer, send }) => {
    const parsed = JSON.parse(new TextDecoder().decode(answer.body)) as unknown;
    send({ body: toBytes(change(parsed)) });
  });

/** 200 with an error page in HTML. */
export const html = (): Fault =>
  fault('200 text/html', ({ send }) =>
    send({ headers: { 'content-type': 'text/html' }, body: toBytes('<html><body>Please log in</body></html>') }),
  );

/** The page after a byte order mark. */
export const byteOrderMark = (): Fault =>
  fault('byte order mark', ({ answer, send }) => {
    send({ body: Uint8Array.from([0xef, 0xbb, 0xbf, ...answer.body]) });
  });

/** The page, compressed; `gzip` also truncated or corrupt. */
export const compressed = (how: 'gzip' | 'br' | 'truncated gzip' | 'corrupt gzip'): Fault =>
  fault(`${how} body`, ({ answer, send }) => {
    const bytes = new Uint8Array(how === 'br' ? brotliCompressSync(answer.body) : gzipSync(answer.body));
    if (how === 'corrupt gzip') bytes.fill(0xff, 12, 20);
    const sent = how === 'truncated gzip' ? bytes.slice(0, Math.floor(bytes.length / 2)) : bytes;
    send({ headers: { ...answer.headers, 'content-encoding': how === 'br' ? 'br' : 'gzip' }, body: sent });
  });

/** The page in Latin-1, `declared` in its Content-Type or not. @param change adds the accents that make a difference */
export const latin1 = (how: 'declared' | 'undeclared', change = (body: unknown) => body): Fault =>
  fault(`Latin-1, ${how}`, ({ answer, send }) => {
    const text = JSON.stringify(change(JSON.parse(new TextDecoder().decode(answer.body))));
    // What Latin-1 lacks, and the control characters that are others in windows-1252.
    const escaped = text.replace(
      /[\x80-\x9f\u0100-\uffff]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
    const type = `application/json${how === 'declared' ? '; charset=iso-8859-1' : ''}`;
    const bytes = Uint8Array.from(escaped, (character) => character.charCodeAt(0));
    send({ headers: { ...answer.headers, 'content-type': type }, body: bytes });
  });

const bombs = new Map<number, Uint8Array>();

/** A small answer that unpacks to `unpacked` bytes. */
export const bomb = (unpacked: number): Fault =>
  fault(`decompression bomb of ${unpacked} bytes`, ({ answer, send }) => {
    const packed = bombs.get(unpacked) ?? new Uint8Array(gzipSync(new Uint8Array(unpacked).fill(32)));
    bombs.set(unpacked, packed);
    send({ headers: { ...answer.headers, 'content-encoding': 'gzip' }, body: packed });
  });

/** A redirect: to another URL of the same page, to a URL that you name, or without a Location. */
export const redirect = (code: number, to: string | undefined): Fault =>
  fault(`${String(code)} ${to === undefined ? 'without Location' : `to ${to}`}`, ({ answer, elsewhere, send }) => {
    const location: Record<string, string> = to === undefined ? {} : { location: to === 'elsewhere' ? elsewhere : to };
    send({ status: code, headers: { ...answer.headers, ...location }, body: new Uint8Array(0) });
  });

/** A redirect to the requested URL itself, each time. */
export const redirectLoop = (code: number): Fault =>
  fault(`${String(code)} loop`, ({ answer, request, send }) => {
    send({ status: code, headers: { ...answer.headers, location: request.target }, body: new Uint8Array(0) });
  });
