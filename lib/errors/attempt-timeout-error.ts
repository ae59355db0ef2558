import { PagewiseError } from './pagewise-error.js';

/** One attempt (connecting, headers and the whole body) took longer than `attemptTimeout`. Retryable. */
export class AttemptTimeoutError extends PagewiseError {
  constructor(readonly timeoutMs: number) {
    super(`no complete answer within ${String(timeoutMs)} ms (attemptTimeout)`);
  }

  override get name(): string {
    return 'AttemptTimeoutError';
  }
}
