import type { Json } from '../../page.js';
import type { Params } from '../../strategy.js';

/**
 * A part of a range, as a position holds it: its two ends, or the letters of its prefix. In a form that no message
 * contains: the values in positions are hidden in messages, and messages name parts.
 */
export type Part = readonly (string | number)[];

/** A range of rows and how it is cut into parts. */
export interface Parts {
  /** The parts that the walk begins with, in order. */
  readonly first: readonly Part[];
  /** For the strategy's identity: positions of other parts can't be used. */
  readonly identity: Json;
  /** The parts that make up this one, in order; `undefined` if it can't be cut. */
  cut(part: Part): readonly Part[] | undefined;
  /** The parameters that ask for a part. */
  params(part: Part): Params;
  /** A part in words, for messages. */
  words(part: Part): string;
  /** Whether a part holds a row of this value; `undefined` if the value can't be compared. */
  holds(part: Part, value: unknown): boolean | undefined;
  /** Whether this is a part: positions may come from a damaged token. */
  isPart(part: unknown): part is Part;
  /** What asks for a part, in words. */
  readonly parameters: string;
  /** What to do about a part that can't be cut. */
  readonly uncut: string;
  /** Why the parts of a part may hold fewer or more rows than the part itself, and what to do. */
  readonly fewer: string;
  readonly more: string;
}
