import type { ThrottleOptions } from '../policies/throttle-requests.js';

/** One `-d` or `--data-raw`. */
export interface DataPiece {
  readonly text: string;
  /** Whether a leading `@` names a file. */
  readonly mayBeFile: boolean;
}

/** The command line, parsed; what is absent was not given. */
export interface Arguments {
  readonly url: string;
  readonly request?: string;
  readonly header?: readonly string[];
  readonly data?: readonly DataPiece[];
  readonly json?: readonly string[];
  readonly get?: true;
  readonly user?: string;

  readonly profile?: string;
  readonly paging?: 'page';
  readonly in?: string;
  readonly items?: string;
  readonly size?: number;
  readonly start?: 0 | 1;
  readonly pageParam?: string;
  readonly sizeParam?: string;
  readonly total?: string;
  readonly totalPages?: string;
  readonly hasMore?: string;

  readonly rate?: ThrottleOptions;
  readonly retries?: number;
  /** Milliseconds. */
  readonly timeout?: number;
  readonly maxPages?: number;
  readonly maxItems?: number;
  readonly resumeFrom?: string;
  readonly output?: string;
  readonly progress?: boolean;
}
