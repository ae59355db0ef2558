/** The same in an order that looks like chance, and is the same for the same seed. */
export function shuffled(list, seed) {
  const order = [...list];
  let state = seed + 1;
  for (let i = order.length - 1; i > 0; i--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const j = Math.floor((state / 2 ** 32) * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
