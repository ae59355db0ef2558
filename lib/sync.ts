import type { Json } from './page.js';
import type { PageRequest, PageResponse } from './request.js';

/** How a job finds what is new since its last run: made by `newest`. */
export interface Sync {
  /** Distinguishes it from other ones: a resume token of another one can't be continued. */
  readonly identity: string;
  /**
   * Begins a run.
   * @param kept the state that the last run left; `undefined`: there was none
   * @param ended whether its walk had reached the end
   * @returns the state at the beginning, and whether the walk starts at the first page instead of where it stopped
   * @throws ResumeError if the state is damaged
   */
  begin(kept: Json | undefined, ended: boolean): { readonly state: Json; readonly startsOver: boolean };
  /** The request template that asks for what is new. */
  place(request: PageRequest, state: Json): PageRequest;
  /**
   * Reads a page.
   * @returns its new items, the state after it, and whether all further pages are older
   * @throws ExtractError for items that can't be compared
   */
  take<Item>(state: Json, items: readonly Item[], response: PageResponse): Taken<Item>;
}

export interface Taken<Item> {
  readonly items: readonly Item[];
  readonly state: Json;
  readonly isOver: boolean;
  /** What is odd about the page. */
  readonly notice?: string | undefined;
}
