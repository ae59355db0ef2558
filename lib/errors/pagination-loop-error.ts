import { PagewiseError } from './pagewise-error.js';

/** The walk would ask again for what it has already asked for; found before the request is sent. */
export class PaginationLoopError extends PagewiseError {
  override get name(): string {
    return 'PaginationLoopError';
  }
}
