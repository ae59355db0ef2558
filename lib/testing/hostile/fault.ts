import type { ReceivedRequest } from './paged-api.js';
import type { WireAnswer } from './wire.js';

/** A request of a hostile server: which page it asks for, and how often that page has been asked for. */
export interface HostileRequest extends ReceivedRequest {
  /** Index of the page, from 0. */
  readonly page: number;
  /** 1 where this page is asked for the first time. */
  readonly count: number;
}

/** What a fault can do with one request. */
export interface Exchange {
  readonly request: HostileRequest;
  /** The honest answer. */
  readonly answer: WireAnswer;
  /** A URL of the same origin at which a GET gets this page too, as often as it asks. */
  readonly elsewhere: string;
  /** Sends a whole answer, the honest one but for what is given. */
  send(changes?: Partial<WireAnswer>): void;
  /** Writes bytes as they are. The request stays in flight until it is `answered`, or its connection is closed. */
  write(bytes: string | Uint8Array): void;
  /** What was written is a whole answer. */
  answered(): void;
  /** Closes the connection once everything is written. */
  close(): void;
  /** Resets the connection: the client sees ECONNRESET. */
  reset(): void;
  /** Does something later, if the connection is open then. */
  later(ms: number, what: () => void): void;
}

/** What a server does instead of answering honestly. */
export interface Fault {
  readonly name: string;
  play(exchange: Exchange): void;
}

/** Which request gets which fault: by a function, or by page, index from 0. */
export type FaultSchedule = readonly PlannedFault[] | ((request: HostileRequest) => Fault | undefined);

export interface PlannedFault {
  /** Index of the page, from 0. @default every page */
  readonly page?: number | undefined;
  readonly fault: Fault;
  /** How many requests for the page get it; the ones after are answered honestly. @default 1 */
  readonly times?: number | undefined;
}

/** The fault of a request: of plans, the first that fits. */
export function faultFor(schedule: FaultSchedule, request: HostileRequest): Fault | undefined {
  if (typeof schedule === 'function') return schedule(request);
  return schedule.find(({ page, times = 1 }) => (page ?? request.page) === request.page && request.count <= times)
    ?.fault;
}
