import { ResponseTooLargeError } from '../errors.js';

/** A body as fetch gives it: a web stream, or a Node stream (cross-fetch on Node). */
type Body = ReadableStream<Uint8Array> | NodeStream | null;
interface NodeStream {
  on(event: 'data', listener: (chunk: Uint8Array) => void): this;
  on(event: 'end' | 'close', listener: () => void): this;
  on(event: 'error', listener: (error: unknown) => void): this;
  destroy(): void;
}

export interface BytesRead {
  readonly bytes: Uint8Array;
  /** Whether the body goes on past the limit; the rest was let go. */
  readonly cut: boolean;
}

/** Reads a body up to `limit` decompressed bytes, and frees its connection where there is more. */
export async function readBytes(response: Response, limit: number): Promise<BytesRead> {
  const body = response.body as Body;
  if (body === null) return { bytes: new Uint8Array(0), cut: false };
  const chunks: Uint8Array[] = [];
  let size = 0;
  let cut = false;
  /** Whether to go on reading. */
  const take = (chunk: Uint8Array): boolean => {
    cut = size + chunk.byteLength > limit;
    const kept = cut ? chunk.subarray(0, limit - size) : chunk;
    chunks.push(kept);
    size += kept.byteLength;
    return !cut;
  };
  await ('getReader' in body ? readWebStream(body, take) : readNodeStream(body, take));
  return { bytes: join(chunks, size), cut };
}

/** Reads a whole body. @throws ResponseTooLargeError */
export async function readWhole(response: Response, limit: number): Promise<Uint8Array> {
  const { bytes, cut } = await readBytes(response, limit);
  if (cut) throw new ResponseTooLargeError(limit);
  return bytes;
}

/** UTF-8, whatever the Content-Type claims (RFC 8259 knows no other JSON); a byte order mark is dropped. */
export const decodeText = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

function join(chunks: readonly Uint8Array[], size: number): Uint8Array {
  if (chunks.length === 1 && chunks[0]) return chunks[0];
  const all = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.byteLength;
  }
  return all;
}

async function readWebStream(body: ReadableStream<Uint8Array>, take: (chunk: Uint8Array) => boolean): Promise<void> {
  const bytes = body.getReader();
  for (;;) {
    const { done, value } = await bytes.read();
    if (done) return;
    if (!take(value)) {
      // Not awaited: a server that goes on sending would keep us here.
      bytes.cancel().catch(() => undefined);
      return;
    }
  }
}

const readNodeStream = (body: NodeStream, take: (chunk: Uint8Array) => boolean): Promise<void> =>
  new Promise((resolve, reject) => {
    body.on('data', (chunk) => {
      if (take(chunk)) return;
      resolve();
      body.destroy();
    });
    body.on('end', resolve);
    body.on('error', reject);
    body.on('close', () => {
      reject(Object.assign(new Error('Premature close'), { code: 'ERR_STREAM_PREMATURE_CLOSE' }));
    });
  });
