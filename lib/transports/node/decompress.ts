import type { Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import { Chunks } from '../chunks.js';
import type { BodyListener } from '../wire.js';

/** The source of a body, which can pause. */
interface Source {
  pause(): unknown;
  resume(): unknown;
}

/** Makes a decompressor for a body that begins with these bytes. */
type Coding = (first: Uint8Array) => Transform;

const codings = new Map<string, Coding>([
  ['gzip', () => createGunzip()],
  ['x-gzip', () => createGunzip()],
  ['br', () => createBrotliDecompress()],
  // Some servers leave out the zlib header, though `deflate` requires it.
  ['deflate', ([byte = 0]) => ((byte & 0x0f) === 8 ? createInflate() : createInflateRaw())],
]);

/**
 * Receives a body as it comes over the wire, and passes it on decompressed. A truncated or corrupt body is an error. A
 * body in an unknown coding is passed on unchanged.
 * @param source paused while the decompressor is busy; without one, incoming data is buffered
 */
export function decompress(encoding: string | null | undefined, listener: BodyListener, source?: Source): BodyListener {
  const names = (encoding ?? '').toLowerCase().split(',').map((name) => name.trim()); // prettier-ignore
  const named = names.flatMap((name) => codings.get(name) ?? []);
  if (named.length < names.length) return listener;
  // Applied in this order, so the last one is undone first. Codings in a row can't pause each other.
  return named.reduce<BodyListener>(
    (inner, coding) => new Decompressing(coding, inner, named.length === 1 ? source : undefined),
    listener,
  );
}

class Decompressing implements BodyListener {
  #stream: Transform | undefined;
  #writing = false;
  readonly #waiting = new Chunks();
  #ended = false;

  constructor(
    private readonly coding: Coding,
    private readonly listener: BodyListener,
    private readonly source: Source | undefined,
  ) {}

  data(chunk: Uint8Array): boolean {
    this.#stream ??= this.#start(chunk);
    if (this.#stream.destroyed) return false;
    // One write at a time: each one takes hundreds of bytes, however short it is.
    if (!this.#writing) this.#write(this.#stream, chunk);
    else {
      this.#waiting.add(chunk);
      if (this.#waiting.size > 65_536) this.source?.pause();
    }
    return true;
  }

  #write(stream: Transform, chunk: Uint8Array): void {
    this.#writing = true;
    stream.write(chunk, () => {
      this.#writing = false;
      if (stream.destroyed) return;
      if (this.#waiting.size > 0) this.#write(stream, this.#waiting.take());
      else if (this.#ended) stream.end();
      this.source?.resume();
    });
  }

  end(): void {
    // No bytes mean an empty body, whatever the header says.
    this.#ended = true;
    if (!this.#stream) this.listener.end();
    else if (!this.#writing) this.#stream.end();
  }

  error(error: unknown): void {
    this.#stream?.destroy();
    this.listener.error(error);
  }

  #start(first: Uint8Array): Transform {
    const stream = this.coding(first);
    stream.on('data', (chunk: Uint8Array) => {
      if (!this.listener.data(chunk)) stream.destroy();
    });
    stream.on('end', () => this.listener.end());
    stream.on('error', (error) => this.listener.error(error));
    return stream;
  }
}
