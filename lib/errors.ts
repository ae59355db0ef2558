import type { PageResponse } from './request.js';
import type { ResumeToken } from './page.js';
import type { StandardIssue } from './schema.js';
import { asText, describeError } from './values/describe.js';
import { isErrorLike, peek } from './values/peek.js';
import { type RedactedRequest, redactText } from './values/redact.js';

// The catalogue of errors. Each class says what happened, why, and what to do about it. Whatever it is made of (an
// answer, a cause, what a callback gave), making and locating an error never throws.

// ---- The base -------------------------------------------------------------------------------------------------------

const brand = /* @__PURE__ */ Symbol.for('pagewise.error');

/** Where an error happened: set by the heart when a page fails. */
export interface PageContext {
  readonly pageIndex: number;
  readonly attempts: number;
  readonly request: RedactedRequest;
  readonly resume: ResumeToken;
}

/**
 * Base of every error of this library. Its message says what happened, where, and how often it was tried:
 * `Page 7 failed: 503 Service Unavailable after 6 attempts, GET https://…` (pages are counted from 1 there).
 *
 * To continue at the page that failed, give `resume` as `resumeFrom`.
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
    super(asText(outcome), options);
    hide(this, { [brand]: true });
  }

  override get name(): string {
    return 'PagewiseError';
  }

  /** @internal `instanceof` is asked of whatever was thrown, and the trap of a Proxy may throw. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    try {
      return Function.prototype[Symbol.hasInstance].call(this, value);
    } catch {
      return false;
    }
  }

  /** @internal Adds the location; the first one stays. */
  locate({ resume, ...context }: PageContext): this {
    if (peek(this, 'pageIndex') !== undefined) return this;
    const { pageIndex, attempts, request } = context;
    const tries = attempts > 1 ? ` after ${String(attempts)} attempts` : '';
    const where = request.url === undefined ? '' : `, ${request.method} ${request.url}`;
    const before = asText(peek(this, 'message'));
    const message = `Page ${String(pageIndex + 1)} failed: ${before}${tries}${where}`;
    const stack = peek(this, 'stack');
    // Not by assignment: in Firefox a stack that is assigned is enumerable.
    const hidden = {
      message,
      resume,
      ...(typeof stack === 'string' && { stack: stack.replace(before, () => message) }),
    };
    try {
      return define(hide(this, hidden), context, true);
    } catch {
      // It was frozen by whoever threw it.
      return define(hide(Object.create(this) as this, hidden), context, true);
    }
  }

  /** @internal Sets where to continue. */
  continueAt(resume: ResumeToken): this {
    return hide(this, { resume });
  }
}

/** What a caller's function threw, as an error of this library: as it is if it is one, else wrapped. Never retried. */
export const asCallbackError = (callback: string, error: unknown): PagewiseError =>
  isPagewiseError(error) ? error : new CallbackError(callback, error);

/** Sets properties that no log of an error shows: they may hold secrets, or are in it already. */
const hide = <E extends object>(error: E, properties: object): E => define(error, properties, false);

function define<E extends object>(error: E, properties: object, enumerable: boolean): E {
  for (const name of Reflect.ownKeys(properties))
    Object.defineProperty(error, name, {
      value: (properties as Readonly<Record<PropertyKey, unknown>>)[name],
      enumerable,
      configurable: true,
      writable: true,
    });
  return error;
}

/** Whether an error is one of this library's, whichever copy or realm it comes from. Takes any value and never throws. */
export const isPagewiseError = (error: unknown): error is PagewiseError =>
  peek(error, brand) === true && typeof peek(error, 'locate') === 'function';

// ---- Bad input: nothing was sent ------------------------------------------------------------------------------------

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

// ---- Requests and their answers -------------------------------------------------------------------------------------

/**
 * The server answered with a status that is no page, such as 404 or 503. The default policy has retried the statuses that
 * may pass. `status` and `response` say more; if such an answer is a page with this API, say so in `check`.
 */
export class HttpError extends PagewiseError {
  readonly status: number;
  /** The answer, with up to 64 KiB of its body; not enumerable, since it may hold secrets. */
  declare readonly response: PageResponse;

  constructor(response: PageResponse) {
    const status = peek(response, 'status') as number;
    super(statusText(status));
    this.status = status;
    hide(this, { response });
  }

  override get name(): string {
    return 'HttpError';
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
export function statusText(status: number): string {
  const reason = peek(reasons, status);
  return typeof reason === 'string' ? `${String(status)} ${reason}` : `status ${asText(status)}`;
}

/**
 * The transport failed without an answer: no connection, a body that was cut off, or what a function of yours threw that
 * carries requests. `cause` is that error, unchanged. Network failures have been retried; the code in the message says why.
 */
export class TransportError extends PagewiseError {
  /** Whether it is a network failure, though the platform gives no code for it (browsers). */
  readonly network: boolean;

  constructor(cause: unknown, { network = false, hint = '' }: { network?: boolean; hint?: string } = {}) {
    super(describeError(cause) + hint, { cause });
    this.network = network;
  }

  override get name(): string {
    return 'TransportError';
  }
}

/**
 * One attempt (connecting, headers and the whole body) took longer than `attemptTimeout`. Retryable. If the API is only
 * slow, raise the transport's `attemptTimeout` or ask for smaller pages.
 */
export class AttemptTimeoutError extends PagewiseError {
  constructor(readonly timeoutMs: number) {
    super(`no complete answer within ${asText(timeoutMs)} ms (attemptTimeout)`);
  }

  override get name(): string {
    return 'AttemptTimeoutError';
  }
}

/**
 * The strategy's or your `check` judged an answer as failed, for the `reason` that it gave. What to do depends on that;
 * `retryable` says whether the default policy has tried again.
 */
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
    this.throttled = verdict.throttled ?? peek(response, 'status') === 429;
    this.tooHeavy = verdict.tooHeavy ?? false;
    hide(this, { response });
  }

  override get name(): string {
    return 'CheckError';
  }
}

/**
 * A successful answer has a body that can't be decoded: it is no JSON, or `parseJson` or `decode` threw (`cause`). Look at
 * `excerpt`: a login or maintenance page means that the URL or the credentials are wrong; for XML or CSV give `decode`.
 */
export class ParseError extends PagewiseError {
  constructor(
    outcome: string,
    /** The first characters of the body, up to 200, secrets redacted. */
    readonly excerpt: string,
    cause?: unknown,
  ) {
    super(excerpt === '' ? outcome : `${asText(outcome)}: ${asText(excerpt)}`, { cause });
  }

  override get name(): string {
    return 'ParseError';
  }
}

/** The decompressed body is larger than `maxResponseBytes`, and the rest was not read. Ask for smaller pages, or raise it. */
export class ResponseTooLargeError extends PagewiseError {
  constructor(readonly limitBytes: number) {
    super(
      `the answer is larger than ${asText(limitBytes)} bytes (maxResponseBytes); ask for smaller pages or raise the limit`,
    );
  }

  override get name(): string {
    return 'ResponseTooLargeError';
  }
}

/**
 * An item or a body is not what `schema` says; never retried. Either the API has changed or the schema is too strict:
 * `issues` and `itemIndex` say where they differ.
 */
export class SchemaError extends PagewiseError {
  /** What the schema found wrong, in its own words. */
  readonly issues: readonly StandardIssue[];

  constructor(
    what: string,
    /** Index of the item within its page, from 0; `undefined` for a body. */
    readonly itemIndex: number | undefined,
    issues: readonly StandardIssue[],
  ) {
    super(`${asText(what)} is not what the schema says${firstIssue(issues)}`);
    this.issues = issues;
  }

  override get name(): string {
    return 'SchemaError';
  }
}

/** `, at tags.0: expected a string (and 2 more)`. Schemas are not ours: their issues may be anything. */
function firstIssue(issues: unknown): string {
  const first = peek(issues, 0);
  const count = peek(issues, 'length');
  const message = peek(first, 'message') ?? 'no reason given';
  const path = issuePath(peek(first, 'path'));
  const at = path === '' ? '' : `, at ${path}`;
  const more = typeof count === 'number' && count > 1 ? ` (and ${String(count - 1)} more)` : '';
  return `${at}: ${redactText(asText(message))}${more}`;
}

function issuePath(path: unknown): string {
  try {
    const keys = ((path ?? []) as readonly unknown[])
      .slice(0, 20)
      .map((part) => (isObject(part) ? peek(part, 'key') : part));
    return keys.map((key) => String(key).slice(0, 100)).join('.');
  } catch {
    return '';
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

// ---- Waits and limits -----------------------------------------------------------------------------------------------

/** What a page was waiting for. */
export type WaitingFor = 'an answer' | 'a retry' | 'the throttle';

/**
 * A page took longer than `totalTimeout`, all attempts and waits included. `cause` is its last attempt's error, and
 * `waitingFor` says what took the time: raise `totalTimeout`, or retry or throttle less.
 */
export class PageTimeoutError extends PagewiseError {
  constructor(
    readonly timeoutMs: number,
    /** What it was waiting for when the time was over. */
    readonly waitingFor: WaitingFor,
    lastError?: unknown,
  ) {
    const last = isPagewiseError(lastError) ? ` (the last attempt: ${messageOf(lastError)})` : '';
    super(`not there within ${asText(timeoutMs)} ms (totalTimeout), waiting for ${asText(waitingFor)}${last}`, {
      ...(lastError === undefined ? {} : { cause: lastError }),
    });
  }

  override get name(): string {
    return 'PageTimeoutError';
  }
}

/**
 * The server asks for a longer wait than `maxRetryAfter` allows, so nothing was sent again. `cause` is the answer's own
 * error. Continue from `resume` in `retryAfterMs`, or raise `maxRetryAfter`.
 */
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

/**
 * Another attempt could have helped, but the retry budget of the policy value is used up: too many requests have failed.
 * `cause` is the last error, unchanged. Continue from `resume` when the server is healthy, or raise `budget`.
 */
export class RetryBudgetError extends PagewiseError {
  constructor(cause: unknown) {
    super(`${isPagewiseError(cause) ? messageOf(cause) : describeError(cause)}, and the retry budget is used up`, {
      cause,
    });
  }

  override get name(): string {
    return 'RetryBudgetError';
  }
}

const messageOf = (error: PagewiseError): string => asText(peek(error, 'message'));

/**
 * The circuit breaker let no request through, since what it guards has failed too often recently. `cause` is the breaker's
 * own error. Continue from `resume` after `openUntil`.
 */
export class BrokenCircuitError extends PagewiseError {
  constructor(
    /** When it lets a request through again, in epoch milliseconds; `undefined` if the breaker does not say. */
    readonly openUntil: number | undefined,
    cause: unknown,
  ) {
    super(`the circuit is broken, nothing was sent${opensAt(openUntil)}`, { cause });
  }

  override get name(): string {
    return 'BrokenCircuitError';
  }
}

/** Nothing for a time that dates can't hold, such as `Infinity`. */
const opensAt = (ms: number | undefined): string =>
  ms !== undefined && Math.abs(ms) <= 8.64e15 ? `; it opens to a request at ${new Date(ms).toISOString()}` : '';

// ---- Paging ---------------------------------------------------------------------------------------------------------

/**
 * An answer does not hold what the strategy reads, which is never taken for the end of the list. The message says what was
 * found instead: fix the path in the strategy's options, or look at whether the API has changed.
 */
export class ExtractError extends PagewiseError {
  constructor(
    /** What was read: `items`, `total`, `hasMore` … */
    readonly field: string,
    /** Where it was looked for. */
    readonly path: string,
    problem: string,
  ) {
    super(`${asText(field)} at ${asText(path)}: ${asText(problem)}`);
  }

  override get name(): string {
    return 'ExtractError';
  }
}

/**
 * A numeric cursor beyond 2⁵³ has lost digits in JSON.parse, and sending it would ask for another page. Keep its digits with
 * `fetchTransport({ parseJson })`.
 */
export class UnsafeCursorError extends PagewiseError {
  constructor(
    /** Where it was found. */
    readonly path: string,
    value: number,
  ) {
    super(
      `the cursor at ${asText(path)} is the number ${asText(value)}, beyond what JavaScript's numbers hold exactly; ` +
        'keep its digits with fetchTransport({ parseJson })',
    );
  }

  override get name(): string {
    return 'UnsafeCursorError';
  }
}

/**
 * The API does not know this position any more: tokens expire, and rows are deleted. `cause` is the answer's own error, if
 * there is one. Start over, or let the strategy do so with `onExpired: 'restart'`.
 */
export class PositionExpiredError extends PagewiseError {
  constructor(reason: string, cause?: unknown) {
    super(
      `the position has expired: ${asText(reason)}. Start over without resumeFrom, or let the strategy do it with onExpired: 'restart'`,
      { cause },
    );
  }

  override get name(): string {
    return 'PositionExpiredError';
  }
}

/**
 * The walk would ask for what it has asked for before, so it would never end; found before the request is sent. The message
 * says what repeats, and which option to look at.
 */
export class PaginationLoopError extends PagewiseError {
  override get name(): string {
    return 'PaginationLoopError';
  }
}

/**
 * More empty pages in a row than `maxEmptyPages`, each of which announces another. Raise the strategy's `maxEmptyPages` if
 * that is how this API filters.
 */
export class EmptyPagesError extends PagewiseError {
  constructor(readonly emptyPages: number) {
    super(
      `${asText(emptyPages)} empty pages in a row, each announcing another; if this API does that, raise the strategy's maxEmptyPages`,
    );
  }

  override get name(): string {
    return 'EmptyPagesError';
  }
}

// ---- Security -------------------------------------------------------------------------------------------------------

/**
 * A next URL or a redirect leads to another origin than the request template's, and the request could take credentials
 * there. Nothing was sent, except by a browser that follows redirects. If that server is meant, use its URL in the request,
 * or name it in `allowOrigins`.
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

/**
 * A redirect can't be followed: too many hops, no Location, or one that would drop the body. Use the final URL in the
 * request.
 */
export class RedirectError extends PagewiseError {
  override get name(): string {
    return 'RedirectError';
  }
}

// ---- Sinks ----------------------------------------------------------------------------------------------------------

/**
 * A sink could not write; `cause` is what the file or the table said, such as that the disk is full. Pages before it are
 * kept: `resume`, and a checkpoint, continue after them.
 */
export class WriteError extends PagewiseError {
  constructor(
    /** Where to: a file's path, `the table`. */
    readonly target: string,
    cause: unknown,
  ) {
    super(`can't write to ${asText(target)}: ${describeError(cause)}`, { cause });
  }

  override get name(): string {
    return 'WriteError';
  }
}

// ---- Callbacks ------------------------------------------------------------------------------------------------------

/**
 * A function of yours threw; `cause` is what it threw, unchanged. Never retried: fix the function, or let it catch what it
 * expects.
 */
export class CallbackError extends PagewiseError {
  constructor(
    /** Which one: `nextWhen`, `until`, `check`, `policy`, `strategy.next` … */
    readonly callback: string,
    cause: unknown,
  ) {
    super(`${asText(callback)} threw ${describeError(cause)}`, { cause });
  }

  override get name(): string {
    return 'CallbackError';
  }
}

/**
 * What a consumer's function threw, for operators that pass it on as RxJS's do: as it is if it has a name and a message,
 * else in a CallbackError.
 */
export const asError = (callback: string, thrown: unknown): unknown =>
  isErrorLike(thrown) ? thrown : new CallbackError(callback, thrown);
