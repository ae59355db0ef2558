import type { ResumeToken } from '../../page.js';
import { hostileServer } from '../hostile/hostile-server.js';
import { describeRun, difference } from './judge-run.js';
import { requestFaults } from './request-faults.js';
import { Left, onTrial, type Subject } from './trial.js';
import type { Survival } from './try-fault.js';

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** How many requests are answered with a fault. */
const share = 0.3;
/** So many failures and departures are survived, one after the other, before the trial gives up. */
const mostRuns = 500;

/**
 * A walk under random faults, 30 % of all requests, which its subscriber leaves now and then. What fails goes on from
 * `error.resume`, what was left from the last page: in the end every item must have come once.
 * @returns how it ended, and how many faults there were
 */
export async function trySeed(subject: Subject, seed: number): Promise<{ survival: Survival; faults: number }> {
  const random = randomOf(seed);
  const evil = await hostileServer({ pages: [[{ stolen: true }]] });
  try {
    const withBody = (subject.api.request?.method ?? 'GET') !== 'GET';
    const list = requestFaults(evil.origin).filter(({ random: may, body = withBody }) => may && body === withBody);
    let faults = 0;
    const faultFor = () => {
      if (random() >= share) return undefined;
      faults++;
      return list[Math.floor(random() * list.length)]?.fault;
    };
    const behaviour = { attemptTimeout: 1000, retry: { retries: 3 } };
    const survival = await onTrial(subject, faultFor, behaviour, async ({ run }): Promise<Survival> => {
      const items: unknown[] = [];
      let resume: ResumeToken | undefined;
      for (let runs = 1; runs <= mostRuns; runs++) {
        const leaving = random() < 0.2 ? { leaveAfterMs: random() * 20 } : undefined;
        const found = await run(resume, leaving);
        items.push(...found.items);
        if (found.error === undefined) {
          const problem = difference(items, subject.pages.flat());
          if (problem !== undefined) throw new Error(problem);
          if (evil.requests.length > 0) throw new Error(`${evil.requests.length} requests reached another origin`);
          return runs === 1 ? 'completed' : 'failed and resumed';
        }
        if (!(found.error instanceof Left) && found.resume === undefined)
          throw new Error(`no way on: ${describeRun(found)}`);
        resume = found.resume ?? resume;
      }
      throw new Error(`not at the end after ${mostRuns} runs`);
    });
    return { survival, faults };
  } finally {
    await evil.close();
  }
}
