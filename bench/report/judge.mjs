/**
 * What was measured for a target, and whether that meets it; `undefined` if it was not measured.
 * @param {{ row: string, id: string, metric: string, against?: string, over?: string, max?: number, min?: number, control?: string }} target
 * @param {ReadonlyMap<string, import('../harness/samples.mjs').Samples>} measured
 */
export function judge(target, measured) {
  const { row, id, metric, against, over, max, min, control } = target;
  const samples = measured.get(row);
  const other = against ?? over;
  const is = metric === 'speed' ? 'wall' : metric;
  if (!samples?.has(id, is) || (other && !samples.has(other, is))) return undefined;
  const found = against
    ? inverse(metric, samples.ratio(id, against, is))
    : over
      ? samples.difference(id, over, is)
      : samples.figure(id, is);
  const noise = control && samples.has(control, is) ? inverse(metric, samples.ratio(control, other, is)) : undefined;
  return { found, noise, isMet: max === undefined ? found.median >= min : found.median <= max };
}

// Speed is the inverse of time.
const inverse = (metric, { median, min, max }) =>
  metric === 'speed' ? { median: 1 / median, min: 1 / max, max: 1 / min } : { median, min, max };
