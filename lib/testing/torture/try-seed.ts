import type { ResumeToken } from '../../page.js';
import { hostileServer } from '../hostile/hostile-server.js';
import { describeRun, difference } from './judge-run.js';
import { requestFaults } from './request-faults.js';
import { onTrial, type Subject, Unsubscribed } from './trial.js';
import type { Survival } from './try-fault.js';

/** Pseudorandom numbers from 0 to 1, the same for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The share of requests that are answered with a fault. */
const share = 0.3;
/** After this many failed or cancelled runs the trial gives up. */
const mostRuns = 500;

/**
 * A walk with random faults in 30 % of all requests, whose subscriber unsubscribes now and then. A failed run continues
 * from `error.resume`, a cancelled one from its last page. In the end every item must have come once.
 * @returns how the walk ended, and how many faults there were
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
        const until = random() < 0.2 ? { unsubscribeAfterMs: random() * 20 } : undefined;
        const found = await run(resume, until);
        items.push(...found.items);
        if (found.error === undefined) {
          const problem = difference(items, subject.pages.flat());
          if (problem !== undefined) throw new Error(problem);
          if (evil.requests.length > 0) throw new Error(`${evil.requests.length} requests reached another origin`);
          return runs === 1 ? 'completed' : 'failed and resumed';
        }
        if (!(found.error instanceof Unsubscribed) && found.resume === undefined)
          throw new Error(`the error has no resume token: ${describeRun(found)}`);
        resume = found.resume ?? resume;
      }
      throw new Error(`the walk has not reached the end after ${mostRuns} runs`);
    });
    return { survival, faults };
  } finally {
    await evil.close();
  }
}
