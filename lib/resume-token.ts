import type { Observable } from 'rxjs';
import { ResumeError } from './errors.js';
import type { Json, Position, ResumeToken, TokenOwner } from './page.js';
import type { PageRequest } from './request.js';
import type { Strategy } from './strategy.js';
import { fingerprint } from './values/compare.js';

/** @internal A stream that can start from a token. */
export interface Resumable<Page> {
  'pagewise.continueFrom'(token: ResumeToken): Observable<Page>;
}

/** A step of the walk: the page to request, its index and the number of items before it. */
export interface Step<P extends Position = Position> {
  readonly position: P;
  readonly index: number;
  readonly itemsBefore: number;
  /** The mark of the page before, if known. */
  readonly last?: string | undefined;
  /** The sketch of the first page, if known. */
  readonly first?: string | undefined;
  /** Whether this page shows if the empty page before it was the end. */
  readonly confirms?: boolean | undefined;
}

/** Identifies what a walk requests, with its values hashed. Headers are left out because they rotate. */
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
  ...(step.first === undefined ? {} : { first: step.first }),
  ...(step.confirms === true ? { confirms: true } : {}),
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
 * The step at which a token continues; `undefined` for a "done" token.
 * @param checkpoint the key of the checkpoint that holds the token
 * @throws ResumeError if it is not a token, has another version, or belongs to another request template or strategy
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
          ? `the token was made with ${another[part]}; continue with what it was made with, or start over without resumeFrom`
          : `the checkpoint ${JSON.stringify(checkpoint)} was made with ${another[part]}; continue with what it was made with, or start over with another key`,
        { checkpoint },
      );
  if (token.position === undefined) return undefined;
  const { position, index, itemsBefore, last, first, confirms } = token;
  return { position: position as P, index, itemsBefore, last, first, confirms };
}

const another = {
  method: 'another method',
  url: 'another URL',
  body: 'another request body',
  strategy: 'another strategy, or one with other options',
} as const;

/** @throws ResumeError if it is not a token, is damaged, or has another version */
export function parseToken(input: unknown): ResumeToken {
  let value: unknown = input;
  if (typeof input === 'string') {
    try {
      value = JSON.parse(input);
    } catch (cause) {
      throw new ResumeError('unreadable', 'the token is not JSON; give page.resume or error.resume, or its JSON text', {
        cause,
      });
    }
  }
  const token = value as { [K in keyof ResumeToken]?: Json } | null;
  if (typeof token !== 'object' || token === null || !('v' in token))
    throw new ResumeError(
      'unreadable',
      'the value is not a resume token; give page.resume or error.resume, or its JSON text',
    );
  if (token.v !== 1 && token.v !== 2)
    throw new ResumeError(
      'version',
      `the token has version ${JSON.stringify(token.v)}, and this pagewise reads versions 1 and 2`,
    );
  const whole = (n: unknown) => Number.isSafeInteger(n) && (n as number) >= 0;
  const named =
    (token.last === undefined || typeof token.last === 'string') &&
    (token.first === undefined || typeof token.first === 'string') &&
    (token.confirms === undefined || token.confirms === true);
  // A missing position is not an end: the remaining pages would be lost.
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
      'the token is damaged: position, index, itemsBefore or of is missing or has the wrong type',
    );
  return token as unknown as ResumeToken;
}

const marked = 10;

/** A page's mark: the number of items, and a hash of the first, the last and eight in between, evenly spaced. */
export function markOf(items: readonly unknown[]): string {
  const last = items.length - 1;
  const some =
    items.length <= marked
      ? items
      : Array.from({ length: marked }, (_, i) => items[Math.round((i * last) / (marked - 1))]);
  return `${items.length}:${fingerprint(some)}`;
}

/**
 * Compares items with the mark of a page.
 * @returns `alike` if the marks are equal, but items that the mark does not cover may differ
 */
export function compareMark(items: readonly unknown[], mark: string): 'same' | 'alike' | 'other' {
  // A mark of version 1 has no number: it is a hash of all items.
  if (!mark.includes(':')) return fingerprint(items) === mark ? 'same' : 'other';
  if (markOf(items) !== mark) return 'other';
  return items.length <= marked ? 'same' : 'alike';
}
