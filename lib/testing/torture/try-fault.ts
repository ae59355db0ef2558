import { isPagewiseError } from '../../errors.js';
import type { PagedApi } from '../hostile/paged-api.js';
import { hostileServer } from '../hostile/hostile-server.js';
import type { DataFault } from './data-faults.js';
import { describeRun, difference, judgeRun, key, type RequestFault } from './judge-run.js';
import { onTrial, type Run, type Subject, type Trial } from './trial.js';

/** How a walk with a fault ended: it recovered, or failed with an error that says what happened and how to continue. */
export type Survival = 'completed' | 'failed and resumed' | 'failed';

const wrong = (what: string): Error => new Error(what);

/** One fault on one page. @throws Error that says what was lost, duplicated or leaked */
export async function tryRequestFault(
  subject: Subject,
  faultFor: (evil: string) => RequestFault | undefined,
  at: number,
): Promise<Survival> {
  const evil = await hostileServer({ pages: [[{ stolen: true }]] });
  try {
    const fault = faultFor(evil.origin);
    if (fault === undefined) throw wrong('there is no such fault');
    const { times = 1 } = fault;
    let healed = false;
    const behaviour = fault.behaviour?.() ?? {};
    return await onTrial(
      subject,
      ({ page, count }) => (!healed && page === at && count <= times ? fault.fault : undefined),
      behaviour,
      async ({ server, run }) => {
        const first = await run();
        const problem = judgeRun(first, fault.outcome, subject.pages, at) ?? fault.also?.(first, server, at);
        if (problem !== undefined) throw wrong(problem);
        if (evil.requests.length > 0) throw wrong(`${evil.requests.length} requests reached another origin`);
        if (first.error === undefined) return 'completed';
        healed = true;
        const second = await run(first.resume);
        if (fault.outcome === 'empty page') return 'failed and resumed';
        const missing = difference([...first.items, ...second.items], subject.pages.flat());
        if (second.error !== undefined || missing !== undefined)
          throw wrong(`the resumed walk ${missing ?? 'failed'}: ${describeRun(second)}`);
        return 'failed and resumed';
      },
    );
  } finally {
    await evil.close();
  }
}

/** An API that pages incorrectly. */
export const tryDataFault = (subject: Subject, fault: DataFault, item: (n: number) => unknown): Promise<Survival> => {
  const pages = fault.pages?.(item) ?? subject.pages;
  const faulty = fault.api?.(subject.api, pages) ?? subject.api;
  let api = faulty;
  const served: PagedApi = {
    ...faulty,
    asked: (request, all) => api.asked(request, all),
    answer: (page, request) => api.answer(page, request),
  };
  return onTrial({ ...subject, pages, api: served }, [], {}, async (trial) => {
    const { arrived = same } = fault;
    const run: Trial['run'] = async (...from) => {
      const made = await trial.run(...from);
      return { ...made, items: made.items.map(arrived) };
    };
    const found = await run();
    const isExact = fault.orExact === true && found.error === undefined;
    if (fault.afterTheEnd === true) {
      const problem =
        judgeEnd(found, pages) ??
        judgeEnd(await run(found.pages[1]?.resume), pages.slice(2), pages.length) ??
        (isExact ? undefined : judgeAfter(await run(found.resume), fault, pages));
      if (problem !== undefined) throw wrong(problem);
      api = subject.api;
      const healed = isExact ? undefined : await run(found.resume);
      if (healed && (healed.error !== undefined || healed.items.length > 0))
        throw wrong(`continued when the API paged correctly again: ${describeRun(healed)}`);
    }
    const name = found.error instanceof Error ? found.error.name : undefined;
    if (fault.outcome === 'exact' || (fault.orExact === true && found.error === undefined)) {
      const problem = found.error === undefined ? difference(found.items, pages.flat()) : describeRun(found);
      if (problem !== undefined) throw wrong(problem);
      return 'completed';
    }
    if (name === undefined || !fault.outcome.includes(name))
      throw wrong(`${fault.outcome.join(' or ')} was expected: ${describeRun(found)}`);
    const twice = found.items.length - new Set(found.items.map(key)).size;
    if (twice > 0) throw wrong(`${twice} items came twice before the error`);
    return 'failed';
  });
};

const same = (item: unknown): unknown => item;

/** Judges a run that was resumed at the end. */
function judgeAfter(run: Run, { lastMayRepeat = false }: DataFault, pages: Subject['pages']): string | undefined {
  const repeats = lastMayRepeat && run.items.length > 0;
  return judgeEnd(run, repeats ? pages.slice(-1) : [], pages.length + (repeats ? 1 : 0));
}

/** Judges a run over an API that goes on after its end. @param expected the pages that the run had to give */
function judgeEnd(run: Run, expected: readonly (readonly unknown[])[], index = expected.length): string | undefined {
  const { items, error } = run;
  const problem = difference(items, expected.flat());
  if (problem !== undefined) return `${problem}: ${describeRun(run)}`;
  if (error === undefined) return undefined;
  if (!isPagewiseError(error)) return `an error that is not a PagewiseError: ${describeRun(run)}`;
  if (error.pageIndex !== index || !error.message.includes(`Page ${index + 1} `))
    return `the error does not name page ${index + 1}: ${describeRun(run)}`;
  return error.resume === undefined ? `the error has no resume token: ${describeRun(run)}` : undefined;
}
