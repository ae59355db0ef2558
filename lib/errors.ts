import type { PageResponse } from './request.js';
import type { ResumeToken } from './page.js';
import type { StandardIssue } from './schema.js';
import { describeError } from './values/describe.js';
import { type RedactedRequest, redactText } from './values/redact.js';

const brand = Symbol.for('pagewise.error');

/** Where an error happened: set by the heart when a page fails. */
export interface PageContext {
  readonly pageIndex: number;
  readonly attempts: number;
  readonly request: RedactedRequest;
  readonly resume: ResumeToken;
}

/**
 * Base of every error of this library. Its message says outcome, where and how often it was tried:
 * `Page 7 failed: 503 Service Unavailable after 6 attempts, GET https://…` (pages are counted from 1 there).
 */
export class PagewiseError extends Error {
  /** Index of the page that failed, from 0. */
  declare readonly pageIndex: number | undefined;
  /** How many times the page was asked for. */
  declare readonly attempts: number | undefined;
  /** Method, URL without query values, and headers without secrets. */
  declare readonly request: RedactedRequest | undefined;
  /** Continues at the page that failed, when given as `resumeFrom`. Not enumerable, since it holds cursors. */
  declare readonly resume: ResumeToken | undefined;

  constructor(outcome: string, options?: { cause?: unknown }) {
    super(outcome, options);
    Object.defineProperty(this, brand, { value: true });
  }

  override get name(): string {
    return 'PagewiseError';
  }

  /** @internal Adds where it happened; the first place told stands. */
  locate({ resume, ...context }: PageContext): this {
    if (this.pageIndex !== undefined) return this;
    const { pageIndex, attempts, request } = context;
    const tries = attempts > 1 ? ` after ${String(attempts)} attempts` : '';
    const where = request.url === undefined ? '' : `, ${request.method} ${request.url}`;
    const message = `Page ${String(pageIndex + 1)} failed: ${this.message}${tries}${where}`;
    const stack = this.stack?.replace(this.message, () => message);
    Object.assign(this, context, { message, ...(stack === undefined ? {} : { stack }) });
    return this.continueAt(resume);
  }

  /** @internal Sets where to continue. */
  continueAt(resume: ResumeToken): this {
    return Object.defineProperty(this, 'resume', { value: resume, enumerable: false, configurable: true });
  }
}

/** Whether an error is one of this library's, whichever copy or realm it comes from. */
export const isPagewiseError = (error: unknown): error is PagewiseError =>
  typeof error === 'object' && error !== null && brand in error;

/**
 * Bad input, found before anything was sent. The message names the value, the place and the way out; `options` and
 * `problem` are for programs that word it themselves.
 */
export class ConfigError extends PagewiseError {
  /** The options that it is about, by their names in code; none if it is about something else. */
  readonly options: readonly string[];
  /** The value that was refused; not enumerable, since it may be a secret. */
  declare readonly value: unknown;
  /** The message without what takes the options, and without their names: `must be a name, not ""`. */
  readonly problem: string;

  /** @param about `of`: what takes the options, such as `pageNumber` */
  constructor(
    problem: string,
    about: { of?: string; options?: readonly string[]; value?: unknown; cause?: unknown } = {},
  ) {
    const { of, options = [], value, ...cause } = about;
    super(
      `${of === undefined ? '' : `${of}: `}${[...(options.length > 0 ? [options.join(' and ')] : []), problem].join(' ')}`,
      cause,
    );
    this.options = options;
    this.problem = problem;
    Object.defineProperty(this, 'value', { value });
  }

  override get name(): string {
    return 'ConfigError';
  }
}

/**
 * Why a walk can't be resumed: what was kept is no token, a damaged one (`unreadable`), or one of another `version`; it was
 * made with another `method`, `url`, `body` or `strategy`; by another `sink` or into another file; or the `file` is not as
 * it was.
 */
export type ResumeReason = 'unreadable' | 'version' | 'method' | 'url' | 'body' | 'strategy' | 'sink' | 'file';

/** A resume token or a checkpoint that can't continue this walk; nothing was sent. */
export class ResumeError extends PagewiseError {
  readonly reason: ResumeReason;
  /** The key of the checkpoint, if it is about one. */
  readonly checkpoint: string | undefined;

  constructor(reason: ResumeReason, problem: string, about: { checkpoint?: string | undefined; cause?: unknown } = {}) {
    const { checkpoint, ...cause } = about;
    super(`resumeFrom: ${problem}`, cause);
    this.reason = reason;
    this.checkpoint = checkpoint;
  }

  override get name(): string {
    return 'ResumeError';
  }
}

/** A way to page that was considered, and why it was not taken. */
export interface RejectedCandidate {
  /** The strategy as one would write it. */
  readonly typescript: string;
  /** The same as flags of the command. */
  readonly flags: string;
  /** What of the answer speaks for it. */
  readonly evidence: string;
  readonly rejected: string;
}

/** What to do, in terms of code and in terms of the command's flags. */
export interface Advice {
  readonly typescript: string;
  readonly flags: string;
}

/** How an API pages could not be detected for certain; nothing is guessed. */
export class DetectionError extends PagewiseError {
  constructor(
    /** What was found, and does not suffice. */
    readonly reason: string,
    readonly advice?: Advice,
    /** What was considered, best first. */
    readonly candidates: readonly RejectedCandidate[] = [],
  ) {
    const tried = candidates.slice(0, 6).map(({ typescript, rejected }) => `\n  ${typescript}: ${rejected}`);
    super(
      `can't tell how this API pages: ${reason}${advice ? `. ${advice.typescript}` : ''}${tried.length > 0 ? `. Considered:${tried.join('')}` : ''}`,
    );
  }

  override get name(): string {
    return 'DetectionError';
  }
}

/** The answer's HTTP status says that it is no page. */
export class HttpError extends PagewiseError {
  readonly status: number;
  /** The answer (of its body at most 64 KiB); not enumerable, since it may hold secrets. */
  declare readonly response: PageResponse;

  constructor(response: PageResponse) {
    super(statusText(response.status));
    this.status = response.status;
    Object.defineProperty(this, 'response', { value: response, enumerable: false });
  }

  override get name(): string {
    return 'HttpError';
  }
}

/** The transport failed without an answer; `cause` is what it threw, unchanged. */
export class TransportError extends PagewiseError {
  /** A network failure for certain, though the platform gives no code for it (browsers). */
  readonly network: boolean;

  constructor(cause: unknown, { network = false, hint = '' }: { network?: boolean; hint?: string } = {}) {
    super(describeError(cause) + hint, { cause });
    this.network = network;
  }

  override get name(): string {
    return 'TransportError';
  }
}

/** One attempt (connecting, headers and the whole body) took longer than `attemptTimeout`. Retryable. */
export class AttemptTimeoutError extends PagewiseError {
  constructor(readonly timeoutMs: number) {
    super(`no complete answer within ${String(timeoutMs)} ms (attemptTimeout)`);
  }

  override get name(): string {
    return 'AttemptTimeoutError';
  }
}

/** What a page was waiting for. */
export type WaitingFor = 'an answer' | 'a retry' | 'the throttle';

/** A page took longer than `totalTimeout`, all attempts and waits included. `cause` is its last attempt's error. */
export class PageTimeoutError extends PagewiseError {
  constructor(
    readonly timeoutMs: number,
    /** What it was waiting for when the time was over. */
    readonly waitingFor: WaitingFor,
    lastError?: unknown,
  ) {
    const last = isPagewiseError(lastError) ? ` (the last attempt: ${lastError.message})` : '';
    super(`not there within ${String(timeoutMs)} ms (totalTimeout), waiting for ${waitingFor}${last}`, {
      ...(lastError === undefined ? {} : { cause: lastError }),
    });
  }

  override get name(): string {
    return 'PageTimeoutError';
  }
}

/** The strategy's or the caller's `check` judged an answer as failed. */
export class CheckError extends PagewiseError {
  /** Whether the verdict was `retry`. */
  readonly retryable: boolean;
  /** Milliseconds that the verdict asked to wait at least. */
  readonly retryAfterMs: number | undefined;
  /** Whether the verdict was a rate limit. */
  readonly throttled: boolean;
  /** Whether a smaller page could succeed. */
  readonly tooHeavy: boolean;
  /** The answer; not enumerable, since its body may hold secrets. */
  declare readonly response: PageResponse;

  constructor(
    readonly reason: string,
    response: PageResponse,
    verdict: { retryable?: boolean; afterMs?: number | undefined; throttled?: boolean; tooHeavy?: boolean },
  ) {
    super(reason);
    this.retryable = verdict.retryable ?? false;
    this.retryAfterMs = verdict.afterMs;
    this.throttled = verdict.throttled ?? response.status === 429;
    this.tooHeavy = verdict.tooHeavy ?? false;
    Object.defineProperty(this, 'response', { value: response, enumerable: false });
  }

  override get name(): string {
    return 'CheckError';
  }
}

/** The server asks for a longer wait than `maxRetryAfter` allows. `cause` is the answer's own error. */
export class RateLimitError extends PagewiseError {
  constructor(
    /** Milliseconds that the server asked to wait. */
    readonly retryAfterMs: number,
    maxRetryAfter: number,
    cause: unknown,
  ) {
    super(
      `rate limited: the server asks to wait ${String(Math.ceil(retryAfterMs / 1000))} s, longer than maxRetryAfter (${String(maxRetryAfter / 1000)} s)`,
      { cause },
    );
  }

  override get name(): string {
    return 'RateLimitError';
  }
}

/** Another attempt could have helped, and the policy's retry budget is used up. `cause` is the last error, unchanged. */
export class RetryBudgetError extends PagewiseError {
  constructor(cause: unknown) {
    super(`${isPagewiseError(cause) ? cause.message : describeError(cause)}, and the retry budget is used up`, {
      cause,
    });
  }

  override get name(): string {
    return 'RetryBudgetError';
  }
}

/** The circuit breaker let no request through: what it guards has failed too often of late. `cause` is the breaker's own error. */
export class BrokenCircuitError extends PagewiseError {
  constructor(
    /** When it lets one through again, in epoch milliseconds; `undefined` where the breaker does not say. */
    readonly openUntil: number | undefined,
    cause: unknown,
  ) {
    super(
      `the circuit is broken, nothing was sent${openUntil === undefined ? '' : `; it opens to a request at ${new Date(openUntil).toISOString()}`}`,
      { cause },
    );
  }

  override get name(): string {
    return 'BrokenCircuitError';
  }
}

/** A successful answer whose body can't be decoded. */
export class ParseError extends PagewiseError {
  constructor(
    outcome: string,
    /** The first characters of the body, at most 200, secrets redacted. */
    readonly excerpt: string,
    cause?: unknown,
  ) {
    super(excerpt === '' ? outcome : `${outcome}: ${excerpt}`, { cause });
  }

  override get name(): string {
    return 'ParseError';
  }
}

/** The decompressed body is larger than `maxResponseBytes`; the rest was not read. */
export class ResponseTooLargeError extends PagewiseError {
  constructor(readonly limitBytes: number) {
    super(
      `the answer is larger than ${String(limitBytes)} bytes (maxResponseBytes); ask for smaller pages or raise the limit`,
    );
  }

  override get name(): string {
    return 'ResponseTooLargeError';
  }
}

/** An answer does not hold what the strategy was told to read: never taken for an end. */
export class ExtractError extends PagewiseError {
  constructor(
    /** What was read: `items`, `total`, `hasMore` … */
    readonly field: string,
    /** Where it was looked for. */
    readonly path: string,
    problem: string,
  ) {
    super(`${field} at ${path}: ${problem}`);
  }

  override get name(): string {
    return 'ExtractError';
  }
}

/** An item or a body is not what `schema` says; never retried. */
export class SchemaError extends PagewiseError {
  /** What the schema found wrong, as it told it. */
  readonly issues: readonly StandardIssue[];

  constructor(
    what: string,
    /** Index of the item within its page, from 0; `undefined` for a body. */
    readonly itemIndex: number | undefined,
    issues: readonly StandardIssue[],
  ) {
    const [first] = issues;
    const more = issues.length > 1 ? ` (and ${String(issues.length - 1)} more)` : '';
    const path = pathOf(first);
    super(
      `${what} is not what the schema says${path === '' ? '' : `, at ${path}`}: ${redactText(first?.message ?? 'no reason given')}${more}`,
    );
    this.issues = issues;
  }

  override get name(): string {
    return 'SchemaError';
  }
}

const pathOf = (issue: StandardIssue | undefined): string =>
  (issue?.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.');

/** A numeric cursor beyond 2⁵³ has lost digits in JSON.parse; sending it would ask for another page. */
export class UnsafeCursorError extends PagewiseError {
  constructor(
    /** Where it was found. */
    readonly path: string,
    value: number,
  ) {
    super(
      `the cursor at ${path} is the number ${String(value)}, beyond what JavaScript's numbers hold exactly; ` +
        'keep its digits with fetchTransport({ parseJson })',
    );
  }

  override get name(): string {
    return 'UnsafeCursorError';
  }
}

/** The API does not know this position any more. `cause` is the answer's own error. */
export class PositionExpiredError extends PagewiseError {
  constructor(reason: string, cause?: unknown) {
    super(
      `the position has expired: ${reason}. Start over without resumeFrom, or let the strategy do it with onExpired: 'restart'`,
      { cause },
    );
  }

  override get name(): string {
    return 'PositionExpiredError';
  }
}

/** The walk would ask again for what it has already asked for; found before the request is sent. */
export class PaginationLoopError extends PagewiseError {
  override get name(): string {
    return 'PaginationLoopError';
  }
}

/** More empty pages in a row than `maxEmptyPages`, each of which said that there are more. */
export class EmptyPagesError extends PagewiseError {
  constructor(readonly emptyPages: number) {
    super(
      `${String(emptyPages)} empty pages in a row, each announcing another; if this API does that, raise the strategy's maxEmptyPages`,
    );
  }

  override get name(): string {
    return 'EmptyPagesError';
  }
}

/**
 * A next URL or redirect leads to another origin than the request template's; nothing was sent there, but by a browser
 * that follows redirects.
 */
export class CrossOriginError extends PagewiseError {
  constructor(
    /** The origin of the request template. */
    readonly from: string,
    /** The origin that would have been asked. */
    readonly to: string,
    way: 'redirect' | 'followed' | 'next',
  ) {
    super(
      way !== 'next'
        ? `a redirect leads from ${from} to ${to}, another origin; ${way === 'followed' ? 'a browser follows it unseen' : 'nothing was sent there'}. If that server is meant, use its URL in the request`
        : `the next page is at ${to}, another origin than ${from}; nothing was sent there. If that server is meant, allow it with allowOrigins: ['${to}']`,
    );
  }

  override get name(): string {
    return 'CrossOriginError';
  }
}

/** A redirect that can't be followed: too many hops, no Location, or one that would drop the body. */
export class RedirectError extends PagewiseError {
  override get name(): string {
    return 'RedirectError';
  }
}

/** A sink could not write; `cause` is what the file or the table said. `resume` goes on after what it has kept. */
export class WriteError extends PagewiseError {
  constructor(
    /** Where to: a file's path, `the table`. */
    readonly target: string,
    cause: unknown,
  ) {
    super(`can't write to ${target}: ${describeError(cause)}`, { cause });
  }

  override get name(): string {
    return 'WriteError';
  }
}

/** A function of the caller's threw; `cause` is what it threw, unchanged. Never retried. */
export class CallbackError extends PagewiseError {
  constructor(
    /** Which one: `nextWhen`, `until`, `check`, `policy`, `strategy.next` … */
    readonly callback: string,
    cause: unknown,
  ) {
    super(`${callback} threw ${describeError(cause)}`, { cause });
  }

  override get name(): string {
    return 'CallbackError';
  }
}

const reasons: Readonly<Record<number, string>> = {
  300: 'Multiple Choices',
  304: 'Not Modified',
  400: 'Bad Request',
  401: 'Unauthorized',
  402: 'Payment Required',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  408: 'Request Timeout',
  409: 'Conflict',
  410: 'Gone',
  413: 'Content Too Large',
  414: 'URI Too Long',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  425: 'Too Early',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
  505: 'HTTP Version Not Supported',
};

/** `503 Service Unavailable`: RFC 9110's words, not the server's, which may say anything. */
export const statusText = (status: number): string =>
  reasons[status] === undefined ? `status ${String(status)}` : `${String(status)} ${reasons[status]}`;
