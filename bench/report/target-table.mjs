import { judge } from './judge.mjs';
import { table } from './table.mjs';

const metrics = {
  cpu: 'CPU',
  wall: 'time',
  speed: 'speed',
  heap: 'heap growth',
  rss: 'peak RSS',
  ms: 'import',
  bytes: 'size',
  ideal: 'time',
};
const short = (value) =>
  value >= 1000 ? Math.round(value).toLocaleString('en-US') : value.toFixed(value >= 100 ? 0 : 2);
const spread = ({ median, min, max }) =>
  min === max ? short(median) : `${short(median)} (${short(min)}–${short(max)})`;

/** Each target with what was measured, and how often it was met. */
export function targetTable(targets, measured, nameOf) {
  const lines = targets.map((target) => {
    const { row, id, metric, against, over, max, min, unit = '' } = target;
    const limit = `${max === undefined ? '≥' : '≤'} ${max ?? min}`;
    const aim = against
      ? `${limit} × ${nameOf(against, row)}`
      : over
        ? `${limit} ${unit} more than ${over}`
        : `${limit} ${unit}`;
    const verdict = judge(target, measured);
    return [
      row,
      nameOf(id, row),
      `${metrics[metric]} ${aim}`,
      verdict ? spread(verdict.found) : 'not measured',
      verdict?.noise ? spread(verdict.noise) : '',
      verdict ? (verdict.isMet ? 'met' : '**not met**') : '',
    ];
  });
  return table(['row', 'contender', 'target', 'measured', 'the reference by itself', ''], lines);
}
