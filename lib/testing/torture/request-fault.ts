import type { Fault } from '../hostile/fault.js';
import type { HostileServer } from '../hostile-server.js';
import type { Behaviour, Run } from './trial.js';

/** What a walk must make of a fault. Whatever else happens, it never loses or repeats an item in silence. */
export type Outcome =
  /** Every item once. */
  | 'exact'
  /** Every item once, or an error that says what happened: what clients can know differs. */
  | 'exact or explicit'
  /** The API has said that this page is empty, so its items, and where it ends there those after it, are not expected. */
  | 'empty page'
  /** One of these errors, on that page after so many attempts; `resume` then goes on without a loss. */
  | { readonly fails: readonly string[]; readonly attempts?: number };

/** A fault of requests for one page, how often it comes, and what must become of it. */
export interface RequestFault {
  readonly fault: Fault;
  /** @default 1 */
  readonly times?: number;
  readonly outcome: Outcome;
  /** Made for each trial. */
  readonly behaviour?: () => Behaviour;
  /** What else must be so. @returns what is not */
  readonly also?: (run: Run, server: HostileServer) => string | undefined;
  /** Only for requests without a body, or with one. */
  readonly body?: boolean;
  /** Whether it can be part of a random schedule: nothing that takes long. */
  readonly random?: boolean;
}
