import { PagewiseError } from './pagewise-error.js';

/** A redirect that can't be followed: too many hops, no Location, or one that would drop the body. */
export class RedirectError extends PagewiseError {
  override get name(): string {
    return 'RedirectError';
  }
}
