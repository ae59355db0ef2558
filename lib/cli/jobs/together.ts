import type { Policy, Transport } from '../../request.js';
import type { SharedOutput } from '../output/shared-output.js';
import { say } from '../terminal/say.js';
import type { JobName } from './record.js';

/** What runs share that belong to one job: the partitions of a job. A job without partitions is alone. */
export interface Together {
  /** Writes lines for people. @param then called when they are written */
  say(lines: readonly string[], then?: () => void): void;
  /** One policy for each rate: a rate, and the budget for retries, hold for all of them. */
  readonly policies: Map<string, Policy>;
  /** Their connections, made by the first one. */
  readonly connections: { transport?: Promise<Transport> };
  /** Called when the reader of stdout has left. */
  readerLeft?(): void;
  /** The file that all of them append to, one after the other. */
  readonly output?: SharedOutput | undefined;
  /** The job, if it is in a file. */
  readonly job?: JobName;
}

export const alone = (): Together => ({ say, policies: new Map(), connections: {} });
