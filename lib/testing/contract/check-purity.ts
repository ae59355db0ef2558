import type { Answer, Page, Position } from '../../page.js';
import type { Strategy } from '../../strategy.js';
import { deepFreeze } from './deep-freeze.js';
import { expectSame } from './expect-same.js';
import { failure, type Trial } from './trial.js';

/** Every function gives the same twice, what it is given is frozen, and another strategy made alike agrees. */
export async function checkPurity<Item, P extends Position>({ whole, make, template }: Trial<Item, P>): Promise<void> {
  const { pages } = await whole();
  const strategy = make();
  const other = make();
  expectSame('the first position of another strategy made alike', other.first, strategy.first);
  expectSame('the identity of another strategy made alike', other.identity, strategy.identity);
  for (const page of pages) {
    const answer = deepFreeze(answerOf<Item, P>(page));
    const { position, body, response } = answer;
    const read: [name: string, call: (of: Strategy<Item, P>) => unknown][] = [
      ['items', (of) => of.items(body, response)],
      ['next', (of) => of.next(answer)],
      ['total', (of) => of.total?.(answer)],
    ];
    // Past the end, and for a page that comes again, the walk asks for neither of these.
    const wasRead = page.next !== undefined || page.items.length > 0;
    const calls: typeof read = [
      ['place', (of) => of.place(template, position)],
      ['check', (of) => of.check?.(response, position)],
      ...(wasRead ? read : []),
    ];
    for (const [name, call] of calls) {
      const what = `${name}, for page ${page.index + 1}`;
      const once = attempt(what, () => call(strategy));
      expectSame(
        `${what}, asked twice`,
        attempt(what, () => call(strategy)),
        once,
      );
      expectSame(
        `${what}, of another strategy made alike`,
        attempt(what, () => call(other)),
        once,
      );
    }
  }
}

/** Without what a page has beside it. */
function answerOf<Item, P>({ index, position, itemsBefore, items, body, response }: Page<Item>): Answer<Item, P> {
  return {
    index,
    position: position as P,
    itemsBefore,
    items: Object.freeze([...items]),
    body,
    response: { ...response },
  };
}

function attempt<T>(what: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    const { message } = error as Error;
    throw failure(`${what}, given frozen data: ${message}; a strategy changes nothing that it is given`, error);
  }
}
