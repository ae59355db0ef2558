import type { Paging, PagingKind, PagingOptions } from '../paging.js';

/** A way to page that an answer speaks for, and how clearly it does. */
export interface Candidate {
  readonly paging: Paging;
  /** From 100, what a standard names, to 10, a common name that is merely tried. */
  readonly score: number;
  readonly evidence: string;
}

export const candidate = (
  kind: PagingKind,
  options: PagingOptions,
  score: number,
  evidence: string,
  place?: string,
): Candidate => ({
  paging: { kind, options, ...(place === undefined || place === 'query' ? {} : { place }) },
  score,
  evidence,
});
