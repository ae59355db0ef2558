import { PagewiseError } from './pagewise-error.js';

/** The decompressed body is larger than `maxResponseBytes`; the rest was not read. */
export class ResponseTooLargeError extends PagewiseError {
  constructor(readonly limitBytes: number) {
    super(
      `the answer is larger than ${String(limitBytes)} bytes (maxResponseBytes); ask for smaller pages or raise the limit`,
    );
  }

  override get name(): string {
    return 'ResponseTooLargeError';
  }
}
