import { PagewiseError } from './pagewise-error.js';

/** A numeric cursor beyond 2⁵³ has lost digits in JSON.parse; sending it would ask for another page. */
export class UnsafeCursorError extends PagewiseError {
  constructor(
    /** Where it was found. */
    readonly path: string,
    value: number,
  ) {
    super(
      `the cursor at ${path} is the number ${String(value)}, beyond what JavaScript's numbers hold exactly; ` +
        'keep its digits with fetchTransport({ parseJson })',
    );
  }

  override get name(): string {
    return 'UnsafeCursorError';
  }
}
