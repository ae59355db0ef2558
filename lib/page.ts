import type { PageResponse } from './request.js';

/** What JSON can hold. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };

/**
 * Where a page is: a page number, a cursor, a URL, with everything else that the page needs. JSON, so that it can be
 * stored and continued from.
 */
export type Position = Json;

/** What a token belongs to: continuing another query with it would mix two result lists. */
export interface TokenOwner {
  readonly method: string;
  readonly url: string;
  readonly body: string;
  readonly strategy: string;
}

/**
 * Where to continue: plain JSON, to be stored as it is and given back as `resumeFrom`. It holds positions (cursors),
 * so store it like a secret.
 */
export interface ResumeToken {
  /** 2; tokens of version 1 are accepted. */
  readonly v: 1 | 2;
  /** Absent on a "done" token. */
  readonly position?: Position;
  /** The walk had reached its end: resuming it completes at once. */
  readonly done?: true;
  readonly index: number;
  readonly itemsBefore: number;
  /** A mark of the items of the page before, so that the next run too notices a page that comes again. */
  readonly last?: string;
  readonly of: TokenOwner;
}

/** One answer and where it stands in the walk; what a strategy's `next` sees. */
export interface Answer<Item = unknown, P = Position> {
  /** Index of the page in the walk, from 0; a resumed walk counts on. */
  readonly index: number;
  readonly position: P;
  /** How many items the pages before this one held. */
  readonly itemsBefore: number;
  readonly items: readonly Item[];
  /** The decoded body that the items were read from. */
  readonly body: unknown;
  readonly response: PageResponse;
}

/** One page, as it is emitted. */
export interface Page<Item = unknown> extends Answer<Item> {
  /** How many items the API says there are in all, where its strategy reads that. */
  readonly total: number | undefined;
  /**
   * Where the next page is; `undefined` exactly when the API said that this was the last one. A page at which
   * `until` stopped the walk still has it, so a cut stream is never mistaken for a complete one.
   */
  readonly next: Position | undefined;
  /** Continues after this page when given as `resumeFrom`. Holds positions, so treat it like a cursor: a secret. */
  readonly resume: ResumeToken;
}

/** A copy of a page with other items or another body; what is made only when asked for (`resume`) is still the page's own. */
export function pageWith<P extends object>(page: P, changes: { items?: readonly unknown[]; body?: unknown }): P {
  const properties: Record<string, PropertyDescriptor> = Object.getOwnPropertyDescriptors(page);
  for (const property of Object.values(properties)) if (property.get) property.get = property.get.bind(page);
  for (const [name, value] of Object.entries(changes))
    properties[name] = { value, enumerable: true, configurable: true, writable: true };
  return Object.defineProperties({}, properties) as P;
}
