import { describeError } from '../values/describe.js';
import { PagewiseError } from './pagewise-error.js';

/** The transport failed without an answer; `cause` is what it threw, unchanged. */
export class TransportError extends PagewiseError {
  /** A network failure for certain, though the platform gives no code for it (browsers). */
  readonly network: boolean;

  constructor(cause: unknown, { network = false, hint = '' }: { network?: boolean; hint?: string } = {}) {
    super(describeError(cause) + hint, { cause });
    this.network = network;
  }

  override get name(): string {
    return 'TransportError';
  }
}
