import type { ReceivedRequest } from './paged-api.js';
import type { WireAnswer } from './wire.js';

/** A request to a hostile server: which page it requests, and how often that page has been requested. */
export interface HostileRequest extends ReceivedRequest {
  /** Index of the page, from 0. */
  readonly page: number;
  /** 1 if this page is requested for the first time. */
  readonly count: number;
}

/** What a fault can do with one request. */
export interface Exchange {
  readonly request: HostileRequest;
  /** The correct answer. */
  readonly answer: WireAnswer;
  /** Another URL of the same origin where any number of GETs return this page too. */
  readonly elsewhere: string;
  /** Sends a whole answer: the correct one with these changes. */
  send(changes?: Partial<WireAnswer>): void;
  /** Writes bytes as is. The request stays in flight until it is `answered` or its connection is closed. */
  write(bytes: string | Uint8Array): void;
  /** Marks the answer as complete. */
  answered(): void;
  /** Closes the connection once everything is written. */
  close(): void;
  /** Resets the connection: the client sees ECONNRESET. */
  reset(): void;
  /** Calls `what` later, if the connection is still open. */
  later(ms: number, what: () => void): void;
  /** Calls `what` in the next turn of the event loop, if the connection is still open: what was written is on its way. */
  soon(what: () => void): void;
}

/** What a server does instead of answering correctly. */
export interface Fault {
  readonly name: string;
  play(exchange: Exchange): void;
}

/** Which request gets which fault: a function, or a plan by page. */
export type FaultSchedule = readonly PlannedFault[] | ((request: HostileRequest) => Fault | undefined);

export interface PlannedFault {
  /** Index of the page, from 0. @default every page */
  readonly page?: number | undefined;
  readonly fault: Fault;
  /** How many requests for the page get the fault; later ones are answered correctly. @default 1 */
  readonly times?: number | undefined;
}

/** The fault of a request; the first plan that fits decides. */
export function faultFor(schedule: FaultSchedule, request: HostileRequest): Fault | undefined {
  if (typeof schedule === 'function') return schedule(request);
  return schedule.find(({ page, times = 1 }) => (page ?? request.page) === request.page && request.count <= times)
    ?.fault;
}
