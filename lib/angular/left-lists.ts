import * as core from '@angular/core';
import { effect, inject, InjectionToken, type Signal, untracked } from '@angular/core';
import type { Page } from '../page.js';
import type { PaginateOptions } from '../paginate.js';

type ResumePoint = PaginateOptions['resumeFrom'];

/** A change of the items, shared by all resources that show the list: what takes it back reaches each of them. */
export interface Edit<Item> {
  readonly change: (items: readonly Item[]) => readonly Item[];
  /** Whether it has not been taken back. */
  readonly live: Signal<boolean>;
  /** The run of the resource in which it was made. */
  readonly run: object;
}

/** What a resource holds of a list, beside what is loading. */
export interface List<Item> {
  readonly pages: readonly Page<Item>[];
  /** How many pages before the first one in `pages` were dropped. */
  readonly dropped: number;
  /** Where each dropped page starts, and after them the first one in `pages`. */
  readonly starts: readonly ResumePoint[];
  /** Whether no page follows the last one in `pages`. */
  readonly ended: boolean;
  readonly edits: readonly Edit<Item>[];
}

interface Left {
  readonly list: List<unknown>;
  readonly scrollTop: number;
}

/** The most lists that an application keeps. */
const most = 20;

/** Of the application's root injector, so that each user of a server has their own. The list left last comes last. */
const leftLists = /* @__PURE__ */ new InjectionToken<Map<string, Left>>('pagewise lists', { factory: () => new Map() });

/**
 * Keeps lists while nothing shows them, each under the key of its query, with the scroll position of the element that
 * `scroller` returns.
 */
export function injectLeftLists<Item>(scroller: (() => Element | undefined) | undefined) {
  const left = inject(leftLists);
  const injector = inject(core.Injector);
  const zone = inject(core.NgZone);
  /** Noted while the element is in the document: it is removed before its component is destroyed. */
  let scrollTop = 0;

  if (scroller)
    effect((onCleanup) => {
      const element = scroller();
      if (element === undefined) return;
      const note = () => {
        scrollTop = element.scrollTop;
      };
      zone.runOutsideAngular(() => {
        element.addEventListener('scroll', note, { passive: true });
      });
      onCleanup(() => {
        element.removeEventListener('scroll', note);
      });
    });

  return {
    leave(key: string, list: List<Item>): void {
      left.delete(key);
      left.set(key, { list: list as List<unknown>, scrollTop });
      for (const oldest of left.keys()) {
        if (left.size <= most) break;
        left.delete(oldest);
      }
    },
    take(key: string): List<Item> | undefined {
      const found = left.get(key);
      if (found && scroller)
        core.afterNextRender(
          () => {
            scrollTo(untracked(scroller), found.scrollTop, 30);
          },
          { injector },
        );
      return found?.list as List<Item> | undefined;
    },
  };
}

/** Virtual lists know their height some frames later: tries again for up to `frames` of them. */
function scrollTo(element: Element | undefined, top: number, frames: number): void {
  if (element === undefined) return;
  element.scrollTop = top;
  if (Math.abs(element.scrollTop - top) > 1 && frames > 0)
    requestAnimationFrame(() => {
      scrollTo(element, top, frames - 1);
    });
}
