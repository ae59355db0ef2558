import type { PageResponse } from './request.js';

/** Any JSON value. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };

/**
 * Where a page is in the API: a page number, a cursor or a URL, with everything else that the page needs. It is JSON,
 * so you can store it and continue from it.
 */
export type Position = Json;

/** The positions of a strategy, and `Position` where its kind is not known (`any`, `never`). */
export type PositionOf<P extends Position> = 0 extends 1 & P ? Position : [P] extends [never] ? Position : P;

/** The query that a token belongs to. Continuing another query with the token would mix two result lists. */
export interface TokenOwner {
  readonly method: string;
  readonly url: string;
  readonly body: string;
  readonly strategy: string;
  /** The `sync` of the walk. */
  readonly sync?: string | undefined;
}

/**
 * Where to continue: plain JSON. Store it as is and pass it back as `resumeFrom`. It holds positions (cursors), so
 * store it like a secret.
 */
export interface ResumeToken {
  /** Version of the format: 2 is written, 1 can still be read. */
  readonly v: 1 | 2;
  /** Absent on a "done" token. */
  readonly position?: Position;
  /** The walk had reached its end: resuming it completes immediately. */
  readonly done?: true;
  readonly index: number;
  readonly itemsBefore: number;
  /** A mark (count and hash) of the last page with items, so that the next run also detects a repeated page. */
  readonly last?: string;
  /** Where that page is. If it was the last page, requesting it again shows which items were added since. */
  readonly lastPage?: { readonly position: Position; readonly index: number };
  /** A sketch (short text to compare with) of the first page with items: the next run detects lists that start over. */
  readonly first?: string;
  /** The page before was empty, though the API announces more: this position shows whether it was the end. */
  readonly confirms?: true;
  /** How many items of the page at this position have been delivered already. */
  readonly delivered?: number;
  /** A mark of those items; the whole page is delivered again if it does not begin with them. */
  readonly begins?: string;
  /** Pages that were skipped and have not arrived since. */
  readonly gaps?: readonly Gap[];
  /** The exact total that the API announced: later answers may not repeat it. */
  readonly total?: number;
  /** What `sync` remembers: the newest value so far. */
  readonly sync?: Json;
  /** The query that this token continues. */
  readonly of: TokenOwner;
}

/** Whether the walk has ended and no page of it is missing. */
export const isWhole = ({ done, gaps = [] }: ResumeToken): boolean => done === true && gaps.length === 0;

/** Whether a walk from this token would ask for nothing: a walk with `sync` asks for what is new. */
export const asksNothing = (token: ResumeToken): boolean => isWhole(token) && token.sync === undefined;

/** A page that was skipped: its items were not delivered. */
export interface Gap {
  readonly position: Position;
  readonly index: number;
  /** How many of its items an earlier run delivered, and their mark. */
  readonly delivered?: number | undefined;
  readonly begins?: string | undefined;
}

/** One answer and where it is in the walk: the argument of a strategy's `next`. */
export interface Answer<Item = unknown, P = Position> {
  /** Index of the page in the walk, from 0; a resumed walk continues the count. */
  readonly index: number;
  readonly position: P;
  /** How many items the pages before this one held. */
  readonly itemsBefore: number;
  readonly items: readonly Item[];
  /** The decoded body that the items were read from. */
  readonly body: unknown;
  readonly response: PageResponse;
}

/** One page, as it is emitted. Its positions have the strategy's type where that is known: `page.next?.page`. */
export interface Page<Item = unknown, P extends Position = Position> extends Answer<Item, P> {
  /** The total number of items that the API announces, if the strategy reads it. */
  readonly total: number | undefined;
  /**
   * Position of the next page; `undefined` exactly when the API said that this was the last one. A page at which
   * `until` stopped the walk still has it, so a stream that stopped early is never mistaken for a complete one.
   */
  readonly next: P | undefined;
  /** Continues after this page when passed as `resumeFrom`. It holds positions (cursors), so treat it as a secret. */
  readonly resume: ResumeToken;
}

/** A copy of a page with other items or another body. Lazy properties (`resume`) still come from the original page. */
export function pageWith<P extends object>(page: P, changes: { items?: readonly unknown[]; body?: unknown }): P {
  const properties: Record<string, PropertyDescriptor> = Object.getOwnPropertyDescriptors(page);
  for (const property of Object.values(properties)) if (property.get) property.get = property.get.bind(page);
  for (const [name, value] of Object.entries(changes))
    properties[name] = { value, enumerable: true, configurable: true, writable: true };
  return Object.defineProperties({}, properties) as P;
}
