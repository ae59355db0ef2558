const smallest = 1024;
const largest = 65_536;

/**
 * The chunks of a body. Short ones are copied into blocks: a view of one byte takes a hundred bytes, and keeps its
 * whole buffer in memory.
 */
export class Chunks {
  size = 0;
  #parts: Uint8Array[] = [];
  #block: Uint8Array | undefined;
  /** How much of the block is filled. */
  #filled = 0;

  add(chunk: Uint8Array): void {
    // Most bodies are one chunk, which need not be copied.
    const keep = this.size === 0 || chunk.byteLength >= largest / 16;
    this.size += chunk.byteLength;
    if (keep) {
      this.#seal();
      this.#parts.push(chunk);
      return;
    }
    if (!this.#block || chunk.byteLength > this.#block.byteLength - this.#filled) {
      this.#seal();
      this.#block = new Uint8Array(Math.min(largest, Math.max(smallest, 2 * this.size)));
    }
    this.#block.set(chunk, this.#filled);
    this.#filled += chunk.byteLength;
  }

  /** Returns all chunks as one, and removes them. */
  take(): Uint8Array {
    this.#seal();
    const parts = this.#parts;
    const [first] = parts;
    let all = first;
    if (parts.length !== 1 || !all) {
      all = new Uint8Array(this.size);
      let at = 0;
      for (const part of parts) {
        all.set(part, at);
        at += part.byteLength;
      }
    }
    this.#parts = [];
    this.size = 0;
    return all;
  }

  #seal(): void {
    if (this.#block) this.#parts.push(this.#block.subarray(0, this.#filled));
    this.#block = undefined;
    this.#filled = 0;
  }
}
