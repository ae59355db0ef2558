import { PagewiseError } from '../errors.js';

/** A recording has no answer to a request, which is never retried; or an attempt that had failed fails again. */
export class ReplayError extends PagewiseError {
  constructor(
    message: string,
    /** Whether the recorded failure was worth another attempt. */
    readonly retryable: boolean,
  ) {
    super(message);
  }

  override get name(): string {
    return 'ReplayError';
  }
}
