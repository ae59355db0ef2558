import { PagewiseError } from '../errors.js';

/** A script of answers has run out, or holds what is no answer. Never retried. */
export class ScriptError extends PagewiseError {
  override get name(): string {
    return 'ScriptError';
  }
}
