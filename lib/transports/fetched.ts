import { TransportError } from '../errors.js';
import { describe } from '../values/describe.js';
import { headersFrom } from './answer-headers.js';
import type { BodyListener, Head } from './wire.js';

/** What a fetch gives: a Response, or as much of one as polyfills (React Native) and mocks have. */
export interface Fetched extends Partial<Omit<Response, 'body' | 'clone'>> {
  readonly body?: unknown;
  clone?(): Fetched;
}

/** Not retried: the fetch has to be fixed. */
const odd = (problem: string) => new TransportError(new TypeError(`the fetch function gave ${problem}`));

/** @throws TransportError for what is not a response */
export function headOf(response: unknown): Omit<Head, 'url'> {
  if (typeof response !== 'object' || response === null) throw odd(`${describe(response)}, which is not a Response`);
  const { status, ok, type } = response as Fetched;
  if (type === 'opaque')
    throw odd("an opaque Response, which hides its status and body; leave mode: 'no-cors' out of its options");
  // Mocks often have only `ok`, which means 200 to 299.
  const known = status ?? (ok === true ? 200 : undefined);
  if (typeof known !== 'number')
    throw odd(`${describe(response)}, which has no status; return a Response, or an object with status and a body`);
  return { status: known, headers: headersFrom(response) };
}

interface NodeStream {
  on(event: 'data', listener: (chunk: unknown) => void): this;
  on(event: 'end' | 'close', listener: () => void): this;
  on(event: 'error', listener: (error: unknown) => void): this;
  destroy?(): unknown;
}

const has = <Name extends string>(value: unknown, name: Name): value is Readonly<Record<Name, () => unknown>> =>
  typeof (value as Readonly<Record<string, unknown>> | null | undefined)?.[name] === 'function';

/**
 * Passes a body to the listener until the listener has enough, then frees the connection.
 * @param bodiless whether answers like this one have none by definition
 * @param prematureClose makes the error of a stream that closes before its end
 */
export async function readBody(
  response: Fetched,
  bodiless: boolean,
  listener: BodyListener,
  prematureClose: () => Error,
): Promise<void> {
  const { body, bodyUsed } = response;
  if (bodyUsed === true || (body as { locked?: unknown } | null | undefined)?.locked === true)
    throw odd('a Response whose body has been read already; read a clone() of it there, and return it unread');
  if (has(body, 'getReader')) await readWebStream(body as unknown as ReadableStream<unknown>, listener);
  else if (has(body, 'on')) readNodeStream(body as unknown as NodeStream, listener, prematureClose);
  else if (typeof body === 'object' && body !== null && Symbol.asyncIterator in body)
    await readChunks(body as AsyncIterable<unknown>, listener);
  else {
    const all = bodiless ? undefined : await wholeOf(response);
    if (all !== undefined) listener.data(bytesOf(all));
    listener.end();
  }
}

async function readWebStream(body: ReadableStream<unknown>, listener: BodyListener): Promise<void> {
  const bytes = body.getReader();
  for (;;) {
    const { done, value } = await bytes.read();
    if (done) {
      listener.end();
      return;
    }
    if (!listener.data(bytesOf(value))) {
      // Not awaited: a server that keeps sending would block this.
      bytes.cancel().catch(() => undefined);
      return;
    }
  }
}

function readNodeStream(body: NodeStream, listener: BodyListener, prematureClose: () => Error): void {
  let ended = false;
  const fail = (error: unknown) => {
    ended = true;
    listener.error(error);
  };
  body.on('data', (chunk) => {
    try {
      if (!listener.data(bytesOf(chunk))) body.destroy?.();
    } catch (error) {
      fail(error);
    }
  });
  body.on('end', () => {
    ended = true;
    listener.end();
  });
  body.on('error', fail);
  body.on('close', () => {
    // Made only when needed: it costs more than the rest of the reading.
    if (!ended) fail(prematureClose());
  });
}

async function readChunks(body: AsyncIterable<unknown>, listener: BodyListener): Promise<void> {
  for await (const chunk of body) if (!listener.data(bytesOf(chunk))) return;
  listener.end();
}

/** The whole body of a response without a stream. Bytes are best, since they show an encoding that is wrong. */
async function wholeOf(response: Fetched): Promise<unknown> {
  const { body } = response;
  if (typeof body === 'string' || isBytes(body)) return body;
  if (has(response, 'arrayBuffer')) {
    // React Native's may not be implemented, and whoever has tried can't read the text any more.
    const spare = has(response, 'text') && has(response, 'clone') ? response.clone() : undefined;
    try {
      return await response.arrayBuffer();
    } catch (error) {
      if (!has(spare, 'text')) throw error;
      return await spare.text();
    }
  }
  if (has(response, 'text')) return response.text();
  const blob = has(response, 'blob') ? await response.blob() : body;
  if (has(blob, 'arrayBuffer')) return blob.arrayBuffer();
  if (has(blob, 'text')) return blob.text();
  if (has(response, 'json')) {
    const json = JSON.stringify(await response.json()) as string | undefined;
    if (json === undefined) throw odd('a Response whose json() gives nothing that JSON can hold');
    return json;
  }
  if (body === null) return undefined;
  throw odd(
    body === undefined
      ? 'a Response without a body, and without text(), json(), arrayBuffer() or blob() to read it by'
      : `a Response whose body is ${describe(body)}; it must be a stream, a text or bytes`,
  );
}

const isBytes = (value: unknown): value is ArrayBuffer | ArrayBufferView =>
  ArrayBuffer.isView(value) || Object.prototype.toString.call(value) === '[object ArrayBuffer]';

function bytesOf(part: unknown): Uint8Array {
  if (part instanceof Uint8Array) return part;
  if (typeof part === 'string') return new TextEncoder().encode(part);
  if (!isBytes(part)) throw odd(`a body with ${describe(part)} in it, which is neither bytes nor text`);
  return ArrayBuffer.isView(part)
    ? new Uint8Array(part.buffer, part.byteOffset, part.byteLength)
    : new Uint8Array(part);
}
