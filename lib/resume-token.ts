import type { Observable } from 'rxjs';
import { ResumeError } from './errors.js';
import type { Json, Position, ResumeToken, TokenOwner } from './page.js';
import type { PageRequest } from './request.js';
import type { Strategy } from './strategy.js';
import { fingerprint } from './values/compare.js';

/** @internal A stream that can be had from a token on. */
export interface Resumable<Page> {
  'pagewise.continueFrom'(token: ResumeToken): Observable<Page>;
}

/** A place in the walk: the page to ask for, its index and the number of items before it. */
export interface Step<P extends Position = Position> {
  readonly position: P;
  readonly index: number;
  readonly itemsBefore: number;
  /** The mark of the page before, if that is known. */
  readonly last?: string | undefined;
}

/** Names what a walk asks for, without its headers (which rotate) and without any value in the clear. */
export const tokenOwner = (request: PageRequest, strategy: Strategy<never, never>): TokenOwner => ({
  method: (request.method ?? 'GET').toUpperCase(),
  url: fingerprint(request.url),
  body: fingerprint(request.body),
  strategy: `${strategy.name} ${fingerprint(strategy.identity)}`,
});

export const tokenAt = (step: Step, of: TokenOwner): ResumeToken => ({
  v: 2,
  position: step.position,
  index: step.index,
  itemsBefore: step.itemsBefore,
  ...(step.last === undefined ? {} : { last: step.last }),
  of,
});

export const doneToken = (index: number, itemsBefore: number, of: TokenOwner): ResumeToken => ({
  v: 2,
  done: true,
  index,
  itemsBefore,
  of,
});

/**
 * The place that a token continues at; `undefined` for a "done" token.
 * @param checkpoint the key that it was kept under
 * @throws ResumeError where it is no token, of another version, or of another request template or strategy
 */
export function readToken<P extends Position>(
  input: unknown,
  owner: TokenOwner,
  checkpoint?: string,
): Step<P> | undefined {
  const token = parseToken(input);
  for (const part of ['method', 'url', 'body', 'strategy'] as const)
    if (token.of[part] !== owner[part])
      throw new ResumeError(
        part,
        checkpoint === undefined
          ? `it was made with ${another[part]}; continue with what the token was made with, or start over without resumeFrom`
          : `the checkpoint ${JSON.stringify(checkpoint)} is of ${another[part]}; continue with what it was made with, or start over with another key`,
        { checkpoint },
      );
  if (token.position === undefined) return undefined;
  return { position: token.position as P, index: token.index, itemsBefore: token.itemsBefore, last: token.last };
}

const another = {
  method: 'another method',
  url: 'another URL',
  body: 'another request body',
  strategy: 'another strategy, or one with other options',
} as const;

/** @throws ResumeError where it is no token, or a damaged one, or one of another version */
export function parseToken(input: unknown): ResumeToken {
  let value: unknown = input;
  if (typeof input === 'string') {
    try {
      value = JSON.parse(input);
    } catch (cause) {
      throw new ResumeError('unreadable', 'it is not JSON; give page.resume or error.resume, or its JSON text', {
        cause,
      });
    }
  }
  const token = value as { [K in keyof ResumeToken]?: Json } | null;
  if (typeof token !== 'object' || token === null || !('v' in token))
    throw new ResumeError('unreadable', 'it is not a resume token; give page.resume or error.resume, or its JSON text');
  if (token.v !== 1 && token.v !== 2)
    throw new ResumeError(
      'version',
      `it is of version ${JSON.stringify(token.v)}, and this pagewise reads versions 1 and 2`,
    );
  const whole = (n: unknown) => Number.isSafeInteger(n) && (n as number) >= 0;
  const named = token.last === undefined || typeof token.last === 'string';
  // A position that got lost is not an end: what is left would be lost with it.
  const placed = (token.position === undefined) === (token.done === true);
  if (
    !whole(token.index) ||
    !whole(token.itemsBefore) ||
    !named ||
    !placed ||
    typeof token.of !== 'object' ||
    token.of === null
  )
    throw new ResumeError(
      'unreadable',
      'it is damaged: position, index, itemsBefore or of is missing or of the wrong type',
    );
  return token as unknown as ResumeToken;
}

const marked = 10;

/** A mark of a page's items: how many there are, and a hash of the first, the last and eight between, evenly spread. */
export function markOf(items: readonly unknown[]): string {
  const last = items.length - 1;
  const some =
    items.length <= marked
      ? items
      : Array.from({ length: marked }, (_, i) => items[Math.round((i * last) / (marked - 1))]);
  return `${String(items.length)}:${fingerprint(some)}`;
}

/**
 * Compares items with the mark of a page.
 * @returns `alike` for items that can differ in what the mark does not hold
 */
export function compareMark(items: readonly unknown[], mark: string): 'same' | 'alike' | 'other' {
  // The mark of a token of version 1 has no number, and is a hash of all items.
  if (!mark.includes(':')) return fingerprint(items) === mark ? 'same' : 'other';
  if (markOf(items) !== mark) return 'other';
  return items.length <= marked ? 'same' : 'alike';
}
