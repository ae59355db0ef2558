import { PagewiseError } from './pagewise-error.js';

/** An answer does not hold what the strategy was told to read: never taken for an end. */
export class ExtractError extends PagewiseError {
  constructor(
    /** What was read: `items`, `total`, `hasMore` … */
    readonly field: string,
    /** Where it was looked for. */
    readonly path: string,
    problem: string,
  ) {
    super(`${field} at ${path}: ${problem}`);
  }

  override get name(): string {
    return 'ExtractError';
  }
}
