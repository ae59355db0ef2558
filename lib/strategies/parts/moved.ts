/** A copy of a position with another member. Copied first: V8 writes a member over a spread one at four times the cost. */
export function moved<P extends object, K extends keyof P>(position: P, name: K, value: P[K]): P {
  const copy = { ...position };
  copy[name] = value;
  return copy;
}
