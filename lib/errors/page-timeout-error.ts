import { isPagewiseError, PagewiseError } from './pagewise-error.js';

/** What a page was waiting for. */
export type WaitingFor = 'an answer' | 'a retry' | 'the throttle';

/** A page took longer than `totalTimeout`, all attempts and waits included. `cause` is its last attempt's error. */
export class PageTimeoutError extends PagewiseError {
  constructor(
    readonly timeoutMs: number,
    /** What it was waiting for when the time was over. */
    readonly waitingFor: WaitingFor,
    lastError?: unknown,
  ) {
    const last = isPagewiseError(lastError) ? ` (the last attempt: ${lastError.message})` : '';
    super(`not there within ${String(timeoutMs)} ms (totalTimeout), waiting for ${waitingFor}${last}`, {
      ...(lastError === undefined ? {} : { cause: lastError }),
    });
  }

  override get name(): string {
    return 'PageTimeoutError';
  }
}
