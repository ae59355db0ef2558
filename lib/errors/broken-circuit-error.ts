import { PagewiseError } from './pagewise-error.js';

/** The circuit breaker let no request through: what it guards has failed too often of late. `cause` is the breaker's own error. */
export class BrokenCircuitError extends PagewiseError {
  constructor(
    /** When it lets one through again, in epoch milliseconds; `undefined` where the breaker does not say. */
    readonly openUntil: number | undefined,
    cause: unknown,
  ) {
    super(
      `the circuit is broken, nothing was sent${openUntil === undefined ? '' : `; it opens to a request at ${new Date(openUntil).toISOString()}`}`,
      { cause },
    );
  }

  override get name(): string {
    return 'BrokenCircuitError';
  }
}
