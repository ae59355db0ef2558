import { PagewiseError } from './pagewise-error.js';

/** Bad input, found before anything was sent. The message names the value, the place and the way out. */
export class ConfigError extends PagewiseError {
  override get name(): string {
    return 'ConfigError';
  }
}
