import type { Checkpoint } from '../checkpoint.js';
import { CallbackError } from '../errors.js';
import type { Position, ResumeToken, TokenOwner } from '../page.js';
import { readToken, type Step } from '../resume-token.js';

/** Where a walk is to go on: a token or its text, or a promise of one. */
export type ResumePoint = ResumeToken | string | PromiseLike<ResumeToken | string | undefined>;

/** Where the walks of a call begin. */
export interface Start<P extends Position> {
  /** `undefined`: behind the end of a walk that is finished. */
  readonly first: Step<P> | undefined;
  /** Looks the place up, for each walk anew; `undefined`: it is known. */
  readonly locate: (() => Promise<Step<P> | undefined>) | undefined;
  /** The checkpoint, which refuses a place of another query as it loads it: sinks have truncated nothing by then. */
  readonly kept: Checkpoint | undefined;
}

/**
 * @param beginning where a walk begins that does not go on from anywhere
 * @throws ResumeError for a token of another query
 */
export function findStart<P extends Position>(
  beginning: Step<P>,
  owner: TokenOwner,
  resumeFrom: ResumePoint | undefined,
  checkpoint: Checkpoint | undefined,
): Start<P> {
  if (checkpoint) {
    const kept: Checkpoint = {
      ...checkpoint,
      async load() {
        const place = await checkpoint.load();
        if (place) readToken(place.resume, owner, checkpoint.key);
        return place;
      },
    };
    const locate = async () => {
      const place = await kept.load();
      return place ? readToken<P>(place.resume, owner) : beginning;
    };
    return { first: beginning, locate, kept };
  }
  if (isThenable(resumeFrom)) {
    resumeFrom.then(undefined, () => undefined); // Told to whoever subscribes.
    const locate = async () => {
      const token = await resumeFrom.then(undefined, (cause: unknown) => {
        throw new CallbackError('resumeFrom', cause);
      });
      return token === undefined ? beginning : readToken<P>(token, owner);
    };
    return { first: beginning, locate, kept: undefined };
  }
  const first = resumeFrom === undefined ? beginning : readToken<P>(resumeFrom, owner);
  return { first, locate: undefined, kept: undefined };
}

const isThenable = (point: ResumePoint | undefined): point is PromiseLike<ResumeToken | string | undefined> =>
  typeof (point as Partial<PromiseLike<unknown>> | null | undefined)?.then === 'function';
