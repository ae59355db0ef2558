import type { CheckpointOptions } from '../../checkpoint.js';
import type { PagingKind, PagingOptions } from '../../detect/kinds.js';
import type { Json } from '../../page.js';
import type { PaginateOptions } from '../../paginate.js';
import type { ThrottleOptions } from '../../policies/throttle-requests.js';
import type { NewestOptions } from '../../sync/newest.js';
import type { Bounds } from '../../strategies/split/ranges.js';

/** One `-d`, `--data-raw`, `--data-binary` or `--data-urlencode`. */
export interface DataPiece {
  readonly text: string;
  readonly kind: 'data' | 'raw' | 'binary' | 'urlencode';
}

export const formatNames = ['ndjson', 'json', 'csv'] as const;
export type FormatName = (typeof formatNames)[number];

/** The parsed flags of one job; a flag that was not given is absent. Flags of strategies are in `pagingOptions`. */
export interface Arguments extends PagingOptions {
  readonly url: string;
  readonly request?: string;
  readonly header?: readonly string[];
  readonly data?: readonly DataPiece[];
  readonly json?: readonly string[];
  readonly get?: true;
  readonly user?: string;
  readonly cookie?: readonly string[];
  readonly cookieJar?: string;
  readonly userAgent?: string;
  readonly referer?: string;
  readonly insecure?: true;
  readonly cacert?: string;
  readonly proxy?: string;
  readonly noproxy?: string;

  readonly profile?: string;
  readonly paging?: PagingKind | 'auto';
  readonly explain?: true;
  readonly dryRun?: true;
  readonly in?: string;
  readonly sync?: string;
  readonly syncParam?: string;
  readonly syncIn?: string;
  readonly syncStart?: string;
  readonly syncLag?: string;
  readonly syncOrder?: NewestOptions['order'];
  readonly syncKey?: string;
  readonly syncFormat?: 'same' | 'iso' | 'seconds' | 'milliseconds';
  readonly syncMissing?: NewestOptions['missing'];
  readonly syncCompare?: NewestOptions['compare'];

  readonly split?: string;
  readonly splitFrom?: string;
  readonly splitTo?: string;
  readonly splitParams?: string;
  readonly splitIn?: string;
  readonly splitBounds?: Bounds;
  readonly splitUnit?: string;
  readonly splitAlphabet?: string;
  readonly ceiling?: number;
  readonly refusedWith?: readonly number[];
  readonly allowOrigin?: readonly string[];

  readonly rate?: ThrottleOptions;
  /** Milliseconds. */
  readonly margin?: number;
  readonly retries?: number;
  /** Milliseconds. */
  readonly retryDelay?: number;
  /** Milliseconds. */
  readonly retryMaxDelay?: number;
  readonly retryBudget?: number;
  readonly retryHeader?: string;
  /** Milliseconds. */
  readonly maxPause?: number;
  /** Milliseconds. */
  readonly timeout?: number;
  /** Milliseconds. */
  readonly totalTimeout?: number;
  /** Milliseconds. */
  readonly maxRetryAfter?: number;
  readonly maxResponseBytes?: number;
  /** curl's name for `maxResponseBytes`. */
  readonly maxFilesize?: number;
  readonly maxRedirects?: number;
  /** curl's name for `maxRedirects`. */
  readonly maxRedirs?: number;
  readonly xml?: true;
  readonly schema?: string;
  readonly encoding?: string;
  readonly invalidText?: 'error' | 'replace';
  readonly failIf?: readonly string[];
  readonly retryIf?: readonly string[];
  readonly okIf?: readonly string[];
  readonly skipFailedPages?: number;
  readonly gaps?: PaginateOptions['gaps'];
  readonly maxPages?: number;
  readonly maxItems?: number;
  readonly concurrency?: number;
  readonly adaptiveSize?: true;
  readonly prefetch?: number;
  readonly resumeFrom?: string;
  /** `false`: no checkpoint, for a job that has one by default. */
  readonly checkpoint?: string | false;
  readonly whenDone?: CheckpointOptions['whenDone'];

  readonly output?: string;
  readonly format?: FormatName;
  readonly fields?: readonly string[];
  readonly escapeFormulas?: true;
  readonly distinct?: string;
  readonly pages?: true;
  /** Fields that every row gets; only in files of jobs. */
  readonly addFields?: Readonly<Record<string, Json>>;
  readonly onSameField?: 'error' | 'replace';

  readonly progress?: boolean;
  readonly quiet?: true;
  readonly silent?: true;
  readonly verbose?: true;
  readonly color?: 'auto' | 'always' | 'never';

  readonly report?: string;
  readonly trace?: string;
  readonly har?: string;
  readonly harNumbers?: true;
}

/** Arguments that can't work; nothing was sent. The message names the flag, the value and what to do. */
export class UsageError extends Error {
  override get name(): string {
    return 'UsageError';
  }
}
