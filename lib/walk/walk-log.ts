import { CallbackError, type PagewiseError } from '../errors.js';
import type { EndEvent, EventListener, GapEvent, WalkEvent } from '../events.js';
import type { Page } from '../page.js';
import type { PageRequest } from '../request.js';
import { redactRequest } from '../values/redact.js';
import { longestDelay } from '../values/timer.js';
import type { AnswerListener } from './sent-attempt.js';

/** Tells the listener what happens in one walk, and sums it up once at its end. */
interface WalkLog {
  readonly report: (event: WalkEvent) => void;
  readonly request: (pageIndex: number, attempt: number) => void;
  /** `undefined`: nobody listens. */
  readonly answer: AnswerListener | undefined;
  page(page: Page): void;
  end(reason: EndEvent['reason'], error?: PagewiseError): void;
}

/**
 * @param itemsBefore what earlier runs of a resumed walk have received
 * @param template of the requests, by which they are redacted
 */
export function walkLog(listener: EventListener | undefined, itemsBefore: number, template: PageRequest): WalkLog {
  let pages = 0;
  let items = 0;
  let total: number | undefined;
  let gaps: GapEvent[] | undefined;
  let over = false;

  function report(event: WalkEvent): void {
    if (event.type === 'gap') (gaps ??= []).push(event);
    try {
      listener?.next(event);
    } catch (error) {
      throw new CallbackError('events', error);
    }
  }
  return {
    report,
    request(pageIndex, attempt) {
      if (listener) report({ type: 'request', pageIndex, attempt });
    },
    answer:
      listener &&
      (({ pageIndex, attempt }, request, ms, response, error) =>
        report({
          type: 'response',
          pageIndex,
          attempt,
          request: redactRequest(request, template),
          ms,
          status: response?.status ?? (error as { status?: number } | undefined)?.status,
          bytes: response?.bytes,
          ...(error === undefined ? {} : { error }),
        })),
    page(page) {
      pages++;
      items += page.items.length;
      if (!listener) return;
      total = page.total ?? total;
      report({ type: 'page', pageIndex: page.index, items: page.items.length, total });
    },
    end(reason, error) {
      if (over) return;
      over = true;
      report({ type: 'end', reason, pages, items, total, received: itemsBefore + items, gaps, error });
    },
  };
}

/** Keeps a Node process alive while a walk is under way: a promise that never settles would let it exit with 0 (E12). */
export interface ProcessHold {
  /** The consumer's turn: whether the process lives on is its business. */
  pause(): void;
  resume(): void;
  release(): void;
}

export function holdProcess(): ProcessHold {
  // In browsers a timer is a number, and there is nothing to hold.
  const timer = setInterval(() => undefined, longestDelay) as unknown as { ref?(): void; unref?(): void };
  return {
    pause: () => timer.unref?.(),
    resume: () => timer.ref?.(),
    release: () => {
      clearInterval(timer as unknown as number);
    },
  };
}
