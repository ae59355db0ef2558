import type { PageRequest } from '../../request.js';
import type { Check } from '../../strategy.js';
import type { Recording } from '../recording/recording.js';
import type { Script } from '../scripted-answer.js';

/** What a strategy is tried on: the answers of an API to one whole walk of at least two pages. */
export interface ApiUnderTest<Item = unknown> {
  /** In order, by a function of the request, or recorded. They are frozen. */
  readonly answers: Script | Recording;
  /** The request template. @default { url: 'https://api.example.com/' } */
  readonly request?: PageRequest | undefined;
  /** The API's own verdict on an answer, as `paginate` takes it. @default none */
  readonly check?: Check | undefined;
  /** The items that the answers hold, in order. @default not compared */
  readonly items?: readonly Item[] | undefined;
  /** What an answer without items is to the strategy. @default 'error' */
  readonly missingItems?: 'error' | 'empty' | undefined;
}
