import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { actions, type Moment, type Outcome, type Variant, walkWith } from './callbacks.js';

jest.setTimeout(120_000);

const variants = (['subscriber', 'take', 'operators', 'loop', 'eachPage'] as const).flatMap((consumer) =>
  [1, 3].flatMap((concurrency) =>
    [true, false].map((immediate): [string, Variant] => [
      `${consumer}, ${concurrency} at a time, ${immediate ? 'immediate answers, a wide throttle' : 'later answers, a tight throttle'}`,
      { consumer, concurrency, immediate, tight: !immediate },
    ]),
  ),
);

/** What is wrong with an outcome, apart from what is left behind. */
function judge({ callback, action }: Moment, { consumer, concurrency }: Variant, plain: Outcome, found: Outcome) {
  const { heard, pages, again } = found;
  const times = `heard ${heard.length} times (${heard.join()})`;
  switch (action) {
    case 'throws':
      // A guess that can't be placed is no error: if it is right, the walk places it again when it arrives. And what a
      // page ahead of its turn fails with is never looked at if a consumer needs only the pages before it.
      return heard.length === 1 || (concurrency > 1 && (callback === 'place' || consumer === 'take')) ? [] : [times];
    case 'unsubscribes':
      return heard.length === 0 ? [] : [times];
    case 'aborts':
      return heard.length <= 1 || consumer === 'operators' ? [] : [times];
    case 'subscribes again':
      return String(pages) === String(plain.pages) && String(again) === '1,2,4,5' ? [] : [`pages ${pages.join()} and ${again?.join()}`]; // prettier-ignore
  }
}

describe('H3 every callback × {throws, unsubscribes, aborts, subscribes again} × every call of it', () => {
  let count = 0;
  let tried = 0;

  it.each(variants)('leaves nothing, and is heard once: %s', async (_name, variant) => {
    const plain = await walkWith(variant);
    expect(plain).toMatchObject({ faults: [], heard: [], pages: variant.consumer === 'take' ? [1, 2] : [1, 2, 4, 5] });
    const wrong: string[] = [];
    for (const [callback, calls] of plain.calls) {
      for (let n = 1; n <= calls; n++) {
        for (const action of actions) {
          count++;
          const moment = { callback, n, action };
          const outcome = await walkWith(variant, moment);
          const faults = [...outcome.faults, ...judge(moment, variant, plain, outcome)];
          if (faults.length > 0) wrong.push(`${callback} ${n} ${action}: ${faults.join('; ')}`);
        }
      }
    }
    tried++;
    expect(wrong).toEqual([]);
  });

  afterAll(() => {
    console.info(`${count} combinations`);
    if (tried === variants.length) expect(count).toBeGreaterThan(7000);
  });
});
