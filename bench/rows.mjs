import { angularList } from './rows/angular-list.mjs';
import { bundleSize } from './rows/bundle-size.mjs';
import { clusters } from './rows/cluster.mjs';
import { coldStart } from './rows/cold-start.mjs';
import { command } from './rows/command.mjs';
import { http } from './rows/http.mjs';
import { latency } from './rows/latency.mjs';
import { longRun } from './rows/long-run.mjs';
import { memory } from './rows/memory.mjs';
import { pairs } from './rows/pairs.mjs';
import { startup } from './rows/startup.mjs';

/** Everything that is measured, in the order of docs/performance.md. */
export const rows = [
  ...http,
  ...pairs,
  ...latency,
  longRun,
  ...clusters,
  command,
  startup,
  ...coldStart,
  ...memory,
  angularList,
  bundleSize,
];
