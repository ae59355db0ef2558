import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FixtureAnswer } from './fixture.js';

/** One request as it came over the wire, nothing decoded. */
export interface Heard {
  /** Method and target, as in the request line. */
  readonly line: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface Player {
  readonly origin: string;
  readonly heard: Heard[];
  /** Forgets the requests received, and plays from this answer on. */
  rewind(answer: number): void;
  close(): Promise<void>;
}

/** A server on loopback that gives these answers in order, whatever the request; then status 418. */
export async function play(answers: readonly FixtureAnswer[]): Promise<Player> {
  const heard: Heard[] = [];
  let at = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      // A fetch escapes apostrophes in a query, other clients send them as they are: both mean the same.
      heard.push({ line: `${method} ${url?.replaceAll("'", '%27')}`, headers, body: Buffer.concat(chunks).toString() });
      const answer = answers[at++] ?? { status: 418, text: 'no more answers' };
      const { status = 200, headers: given = {} } = answer;
      const text = 'body' in answer ? JSON.stringify(answer.body) : (answer.text ?? '');
      response.statusCode = status;
      response.setHeader('content-type', 'application/json');
      for (const [name, value] of Object.entries(given)) response.setHeader(name, withOrigin(value, origin));
      response.end(status === 204 ? undefined : withOrigin(text, origin));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    heard,
    rewind(answer) {
      heard.length = 0;
      at = answer;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Replaces `{origin}` in strings by the server's own origin. */
export function withOrigin<T>(value: T, origin: string): T {
  if (typeof value === 'string') return value.replaceAll('{origin}', origin) as T;
  if (Array.isArray(value)) return value.map((each: unknown) => withOrigin(each, origin)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, withOrigin(each as unknown, origin)]),
  ) as T;
}
