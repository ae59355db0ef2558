import { hostileServer } from '../hostile/hostile-server.js';
import type { DataFault } from './data-faults.js';
import { describeRun, difference, judgeRun, type RequestFault } from './judge-run.js';
import { onTrial, type Subject } from './trial.js';

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
        const problem = judgeRun(first, fault.outcome, subject.pages, at) ?? fault.also?.(first, server);
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
  const api = fault.api?.(subject.api, pages) ?? subject.api;
  return onTrial({ ...subject, pages, api }, [], {}, async ({ run }) => {
    const found = await run();
    const name = found.error instanceof Error ? found.error.name : undefined;
    if (fault.outcome === 'exact' || (fault.orExact === true && found.error === undefined)) {
      const problem = found.error === undefined ? difference(found.items, pages.flat()) : describeRun(found);
      if (problem !== undefined) throw wrong(problem);
      return 'completed';
    }
    if (name === undefined || !fault.outcome.includes(name))
      throw wrong(`${fault.outcome.join(' or ')} was expected: ${describeRun(found)}`);
    const twice = found.items.length - new Set(found.items.map((one) => JSON.stringify(one))).size;
    if (twice > 0) throw wrong(`${twice} items came twice before the error`);
    return 'failed';
  });
};
