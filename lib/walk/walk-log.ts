import { CallbackError, type PagewiseError } from '../errors.js';
import { behind, type Behind, type EndEvent, type EventListener, type GapEvent, type WalkEvent } from '../events.js';
import type { Page } from '../page.js';
import type { Attempt, PageRequest, PageResponse } from '../request.js';
import type { Point } from '../resume-token.js';
import { redactRequest } from '../values/redact.js';

/** Called when an attempt has ended. `ms`: how long it took, `headMs`: its head; `error`: why it is not a page. */
export type AttemptListener = (
  attempt: Attempt,
  request: PageRequest,
  ms: number,
  response: PageResponse | undefined,
  error?: unknown,
  headMs?: number,
) => void;

/** Reports to the listener what happens in one walk, and sums it up once at its end. */
export interface WalkLog {
  readonly report: (event: WalkEvent) => void;
  /** Reports a message for a person. */
  readonly notice: (message: string) => void;
  readonly noticeOnce: (message: string) => void;
  /** Called before each attempt is sent. */
  readonly request: (pageIndex: number, attempt: number) => void;
  /** Called when an attempt has ended, unless it was cancelled; `undefined`: nobody listens. */
  readonly answer: AttemptListener | undefined;
  /** Called before a page is emitted. `received`: how many items have arrived so far, delivered or not. */
  readonly page: (page: Page, received?: number) => void;
  /** @param point where the walk begins */
  begin(point: Point): void;
  /** Called if the walk starts over at the first page: skipped pages are requested again. */
  startOver(): void;
  /** @throws CallbackError with what the listener threw, unless the walk already ends with that error */
  end(reason: EndEvent['reason'], error?: PagewiseError): void;
}

/**
 * @param template the request template, by which requests are redacted
 * @param totalIs whether the strategy's totals are exact
 */
export function walkLog(
  listener: EventListener | undefined,
  template: PageRequest,
  totalIs: EndEvent['totalIs'] = 'exact',
): WalkLog {
  let received = 0;
  let pages = 0;
  let items = 0;
  let total: number | undefined;
  let gaps: GapEvent[] | undefined;
  let missing: readonly number[] = [];
  let over = false;
  let replaced = false;
  /** What the listener threw first. */
  let failed: CallbackError | undefined;

  function notify(event: WalkEvent): void {
    try {
      listener?.next(event);
    } catch (error) {
      if (failed) return; // A listener that always throws is reported once.
      failed = new CallbackError('events', error);
      throw failed;
    }
  }
  function report(event: WalkEvent, about?: Behind): void {
    if (over) return; // Cancelled by the callback that has just returned.
    if (event.type === 'gap') {
      (gaps ??= []).push(event);
      if (!missing.includes(event.pageIndex)) missing = [...missing, event.pageIndex];
    }
    behind.set(event, about);
    try {
      notify(event);
    } finally {
      behind.delete(event); // A listener that keeps its events keeps no pages.
    }
  }
  const noticed = new Set<string>();
  const notice = (message: string) => report({ type: 'notice', message });
  const noticeOnce = (message: string) => {
    if (!noticed.has(message)) notice(message);
    noticed.add(message);
  };
  return {
    report,
    notice,
    noticeOnce,
    request(pageIndex, attempt) {
      if (listener) report({ type: 'request', pageIndex, attempt });
    },
    answer:
      listener &&
      (({ pageIndex, attempt }, request, ms, response, error, headMs) =>
        report(
          {
            type: 'response',
            pageIndex,
            attempt,
            request: redactRequest(request, template),
            ms,
            headMs,
            status: response?.status ?? (error as { status?: number } | undefined)?.status,
            bytes: response?.bytes,
            ...(error === undefined ? {} : { error }),
          },
          { request, template, response },
        )),
    page(page, arrived = page.itemsBefore + page.items.length) {
      if (page.response.replacedText && !replaced) {
        replaced = true;
        report({
          type: 'notice',
          message: `Page ${page.index + 1} holds bytes that are not valid text; they were replaced with U+FFFD; check \`encoding\`.`,
        });
      }
      pages++;
      if (missing.length > 0) missing = missing.filter((index) => index !== page.index);
      items += page.items.length;
      received = arrived; // Starts at 0 again if the walk starts over.
      if (!listener) return;
      total = page.total ?? total;
      report({ type: 'page', pageIndex: page.index, items: page.items.length, total }, page);
    },
    begin({ itemsBefore, gaps: earlier = [], total: announced }) {
      received = itemsBefore;
      total = announced;
      missing = earlier.map(({ index }) => index);
    },
    startOver() {
      missing = [];
    },
    end(reason, error) {
      if (over) return;
      over = true;
      const known = { ...(total === undefined ? {} : { totalIs }), ...(missing.length === 0 ? {} : { missing }) };
      notify({ type: 'end', reason, pages, items, total, received, ...known, gaps, error });
      // The listener may have thrown for a page that was requested ahead and is not needed.
      if (failed && failed !== error) throw failed;
    },
  };
}
