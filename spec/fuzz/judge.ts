import { isPagewiseError } from 'pagewise';
import { idOf } from './api.js';
import type { Outcome, Run } from './run.js';
import { isSink, type WalkCase } from './walk-case.js';

/** What is wrong with what a job did. The list of the API is all that it is compared with. */
export function judge(one: WalkCase, { runs, asked, files, faults }: Outcome): string[] {
  const wrong = [...faults];
  const all = Array.from({ length: one.items }, (_, index) => idOf(index));
  const last = runs.at(-1);
  if (!last) return [...wrong, 'it did not run'];

  for (const [n, run] of runs.entries()) {
    if (run.ended === 'error') wrong.push(...judgeError(one, n, run, asked));
    const order = run.pages.flat();
    const isRefill = runs.slice(0, n).some(({ gaps }) => gaps > 0);
    if (!isRefill && order.some((id, at) => at > 0 && id <= order[at - 1]!))
      wrong.push(`run ${String(n)}: out of order, ${order.join()}`);
  }

  const isDone = last.ended === 'complete' && (last.stop?.how !== 'until' || last.end?.reason === 'last-page');
  for (const delivered of isSink(one) ? files : [deliveredBy(one, runs)]) {
    const seen = new Set<number>();
    const twice = delivered.filter((id) => seen.size === seen.add(id).size);
    if (twice.length > 0) wrong.push(`delivered twice: ${twice.join()}`);
    const foreign = delivered.filter((id) => !all.includes(id));
    if (foreign.length > 0) wrong.push(`not in the list: ${foreign.join()}`);
    const missing = all.flatMap((id, index) => (seen.has(id) ? [] : [index]));
    if (!isDone || missing.length === 0) continue;
    const text = missing.map(idOf).join();
    const { missing: reported, gaps } = last.end ?? {};
    if ((reported ?? gaps ?? []).length === 0) wrong.push(`silently lost: ${text}`);
    const failed = asked.filter(({ fault }) => fault !== undefined);
    const unasked = missing.filter((index) => !failed.some(({ from, to }) => index >= from && index < to));
    if (unasked.length > 0) wrong.push(`in no page that failed, but missing: ${unasked.map(idOf).join()}`);
  }
  if (isDone && isSink(one) && files.length === 2 && String(files[0]) !== String(files[1]))
    wrong.push('the two files differ');

  // A page that was guessed with the wrong size is requested again when it is its turn.
  const most = one.concurrency > 1 && one.cap < one.size ? Infinity : one.retries + 1;
  const attempts = new Map<string, number>();
  const begun = new Map<string, number>();
  for (const { run, from, to, limit, at } of asked) {
    const key = `run ${String(run)}, items ${String(from)} to ${String(to)}, limit ${String(limit)}`;
    attempts.set(key, (attempts.get(key) ?? 0) + 1);
    const start = begun.get(key) ?? at;
    begun.set(key, start);
    if (one.totalTimeout > 0 && most < Infinity && at > start + one.totalTimeout && to > from)
      wrong.push(`after its totalTimeout, at ${String(at - start)} ms: a request for ${key}`);
  }
  for (const [key, count] of attempts)
    if (count > most && !/items (\d+) to \1,/.test(key)) wrong.push(`${String(count)} requests for ${key}`);
  return wrong;
}

/** Ids in the order of their delivery, without what a run repeats since the run before did not finish with it. */
function deliveredBy(one: WalkCase, runs: readonly Run[]): number[] {
  if (one.carry === 'token') return runs.flatMap(({ pages }) => pages.flat());
  const kept: (readonly number[])[] = [];
  let unfinished: readonly number[] | undefined;
  for (const { pages, ended } of runs) {
    const [first] = pages;
    if (first && unfinished && first.some((id) => unfinished?.includes(id))) kept.pop();
    kept.push(...pages);
    unfinished = ended === 'complete' ? undefined : (pages.at(-1) ?? unfinished);
  }
  return kept.flat();
}

/** Whether a run may fail with this error: something has gone wrong more often than it is retried. */
function judgeError(one: WalkCase, n: number, { error }: Run, asked: Outcome['asked']): string[] {
  const said = `run ${String(n)} fails: ${String(error).slice(0, 300)}`;
  if (!isPagewiseError(error)) return [said];
  if (['ConfigError', 'ResumeError', 'PaginationLoopError', 'ExtractError', 'CallbackError', 'SchemaError', 'WriteError', 'EmptyPagesError', 'UnsafeCursorError'].includes(error.name)) return [said]; // prettier-ignore
  if (one.totalTimeout > 0 && error.name === 'PageTimeoutError') return [];
  // A slow machine may take longer for other pages, too.
  if (error.name === 'AttemptTimeoutError' && one.faults.some(({ kind }) => kind === 'hang')) return [];
  const failures = new Map<string, number>();
  let isFinal = false;
  for (const { run, from, to, limit, fault } of asked) {
    if (run !== n || fault === undefined) continue;
    const key = `${String(from)} ${String(to)} ${String(limit)}`;
    failures.set(key, (failures.get(key) ?? 0) + 1);
    isFinal ||= ['422', 'heavy', 'hang', 'html'].includes(fault);
  }
  return isFinal || Math.max(0, ...failures.values()) > one.retries ? [] : [`${said}, for no reason`];
}
