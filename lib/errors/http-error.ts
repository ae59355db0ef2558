import type { PageResponse } from '../request.js';
import { statusText } from '../values/status-text.js';
import { PagewiseError } from './pagewise-error.js';

/** The answer's HTTP status says that it is no page. */
export class HttpError extends PagewiseError {
  readonly status: number;
  /** The answer (of its body at most 64 KiB); not enumerable, since it may hold secrets. */
  declare readonly response: PageResponse;

  constructor(response: PageResponse) {
    super(statusText(response.status));
    this.status = response.status;
    Object.defineProperty(this, 'response', { value: response, enumerable: false });
  }

  override get name(): string {
    return 'HttpError';
  }
}
