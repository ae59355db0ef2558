import { Observable, type ObservableInput } from 'rxjs';
import { type Checkpoint, openCheckpoint } from '../checkpoint.js';
import { asCallbackError, CallbackError, locate, type PagewiseError } from '../errors.js';
import type { EventListener } from '../events.js';
import type { Page, Position, ResumeToken, TokenOwner } from '../page.js';
import type { PagePolicy, PageRequest, Transport } from '../request.js';
import { type Point, readToken, type Step, stepAt } from '../resume-token.js';
import type { StopCondition } from '../stops.js';
import type { Check, Strategy } from '../strategy.js';
import type { Sync } from '../sync.js';
import { reportUnheard, subscribeWithin } from '../subscribing.js';
import { onAbort, reasonOf } from '../values/abort.js';
import { redactRequest } from '../values/redact.js';
import { longestDelay } from '../values/timer.js';
import { adaptiveSize } from './adaptive-size.js';
import { type Completion, type Demand, expandPages, type RequestPage } from './expand-pages.js';
import { failureGuard } from './failure-signs.js';
import { walkMemory } from './guards.js';
import { openLanes } from './lanes.js';
import { PageRun, runPage, type Walk } from './page-run.js';
import { skipFailedPages } from './skip-failed-pages.js';
import type { Validate } from './validate-page.js';
import { type WalkLog, walkLog } from './walk-log.js';

/** The arguments of `paginate`, checked and completed. One plan serves any number of walks. */
export interface WalkPlan<Item, P extends Position> {
  readonly request: PageRequest;
  readonly strategy: Strategy<Item, P>;
  readonly transport: Transport;
  readonly policy: PagePolicy;
  readonly allow: (request: PageRequest) => PageRequest;
  readonly owner: TokenOwner;
  /** The caller's checks, called after the strategy's. */
  readonly checks: readonly Check[];
  readonly validate: Validate | undefined;
  readonly totalTimeout?: number | undefined;
  /** Pages in flight at the same time. */
  readonly concurrency: number;
  /** Whether page sizes adapt to what the API can handle. */
  readonly adaptiveSize: boolean;
  readonly until?: StopCondition<Item> | undefined;
  // As methods are: the caller's may know its positions.
  readonly nextWhen?: { nextWhen(page: Page<Item>): ObservableInput<unknown> }['nextWhen'] | undefined;
  /** How many failed pages may be skipped; `undefined`: none. */
  readonly skip: { readonly max: number } | undefined;
  /** Whether pages that an earlier run skipped are requested again. */
  readonly gaps: 'retry' | 'keep';
  /** How only what is new is requested. */
  readonly sync?: Sync | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly events?: EventListener | undefined;
}

/** Where a walk begins: a known point, or a function that looks it up for each walk. */
type Beginning<P extends Position> = Point<P> | (() => PromiseLike<Point<P>>);

/**
 * Runs one walk per subscription: `expandPages`, and around it the abort signal, the events, the end and the hold on
 * the process, whether the start is known or must be looked up.
 */
export function startWalk<Item, P extends Position>(
  plan: WalkPlan<Item, P>,
  start: Beginning<P>,
  demand?: Demand,
): Observable<Page<Item>> {
  return new Observable((subscriber) => {
    const { signal } = plan;
    const log = walkLog(plan.events, plan.request, plan.strategy.totalIs);

    const fail = (error: unknown) => {
      try {
        log.end('error', error as PagewiseError);
      } catch (thrown) {
        reportUnheard(thrown); // The subscriber gets the error that ended the walk.
      }
      subscriber.error(error);
    };
    const complete = (reason: Completion) => {
      try {
        log.end(reason);
      } catch (thrown) {
        subscriber.error(thrown);
        return;
      }
      subscriber.complete();
    };
    const abort = () => {
      try {
        log.end('error');
      } catch (thrown) {
        reportUnheard(thrown);
      }
      subscriber.error(signal && reasonOf(signal));
    };
    if (signal?.aborted) {
      abort();
      return;
    }
    const hold = holdProcess();
    const unlisten = signal && onAbort(signal, abort);
    subscriber.add(() => {
      unlisten?.();
      hold.release();
      try {
        log.end('unsubscribed'); // No effect if the walk has already ended.
      } catch (thrown) {
        if (demand) throw thrown; // The iterator's consumer receives it.
        reportUnheard(thrown);
      }
    });

    const begin = (start: Point<P>) => {
      if (subscriber.closed) return;
      let synced: readonly [WalkPlan<Item, P>, Point<P>] = [plan, start];
      try {
        if (plan.sync) synced = syncedAt(plan, plan.sync, start);
      } catch (error) {
        fail(asCallbackError('sync', error));
        return;
      }
      const [walked, point] = synced;
      log.begin(point);
      const first = stepAt(point, plan.gaps === 'keep' ? 0 : (point.gaps?.length ?? 0));
      if (first === undefined) {
        try {
          log.report({ type: 'notice', message: nothingToDo });
        } catch (error) {
          fail(error);
          return;
        }
        complete('last-page');
        return;
      }
      const { request, following } = pageRequester(walked, point, log, subscriber);
      let reason: Completion = 'last-page';
      const pages$ = expandPages({
        first,
        request,
        following,
        until: plan.until,
        nextWhen: plan.nextWhen,
        demand: demand && hold.whileWanted(demand),
        onEnd: (why) => (reason = why),
        failAfter: (page: Page<Item>, error: PagewiseError) =>
          locate(error, {
            pageIndex: page.index,
            attempts: 1,
            request: redactRequest(plan.request),
            resume: plan.strategy.stateful ? undefined : page.resume,
          }),
      });
      subscribeWithin(subscriber, pages$, {
        next: (page) => subscriber.next(page),
        error: fail,
        complete: () => complete(reason),
      });
    };
    const find = () => {
      if (typeof start === 'object') begin(start);
      else if (!subscriber.closed) start().then(begin, fail); // No effect if the walk has ended meanwhile.
    };
    let loading;
    try {
      loading = plan.transport.load?.();
    } catch (error) {
      fail(asCallbackError('transport.load', error));
    }
    if (loading) Promise.resolve(loading).then(find, find);
    else find();
  });
}

/** The plan and the point of a walk that asks only for what is new. */
function syncedAt<Item, P extends Position>(
  plan: WalkPlan<Item, P>,
  sync: Sync,
  point: Point<P>,
): readonly [WalkPlan<Item, P>, Point<P>] {
  const { state, startsOver } = sync.begin(point.sync, point.position === undefined);
  return [
    { ...plan, request: sync.place(plan.request, state) },
    startsOver ? { position: plan.strategy.first, index: 0, itemsBefore: 0, sync: state } : { ...point, sync: state },
  ];
}

/** Requests the pages of one walk, and holds what they have in common. */
function pageRequester<Item, P extends Position>(
  plan: WalkPlan<Item, P>,
  begin: Point<P>,
  log: WalkLog,
  life: Parameters<RequestPage<Item, P>>[1],
): { request: RequestPage<Item, P>; following: () => Step<P> | undefined } {
  const { strategy, concurrency, skip } = plan;
  const logged = { ...plan, log };
  const walk: Walk<Item, P> = {
    ...logged,
    checks: strategy.check ? [strategy.check.bind(strategy), ...plan.checks] : plan.checks,
    memory: walkMemory(logged, begin),
    adaptive: plan.adaptiveSize ? adaptiveSize(strategy) : undefined,
    lanes:
      concurrency === 1
        ? undefined
        : openLanes(logged, concurrency, life, (step, request, delayMs) => {
            const run = new PageRun(walk, step);
            life.add(run); // Before a callback can end it.
            return run.askAhead(request, delayMs);
          }),
    checkFailure: failureGuard(log.notice),
  };
  const request: RequestPage<Item, P> = (step, subscriber) => runPage(walk, step, subscriber);
  return {
    request: skip ? skipFailedPages(request, strategy, skip.max, begin, log) : request,
    following: () => walk.memory.reader.following(),
  };
}

const nothingToDo =
  "Nothing was requested: the earlier run that this one resumes had reached the last page. To get items that were added since, set `whenDone: 'continue'`.";

/** Keeps a Node process alive during a walk: if only a pending promise were left, Node would exit with code 0 (E12). */
function holdProcess() {
  let turns = 0;
  // Not an interval: code that runs all fake timers would never come to its end. The turns are 6 years.
  const again = () => {
    if (++turns < 100) timer.refresh?.();
  };
  // In browsers a timer is a number, and there is no process to hold.
  const timer = setTimeout(again, longestDelay) as unknown as { ref?(): void; unref?(): void; refresh?(): void };
  return {
    /** While a pull consumer wants no page, it decides whether the process stays alive. */
    whileWanted:
      (demand: Demand): Demand =>
      (go) => {
        const now = demand(() => {
          timer.ref?.();
          go();
        });
        if (!now) timer.unref?.();
        return now;
      },
    release: () => {
      clearTimeout(timer as unknown as number);
    },
  };
}

/** Where a walk continues: a token or its JSON text, or a promise of either. */
export type ResumePoint = ResumeToken | string | PromiseLike<ResumeToken | string | undefined>;

/** The same checkpoint, but loading it rejects a token of another query, before any sink truncates its file. */
export function checkpointOf(checkpoint: Checkpoint, owner: TokenOwner): Checkpoint {
  const checked = <C extends Checkpoint>(one: C): C => ({
    ...one,
    async load() {
      const kept = await one.load();
      if (kept) readToken(kept.resume, owner, checkpoint.key);
      return kept;
    },
  });
  return { ...checked(checkpoint), open: () => checked(openCheckpoint(checkpoint)) };
}

/** Where a walk with a checkpoint begins: after the pages of earlier runs, if there are any. */
export const beginningAt =
  <P extends Position>(checkpoint: Checkpoint, beginning: Point<P>, owner: TokenOwner): Beginning<P> =>
  async () => {
    const kept = await checkpoint.load();
    return kept ? readToken<P>(kept.resume, owner) : beginning;
  };

/**
 * Where the walks of one `paginate` call begin, without a checkpoint.
 * @param beginning used if there is no earlier walk to continue
 * @throws ResumeError if the token belongs to another query
 */
export function findStart<P extends Position>(
  beginning: Point<P>,
  owner: TokenOwner,
  resumeFrom: ResumePoint | undefined,
): Beginning<P> {
  if (isThenable(resumeFrom)) {
    resumeFrom.then(undefined, () => undefined); // Subscribers get the error.
    return async () => {
      const token = await resumeFrom.then(undefined, (cause: unknown) => {
        throw new CallbackError('resumeFrom', cause);
      });
      return token === undefined ? beginning : readToken<P>(token, owner);
    };
  }
  return resumeFrom === undefined ? beginning : readToken<P>(resumeFrom, owner);
}

const isThenable = (point: ResumePoint | undefined): point is PromiseLike<ResumeToken | string | undefined> =>
  typeof (point as Partial<PromiseLike<unknown>> | null | undefined)?.then === 'function';
