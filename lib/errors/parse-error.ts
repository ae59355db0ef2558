import { PagewiseError } from './pagewise-error.js';

/** A successful answer whose body can't be decoded. */
export class ParseError extends PagewiseError {
  constructor(
    outcome: string,
    /** The first characters of the body, at most 200, secrets redacted. */
    readonly excerpt: string,
    cause?: unknown,
  ) {
    super(excerpt === '' ? outcome : `${outcome}: ${excerpt}`, { cause });
  }

  override get name(): string {
    return 'ParseError';
  }
}
