import type { ResponseHeaders } from '../request.js';

/**
 * Headers that are asked by name only. A clone of them is empty, where a clone of functions or of a platform's class would
 * fail.
 */
export class ReadHeaders implements ResponseHeaders {
  readonly #headers: Pick<ResponseHeaders, 'get' | 'hidden'>;

  constructor(headers: Pick<ResponseHeaders, 'get' | 'hidden'>) {
    this.#headers = headers;
  }

  get(name: string): string | null {
    return this.#headers.get(name);
  }

  get hidden(): boolean | string | undefined {
    return this.#headers.hidden;
  }
}
