import { createSecureServer, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { cursor, fetchTransport, pageNumber, retryRequests, type Fetch, type Strategy, type Transport } from 'pagewise';
import { undiciTransport } from 'pagewise/node';
import { anyPaging, type TortureCase } from 'pagewise/testing';
import { Agent, fetch as undiciFetch } from 'undici';
import { selfSigned } from '../../support/self-signed.js';
import { all, expect, expectExact, expectFailure, pages, places, sameItems, scenario, told, walk } from './scenario.js';

type Any = Strategy<never, never>;

const strategies: readonly (readonly [string, Any, number])[] = [
  ['pageNumber', pageNumber({ items: 'items' }) as unknown as Any, 1],
  ['pageNumber, 4 in flight', pageNumber({ items: 'items' }) as unknown as Any, 4],
  ['cursor', cursor({ items: 'items', next: 'next_cursor' }) as unknown as Any, 1],
];
const codes = [['NO_ERROR', 0], ['INTERNAL_ERROR', 2], ['CANCEL', 8]] as const; // prettier-ignore

/** How much of an answer arrives before RST_STREAM, and never END_STREAM. */
const parts = [
  'nothing',
  'headers',
  'half the body',
  'half the body, with its length',
  'half the body, gzipped',
  'the body',
] as const;
type Part = (typeof parts)[number];

/** Sends a part of the body, and then resets the stream. */
function reset(stream: ServerHttp2Stream, body: Buffer, part: Part, code: number): void {
  if (part === 'nothing') return stream.close(code);
  const sent = part === 'half the body, gzipped' ? gzipSync(body) : body;
  stream.respond({
    ':status': 200,
    'content-type': 'application/json',
    ...(part === 'half the body, with its length' ? { 'content-length': sent.length } : {}),
    ...(part === 'half the body, gzipped' ? { 'content-encoding': 'gzip' } : {}),
  });
  if (part === 'headers') return stream.close(code);
  stream.write(part === 'the body' ? sent : sent.subarray(0, sent.length / 2), () => stream.close(code));
}

/** A server over HTTP/2 that resets the first answer to page `at`. */
async function resetting(at: number, part: Part, code: number) {
  let resets = 0;
  let open = 0;
  const server = createSecureServer(selfSigned());
  server.on('sessionError', () => undefined);
  server.on('stream', (stream, headers) => {
    open++;
    stream.on('error', () => undefined).on('close', () => open--);
    const target = headers[':path'] ?? '/';
    const request = { method: 'GET', target, url: new URL(target, origin), headers: {}, body: '' };
    const index = anyPaging.asked(request, pages);
    const next = index + 1 < pages.length ? index + 1 : undefined;
    const served = anyPaging.answer({ index, items: pages[index] ?? [], next, total: all.length, origin }, request);
    const body = Buffer.from(JSON.stringify(served.body));
    if (index === at && resets++ === 0) return reset(stream, body, part, code);
    stream.respond({ ':status': 200, 'content-type': 'application/json' });
    stream.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `https://localhost:${(server.address() as AddressInfo).port}`;
  return {
    url: `${origin}/items`,
    resets: () => resets,
    /** Streams that are neither answered nor cancelled. */
    open: () => open,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

/**
 * Transports that speak HTTP/2, and the parts that they take for a whole answer: undici does not report that an end is
 * missing, so only the length or the body can show it.
 */
const speakers: readonly (readonly [string, (dispatcher: Agent) => Transport, readonly Part[]])[] = [
  ['undiciTransport', (dispatcher) => undiciTransport({ dispatcher, attemptTimeout: 10_000 }), ['headers', 'half the body']],
  ["undici's fetch", (dispatcher) => fetchTransport({ attemptTimeout: 10_000, fetch: ((url: string, init: object) => undiciFetch(url, { ...init, dispatcher })) as unknown as Fetch }), ['headers', 'half the body']],
]; // prettier-ignore

/**
 * RST_STREAM without END_STREAM: an answer over HTTP/2 that breaks off. Every item comes once, or, if the transport takes
 * the part for a whole answer, an error names the page and continues there.
 */
export const http2Scenarios = (): readonly TortureCase[] =>
  speakers.flatMap(([name, make, believed]) =>
    strategies.flatMap(([kind, strategy, concurrency], i) =>
      parts.flatMap((part, j) =>
        codes.map(([code, number], k) => {
          const [place, at] = places[(i + j + k) % 3]!;
          return scenario(`RST_STREAM ${code} after ${part} on the ${place} page, ${kind}, HTTP/2`, name, async () => {
              const server = await resetting(at, part, number);
              const dispatcher = new Agent({ allowH2: true, connect: { rejectUnauthorized: false } });
              try {
                const policy = retryRequests({ base: 1, budget: Infinity });
                const options = { policy, concurrency };
                const request = { url: server.url };
                const walked = await walk(request, strategy, make(dispatcher), options);
                expect('no stream was reset', server.resets() > 0);
                if (walked.error) {
                  expectFailure(walked, 'ParseError', pages.slice(0, at).flat());
                  expect(`not of page ${at + 1}: ${told(walked)}`, walked.error['pageIndex'] === at && believed.includes(part));
                  const rest = await walk(request, strategy, make(dispatcher), { ...options, resumeFrom: JSON.stringify(walked.error['resume']) });
                  expect(`resumed: ${told(rest)}`, rest.error === undefined && sameItems([...walked.items, ...rest.items], all));
                } else expectExact(walked);
                for (let waited = 0; server.open() > 0; waited += 5) {
                  expect(`leaked: ${server.open()} streams are open`, waited < 10_000);
                  await new Promise((resolve) => setTimeout(resolve, 5));
                }
              } finally {
                await dispatcher.destroy();
                await server.close();
              }
            });
        }),
      ),
    ),
  ); // prettier-ignore
