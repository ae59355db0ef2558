/** Counts and sums the items that a contender delivers, by the page or one by one. */
export function tally(onPage) {
  let count = 0;
  let sum = 0;
  return {
    take(items) {
      for (const item of items) sum += item.id;
      count += items.length;
      onPage?.();
    },
    takeItem(item) {
      sum += item.id;
      count++;
    },
    check(expected) {
      if (count !== expected.count || sum !== expected.sum)
        throw new Error(`delivered ${count} items of sum ${sum}, not ${expected.count} of sum ${expected.sum}`);
    },
  };
}
