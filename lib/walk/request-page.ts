import { Observable } from 'rxjs';
import { applyPolicy, brandAttemptError, LazyAttempt, type PolicyScope } from '../attempt.js';
import { EmptyPagesError, PaginationLoopError, type PagewiseError } from '../errors.js';
import type { Page, Position } from '../page.js';
import type { PagePolicy, PageRequest, PageResponse } from '../request.js';
import { doneToken, tokenAt, type Step, type TokenOwner } from '../resume-token.js';
import type { Check, Strategy } from '../strategy.js';
import { sameJson } from '../values/equal.js';
import { redactRequest } from '../values/redact.js';
import { asCallbackError, judge } from './judge.js';
import { loopGuard } from './loop-guard.js';
import { sendAttempt, type AttemptSender } from './send-attempt.js';

/** Everything that the pages of a walk have in common. */
export interface PageSource<Item, P extends Position> extends AttemptSender {
  readonly request: PageRequest;
  readonly strategy: Strategy<Item, P>;
  readonly policy: PagePolicy;
  readonly check: Check | undefined;
  readonly owner: TokenOwner;
  readonly scope: PolicyScope;
}

/**
 * Asks for one page at a time: place, policy(attempt), items, next. Remembers, for one walk, what the guards against
 * endless walks need: the last request, the positions, the empty pages in a row.
 */
export function pageRequester<Item, P extends Position>(
  source: PageSource<Item, P>,
): (step: Step<P>) => Observable<Page<Item>> {
  const { strategy, owner } = source;
  const guard = loopGuard();
  const maxEmptyPages = strategy.maxEmptyPages ?? 1000;
  const checks: readonly (Check | undefined)[] = [strategy.check?.bind(strategy), source.check];
  let lastRequest: PageRequest | undefined;
  let emptyPages = 0;

  function place(step: Step<P>): PageRequest {
    guard(step.position, step.index);
    const request = callback('strategy.place', () => strategy.place(source.request, step.position));
    if (lastRequest !== undefined && sameRequest(request, lastRequest))
      throw new PaginationLoopError(
        'its request is the one just sent, so the same page would come for ever; nothing was sent. ' +
          "Look at the strategy's place: does it write the position?",
      );
    return (lastRequest = request);
  }

  function toPage(step: Step<P>, response: PageResponse, ended: boolean): Page<Item> {
    const { index, position, itemsBefore } = step;
    const { body } = response;
    const items = ended ? [] : callback('strategy.items', () => strategy.items(body, response));
    const answer = { index, position, itemsBefore, items, body, response };
    const next = ended ? undefined : callback('strategy.next', () => strategy.next(answer));
    emptyPages = items.length === 0 ? emptyPages + 1 : 0;
    if (next !== undefined && emptyPages > maxEmptyPages) throw new EmptyPagesError(emptyPages);
    const received = itemsBefore + items.length;
    const resume =
      next === undefined
        ? doneToken(index + 1, received, owner)
        : tokenAt({ position: next, index: index + 1, itemsBefore: received }, owner);
    return { ...answer, next, resume };
  }

  return (step) =>
    new Observable((subscriber) => {
      let attempts = 0;
      let ended = false;
      let request = source.request;
      let done = false;

      const fail = (error: PagewiseError) => {
        done = true;
        const { index: pageIndex } = step;
        subscriber.error(
          error.locate({ pageIndex, attempts, request: redactRequest(request), resume: tokenAt(step, owner) }),
        );
      };

      const attempt$ = new Observable<PageResponse>((answers) => {
        const attempt = new LazyAttempt(step.index, ++attempts);
        return sendAttempt(source, request, attempt, answers, (response) => {
          const verdict = judge(response, step.position, checks);
          ended = verdict === 'end';
          if (typeof verdict === 'object') throw brandAttemptError(verdict);
        });
      });

      try {
        request = place(step);
        const answer$ = applyPolicy(source.policy, attempt$, source.scope);
        subscriber.add(
          answer$.subscribe({
            next(response) {
              if (done) return;
              let page: Page<Item>;
              try {
                page = toPage(step, response, ended);
              } catch (error) {
                fail(asCallbackError('strategy', error));
                return;
              }
              done = true;
              subscriber.next(page);
              subscriber.complete();
            },
            error(error: unknown) {
              if (!done) fail(asCallbackError('policy', error));
            },
            complete() {
              if (!done) fail(asCallbackError('policy', new Error('it completed without an answer')));
            },
          }),
        );
      } catch (error) {
        fail(asCallbackError('policy', error));
      }
    });
}

function callback<T>(name: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw asCallbackError(name, error);
  }
}

const sameRequest = (a: PageRequest, b: PageRequest): boolean =>
  a.url === b.url && a.method === b.method && sameJson(a.body, b.body) && sameJson(a.headers, b.headers);
