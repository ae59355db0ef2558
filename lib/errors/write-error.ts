import { describeError } from '../values/describe.js';
import { PagewiseError } from './pagewise-error.js';

/** A sink could not write; `cause` is what the file or the table said. `resume` goes on after what it has kept. */
export class WriteError extends PagewiseError {
  constructor(
    /** Where to: a file's path, `the table`. */
    readonly target: string,
    cause: unknown,
  ) {
    super(`can't write to ${target}: ${describeError(cause)}`, { cause });
  }

  override get name(): string {
    return 'WriteError';
  }
}
