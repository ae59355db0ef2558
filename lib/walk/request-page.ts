import { Observable } from 'rxjs';
import { applyPolicy, brandAttemptError, LazyAttempt, type PolicyScope } from '../attempt.js';
import { PaginationLoopError, PositionExpiredError, type PagewiseError } from '../errors.js';
import type { Answer, Page, Position } from '../page.js';
import type { PagePolicy, PageRequest, PageResponse } from '../request.js';
import { tokenAt, type Step, type TokenOwner } from '../resume-token.js';
import type { Check, Strategy } from '../strategy.js';
import { redactRequest } from '../values/redact.js';
import { asCallbackError, judge } from './judge.js';
import { loopGuard } from './loop-guard.js';
import { pageReader } from './read-page.js';
import { pageDeadline } from './page-deadline.js';
import { sameRequest } from './same-request.js';
import { sendAttempt, type AttemptSender } from './send-attempt.js';
import type { Validate } from './validate-page.js';

/** Everything that the pages of a walk have in common. */
export interface PageSource<Item, P extends Position> extends AttemptSender {
  readonly request: PageRequest;
  readonly strategy: Strategy<Item, P>;
  readonly policy: PagePolicy;
  readonly check: Check | undefined;
  readonly validate: Validate;
  readonly owner: TokenOwner;
  readonly scope: PolicyScope;
  /** Milliseconds that a page may take, waits included. */
  readonly totalTimeout: number | undefined;
  /** Where the walk begins: what an earlier run has left to guard against. */
  readonly first: Step<P> | undefined;
  /** Tells a person something. */
  readonly notice: (message: string) => void;
}

/**
 * Asks for one page at a time: place, policy(attempt), items, next. Remembers, for one walk, what the guards against
 * endless walks need, and starts over once where a position has expired and the strategy wants that.
 */
export function pageRequester<Item, P extends Position>(
  source: PageSource<Item, P>,
): (step: Step<P>) => Observable<Page<Item>> {
  const { strategy, owner } = source;
  const checks: readonly (Check | undefined)[] = [strategy.check?.bind(strategy), source.check];
  let memory = remember(source.first?.last);
  let restarted = false;

  function remember(last: string | undefined) {
    return {
      guard: loopGuard(),
      reader: pageReader(strategy, owner, last),
      request: undefined as PageRequest | undefined,
    };
  }

  function place(step: Step<P>): PageRequest {
    memory.guard(step.position, step.index);
    let request: PageRequest;
    try {
      request = strategy.place(source.request, step.position);
    } catch (error) {
      throw asCallbackError('strategy.place', error);
    }
    // Where equal pages are honest, so are equal requests: what comes next is the server's state (a scroll).
    const last = strategy.onRepeat === 'allow' ? undefined : memory.request;
    if (last !== undefined && sameRequest(request, last))
      throw new PaginationLoopError(
        'its request is the one just sent, so the same page would come for ever; nothing was sent. ' +
          "Look at the strategy's place: does it write the position?",
      );
    return (memory.request = request);
  }

  const tellDoubt = (page: Page<Item>): string | undefined => strategy.doubt?.(page as unknown as Answer<Item, P>);

  /** The first page again, in the place of one whose position has expired. */
  function startOver(step: Step<P>): Step<P> {
    restarted = true;
    memory = remember(undefined);
    source.notice(
      `The position of page ${String(step.index + 1)} has expired: the walk starts over at the first page, so items come again.`,
    );
    return { position: strategy.first, index: step.index, itemsBefore: 0 };
  }

  const requestPage = (step: Step<P>): Observable<Page<Item>> =>
    new Observable((subscriber) => {
      let attempts = 0;
      let ended = false;
      let request = source.request;
      let answered = false;
      // Now, since a schema can fail this page after it has been read.
      const last = memory.reader.mark();
      const deadline = pageDeadline(source.totalTimeout, source.scope);

      const fail = (error: PagewiseError) => {
        answered = true;
        running.unsubscribe();
        if (error instanceof PositionExpiredError && strategy.onExpired === 'restart' && !restarted) {
          subscriber.add(requestPage(startOver(step)).subscribe(subscriber));
          return;
        }
        const resume = tokenAt({ ...step, last: last() }, owner);
        const { index: pageIndex } = step;
        subscriber.error(
          error.locate({ pageIndex, attempts, request: redactRequest(request, source.request), resume }),
        );
      };
      const running = deadline.start(fail);
      subscriber.add(running);
      const deliver = (page: Page<Item>) => {
        const doubt = page.index === 0 && page.next === undefined && !ended ? tellDoubt(page) : undefined;
        if (doubt !== undefined)
          source.notice(`The walk ended at its first page: ${doubt}. If there is more, look at next.`);
        subscriber.next(page);
        subscriber.complete();
      };

      const attempt$ = new Observable<PageResponse>((answers) => {
        const attempt = new LazyAttempt(step.index, ++attempts);
        return sendAttempt(source, request, attempt, answers, (response) => {
          const verdict = judge(response, step.position, strategy.first, checks);
          ended = verdict === 'end';
          if (typeof verdict === 'object') throw brandAttemptError(verdict);
        });
      });

      const failed = (error: unknown) => {
        fail(asCallbackError('policy', error));
      };
      try {
        request = place(step);
        const answer$ = applyPolicy(source.policy, deadline.watch(attempt$), deadline.scope);
        subscriber.add(
          answer$.subscribe({
            next(response) {
              if (answered) return;
              answered = true;
              try {
                source.validate(() => memory.reader.read(step, response, ended), response, ended, deliver, fail);
              } catch (error) {
                fail(asCallbackError('strategy', error));
              }
            },
            error(error: unknown) {
              if (!answered) failed(error);
            },
            complete() {
              if (!answered) failed(new Error('it completed without an answer'));
            },
          }),
        );
      } catch (error) {
        failed(error);
      }
    });
  return requestPage;
}
