import { PagewiseError } from './pagewise-error.js';

/** A way to page that was considered, and why it was not taken. */
export interface RejectedCandidate {
  /** The strategy as one would write it. */
  readonly typescript: string;
  /** The same as flags of the command. */
  readonly flags: string;
  /** What of the answer speaks for it. */
  readonly evidence: string;
  readonly rejected: string;
}

/** How an API pages could not be found out for certain; nothing is guessed. */
export class DetectionError extends PagewiseError {
  constructor(
    reason: string,
    /** What was considered, best first. */
    readonly candidates: readonly RejectedCandidate[] = [],
  ) {
    const tried = candidates.slice(0, 6).map(({ typescript, rejected }) => `\n  ${typescript}: ${rejected}`);
    super(`can't tell how this API pages: ${reason}${tried.length > 0 ? `. Considered:${tried.join('')}` : ''}`);
  }

  override get name(): string {
    return 'DetectionError';
  }
}
