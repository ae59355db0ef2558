/** An interval in a lane of its own: none in a lane begins before the one before it there has ended. */
export interface Laid {
  readonly row: number;
  readonly lane: number;
}

/** Lays intervals out in as few lanes as they need, in the order of their starts. `ends[i]` belongs to `starts[i]`. */
export function inLanes(starts: readonly number[], ends: readonly number[]): Laid[] {
  const free: number[] = []; // When each lane is free again.
  const order = starts.map((_, row) => row).sort((a, b) => (starts[a] ?? 0) - (starts[b] ?? 0));
  return order.map((row) => {
    const start = starts[row] ?? 0;
    const found = free.findIndex((at) => at <= start);
    const lane = found === -1 ? free.length : found;
    free[lane] = ends[row] ?? start;
    return { row, lane };
  });
}
