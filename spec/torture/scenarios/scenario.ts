import type { PageRequest, PaginateOptions, Page, Strategy, WalkEvent } from 'pagewise';
import { paginate } from 'pagewise';
import type { TortureCase } from 'pagewise/testing';
import { Subscription } from 'rxjs';
import type { MakeTransport } from '../../../lib/testing/torture/trial.js';

/** The pages that a scenario's server has, and what they hold. */
export const pages = Array.from({ length: 5 }, (_, page) =>
  Array.from({ length: 4 }, (_, n) => ({ id: page * 4 + n })),
);
export const all = pages.flat();

export const places = [
  ['first', 0],
  ['middle', 2],
  ['last', 4],
] as const;

/** A case of a scenario: it throws what is wrong. */
export const scenario = (title: string, transport: string, test: () => Promise<unknown>): TortureCase => ({
  title: `${title}, ${transport}`,
  transport,
  run: () => test().then(() => undefined),
  play: () => test().then(() => ({ survival: 'completed', faults: 1 })),
});

export function expect(what: string, holds: boolean): void {
  if (!holds) throw new Error(what);
}

export interface Walked {
  readonly items: readonly { readonly id: number }[];
  readonly error: (Error & Record<string, unknown>) | undefined;
  readonly events: readonly WalkEvent[];
  readonly pages: readonly Page[];
}

export type Options = Omit<PaginateOptions, 'events' | 'transport'> & { onEvent?: (event: WalkEvent) => void };

/** One walk to its end. */
export function walk(
  request: PageRequest,
  strategy: Strategy<never, never>,
  transport: ReturnType<MakeTransport>,
  { onEvent, ...options }: Options = {},
): Promise<Walked> {
  const events: WalkEvent[] = [];
  const found: Page[] = [];
  const walking = new Subscription();
  return new Promise((resolve, reject) => {
    const fail = (what: string) => {
      clearTimeout(hang);
      walking.unsubscribe();
      reject(new Error(what));
    };
    const hang = setTimeout(() => fail('hangs: nothing for 60 s'), 60_000);
    const listener = {
      next(event: WalkEvent) {
        hang.refresh();
        events.push(event);
        if (events.length === 100_000) fail(`never ends: ${found.length} pages so far`);
        onEvent?.(event);
      },
    };
    const ended = (error?: unknown) => {
      clearTimeout(hang);
      const items = found.flatMap((page) => page.items) as { id: number }[];
      resolve({ items, error: error as Walked['error'], events, pages: found });
    };
    const pageByPage = paginate(request, strategy as unknown as Strategy, { ...options, transport, events: listener });
    walking.add(pageByPage.subscribe({ next: (page) => found.push(page), error: ended, complete: () => ended() }));
  });
}

export const sameItems = (items: readonly unknown[], expected: readonly unknown[]): boolean =>
  JSON.stringify(items) === JSON.stringify(expected);

export const told = ({ items, error }: Walked): string =>
  `${items.length} items, then ${error ? `${error.name}: ${error.message}` : 'the end'}`;

/** All the items, and the end. */
export function expectExact(walked: Walked, expected: readonly unknown[] = all): void {
  expect(`not every item once: ${told(walked)}`, walked.error === undefined && sameItems(walked.items, expected));
}

/** The items before, and an error of this class. */
export function expectFailure(walked: Walked, name: string, expected: readonly unknown[]): void {
  expect(`${name} was due: ${told(walked)}`, walked.error?.name === name);
  expect(`lost or doubled before the error: ${told(walked)}`, sameItems(walked.items, expected));
}
