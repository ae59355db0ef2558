import { PagewiseError } from './pagewise-error.js';

/** More empty pages in a row than `maxEmptyPages`, each of which said that there are more. */
export class EmptyPagesError extends PagewiseError {
  constructor(readonly emptyPages: number) {
    super(
      `${String(emptyPages)} empty pages in a row, each announcing another; if this API does that, raise the strategy's maxEmptyPages`,
    );
  }

  override get name(): string {
    return 'EmptyPagesError';
  }
}
