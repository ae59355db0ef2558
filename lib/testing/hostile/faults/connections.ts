import { gzipSync } from '#hostile';
import type { Exchange, Fault } from '../fault.js';
import { chunk, head, join, whole, type WireAnswer } from '../wire.js';

const fault = (name: string, play: (exchange: Exchange) => void): Fault => ({ name, play });

const half = ({ answer }: Exchange): Uint8Array => answer.body.slice(0, Math.ceil(answer.body.length / 2));
/** Headers of the page, with a Content-Length that is `tooMany` bytes too long. */
const headFor = ({ answer }: Pick<Exchange, 'answer'>, tooMany = 0): string =>
  head(200, { ...answer.headers, 'content-length': String(answer.body.length + tooMany) });
const chunkedHead = ({ answer }: Pick<Exchange, 'answer'>): string =>
  head(200, { ...answer.headers, 'transfer-encoding': 'chunked' });
const lastChunk = '0\r\n\r\n';

/** The connection ends before the answer begins. */
export const gone = (how: 'reset' | 'close'): Fault => fault(`${how} before headers`, (exchange) => exchange[how]());

/** The connection ends in the middle of the body. */
export const goneInBody = (how: 'reset' | 'close'): Fault =>
  fault(`${how} in the body`, (exchange) => {
    exchange.write(join(headFor(exchange), half(exchange)));
    exchange.later(20, () => exchange[how]());
  });

/**
 * Less than announced: half the page, or all of it with a Content-Length that promises more (this is valid JSON, which
 * must not be accepted). The connection is closed, or kept open and silent.
 */
export const truncated = (what: 'half' | 'valid JSON', then: 'close' | 'silence'): Fault =>
  fault(`truncated Content-Length, ${what}, then ${then}`, (exchange) => {
    const { answer, write } = exchange;
    write(what === 'half' ? join(headFor(exchange), half(exchange)) : join(headFor(exchange, 10), answer.body));
    if (then === 'close') exchange.later(20, exchange.close);
  });

/** A chunked body without its last chunk; half the page, or all of it. */
export const truncatedChunks = (what: 'half' | 'valid JSON', then: 'close' | 'silence'): Fault =>
  fault(`truncated chunks, ${what}, then ${then}`, (exchange) => {
    exchange.write(join(chunkedHead(exchange), chunk(what === 'half' ? half(exchange) : exchange.answer.body)));
    if (then === 'close') exchange.later(20, exchange.close);
  });

/** Half a page, ended by closing the connection. */
export const truncatedUntilClose = (): Fault =>
  fault('truncated body that ends with the connection', (exchange) => {
    exchange.write(join(head(200, { ...exchange.answer.headers, connection: 'close' }), half(exchange)));
    exchange.close();
  });

/** A chunk whose size is not a number. */
export const badChunkSize = (): Fault =>
  fault('bad chunk size', (exchange) =>
    exchange.write(join(chunkedHead(exchange), 'zz\r\n', exchange.answer.body, '\r\n')),
  );

/** The page, and bytes after its Content-Length or its last chunk: garbage, or a second answer that nobody requested. */
export const excess = (what: 'garbage' | 'an answer', after: 'Content-Length' | 'the last chunk' = 'Content-Length'): Fault =>
  fault(`${what} after ${after}`, (exchange) => {
    const { answer, write, answered } = exchange;
    const more = what === 'garbage' ? 'garbage' : whole({ ...answer, body: new TextEncoder().encode('{"items":[{"id":-1}]}') });
    const page = after === 'Content-Length' ? whole(answer) : join(chunkedHead(exchange), chunk(answer.body), lastChunk);
    write(join(page, more));
    answered();
  }); // prettier-ignore

/** Two Content-Lengths that differ. */
export const twoLengths = (): Fault =>
  fault('two Content-Lengths', ({ answer, write }) =>
    write(join(head(200, { ...answer.headers, 'content-length': [String(answer.body.length), '3'] }), answer.body)),
  );

/** A header of `bytes` bytes. */
export const longHeader = (bytes: number): Fault =>
  fault(`header of ${bytes} bytes`, ({ answer, send }) =>
    send({ headers: { ...answer.headers, 'x-long': 'x'.repeat(bytes) } }),
  );

/** 103 Early Hints before the page. */
export const earlyHints = (): Fault =>
  fault('103, then 200', ({ answer, write, answered }) => {
    write(join(head(103, { link: '</style.css>; rel=preload' }), whole(answer)));
    answered();
  });

/** HTTP/1.0, which ends with the connection. */
export const http10 = (): Fault =>
  fault('HTTP/1.0 close', ({ answer, write, close }) => {
    write(join(head(200, answer.headers).replace('HTTP/1.1', 'HTTP/1.0'), answer.body));
    close();
  });

/** No answer at all. */
export const silence = (): Fault => fault('accepts and never answers', () => undefined);

/** The page, one byte at a time. */
export const trickle = (everyMs: number): Fault =>
  fault(`one byte every ${everyMs} ms`, (exchange) => {
    const bytes = whole(exchange.answer);
    const send = (at: number) => {
      exchange.write(bytes.slice(at, at + 1));
      if (at + 1 < bytes.length) exchange.later(everyMs, () => send(at + 1));
      else exchange.answered();
    };
    send(0);
  });

/** The page in chunks of one byte, which split every character of UTF-8. */
export const tinyChunks = (): Fault =>
  fault('UTF-8 split across chunks', (exchange) => {
    const chunks = Array.from(exchange.answer.body, (byte) => chunk(Uint8Array.of(byte)));
    exchange.write(join(chunkedHead(exchange), ...chunks, lastChunk));
    exchange.answered();
  });

/** The page whose body comes one byte at a time: in chunks, or in packets that add up to the Content-Length; also gzipped. */
export const oneByteChunks = (how: 'Content-Length' | 'chunked', coding: 'identity' | 'gzip' = 'identity'): Fault =>
  fault(`one byte at a time, ${how}, ${coding}`, ({ answer: page, write, soon, answered }) => {
    const answer = coding === 'gzip' ? gzipped(page) : page;
    write(how === 'chunked' ? chunkedHead({ answer }) : headFor({ answer }));
    // Chunks stay apart in a packet; parts without a frame do not, so only the first ones come alone.
    const together = (at: number) => (how === 'chunked' ? 16 : at < 160 ? 1 : answer.body.length);
    const send = (at: number) => {
      const bytes = answer.body.slice(at, at + together(at));
      if (bytes.length > 0) {
        write(how === 'chunked' ? join(...Array.from(bytes, (byte) => chunk(Uint8Array.of(byte)))) : bytes);
        soon(() => send(at + bytes.length));
      } else {
        if (how === 'chunked') write(lastChunk);
        answered();
      }
    };
    soon(() => send(0));
  });

/** The page after a pause. */
export const delayed = (ms: number): Fault =>
  fault(`${ms} ms late`, (exchange) => exchange.later(ms, () => exchange.send()));

/** The page, and the end of the connection right after it. */
export const closing = (how: 'close' | 'reset'): Fault =>
  fault(`${how} after the page`, (exchange) => {
    exchange.send();
    exchange.later(0, () => exchange[how]());
  });

/**
 * The page, gzipped to at least 16 KiB, and the end of the connection right after it. JSON stays the same: it gets white
 * space in front.
 * @param length how the end of the body is announced; `none`: by the end of the connection
 */
export const closingCompressed = (length: 'Content-Length' | 'chunked' | 'none'): Fault =>
  fault(`close right after a compressed body, ${length === 'none' ? 'without a length' : length}`, (exchange) => {
    const answer = gzipped({ ...exchange.answer, body: join(ballast(), exchange.answer.body) });
    const page = {
      'Content-Length': () => whole(answer),
      chunked: () => join(chunkedHead({ answer }), chunk(answer.body), lastChunk),
      none: () => join(head(200, { ...answer.headers, connection: 'close' }), answer.body),
    };
    exchange.write(page[length]());
    exchange.close();
  });

const gzipped = ({ status, headers, body }: WireAnswer): WireAnswer => ({
  status,
  headers: { ...headers, 'content-encoding': 'gzip' },
  body: new Uint8Array(gzipSync(body, { level: 1 })),
});

let spaces: string | undefined;

/** White space that hardly can be compressed: two bits a character. */
function ballast(): string {
  let state = 1;
  const next = () => (state = (state * 48_271) % 0x7fff_ffff) >> 8;
  return (spaces ??= Array.from({ length: 96 * 1024 }, () => ' \t\n\r'.charAt(next() & 3)).join(''));
}
