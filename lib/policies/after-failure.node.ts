import * as afterFailure from './after-failure.js';
import type { AfterFailureLoader } from './retry-loop.js';

/** On Node it is there. */
export const loader: AfterFailureLoader = {
  prepare: () => undefined,
  load: (use) => use(afterFailure),
};
