import { isPagewiseError } from '../../errors.js';
import {
  behind, type EndEvent, type EventListener, type GapEvent, type PageEvent, type ResponseEvent, type WaitEvent, type WalkEvent,
} from '../../events.js'; // prettier-ignore
import { markOf } from '../../resume-token.js';
import { isErrorLike } from '../../values/peek.js';
import type { RedactedRequest } from '../../values/redact.js';
import { headerOf, headroom } from './answer-headers.js';
import { Columns, Names } from './columns.js';
import { withPlacedNumbers } from './placed-numbers.js';

/** How a page ended: `page` was emitted, `gap` was skipped, `none` was cancelled or failed. */
export const pageEnds = { none: 0, page: 1, gap: 2 } as const;

/** Stands for an unknown number. */
export const unknown = -1;

/** Why an attempt yielded no page: `name`, such as `HttpError`, and `message`, without secrets. */
export interface Failure {
  readonly name: string;
  readonly message: string;
}

export interface WaitRecord {
  readonly at: number;
  readonly ms: number;
  readonly reason: 'retry' | 'rate limit' | 'throttle';
  /** The class name of the error, if an attempt failed. */
  readonly error: string | undefined;
}

export interface GapRecord extends Failure {
  readonly pageIndex: number;
}

const cancelled: Failure = { name: 'cancelled', message: 'cancelled before it was answered' };

const mostWaits = 100_000;
const mostMarks = 100_000;

/**
 * What happened in a run, as numbers. Times are milliseconds since the first event. Attempts and pages beyond
 * `room` are only counted.
 */
export class RunRecord implements EventListener {
  /** The time of the first event, in milliseconds since 1970. */
  startedAt = Date.now();
  /** Milliseconds from the first event to the last. */
  duration = 0;
  readonly attempts = new Columns({
    page: Uint32Array,
    attempt: Uint32Array,
    start: Float64Array,
    ms: Float64Array,
    /** Until the head of the answer arrived. */
    head: Float64Array,
    status: Uint16Array,
    bytes: Float64Array,
    failure: Uint16Array,
    request: Uint32Array,
    type: Uint16Array,
    /** How many requests the API still allowed, and out of how many. */
    remaining: Float64Array,
    limit: Float64Array,
  });
  /**
   * A page has a row for each time that it is requested from the start. `same`: index of an earlier page with the same
   * items.
   */
  readonly pages = new Columns({
    index: Uint32Array,
    start: Float64Array,
    ms: Float64Array,
    items: Float64Array,
    end: Uint16Array,
    same: Float64Array,
  });
  readonly waits: WaitRecord[] = [];
  readonly gaps: GapRecord[] = [];
  readonly notices: { readonly at: number; readonly message: string }[] = [];
  readonly requests = new Names<RedactedRequest>(10_000);
  /** Media types of answers; the first entry is "unknown". */
  readonly types = new Names<string>(1000);
  /** By attempt: its URL with the page numbers and sizes that were placed in it. Kept on request. */
  readonly placed: (string | undefined)[] = [];
  /** The first entry is "no failure", the second "cancelled". */
  readonly failures = new Names<Failure>(1000);
  /** Counts of everything, recorded or not. */
  readonly sums = { attempts: 0, retries: 0, pages: 0, items: 0, bytes: 0, waits: 0, gaps: 0, notices: 0, leftOut: 0 };
  /** The connections that requests to the same hosts used, if somebody counts them. */
  connections: (() => { readonly opened: number; readonly reused: number } | null) | undefined;
  /** The end event of the last walk. */
  end: EndEvent | undefined;

  #began: number | undefined;
  readonly #clock: () => number;
  readonly #keepsPlaced: boolean;
  /** By mark: the page that had these items first. */
  readonly #marks = new Map<string, number>();
  /** By page index: the page in progress, and its attempt, if one is in progress. */
  readonly #open = new Map<number, { page: number; attempt: number | undefined }>();

  constructor(
    /** How many more attempts are recorded; later ones are only counted. */
    private readonly room: () => number,
    options: { readonly placed?: boolean | undefined; /** Milliseconds. */ readonly clock?: () => number } = {},
  ) {
    this.#clock = options.clock ?? (() => performance.now());
    this.#keepsPlaced = options.placed ?? false;
    this.types.of('', '');
    this.failures.of('', { name: '', message: '' });
    this.failures.of(keyOf(cancelled), cancelled);
  }

  /** Whether anything has happened. */
  get began(): boolean {
    return this.#began !== undefined;
  }

  next(event: WalkEvent): void {
    const now = this.#clock();
    if (this.#began === undefined) {
      this.#began = now;
      this.startedAt = performance.timeOrigin + now;
    }
    const at = (this.duration = now - this.#began);
    switch (event.type) {
      case 'request':
        this.#request(event.pageIndex, event.attempt, at);
        break;
      case 'response':
        this.#response(event);
        break;
      case 'wait':
        this.#wait(event, at);
        break;
      case 'page':
        this.sums.pages++;
        this.sums.items += event.items;
        this.#page(event, at);
        break;
      case 'gap':
        this.#gap(event, at);
        break;
      case 'notice':
        this.sums.notices++;
        if (this.notices.length < 1000) this.notices.push({ at, message: event.message });
        break;
      case 'end':
        this.end = event;
        for (const index of [...this.#open.keys()]) this.#close(index, at, pageEnds.none);
        break;
    }
  }

  /** The duration of an attempt or page; until now if it is still in progress. */
  msOf(columns: { get(name: 'start' | 'ms', row: number): number }, row: number): number {
    const ms = columns.get('ms', row);
    return ms === unknown ? Math.max(0, this.duration - columns.get('start', row)) : ms;
  }

  #request(index: number, attempt: number, at: number): void {
    this.sums.attempts++;
    if (attempt > 1) this.sums.retries++;
    const known = this.#open.get(index);
    this.#giveUp(known, at);
    if (this.room() <= 0) {
      this.sums.leftOut++;
      return;
    }
    // A first attempt at a page in progress: the page is requested again, with another size or position.
    const restarted = known === undefined || attempt === 1;
    if (restarted) this.#close(index, at, pageEnds.none);
    const page = restarted
      ? this.pages.add({ index, start: at, ms: unknown, items: unknown, end: pageEnds.none, same: unknown })
      : known.page;
    const row = this.attempts.add({
      page, attempt, start: at, ms: unknown, head: unknown, status: 0, bytes: unknown, failure: 1, request: 0, type: 0, remaining: unknown, limit: unknown,
    }); // prettier-ignore
    this.#open.set(index, { page, attempt: row });
  }

  #response(event: ResponseEvent): void {
    const { pageIndex, request, ms, headMs, status, bytes, error } = event;
    this.sums.bytes += bytes ?? 0;
    const open = this.#open.get(pageIndex);
    if (open?.attempt === undefined) return;
    const row = open.attempt;
    open.attempt = undefined;
    this.attempts.set('ms', row, ms);
    this.attempts.set('head', row, headMs ?? unknown);
    this.attempts.set('status', row, status ?? 0);
    this.attempts.set('bytes', row, bytes ?? unknown);
    const failure = error === undefined ? undefined : failureOf(error);
    this.attempts.set('failure', row, failure ? this.failures.of(keyOf(failure), failure) : 0);
    const headers = request.headers === undefined ? '' : JSON.stringify(request.headers);
    this.attempts.set('request', row, this.requests.of(`${request.method} ${request.url ?? ''} ${headers}`, request));
    const { request: sent, template, response } = behind.get(event) ?? {};
    if (this.#keepsPlaced) this.placed[row] = withPlacedNumbers(request.url, sent?.url, template?.url);
    if (!response) return;
    const type = headerOf(response, 'content-type') ?? '';
    this.attempts.set('type', row, this.types.of(type, type));
    const { remaining = unknown, limit = unknown } = headroom((name) => headerOf(response, name));
    this.attempts.set('remaining', row, remaining);
    this.attempts.set('limit', row, limit);
  }

  #page(event: PageEvent, at: number): void {
    const { pageIndex, items } = event;
    const open = this.#open.get(pageIndex);
    const mark = markOf(behind.get(event)?.items ?? []);
    const same = this.#marks.get(mark);
    if (open && items > 0 && same !== undefined) this.pages.set('same', open.page, same);
    else if (this.#marks.size < mostMarks) this.#marks.set(mark, pageIndex);
    this.#close(pageIndex, at, pageEnds.page, items);
  }

  #wait({ ms, reason, throttled, error }: WaitEvent, at: number): void {
    this.sums.waits++;
    if (this.waits.length >= mostWaits) return;
    const why = reason === 'throttle' ? reason : throttled === true ? 'rate limit' : 'retry';
    this.waits.push({ at, ms, reason: why, error: error === undefined ? undefined : failureOf(error).name });
  }

  #gap({ pageIndex, error }: GapEvent, at: number): void {
    this.sums.gaps++;
    if (this.gaps.length < 1000) this.gaps.push({ pageIndex, ...failureOf(error) });
    this.#close(pageIndex, at, pageEnds.gap);
  }

  #close(index: number, at: number, end: number, items = unknown): void {
    const open = this.#open.get(index);
    if (!open) return;
    this.#open.delete(index);
    this.#giveUp(open, at);
    this.pages.set('ms', open.page, at - this.pages.get('start', open.page));
    this.pages.set('end', open.page, end);
    this.pages.set('items', open.page, items);
  }

  #giveUp(open: { readonly attempt: number | undefined } | undefined, at: number): void {
    if (open?.attempt === undefined) return;
    this.attempts.set('ms', open.attempt, at - this.attempts.get('start', open.attempt));
  }
}

const keyOf = ({ name, message }: Failure): string => `${name}\n${message}`;

/** Messages of this library hold no secrets; messages of other errors are not shown. */
export function failureOf(error: unknown): Failure {
  if (!isErrorLike(error)) return { name: typeof error, message: '' };
  return { name: error.name, message: isPagewiseError(error) ? error.message : '' };
}
