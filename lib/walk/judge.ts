import {
  CallbackError,
  CheckError,
  HttpError,
  isPagewiseError,
  type PagewiseError,
  PositionExpiredError,
} from '../errors.js';
import type { Position } from '../page.js';
import type { PageResponse } from '../request.js';
import type { Check, Verdict } from '../strategy.js';
import { sameJson } from '../values/compare.js';

/** An answer that is a page, one that is past the end, or why it is neither. */
export type Judgement = 'ok' | 'end' | HttpError | CheckError | PositionExpiredError;

/** Asks the strategy's check, then the caller's, then the HTTP status. @throws CallbackError where a check throws */
export function judge(
  response: PageResponse,
  position: Position,
  first: Position,
  checks: readonly (Check | undefined)[],
): Judgement {
  for (const check of checks) {
    const verdict = check && ask(check, response, position);
    if (verdict !== undefined) return toJudgement(verdict, response);
  }
  if (response.status >= 200 && response.status < 300) return 'ok';
  const error = new HttpError(response);
  return response.status === 410 && !sameJson(position, first) ? new PositionExpiredError(error.message, error) : error;
}

function ask(check: Check, response: PageResponse, position: Position): Verdict | undefined {
  try {
    return check(response, position);
  } catch (error) {
    throw isPagewiseError(error) ? error : new CallbackError('check', error);
  }
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

/** Failures that end a page are told apart from what callers' functions throw, which is wrapped and never retried. */
export const asCallbackError = (callback: string, error: unknown): PagewiseError =>
  isPagewiseError(error) ? error : new CallbackError(callback, error);
