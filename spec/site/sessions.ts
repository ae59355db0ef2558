import { afterEach } from '@jest/globals';
import { VirtualClock } from '../../site/playground/clock.js';
import { initial, type Knobs } from '../../site/playground/knobs.js';
import { Session } from '../../site/playground/session.js';

let restore: (() => void) | undefined;
/** Real timers again. */
export function realTime(): void {
  restore?.();
  restore = undefined;
}
afterEach(realTime);

/** Starts both walks, on a clock of their own. */
export function start(set: Partial<Knobs>): Session {
  const clock = new VirtualClock();
  realTime();
  restore = clock.install(globalThis);
  return new Session({ ...initial, ...set }, clock);
}

export async function run(set: Partial<Knobs>): Promise<Session> {
  const session = start(set);
  await session.finish();
  return session;
}

export const kinds = ['page', 'offset', 'cursor', 'keyset', 'link', 'next'] as const;
