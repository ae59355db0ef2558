import { isPagewiseError } from '../errors.js';
import type { Page } from '../page.js';
import { tokenAt, type ResumeToken } from '../resume-token.js';
import { WriteError, type Output } from './output.js';
import type { Progress } from './progress.js';
import type { Tally } from './tally.js';
import { writeItems } from './write-items.js';

/** One run, and how far it has come. */
export interface Delivery {
  readonly pages: AsyncIterable<Page>;
  readonly output: Output;
  readonly maxItems: number;
  readonly tally: Tally;
  readonly progress: Progress;
  /** Continues after the last page that was written whole; at the one that failed or was cut by `maxItems`. */
  resume: ResumeToken | undefined;
  /** The page of which some items may be out, though it counts as not written. */
  unfinished: Page | undefined;
  /** The page within which `maxItems` stopped. */
  cut: Page | undefined;
}

/** Writes all items, page by page, each asked for when the one before it is written. @throws what ends it early */
export async function deliver(delivery: Delivery): Promise<void> {
  const { pages, output, maxItems, tally, progress } = delivery;
  try {
    for await (const page of pages) {
      const items = page.items.slice(0, maxItems - tally.items);
      if (process.stdout.isTTY) progress.hide();
      delivery.unfinished = page;
      await writeItems(output, items);
      await output.keep();
      delivery.unfinished = undefined;
      tally.wrote(page, items.length);
      if (items.length < page.items.length) delivery.cut = page;
      delivery.resume = delivery.cut ? tokenAt(page, page.resume.of) : page.resume;
    }
    await output.close();
  } catch (error) {
    if (isPagewiseError(error)) delivery.resume = error.resume ?? delivery.resume;
    if (delivery.unfinished && (await output.undo())) delivery.unfinished = undefined;
    if (!(error instanceof WriteError)) await output.close().catch(() => undefined);
    throw error;
  }
}
