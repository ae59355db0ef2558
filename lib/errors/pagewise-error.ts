import type { RedactedRequest } from '../values/redact.js';
import type { ResumeToken } from '../resume-token.js';

const brand = Symbol.for('pagewise.error');

/** Where an error happened: set by the heart when a page fails. */
export interface PageContext {
  readonly pageIndex: number;
  readonly attempts: number;
  readonly request: RedactedRequest;
  readonly resume: ResumeToken;
}

/**
 * Base of every error of this library. Its message says outcome, where and how often it was tried:
 * `Page 7 failed: 503 Service Unavailable after 6 attempts, GET https://…` (pages are counted from 1 there).
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
    super(outcome, options);
    Object.defineProperty(this, brand, { value: true });
  }

  override get name(): string {
    return 'PagewiseError';
  }

  /** @internal Adds where it happened; the first place told stands. */
  locate({ resume, ...context }: PageContext): this {
    if (this.pageIndex !== undefined) return this;
    const { pageIndex, attempts, request } = context;
    const tries = attempts > 1 ? ` after ${String(attempts)} attempts` : '';
    const where = request.url === undefined ? '' : `, ${request.method} ${request.url}`;
    const message = `Page ${String(pageIndex + 1)} failed: ${this.message}${tries}${where}`;
    const stack = this.stack?.replace(this.message, () => message);
    Object.assign(this, context, { message, ...(stack === undefined ? {} : { stack }) });
    return this.continueAt(resume);
  }

  /** @internal Sets where to continue. */
  continueAt(resume: ResumeToken): this {
    return Object.defineProperty(this, 'resume', { value: resume, enumerable: false, configurable: true });
  }
}

/** Whether an error is one of this library's, whichever copy or realm it comes from. */
export const isPagewiseError = (error: unknown): error is PagewiseError =>
  typeof error === 'object' && error !== null && brand in error;
