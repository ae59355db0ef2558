import { asCallbackError, CallbackError, CheckError, HttpError, PositionExpiredError } from '../errors.js';
import type { Position } from '../page.js';
import type { PageRequest, PageResponse } from '../request.js';
import type { Check, Strategy, Verdict } from '../strategy.js';
import { sameJson } from '../values/compare.js';
import { describe } from '../values/describe.js';
import { positionAdvice } from './read-page.js';

/** `ok`: a check accepted the page; `unjudged`: only its status did; `end`: past the end; or why it is not a page. */
export type Judgement = 'ok' | 'unjudged' | 'end' | HttpError | CheckError | PositionExpiredError;

/** Asks the strategy's check, then the caller's, then the HTTP status. @throws CallbackError when a check throws */
export function judge<P extends Position>(
  response: PageResponse,
  position: Position,
  strategy: Strategy<unknown, P>,
  checks: readonly Check[],
  request?: PageRequest,
  setsCookie = false,
): Judgement {
  for (const check of checks) {
    const verdict = ask(check, response, position);
    if (verdict !== undefined) return toJudgement(verdict, response);
  }
  if (isNotReady(response, strategy, position))
    return new CheckError(
      'status 202 without items: the page is not ready yet; if the API ends its lists with 202, set `endStatuses: [202]`',
      response,
      { retryable: true },
    );
  if (strategy.name !== 'contentRange' && isPartOfFile(response))
    return new CheckError('status 206 with a range of bytes: part of a file is not a page', response, {});
  if (response.status >= 200 && response.status < 300) return 'unjudged';
  const { status } = response;
  const hint = setsCookie ? cookieAdvice(status, request) : '';
  const error = new HttpError(response, tooLarge(status, request) + refusedAdvice(status, strategy, position) + hint);
  return response.status === 410 && !sameJson(position, strategy.first)
    ? new PositionExpiredError(error.message, error)
    : error;
}

/** What the strategy says about a position that the API refuses. */
const refusedAdvice = <P extends Position>(
  status: number,
  strategy: Strategy<unknown, P>,
  position: Position,
): string => (status >= 400 && status < 500 && status !== 429 ? positionAdvice(strategy, position as P) : '');

/** Why a page may be refused after the first one has set a cookie. */
function cookieAdvice(status: number, { headers }: PageRequest = {}): string {
  const sends = typeof headers === 'object' && Object.keys(headers).some((name) => /^cookie$/i.test(name));
  return sends || ![401, 403, 410].includes(status)
    ? ''
    : '; the first answer has set a cookie, and cookies are not kept: if later pages need it, use `withCookies(…)`';
}

/** What takes the most room in a request whose head is too large for the server. No value is shown. */
function tooLarge(status: number, { url = '', headers }: PageRequest = {}): string {
  if (status !== 431 && status !== 414) return '';
  const given = status === 431 && typeof headers === 'object' ? Object.entries(headers) : [];
  const parts = [
    ['URL', url.length] as const,
    ...given.map(([name, value]) => [`header ${name}`, value.length] as const),
  ];
  const [largest, bytes] = parts.reduce((most, part) => (part[1] > most[1] ? part : most));
  const all = parts.reduce((sum, part) => sum + part[1], 0);
  return `: the ${largest} is ${bytes} bytes long, of ${all} in all; send less, or raise the server's limit (of Node: 16 KiB, --max-http-header-size)`;
}

/** Whether an answer holds a range of bytes. Ranges of items are pages. */
const isPartOfFile = ({ status, headers }: PageResponse): boolean =>
  status === 206 && /^\s*bytes\b/i.test(headers.get('content-range') ?? '');

/** Whether the server has only accepted the request: a 202 without items. */
function isNotReady<P extends Position>(
  response: PageResponse,
  strategy: Strategy<unknown, P>,
  position: Position,
): boolean {
  if (response.status !== 202) return false;
  try {
    return strategy.items(response.body, response, position).length === 0;
  } catch {
    return true; // The answer has no items.
  }
}

function ask(check: Check, response: PageResponse, position: Position): Verdict | undefined {
  let verdict: Verdict | undefined;
  try {
    verdict = check(response, position);
  } catch (error) {
    throw asCallbackError('check', error);
  }
  const known = verdict === undefined || verdict === 'ok' || verdict === 'end';
  if (!known && (typeof verdict !== 'object' || verdict === null))
    throw new CallbackError(
      'check',
      new TypeError(
        `it returned ${describe(verdict)}, which is not a verdict; return 'ok', 'end', { retry }, { fail }, { expired } or undefined`,
      ),
    );
  return verdict;
}

function toJudgement(verdict: Verdict, response: PageResponse): Judgement {
  if (verdict === 'ok' || verdict === 'end') return verdict;
  if ('retry' in verdict)
    return new CheckError(verdict.retry, response, {
      retryable: true,
      afterMs: verdict.afterMs,
      ...(verdict.throttled === undefined ? {} : { throttled: verdict.throttled }),
    });
  if ('expired' in verdict) return new PositionExpiredError(verdict.expired);
  return new CheckError(verdict.fail, response, { tooHeavy: verdict.tooHeavy ?? false });
}
