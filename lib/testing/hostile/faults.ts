import * as answers from './faults/answers.js';
import * as connections from './faults/connections.js';

/** What `hostileServer` can do to a request: `faults.status(503)`, `faults.gone('reset')`, `faults.silence()` … */
export const faults = { ...answers, ...connections } as const;
