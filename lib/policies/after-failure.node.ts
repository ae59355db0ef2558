import * as afterFailure from './after-failure.js';
import type { AfterFailureLoader } from './retry-loop.js';

/** On Node, that code is always loaded. */
export const loader: AfterFailureLoader = {
  prepare: () => undefined,
  load: (use) => use(afterFailure),
};
