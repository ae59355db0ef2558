import type { PageResponse } from './request.js';
import type { ResumeToken } from './page.js';
import type { PartitionsReport } from './partition.js';
import type { StandardIssue } from './schema.js';
import { safeCause, safeStack } from './values/cause.js';
import { asText, describe, describeError } from './values/describe.js';
import { isA, isErrorLike, peek } from './values/peek.js';
import { type RedactedRequest, redactText, redactUrls } from './values/redact.js';
import { hideSent, type Sent } from './values/sent.js';

// The catalogue of errors. Each class documents what happened, why, and what to do. Constructing and locating an error
// never throws, whatever its inputs are (an answer, a cause, the result of a callback).

// ---- The base -------------------------------------------------------------------------------------------------------

const brand = /* @__PURE__ */ Symbol.for('pagewise.error');

/** Where an error happened: set by the walk when a page fails. */
export interface PageContext {
  readonly pageIndex: number;
  readonly attempts: number;
  readonly request: RedactedRequest;
  readonly detail?: string | undefined;
  /** `undefined`: the walk can't be resumed. */
  readonly resume: ResumeToken | undefined;
}

/**
 * Base class of all errors of this library. The message says what happened, where, and after how many attempts:
 * `Page 7 failed: 503 Service Unavailable after 6 attempts, GET https://…` (the message counts pages from 1).
 *
 * To continue at the page that failed, pass `resume` as `resumeFrom`.
 */
export class PagewiseError extends Error {
  /** Index of the page that failed, from 0. */
  declare readonly pageIndex: number | undefined;
  /** How many times the page was requested. */
  declare readonly attempts: number | undefined;
  /** Method, URL without query values, and headers without secrets. */
  declare readonly request: RedactedRequest | undefined;
  /**
   * What the API says about the failure, if its answer holds a message: one line of at most 200 characters, without the
   * values that the request sent in headers, the query or as a cursor. The message ends with it.
   */
  declare readonly detail: string | undefined;
  /** Continues at the page that failed when passed as `resumeFrom`. Not enumerable because it holds cursors. */
  declare readonly resume: ResumeToken | undefined;

  constructor(outcome: string, options?: { cause?: unknown }) {
    super(inShort(asText(outcome)), options);
    Object.defineProperty(this, brand, { value: true });
  }

  /** For JSON.stringify: name, message, what a log shows, and the cause in short. Neither secrets nor positions. */
  toJSON(): object {
    return ownInJson(this);
  }

  override get name(): string {
    return 'PagewiseError';
  }

  /** @internal `instanceof` runs on any thrown value, and the trap of a Proxy may throw. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    try {
      return Function.prototype[Symbol.hasInstance].call(this, value);
    } catch {
      return false;
    }
  }
}

/** An error whose cause may come from a client: shown without requests and answers. */
class CausedError extends PagewiseError {
  constructor(outcome: string, options?: { cause?: unknown }) {
    const cause = safeCause(options?.cause);
    super(outcome, options && 'cause' in options ? { cause } : undefined);
    // structuredClone and postMessage copy the cause, unless it is a getter; a function in it would make them throw.
    if (!isCloneable(cause)) Object.defineProperty(this, 'cause', { get: () => cause });
  }

  override toJSON(): object {
    return { ...super.toJSON(), ...causeInJson(this) };
  }
}

/** Whether structuredClone can copy a value, where there is such a function. */
function isCloneable(value: unknown): boolean {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return typeof value !== 'symbol';
  try {
    if (typeof structuredClone === 'function') structuredClone(value);
    return true;
  } catch {
    return false;
  }
}

function ownInJson(error: PagewiseError): Record<string, unknown> {
  const json: Record<string, unknown> = { name: peek(error, 'name'), message: asText(peek(error, 'message')) };
  for (const name in error) json[name] = plain(peek(error, name)); // With those of a frozen one.
  return json;
}

/** A value as JSON has it, or in words. */
function plain(value: unknown): unknown {
  try {
    return value === undefined ? value : JSON.parse(JSON.stringify(value));
  } catch {
    return describe(value);
  }
}

function causeInJson(error: object, depth = 0): { readonly cause?: unknown } {
  const cause = peek(error, 'cause');
  if (cause === undefined || depth === 10) return {};
  if (!isErrorLike(cause) && !isA(cause, Error)) return { cause: describe(cause) };
  const json: Record<string, unknown> = isPagewiseError(cause) ? ownInJson(cause) : {};
  if (isA(cause, SchemaError)) json['issues'] = issuesInJson(cause);
  for (const name of isPagewiseError(cause) ? [] : ['name', 'message', 'code', 'status']) {
    const value = peek(cause, name);
    if (typeof value === 'string') json[name] = redactUrls(value.slice(0, 2000));
    else if (typeof value === 'number') json[name] = value;
  }
  return { cause: { ...json, ...causeInJson(cause, depth + 1) } };
}

/** Names and values in an answer can be megabytes. The end stays, since messages end with what to do. */
const inShort = (text: string): string => (text.length > 5000 ? `${text.slice(0, 4000)} … ${text.slice(-500)}` : text);

/** @internal What precedes the API's own words in a message. */
export const says = '; the API says: ';

/** @internal Adds the location to an error, unless it already has one. @returns the error, or a copy of a frozen one */
export function locate<E extends PagewiseError>(error: E, { resume, detail, ...context }: PageContext): E {
  if (peek(error, 'pageIndex') !== undefined) return error;
  const { pageIndex, attempts, request } = context;
  const tries = attempts > 1 ? ` after ${attempts} attempts` : '';
  const where = request.url === undefined ? '' : `, ${request.method} ${request.url}`;
  const before = asText(peek(error, 'message') ?? peek(error, 'name'));
  const words = detail === undefined || before.includes(detail) ? '' : `${says}${detail}`;
  const message = `Page ${pageIndex + 1} failed: ${before}${tries}${where}${words}`;
  const trace = peek(error, 'stack'); // Not always a string: Error.prepareStackTrace can return anything.
  const stack = typeof trace === 'string' ? trace.replace(before, () => message) : message;
  const hidden = { message, stack, resume, detail };
  return redefine(redefine(error, hidden, false), context, true);
}

/**
 * @internal Hides what a request has sent in an error and its causes: servers and clients repeat it.
 * @returns the error, or a copy of a frozen one
 */
export function withoutSent<E extends PagewiseError>(error: E, sent: Sent, depth = 0): E {
  if (depth > 10) return error;
  const name = asText(peek(error, 'name'));
  const hideIn = foreign.has(name)
    ? (text: string) => hideSent(text, sent, true)
    : (text: string) => hideSent(text, { ...sent, others: new Set() }, name === 'CheckError');
  const changes: Record<string, unknown> = {};
  // The stack last, since V8 writes it when it is read: it begins with the message, and its frames hold nothing sent.
  for (const member of ['message', 'reason', 'excerpt', 'problem', 'stack']) {
    if (member === 'stack' && Object.keys(changes).length === 0) break;
    const text = peek(error, member);
    if (typeof text !== 'string') continue;
    const shown = member === 'stack' ? safeStack(text, hideIn) : hideIn(text);
    if (shown !== text) changes[member] = shown;
  }
  const cause = peek(error, 'cause');
  const safe = isPagewiseError(cause)
    ? withoutSent(cause, sent, depth + 1)
    : safeCause(cause, (text) => redactUrls(hideSent(text, sent, true)));
  if (safe !== cause) changes['cause'] = safe;
  for (const member of Object.keys(changes))
    error = redefine(error, { [member]: changes[member] }, /^(reason|excerpt|problem)$/.test(member));
  return error;
}

/** Their messages are mostly of servers and clients. */
const foreign = /* @__PURE__ */ new Set(['TransportError', 'ParseError', 'GrpcError', 'CallbackError']);

/** @internal Sets where to continue. */
export const continueAt = <E extends PagewiseError>(error: E, resume: ResumeToken): E => hide(error, { resume });

/** What a callback threw, as an error of this library: unchanged if it is one, otherwise wrapped. Never retried. */
export const asCallbackError = (callback: string, error: unknown): PagewiseError =>
  isPagewiseError(error) ? error : new CallbackError(callback, error);

/** Calls one of the caller's functions, or one of a strategy's. @throws what it throws, as an error of this library */
export function call<T>(callback: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw asCallbackError(callback, error);
  }
}

/** Sets properties that a log of the error must not show: they may hold secrets, or the log has them already. */
const hide = <E extends object>(error: E, properties: object): E => define(error, properties, false);

/** @returns the error, or a copy of a frozen one */
function redefine<E extends object>(error: E, properties: object, enumerable: boolean): E {
  // Not by assignment: in Firefox an assigned stack is enumerable.
  try {
    return define(error, properties, enumerable);
  } catch {
    return define(Object.create(error) as E, properties, enumerable);
  }
}

function define<E extends object>(error: E, properties: object, enumerable: boolean): E {
  const described: PropertyDescriptorMap = Object.getOwnPropertyDescriptors(properties);
  for (const property of Object.values(described)) property.enumerable = enumerable;
  return Object.defineProperties(error, described);
}

/** Whether a value is an error of this library, from any copy or realm. Takes any value and never throws. */
export const isPagewiseError = (error: unknown): error is PagewiseError => peek(error, brand) === true;

// ---- Bad input: nothing was sent ------------------------------------------------------------------------------------

/**
 * Bad input, detected before anything is sent. The message names the value, where it was passed and how to fix it.
 * Programs can use `options` and `problem` to write a message of their own.
 */
export class ConfigError extends PagewiseError {
  /** The options in question, by their names in code; empty if the error is about something else. */
  readonly options: readonly string[];
  /** The rejected value. Not enumerable because it may be a secret. */
  declare readonly value: unknown;
  /** The message without `of` and without the names of the options: `must be a non-empty string, not ""`. */
  readonly problem: string;
  /** What takes the options, such as `pageNumber`, where the message begins with it. Not enumerable. */
  declare readonly of: string | undefined;

  constructor(
    problem: string,
    about: { of?: string; options?: readonly string[]; value?: unknown; cause?: unknown } = {},
  ) {
    const { of, options = [], value, ...cause } = about;
    const subject = options.length > 0 ? `${options.join(' and ')} ` : '';
    super(`${of === undefined ? '' : `${of}: `}${subject}${problem}`, cause);
    this.options = options;
    this.problem = problem;
    hide(this, { value, of });
  }

  override get name(): string {
    return 'ConfigError';
  }
}

/**
 * Why a walk can't be resumed. `unreadable`: not a token, or a damaged one. `version`: an unsupported version.
 * `method`, `url`, `body`, `strategy`: made with another one. `sink`: made by another sink, or for another file.
 * `file`: the file has been replaced or truncated since. `last page`: a finished checkpoint does not say which page was
 * the last one with items.
 */
export type ResumeReason =
  'unreadable' | 'version' | 'method' | 'url' | 'body' | 'strategy' | 'sync' | 'sink' | 'file' | 'last page';

/** A resume token or checkpoint can't continue this walk. Nothing was sent. */
export class ResumeError extends CausedError {
  readonly reason: ResumeReason;
  /** The key of the checkpoint, if the error is about a checkpoint. */
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

/** A way to page that was considered, and why it was rejected. */
export interface RejectedCandidate {
  /** The strategy as TypeScript code. */
  readonly typescript: string;
  /** The strategy as flags of the command. */
  readonly flags: string;
  /** What in the answer suggests it. */
  readonly evidence: string;
  readonly rejected: string;
}

/** What to do, in code and in flags of the command. */
export interface Advice {
  readonly typescript: string;
  readonly flags: string;
}

/** Detection could not determine how the API pages. It never guesses. */
export class DetectionError extends PagewiseError {
  constructor(
    /** Why the evidence is not enough. */
    readonly reason: string,
    readonly advice?: Advice,
    /** The candidates that were considered, best first. */
    readonly candidates: readonly RejectedCandidate[] = [],
    /** Where the items of the first answer are, if it may be the whole list although nothing in it says so. */
    readonly items?: string | readonly string[] | Readonly<Record<string, string>>,
  ) {
    const tried = candidates.slice(0, 6).map(({ typescript, rejected }) => `\n  ${typescript}: ${rejected}`);
    super(
      `can't detect how this API pages: ${reason}${advice ? `. ${advice.typescript}` : ''}${tried.length > 0 ? `. Considered:${tried.join('')}` : ''}`,
    );
  }

  override get name(): string {
    return 'DetectionError';
  }
}

// ---- Requests and their answers -------------------------------------------------------------------------------------

/**
 * The server answered with a status that is not a page, such as 404 or 503. The default policy has retried statuses
 * that may be temporary. See `status` and `response`. If such an answer is a page of this API, return `'ok'` from
 * `check`.
 */
export class HttpError extends PagewiseError {
  readonly status: number;
  /** The answer, with up to 64 KiB of its body. Not enumerable because it may hold secrets. */
  declare readonly response: PageResponse;

  /** @param hint what the request has to do with the status */
  constructor(response: PageResponse, hint = '') {
    const status = peek(response, 'status') as number;
    super(statusText(status) + hint);
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

/** `503 Service Unavailable`: with the reason phrase of RFC 9110, because the server's own can be anything. */
export function statusText(status: number): string {
  const reason = typeof status === 'number' ? reasons[status] : undefined;
  return reason === undefined ? `status ${describe(status)}` : `${status} ${reason}`;
}

/**
 * The transport failed before it had a complete answer: no connection, a truncated body, or an error of your own
 * transport function. `cause` is that error, or a copy that does not show the request. Network failures have been
 * retried; the code in the message names the failure.
 */
export class TransportError extends CausedError {
  /** Whether this is a network failure for which the platform gives no code (browsers). */
  readonly network: boolean;
  /** Whether the browser said at that moment that it is offline (`navigator.onLine`). Retries wait until it is not. */
  readonly offline: boolean;

  constructor(cause: unknown, { network = false, hint = '' }: { network?: boolean; hint?: string } = {}) {
    const offline = (globalThis as { navigator?: { readonly onLine?: unknown } }).navigator?.onLine === false;
    super(describeError(cause) + (offline ? ' (the browser is offline)' : hint), { cause });
    this.network = network;
    this.offline = offline;
  }

  override get name(): string {
    return 'TransportError';
  }
}

/**
 * One attempt (connecting, headers and the whole body) took longer than `attemptTimeout`. Retryable. If the API is just
 * slow, raise `attemptTimeout` or request smaller pages.
 */
export class AttemptTimeoutError extends PagewiseError {
  constructor(readonly timeoutMs: number) {
    super(`no complete answer within ${asText(timeoutMs)} ms (\`attemptTimeout\`)`);
  }

  override get name(): string {
    return 'AttemptTimeoutError';
  }
}

/**
 * The strategy's `check`, or yours, rejected an answer. `reason` is the reason that it gave. `retryable` says whether
 * the default policy has tried again.
 */
export class CheckError extends PagewiseError {
  /** Whether the verdict was `retry`. */
  readonly retryable: boolean;
  /** Minimum wait in milliseconds that the verdict asked for. */
  readonly retryAfterMs: number | undefined;
  /** Whether the verdict was a rate limit. */
  readonly throttled: boolean;
  /** Whether a smaller page could succeed. */
  readonly tooHeavy: boolean;
  /** The answer. Not enumerable because its body may hold secrets. */
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
 * The body of a successful answer can't be decoded: it is not JSON, or `parseJson` or `decode` threw (`cause`). Look at
 * `excerpt`: a login or maintenance page means a wrong URL or wrong credentials. For XML or CSV, pass `decode`.
 */
export class ParseError extends CausedError {
  constructor(
    outcome: string,
    /** Up to 200 characters from the start of the body, with secrets redacted. */
    readonly excerpt: string,
    cause?: unknown,
  ) {
    super(excerpt === '' ? outcome : `${asText(outcome)}: ${asText(excerpt)}`, { cause });
  }

  override get name(): string {
    return 'ParseError';
  }
}

/** The decompressed body exceeds `maxResponseBytes`; the rest was not read. Request smaller pages, or raise it. */
export class ResponseTooLargeError extends PagewiseError {
  constructor(readonly limitBytes: number) {
    super(
      `the answer is larger than ${asText(limitBytes)} bytes (\`maxResponseBytes\`); request smaller pages or raise the limit`,
    );
  }

  override get name(): string {
    return 'ResponseTooLargeError';
  }
}

/**
 * An item or a body does not match `schema`. Never retried. Either the API has changed or the schema is too strict:
 * `issues` and `itemIndex` say where they differ.
 */
export class SchemaError extends PagewiseError {
  /** The issues that the schema reported. */
  readonly issues: readonly StandardIssue[];

  constructor(
    what: string,
    /** Index of the item within its page, from 0; `undefined` for a body. */
    readonly itemIndex: number | undefined,
    issues: readonly StandardIssue[],
  ) {
    super(`${asText(what)} does not match the schema${firstIssue(issues)}`);
    this.issues = issues;
  }

  override get name(): string {
    return 'SchemaError';
  }

  override toJSON(): object {
    return { ...super.toJSON(), issues: issuesInJson(this) };
  }
}

/** Without what the schema's library adds, such as the rejected value. */
const issuesInJson = (error: object): unknown => {
  const issues = peek(error, 'issues');
  const count = peek(issues, 'length');
  return Array.from({ length: typeof count === 'number' ? Math.min(count, 20) : 0 }, (_, i) => {
    const issue = peek(issues, i);
    return { path: issuePath(peek(issue, 'path')), message: redactText(asText(peek(issue, 'message'))) };
  });
};

/** `, at tags.0: expected a string (and 2 more)`. Schemas are not our code: issues may be anything. */
function firstIssue(issues: unknown): string {
  const first = peek(issues, 0);
  const count = peek(issues, 'length');
  const message = peek(first, 'message') ?? 'no reason given';
  const path = issuePath(peek(first, 'path'));
  const at = path === '' ? '' : `, at ${path}`;
  const more = typeof count === 'number' && count > 1 ? ` (and ${count - 1} more)` : '';
  return `${at}: ${redactText(asText(message))}${more}`;
}

function issuePath(path: unknown): string {
  const length = typeof path === 'object' ? peek(path, 'length') : 0;
  const count = typeof length === 'number' ? Math.min(length, 20) : 0;
  const parts = Array.from({ length: count }, (_, i) => peek(path, i));
  return parts.map((part) => asText(isObject(part) ? peek(part, 'key') : part).slice(0, 100)).join('.');
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

// ---- Waits and limits -----------------------------------------------------------------------------------------------

/** What a page was waiting for. */
export type WaitingFor = 'an answer' | 'a retry' | 'the throttle';

/**
 * A page took longer than `totalTimeout`, including all attempts and waits. `cause` is the error of the last attempt.
 * `waitingFor` says what took the time: raise `totalTimeout`, or retry or throttle less.
 */
export class PageTimeoutError extends CausedError {
  constructor(
    readonly timeoutMs: number,
    /** What the page was waiting for when the time ran out. */
    readonly waitingFor: WaitingFor,
    lastError?: unknown,
  ) {
    const last = isPagewiseError(lastError) ? ` (the last attempt: ${messageOf(lastError)})` : '';
    super(`not complete within ${asText(timeoutMs)} ms (\`totalTimeout\`), waiting for ${asText(waitingFor)}${last}`, {
      ...(lastError === undefined ? {} : { cause: lastError }),
    });
  }

  override get name(): string {
    return 'PageTimeoutError';
  }
}

/**
 * The server asks for a longer wait than `maxRetryAfter` allows, so the request was not repeated. `cause` is the
 * answer's own error. Continue from `resume` after `retryAfterMs`, or raise `maxRetryAfter`.
 */
export class RateLimitError extends CausedError {
  constructor(
    /** Milliseconds that the server asked to wait. */
    readonly retryAfterMs: number,
    maxRetryAfter: number,
    cause: unknown,
  ) {
    super(
      `rate limited: the server asks for a wait of ${Math.ceil(retryAfterMs / 1000)} s, longer than \`maxRetryAfter\` (${maxRetryAfter / 1000} s)`,
      { cause },
    );
  }

  override get name(): string {
    return 'RateLimitError';
  }
}

/**
 * Another attempt could have succeeded, but the policy's retry budget is used up: too many requests have failed.
 * `cause` is the last error, unchanged. Continue from `resume` when the server is healthy, or raise `budget`.
 */
export class RetryBudgetError extends CausedError {
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
 * The circuit breaker refused the request because too many have failed recently. `cause` is the breaker's own error.
 * Continue from `resume` after `openUntil`.
 */
export class BrokenCircuitError extends CausedError {
  constructor(
    /** When the breaker lets a request through again, in epoch milliseconds; `undefined` if unknown. */
    readonly openUntil: number | undefined,
    cause: unknown,
  ) {
    super(`the circuit breaker is open, so nothing was sent${opensAt(openUntil)}`, { cause });
  }

  override get name(): string {
    return 'BrokenCircuitError';
  }
}

/** Empty for a time that a Date can't hold, such as `Infinity`. */
const opensAt = (ms: number | undefined): string =>
  ms !== undefined && Math.abs(ms) <= 8.64e15 ? `; the next request can be sent at ${new Date(ms).toISOString()}` : '';

const asTime = (ms: number): string => (Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : describe(ms));

// ---- Paging ---------------------------------------------------------------------------------------------------------

/**
 * An answer lacks what the strategy reads. This never counts as the end of the list. The message says what was found
 * instead: fix the path in the strategy's options, or check whether the API has changed.
 */
export class ExtractError extends PagewiseError {
  constructor(
    /** What was read: `items`, `total`, `hasMore` … */
    readonly field: string,
    /** Where it was expected. */
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
 * A numeric cursor beyond 2⁵³ has lost digits in JSON.parse, so sending it would request another page. Keep its digits
 * with `fetchTransport({ parseJson: parseExactJson })`.
 */
export class UnsafeCursorError extends PagewiseError {
  constructor(
    /** Where the cursor was found. */
    readonly path: string,
    value: number,
  ) {
    super(
      `the cursor at ${asText(path)} is the number ${asText(value)}, beyond what JavaScript's numbers hold exactly; ` +
        'keep its digits with `fetchTransport({ parseJson: parseExactJson })`',
    );
  }

  override get name(): string {
    return 'UnsafeCursorError';
  }
}

/**
 * The position is no longer valid: tokens expire, and rows are deleted. `cause` is the answer's own error, if there is
 * one. Start over, or let the strategy do so with `onExpired: 'restart'`.
 */
export class PositionExpiredError extends CausedError {
  constructor(
    /** What shows that the position has expired, such as `410 Gone`. */
    readonly reason: string,
    cause?: unknown,
  ) {
    super(
      `the position has expired: ${asText(reason)}. Start over without \`resumeFrom\`, or set \`onExpired: 'restart'\``,
      { cause },
    );
  }

  override get name(): string {
    return 'PositionExpiredError';
  }
}

/**
 * The walk would never end, because a position, a request or the items of a page repeat. The message says what repeats
 * and which option to look at.
 */
export class PaginationLoopError extends PagewiseError {
  override get name(): string {
    return 'PaginationLoopError';
  }
}

/**
 * More empty pages in a row than `maxEmptyPages` allows, each with a next page. If this API filters that way, raise the
 * strategy's `maxEmptyPages`.
 */
export class EmptyPagesError extends PagewiseError {
  constructor(readonly emptyPages: number) {
    super(
      `${asText(emptyPages)} empty pages in a row, each with a next page; if that is normal for this API, raise \`maxEmptyPages\``,
    );
  }

  override get name(): string {
    return 'EmptyPagesError';
  }
}

// ---- Security -------------------------------------------------------------------------------------------------------

/**
 * A next URL or a redirect leads to another origin than the request template's, where credentials could leak. Nothing
 * was sent there, unless a browser followed the redirect. If that server is intended, use its URL in the request or
 * list it in `allowOrigins`.
 */
export class CrossOriginError extends PagewiseError {
  constructor(
    /** The origin of the request template. */
    readonly from: string,
    /** The other origin. */
    readonly to: string,
    way: 'redirect' | 'followed' | 'next',
  ) {
    super(
      way !== 'next'
        ? `a redirect leads from ${from} to ${to}, another origin; ${way === 'followed' ? 'the browser has followed it' : 'nothing was sent there'}. If that server is intended, use its URL in the request`
        : `the next page is at ${to}, another origin than ${from}; nothing was sent there. If that server is intended, allow it with \`allowOrigins: ['${to}']\`; if links name an inner host instead, set \`nextOrigin: 'template'\``,
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
export class RedirectError extends CausedError {
  override get name(): string {
    return 'RedirectError';
  }
}

// ---- Sinks ----------------------------------------------------------------------------------------------------------

/**
 * A sink could not write. `cause` is the error of the file or the table, such as a full disk. Earlier pages are kept:
 * `resume` or a checkpoint continues after them.
 */
export class WriteError extends CausedError {
  constructor(
    /** What was written to: a file's path, or `the table`. */
    readonly target: string,
    cause: unknown,
  ) {
    super(`can't write to ${asText(target)}: ${describeError(cause)}`, { cause });
  }

  override get name(): string {
    return 'WriteError';
  }
}

// ---- Leases ---------------------------------------------------------------------------------------------------------

/**
 * The checkpoint is in use by another run, and nothing was sent; or this run had it in use, was stopped or asleep for
 * longer than its lease, and another run has taken it over (`lost`): what this run has not committed is left to that
 * one. Wait for the other run, or stop it. The lease of a run that crashed ends at `until`.
 */
export class LeaseError extends PagewiseError {
  /** The key of the checkpoint. */
  readonly key: string;
  /** Who holds it, such as `worker-2, process 4711`; `undefined` if that is unknown. */
  readonly holder: string | undefined;
  /** Since when, in epoch milliseconds. */
  readonly since: number | undefined;
  /** When the lease ends unless its holder renews it, in epoch milliseconds. */
  readonly until: number | undefined;
  /** Whether this run held it before. */
  readonly lost: boolean;

  constructor(
    key: string,
    { holder, since, until }: { holder?: string | undefined; since?: number | undefined; until?: number | undefined },
    lost = false,
  ) {
    const by = holder === undefined ? 'another run' : asText(holder);
    const from = since === undefined ? '' : ` since ${asTime(since)}`;
    super(
      lost
        ? `the lease of the checkpoint ${JSON.stringify(key)} is lost: this run was stopped or asleep for longer than the lease, and ${by} has taken it over${from}; let that run finish, and run this one again`
        : `the checkpoint ${JSON.stringify(key)} is in use by ${by}${from}; wait for that run, or stop it${until === undefined ? '' : `; if it has crashed, its lease ends at ${asTime(until)}`}`,
    );
    this.key = key;
    this.holder = holder;
    this.since = since;
    this.until = until;
    this.lost = lost;
  }

  override get name(): string {
    return 'LeaseError';
  }
}

// ---- Partitions -----------------------------------------------------------------------------------------------------

/**
 * Partitions failed. The others have run as `onError` says, and everything that was written is kept: the next run
 * continues those that failed. `cause` is the error of the source, if it failed too, or else of the first partition.
 */
export class PartitionsError extends CausedError {
  /** The errors by key. Not enumerable, as the report. */
  declare readonly errors: ReadonlyMap<string, unknown>;
  declare readonly report: PartitionsReport;

  constructor(report: PartitionsReport, source?: unknown) {
    const failed = report.partitions.filter(({ state }) => state === 'failed');
    const words = (error: unknown) => (isPagewiseError(error) ? asText(peek(error, 'message')) : describeError(error));
    const shown = failed.slice(0, 3).map(({ key, error }) => `${describe(key)}: ${words(error)}`);
    const more = failed.length - shown.length;
    super(
      `${source === undefined ? '' : `the source of the partitions failed: ${words(source)}; and `}${failed.length} of ${report.partitions.length} partitions failed: ${shown.join('; ')}${more > 0 ? `; and ${more} more` : ''}`,
      { cause: source ?? failed[0]?.error },
    );
    hide(this, { errors: new Map(failed.map(({ key, error }) => [key, error])), report });
  }

  override get name(): string {
    return 'PartitionsError';
  }
}

// ---- Callbacks ------------------------------------------------------------------------------------------------------

/**
 * One of your functions threw. `cause` is what it threw, or a copy that does not show a request. Never retried: fix the
 * function, or catch expected errors inside it.
 */
export class CallbackError extends CausedError {
  constructor(
    /** Which function: `nextWhen`, `until`, `check`, `policy`, `strategy.next` … */
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
 * What a consumer's function threw, for operators that pass errors on as RxJS does: unchanged if it has a name and a
 * message, otherwise wrapped in a CallbackError.
 */
export const asError = (callback: string, thrown: unknown): unknown =>
  isErrorLike(thrown) ? thrown : new CallbackError(callback, thrown);
