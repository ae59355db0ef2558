import { peek } from '../../values/peek.js';
import { redactText } from '../../values/redact.js';
import type { Delivery } from '../output/deliver.js';
import { counted, retried, shellQuoted } from './words.js';

/** How a run ended. */
export type Outcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'stopped'; readonly flag: '--max-pages' | '--max-items' }
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'failed'; readonly message: string; readonly apiSays?: string | undefined };

/** What is said at the end of a run, whole lines: what happened, the counts, and how to go on where there is more. */
export function report(outcome: Outcome, run: Delivery, now: number): string {
  const { pages, items, requests, retries, started } = run.tally;
  const counts = [
    counted(pages, 'page'),
    counted(items, 'item'),
    counted(requests, 'request'),
    retried(retries),
    `${((now - started) / 1000).toFixed(1)} s`,
  ].join(', ');
  switch (outcome.kind) {
    case 'done':
      return run.quiet ? lines(...leftOut(run)) : lines(counts, ...drift(run), ...leftOut(run));
    case 'stopped':
      if (run.quiet) return lines(...leftOut(run));
      return lines(
        counts,
        `Stopped at ${outcome.flag}${run.cut ? ` within page ${run.cut.index + 1}; there is more.` : '; there may be more.'}`,
        ...leftOut(run),
        ...goOn(run, run.cut ? 'from the start of that page' : 'after that page'),
      );
    case 'interrupted':
      return lines(
        'pagewise: interrupted',
        counts,
        ...leftOut(run),
        ...goOn(run, 'after the last page that is written whole'),
      );
    case 'failed':
      return lines(
        `pagewise: ${outcome.message}`,
        ...(outcome.apiSays === undefined ? [] : [`The API says: ${outcome.apiSays}`]),
        `Delivered until then: ${counts}`,
        ...leftOut(run),
        ...goOn(run, 'where it failed'),
      );
  }
}

const lines = (...texts: string[]): string => texts.map((text) => `${text}\n`).join('');

function* goOn({ resume, unfinished, checkpoint }: Delivery, where: string): Generator<string> {
  if (unfinished) yield `Page ${unfinished.index + 1} was being written: some of its items may be out, and come again.`;
  if (resume === undefined) yield 'To go on, run the same command again.';
  else if (checkpoint) yield `To go on ${where}, run the same command again: ${checkpoint} keeps the place.`;
  else if (resume.position !== undefined) {
    yield `To go on ${where}, run the same command with:`;
    yield `  --resume-from ${shellQuoted(JSON.stringify(resume))}`;
  }
}

function* drift({ tally: { end }, distinct }: Delivery): Generator<string> {
  if (distinct) {
    const { repeated, withoutKey } = distinct;
    yield `${counted(distinct.distinct, 'distinct item')}${end?.total === undefined ? '' : ` of ${end.total.toLocaleString('en-US')} that the API announced`}; left out as repeated: ${repeated.toLocaleString('en-US')}.`;
    if (withoutKey > 0) yield `${counted(withoutKey, 'item')} without a key for --distinct, all of them kept.`;
    return;
  }
  if (end?.total === undefined || end.total === end.received) return;
  yield `The API announced ${counted(end.total, 'item')}, and ${end.received.toLocaleString('en-US')} came.`;
}

/** Pages that --skip-failed-pages has left out, with the flags that ask for each again; not those that going on asks for. */
function* leftOut({ tally, resume, checkpoint }: Delivery): Generator<string> {
  const gaps = tally.gaps.filter(({ pageIndex }) => pageIndex < (resume?.index ?? Infinity));
  if (gaps.length === 0) return;
  yield `Left out, and missing in what was written: ${counted(gaps.length, 'page')}.`;
  for (const { error } of gaps) {
    yield `  ${error.message}`;
    yield `    To ask for it again: ${checkpoint ? '(without --checkpoint, into another file) ' : ''}--max-pages 1 --resume-from ${shellQuoted(JSON.stringify(error.resume))}`;
  }
}

/** What the API's own answer says of a failure, in one line, where the message does not say it already. */
export function apiSays(error: unknown): string | undefined {
  const text = messageIn(peek(peek(error, 'response'), 'body'));
  if (text === undefined || text.trim() === '') return undefined;
  const shown = redactText(text.replace(/\s+/g, ' ').trim());
  return error instanceof Error && error.message.includes(shown) ? undefined : shown;
}

function messageIn(body: unknown, depth = 0): string | undefined {
  if (typeof body === 'string') return depth > 0 ? body : undefined; // A whole page of HTML explains little.
  if (typeof body !== 'object' || body === null || depth === 3) return undefined;
  if (Array.isArray(body)) return messageIn(body[0], depth + 1);
  const members = body as Record<string, unknown>;
  for (const name of ['message', 'error_description', 'detail', 'description', 'error', 'errors', 'title', 'status']) {
    const found = Object.hasOwn(members, name) ? messageIn(members[name], depth + 1) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
