import { PagewiseError } from './pagewise-error.js';

/** A resume token that can't continue this walk; nothing was sent. */
export class ResumeError extends PagewiseError {
  constructor(reason: string, options?: { cause?: unknown }) {
    super(`resumeFrom: ${reason}`, options);
  }

  override get name(): string {
    return 'ResumeError';
  }
}
