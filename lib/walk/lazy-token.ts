import type { Page } from '../page.js';
import { doneToken, tokenAt, type ResumeToken, type TokenOwner } from '../resume-token.js';
import { nameItems, type PageMark } from './repeat-guard.js';

type Tokenless<Item> = Omit<Page<Item>, 'resume'>;

/** What extends it writes its private fields onto the object that it is given. */
const Onto = function (object: object) {
  return object;
} as unknown as new (object: object) => object;

// One getter serves every page, and finds what it needs in private fields of the page. A getter for each page, closed over
// what it needs, would make each of them a dictionary, at twenty times the cost.
class LazyToken extends Onto {
  readonly #owner: TokenOwner;
  readonly #last: PageMark;
  #token: ResumeToken | undefined;

  constructor(page: object, owner: TokenOwner, last: PageMark) {
    super(page);
    this.#owner = owner;
    this.#last = last;
  }

  static readonly property = {
    enumerable: true,
    configurable: true,
    get(this: Tokenless<unknown> & LazyToken): ResumeToken {
      return (this.#token ??= LazyToken.#make(this));
    },
  };

  static #make(page: Tokenless<unknown> & LazyToken): ResumeToken {
    const index = page.index + 1;
    const itemsBefore = page.itemsBefore + page.items.length;
    const { next } = page;
    if (next === undefined) return doneToken(index, itemsBefore, page.#owner);
    return tokenAt({ position: next, index, itemsBefore, last: nameItems(page.#last) }, page.#owner);
  }
}

/**
 * Gives a page its `resume`, which is made when it is asked for: naming a page's items costs more than all the rest.
 * @param last what tells the page from the one after it
 */
export function withToken<Item>(page: Tokenless<Item>, owner: TokenOwner, last: PageMark): Page<Item> {
  new LazyToken(page, owner, last);
  return Object.defineProperty(page, 'resume', LazyToken.property) as Page<Item>;
}
