// How many lists of the corpus detection pages rightly. scripts/detection.mjs runs it.
//
//   node scripts/detection.mjs                     the known half, one line for each list that is not right
//   node scripts/detection.mjs --half aside        the figures of the half that is set aside, and nothing else
//   node scripts/detection.mjs --only 'slack|box'  lists whose file or name matches
//   node scripts/detection.mjs --verbose           what detection says about each of them
//   node scripts/detection.mjs --write             both halves, and the table in docs/detection.md
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { lastValueFrom, takeWhile, toArray } from 'rxjs';
import { detect, DetectionError, fetchTransport, okIf, paginate, retryRequests, singlePage } from 'pagewise';
import { rememberAnswers } from '../../lib/cli/flags/remember-answers.js';
import { type Entry, entriesOf, type Half } from './corpus/entries.js';
import { countsOf, inOrder, itemsAsFound } from './corpus/expected.js';
import { imitate } from './corpus/imitation.js';
import type { Json } from './corpus/template.js';

/** What became of one list with one number of items. */
interface Outcome {
  readonly entry: Entry;
  readonly count: number;
  /** Whether it has several pages. */
  readonly long: boolean;
  /**
   * `unsaid`: delivered, although nothing in the answer says that it is the whole list; `misread`: something else is
   * delivered so. The command says in both cases that it is not sure, and exits with 3.
   */
  readonly result: 'right' | 'unsaid' | 'misread' | 'refused' | 'failed' | 'wrong';
  /** Requests that detection sent. */
  readonly requests: number;
  /** Requests that the walk and detection sent, less one for each page. */
  readonly extra: number;
  readonly proved: boolean;
  readonly said: string;
  /** Whether a refusal says what stood there, and what to try. */
  readonly helps?: boolean;
}

const policy = retryRequests({ retries: 0 });
const mostPages = 200;

async function tried(entry: Entry, count: number, long: boolean): Promise<Outcome> {
  const server = await imitate(entry, count);
  const checks = entry.explicit?.okIf === undefined ? {} : { check: okIf(entry.explicit.okIf) };
  const outcome = (result: Outcome['result'], said: string, requests: number, proved = false, extra = 0): Outcome => ({ entry, count, long, result, requests, extra, proved, said }); // prettier-ignore
  try {
    const { asking, walking } = rememberAnswers(fetchTransport());
    const found = await detect(server.request, { policy, transport: asking, ...checks });
    const detecting = server.requests.length;
    try {
      const pages = await lastValueFrom(
        paginate(server.request, found.strategy, { policy, transport: walking, ...checks }).pipe(takeWhile(({ index }) => index < mostPages), toArray()), // prettier-ignore
      );
      const items = pages.flatMap((page) => page.items as Json[]);
      // Requests of the walk that detection has sent already are not sent again.
      const extra = server.requests.length - pages.length;
      const same = JSON.stringify(inOrder(entry, items)) === JSON.stringify(inOrder(entry, itemsAsFound(entry, server.items, items))); // prettier-ignore
      return outcome(same ? 'right' : 'wrong', same ? found.flags : `${String(items.length)} of ${String(count)} items by ${found.flags}`, detecting, found.proved, extra); // prettier-ignore
    } catch (error) {
      return outcome('failed', `${found.flags}: ${(error as Error).message}`, detecting, found.proved);
    }
  } catch (error) {
    const requests = server.requests.length;
    if (error instanceof DetectionError && error.items !== undefined && !long) {
      // The command delivers such a list, says so, and exits with 3.
      const page = await lastValueFrom(
        paginate(server.request, singlePage({ items: error.items }), { policy, ...checks }),
      );
      const items = page.items as Json[];
      const same =
        JSON.stringify(inOrder(entry, items)) ===
        JSON.stringify(inOrder(entry, itemsAsFound(entry, server.items, items)));
      return outcome(same ? 'unsaid' : 'misread', error.message, requests);
    }
    const refused = error instanceof DetectionError;
    const helps = refused && (error.candidates.length > 0 || (error.advice?.flags.includes('--') ?? false));
    return { ...outcome(refused ? 'refused' : 'failed', (error as Error).message, requests), helps };
  } finally {
    await server.close();
  }
}

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
const percent = (part: number, whole: number): string => `${String(part)} of ${String(whole)} (${((100 * part) / whole).toFixed(1)} %)`; // prettier-ignore

/** The figures of some outcomes, by name. */
function figures(outcomes: readonly Outcome[]): readonly (readonly [name: string, figure: string])[] {
  const long = outcomes.filter((each) => each.long);
  const short = outcomes.filter((each) => !each.long);
  const of = (list: readonly Outcome[], result: Outcome['result']) => list.filter((each) => each.result === result);
  const all = (list: readonly Outcome[]) => (['right', 'unsaid', 'misread', 'refused', 'failed', 'wrong'] as const).map((result) => [result, percent(of(list, result).length, list.length)] as const); // prettier-ignore
  return [
    ['lists', String(new Set(outcomes.map(({ entry }) => entry.name)).size)],
    ...all(long).map(([result, figure]) => [`several pages: ${result}`, figure] as const),
    ['requests before the walk, median', String(median(of(long, 'right').map(({ requests }) => requests)))],
    ['requests more than pages, median', String(median(of(long, 'right').map(({ extra }) => extra)))],
    ['requests before the walk, most', String(Math.max(...outcomes.map(({ requests }) => requests)))],
    ...all(short).map(([result, figure]) => [`0, 1, size − 1 and size items: ${result}`, figure] as const),
    ['refusals that name what was there, and flags to try', percent(of(outcomes, 'refused').filter(({ helps }) => helps).length, Math.max(1, of(outcomes, 'refused').length))], // prettier-ignore
  ];
}

async function measure(half: Half, only: RegExp): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const entry of entriesOf(half).filter(({ file, name }) => only.test(`${file} ${name}`))) {
    const counts = countsOf(entry);
    const size = counts.at(counts.length > 5 ? 3 : -2) ?? 1;
    for (const count of counts) outcomes.push(await tried(entry, count, count > size && entry.paging.by !== 'nothing'));
  }
  return outcomes;
}

const { values } = parseArgs({ options: { half: { type: 'string', default: 'known' }, only: { type: 'string', default: '' }, verbose: { type: 'boolean' }, write: { type: 'boolean' } } }); // prettier-ignore

if (values.write) {
  const [known, aside] = [figures(await measure('known', /./)), figures(await measure('aside', /./))];
  const rows = known.map(([name, figure], index) => `| ${name} | ${figure} | ${aside[index]?.[1] ?? ''} |`);
  const file = 'docs/detection.md';
  const table = ['| | developed on | set aside |', '|---|---|---|', ...rows].join('\n');
  writeFileSync(file, readFileSync(file, 'utf8').replace(/(<!-- figures -->\n)[^]*?(<!-- end -->)/, `$1${table}\n$2`));
  console.log(table);
} else {
  const outcomes = await measure(values.half as Half, new RegExp(values.only, 'i'));
  if (values.half === 'known' || values.only !== '')
    for (const { entry, count, long, result, requests, said, proved } of outcomes)
      if ((result !== 'right' && result !== 'unsaid') || values.verbose)
        console.log(`${result.padEnd(8)} ${long ? 'long' : 'short'} ${entry.file.replace('.json', '')} | ${entry.name} (${String(count)}; ${String(requests)} requests${proved ? '' : ', not proved'}): ${said}`); // prettier-ignore
  for (const [name, figure] of figures(outcomes)) console.log(`${name}: ${figure}`);
}
