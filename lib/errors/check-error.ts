import type { PageResponse } from '../request.js';
import { PagewiseError } from './pagewise-error.js';

/** The strategy's or the caller's `check` judged an answer as failed. */
export class CheckError extends PagewiseError {
  /** Whether the verdict was `retry`. */
  readonly retryable: boolean;
  /** Milliseconds that the verdict asked to wait at least. */
  readonly retryAfterMs: number | undefined;
  /** Whether the verdict was a rate limit. */
  readonly throttled: boolean;
  /** Whether a smaller page could succeed. */
  readonly tooHeavy: boolean;
  /** The answer; not enumerable, since its body may hold secrets. */
  declare readonly response: PageResponse;

  constructor(
    readonly reason: string,
    response: PageResponse,
    verdict: { retryable?: boolean; afterMs?: number | undefined; throttled?: boolean; tooHeavy?: boolean },
  ) {
    super(reason);
    this.retryable = verdict.retryable ?? false;
    this.retryAfterMs = verdict.afterMs;
    this.throttled = verdict.throttled ?? response.status === 429;
    this.tooHeavy = verdict.tooHeavy ?? false;
    Object.defineProperty(this, 'response', { value: response, enumerable: false });
  }

  override get name(): string {
    return 'CheckError';
  }
}
