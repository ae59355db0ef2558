// Runs the walks of the page in a worker, whose clock is moved by messages.
import { VirtualClock } from './clock.js';
import type { Knobs } from './knobs.js';
import { Session, type SessionState } from './session.js';
import { loadAll } from './walk.js';

/** Each one is answered with the state after it. */
export type Command =
  | { readonly do: 'start'; readonly knobs: Knobs }
  | { readonly do: 'runTo'; readonly to: number }
  | { readonly do: 'step' | 'finish' | 'more' };

export type Answer =
  { readonly id: number; readonly state: SessionState } | { readonly id: number; readonly problem: string };

interface Scope {
  onmessage: ((event: { readonly data: { readonly id: number; readonly command: Command } }) => void) | null;
  postMessage(answer: Answer): void;
}
const scope = globalThis as unknown as Scope;

const clock = new VirtualClock();
let session: Session | undefined;

async function obey(command: Command): Promise<SessionState> {
  if (command.do === 'start' || session === undefined) {
    if (command.do !== 'start') throw new Error('nothing has been started');
    session = new Session(command.knobs, clock);
    await session.runTo(0);
  } else if (command.do === 'runTo') await session.runTo(command.to);
  else if (command.do === 'more') {
    session.more();
    await session.runTo(clock.now);
  } else await session[command.do]();
  return session.state;
}

const loaded = loadAll().then(() => void clock.install(globalThis));
// One after the other: a step waits until the one before it is done.
let last: Promise<unknown> = loaded;
scope.onmessage = ({ data: { id, command } }) => {
  last = last
    .then(() => obey(command))
    .then(
      (state) => scope.postMessage({ id, state }),
      (error: unknown) => scope.postMessage({ id, problem: String(error) }),
    );
};
