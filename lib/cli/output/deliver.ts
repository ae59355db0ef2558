import { isPagewiseError, WriteError } from '../../errors.js';
import type { CommittedFile } from '../../node/sinks/committed-file.js';
import { openFile, waitsForReader } from '../../node/sinks/file.js';
import type { Page, ResumeToken } from '../../page.js';
import type { NamedFields } from '../../reading/named-fields.js';
import { tokenAt } from '../../resume-token.js';
import type { Strategy } from '../../strategy.js';
import type { Progress } from '../terminal/progress.js';
import type { RowMaker } from './job-output.js';
import { resumeWithin } from './resume-within.js';
import type { SeenKeys } from './seen-keys.js';
import type { Tally } from './tally.js';

/** One run and its progress. */
export interface Delivery {
  readonly pages: AsyncIterable<Page>;
  readonly output: CommittedFile;
  readonly strategy: Strategy<unknown, never>;
  readonly rows: RowMaker;
  /** The fields that flags name. */
  readonly named: readonly NamedFields[];
  /** Whether a row is a whole page (--pages), so that no run continues within one. */
  readonly wholePages: boolean;
  readonly maxItems: number;
  readonly distinct: SeenKeys | undefined;
  /** Whether fewer items than announced mean missing items: a total that detection added proves nothing. */
  readonly totalNamed: boolean;
  /** The file of `--checkpoint`. */
  readonly checkpoint: string | undefined;
  /** The texts of --report, --trace and --har for pipes, which wait for their readers; complete after the walk. */
  readonly pipes: ReadonlyMap<string, string>;
  /** Why nothing says that the only page is the whole list. */
  readonly unsaid: string | undefined;
  /** Requests of detection that the walk did not need. */
  readonly more: () => number;
  /** Writes the file of `-c`. */
  readonly saveCookies: () => Promise<void> | undefined;
  readonly tally: Tally;
  readonly progress: Progress;
  /** Whether rows are written where the progress is shown. */
  readonly sharesTerminal: boolean;
  readonly quiet: boolean;
  /** Writes a line to stderr, unless that is to be quiet. */
  readonly log: (line: string) => void;
  /** Whether it resumes another run. */
  readonly resumed: boolean;
  /** Continues after the last page that was completely written, or at the page that failed or that `maxItems` cut. */
  resume: ResumeToken | undefined;
  /** A page that counts as not written, although some of its items may already be in the output. */
  unfinished: Page | undefined;
  /** The page that `maxItems` cut. */
  cut: Page | undefined;
  /** Whether `maxItems` stopped at the end of a page that is not the last. */
  enough: boolean;
  /** Writes the files of --report, --trace and --har again, with what is known after the run. @throws WriteError */
  readonly recorded: () => void;
  /** Set by a signal: the page that is being written is the last one. */
  stopping: boolean;
}

/** Writes all items. Each page is requested when the page before it is written. @throws whatever ends the run early */
export async function deliver(delivery: Delivery): Promise<void> {
  const { pages, output, tally, maxItems } = delivery;
  try {
    for await (const page of pages) {
      await deliverPage(delivery, page);
      if (page.next === undefined) continue;
      if (delivery.stopping) throw new Error('interrupted');
      delivery.enough = tally.items >= maxItems;
      if (delivery.enough) break;
    }
    await output.finish();
    await output.close(); // Some file systems report failed writes only here.
  } catch (error) {
    await output.close().catch(() => undefined);
    if (isPagewiseError(error)) delivery.resume = error.resume ?? delivery.resume;
    if (output.whole) delivery.unfinished = undefined;
    if (output.lost || delivery.distinct?.lost === true) delivery.resume = undefined;
    throw error;
  } finally {
    await delivery.distinct?.close().catch(() => undefined);
  }
}

async function deliverPage(delivery: Delivery, page: Page): Promise<void> {
  const { output, rows, maxItems, tally, progress, distinct } = delivery;
  const limit = maxItems - tally.items;
  for (const fields of delivery.named) fields.check(page.items);
  const { fresh, taken } = distinct
    ? distinct.fresh(page.items, limit)
    : { fresh: page.items.slice(0, limit), taken: Math.min(limit, page.items.length) };
  if (delivery.sharesTerminal) progress.hide();
  delivery.unfinished = page;
  await output.writePage(rows(page, fresh));
  const isCut = taken < page.items.length;
  const resume = isCut ? within(delivery, page, taken) : page.resume;
  // Without a token, the next run removes the partial page from the file, and continues where this run began.
  if (resume) await output.commit(resume);
  delivery.unfinished = undefined;
  tally.wrote(page, fresh.length, taken);
  if (delivery.sharesTerminal) progress.show();
  if (isCut) delivery.cut = page;
  delivery.resume = resume ?? delivery.resume ?? tokenAt(page, page.resume.of);
}

const within = ({ wholePages, resume, strategy }: Delivery, page: Page, taken: number): ResumeToken | undefined =>
  wholePages || strategy.stateful !== undefined ? undefined : resumeWithin(page, taken, resume, strategy);

/**
 * Writes the texts of --report, --trace and --har into pipes. After an interrupt it does not wait for a reader.
 * @throws WriteError
 */
export async function writePipes({ pipes, stopping, log }: Delivery, stop: AbortController): Promise<void> {
  const write = async ([path, text]: readonly [string, string]) => {
    try {
      const onWait = () => (stopping ? stop.abort() : log(waitsForReader(path)));
      const file = await openFile(path, { signal: stop.signal, onWait });
      await file.write(Buffer.from(text)).finally(() => file.close());
    } catch (cause) {
      const error = new WriteError(path, cause);
      if (!isClosedPipe(error)) throw error;
    }
  };
  await Promise.all([...pipes].map(write));
}

const brokenPipe = ['EPIPE', 'ECONNRESET', 'ERR_STREAM_DESTROYED'];

/** Whether the reader closed the pipe, as `head` does. */
export const isClosedPipe = (error: unknown): boolean =>
  error instanceof WriteError && brokenPipe.includes((error.cause as { code?: string }).code ?? '');
